"""Keys by which a person is found: the name, its pinyin and its initials."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin, pinyin

# Surnames read otherwise than the character alone.
_SURNAMES = {
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "曾": "zeng",
    "任": "ren",
    "区": "ou",
    "盖": "ge",
    "朴": "piao",
    "翟": "zhai",
    "乐": "yue",
    "华": "hua",
    "尹": "yin",
    "员": "yun",
    "折": "she",
    "黑": "he",
    "种": "chong",
    "秘": "bi",
    "覃": "qin",
    "召": "shao",
    "洗": "xian",
    "宓": "fu",
    "冼": "xian",
    "晟": "cheng",
    "缪": "miao",
    "重": "chong",
    "臧": "zang",
    "隗": "wei",
}


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else ()


@lru_cache(maxsize=20_000)
def _usual(character: str) -> str:
    found = lazy_pinyin(character, errors="ignore")
    return found[0] if found else ""


def search_keys(name: str) -> list[str]:
    """The name, its full pinyin and its initials, with the other readings of the surname.

    >>> search_keys("单小山")
    ['单小山', 'shanxiaoshan', 'sxs', 'danxiaoshan', 'dxs', 'chanxiaoshan', 'cxs']
    """
    keys = [name]
    if not name:
        return keys
    first, rest = name[0], [_usual(character) for character in name[1:]]
    readings = dict.fromkeys([_SURNAMES.get(first) or _usual(first), *_readings(first)])
    for reading in readings:
        syllables = [part for part in [reading, *rest] if part]
        if syllables:
            keys += ["".join(syllables), "".join(part[0] for part in syllables)]
    return list(dict.fromkeys(keys))

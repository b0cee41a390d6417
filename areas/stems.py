"""Names of villages and townships as workbooks write them, cut to what identifies them."""

import unicodedata

_COMMITTEES = ("村民委员会", "村委会", "村委", "居民委员会", "居委会")
_TOWNSHIP_ENDINGS = ("街道", "镇", "乡")


def plain(name: str) -> str:
    """The name without spaces, in half-width characters."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def village_stem(name: str) -> str:
    """The name a village is matched by (`exact_rules.md` 3).

    First the word for its committee is cut, then one 社区 or 村; 新村 is part of a name.

    >>> village_stem("李楼村民委员会"), village_stem("董庄社区居委会"), village_stem("阳春新村村委")
    ('李楼', '董庄', '阳春新村')
    """
    stem = plain(name)
    for ending in _COMMITTEES:
        if stem.endswith(ending) and len(stem) > len(ending):
            stem = stem.removesuffix(ending)
            if ending.startswith("村") and stem.endswith("新"):
                stem += "村"
            break
    if stem.endswith("新村"):
        return stem
    for ending in ("社区", "村"):
        if stem.endswith(ending) and len(stem) > len(ending):
            return stem.removesuffix(ending)
    return stem


def township_stem(name: str) -> str:
    """The name a township is matched by: without 办事处 and 街道, 镇 or 乡."""
    stem = plain(name).removesuffix("办事处")
    for ending in _TOWNSHIP_ENDINGS:
        if stem.endswith(ending) and len(stem) > len(ending):
            return stem.removesuffix(ending)
    return stem

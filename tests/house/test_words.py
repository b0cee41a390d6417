"""Every word on the screen has its Chinese, with the same places to fill in."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = (
    "core",
    "areas",
    "accounts",
    "villages",
    "households",
    "standards",
    "exchange",
    "desk",
    "dashboards",
    "poverty",
)
FUNCTIONS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
}
HOLES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}|%[sd]")
BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b([^%]*)%}(.*?)(?:{%\s*plural\s*%}(.*?))?{%\s*endblocktrans(?:late)?\s*%}",
    re.S,
)
TAG = re.compile(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')|_\((?:"([^"]+)"|'([^']+)')\)""")


def words_of_code() -> set[str]:
    found = set()
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        for _line, message, _comments, _context in extract(
            "python", io.BytesIO(path.read_bytes()), keywords=FUNCTIONS
        ):
            found.add(message if isinstance(message, str) else message[0])
    return found - {""}


def words_of_templates() -> set[str]:
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        found.update(next(filter(None, match)) for match in TAG.findall(text))
        for options, singular, _plural in BLOCK.findall(text):
            found.add(_as_message(singular, trimmed="trimmed" in options))
    return found


def _as_message(text: str, *, trimmed: bool) -> str:
    if trimmed:
        text = " ".join(line.strip() for line in text.strip().splitlines() if line.strip())
    return re.sub(r"{{\s*([\w.]+)\s*}}", r"%(\1)s", text.replace("%", "%%"))


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def test_every_word_of_the_code_is_translated(catalogue):
    assert sorted(word for word in words_of_code() if not _chinese(catalogue, word)) == []


def test_every_word_of_the_templates_is_translated(catalogue):
    assert sorted(word for word in words_of_templates() if not _chinese(catalogue, word)) == []


def test_a_translation_fills_the_same_places(catalogue):
    wrong = [
        message.id
        for message in catalogue
        if message.id
        for words in [message.id if isinstance(message.id, tuple) else (message.id,)]
        for chinese in (message.string if isinstance(message.string, tuple) else (message.string,))
        if set(HOLES.findall(chinese)) != set(HOLES.findall(words[-1]))
    ]

    assert wrong == []


def test_no_translation_is_left_in_doubt(catalogue):
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


def _chinese(catalogue: Catalog, word: str) -> str:
    message = catalogue.get(word)
    if message is None:
        return ""
    return message.string[0] if isinstance(message.string, tuple) else message.string

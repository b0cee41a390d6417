"""The docs name every measure, command, setting and decision."""

import re
from pathlib import Path

from django.conf import settings

from standards.faults import CRITERION_KEYS, INDICATOR_KEYS, VERSION_KEYS
from standards.measures import MEASURES
from standards.models import Criterion

ROOT = Path(settings.BASE_DIR)
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
ALL = "\n".join(DOCS.values())
READS = re.compile(
    r"env\.\w+\(\s*\"([A-Z_]+)\"|_keys\(\"([A-Z_]+)\"|environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]+)\""
)
# Names of Django, of the shell, and of the test servers.
FOREIGN = {"DJANGO_SETTINGS_MODULE", "PATH", "PYTHONDONTWRITEBYTECODE", "DJANGO_ALLOW_ASYNC_UNSAFE"}


def test_every_measure_is_in_the_list_of_its_subject():
    page = DOCS["standards.md"]
    parts = dict(
        zip(
            ("household", "village"),
            re.findall(r"^\| (?:household|village) \|.*?(?:\n\n|\Z)", page, re.M | re.S),
            strict=True,
        )
    )
    for subject, measures in MEASURES.items():
        assert [code for code in measures if f"`{code}`" not in parts[subject]] == []


def test_the_format_names_every_key_and_operator():
    page = DOCS["standards.md"]
    toml = page[page.index("```toml") : page.index("```\n", page.index("```toml") + 7)]
    keys = {*VERSION_KEYS, *INDICATOR_KEYS, *CRITERION_KEYS}
    assert [key for key in keys if not re.search(rf"(^|\[|\.){key}( =|\])", toml, re.M)] == []
    assert [operator for operator in Criterion.Operator.values if operator not in toml] == []


def test_every_command_is_named():
    commands = [path.stem for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__"]
    assert len(commands) > 5
    assert [
        command for command in commands if f"`{command}" not in ALL and f"manage.py {command}" not in ALL
    ] == []


def test_every_setting_is_named():
    files = [*(ROOT / "poverty").glob("*.py"), *(ROOT / "core").glob("*.py"), ROOT / "bin" / "test"]
    found = {
        next(filter(None, match))
        for path in files
        for match in READS.findall(path.read_text(encoding="utf-8"))
    }
    assert "DATABASE_URL" in found
    assert sorted(name for name in found - FOREIGN if f"`{name}`" not in ALL) == []


def test_every_app_has_its_floor():
    apps = [app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()]
    assert [app for app in [*apps, "poverty"] if f"`{app}/`" not in DOCS["architecture.md"]] == []


def test_every_decision_has_a_number_of_its_own_and_says_why():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert len(set(numbers)) == len(numbers)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} ")
        assert "**Why.**" in text, page.name


def test_pages_that_the_docs_point_to_are_there():
    inside = re.findall(r"`(tests/[\w/]+\.py|[a-z]+/[\w/]+\.py)`", ALL)
    assert sorted({name for name in inside if not (ROOT / name).exists()}) == []

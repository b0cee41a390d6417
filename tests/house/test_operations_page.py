"""docs/operations.md names every refusal and every command it speaks of truly."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text()


def test_every_setting_is_explained():
    source = (ROOT / "poverty" / "settings.py").read_text()
    page = (ROOT / "docs" / "settings.md").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source)) | set(
        re.findall(r'_keys\("([A-Z_]+)"', source)
    )

    assert read
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_refusal_is_explained():
    numbers = set(re.findall(r'"core\.(E0\d\d)"', (ROOT / "core" / "checks.py").read_text()))

    assert {number for number in numbers - {"E009"} if number not in PAGE} == set()


def test_every_command_it_names_exists():
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    named = set(re.findall(r"manage\.py ([a-z_]+)", PAGE)) - {"check", "migrate"}

    assert named
    assert named <= commands


def test_every_file_it_names_exists():
    named = re.findall(r"`((?:deploy|poverty|docs)/[\w./-]+)`", PAGE)

    assert [name for name in named if not (ROOT / name).exists() and name != "deploy/production.env"] == []


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.M))

    assert set(re.findall(r"`make (\w+)`", PAGE)) <= targets


def test_both_readme_files_show_pictures_and_pages_that_exist():
    for name in ("README.md", "README.zh-CN.md"):
        places = re.findall(r"\]\(([\w./-]+)\)", (ROOT / name).read_text())

        assert any(place.startswith("docs/pictures/") for place in places)
        assert [place for place in places if not (ROOT / place).exists()] == []

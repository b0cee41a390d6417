"""Apps import downward only, and nobody imports the project package."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# From the ground up.
FLOORS = [
    {"core"},
    {"areas"},
    {"accounts"},
    {"villages"},
    {"households"},
    {"standards"},
    {"exchange"},
    {"desk", "dashboards"},
    {"poverty"},
]
HEIGHT = {app: height for height, floor in enumerate(FLOORS) for app in floor}


def imported_apps(path: Path) -> Iterator[tuple[int, str]]:
    """Line and first word of each absolute import of one of our apps."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        for name in names:
            if name.split(".")[0] in HEIGHT:
                yield node.lineno, name.split(".")[0]


@pytest.mark.parametrize("app", [app for app in sorted(HEIGHT) if app != "poverty"])
def test_every_app_imports_downward_only(app):
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {other}"
        for path in sorted((ROOT / app).rglob("*.py"))
        for line, other in imported_apps(path)
        if other != app and HEIGHT[other] >= HEIGHT[app]
    ]

    assert wrong == []


def test_every_app_of_the_project_stands_on_a_floor(settings):
    ours = {app for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}

    assert ours <= set(HEIGHT)

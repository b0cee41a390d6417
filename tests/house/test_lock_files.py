"""The lock files name packages and versions, never a place they came from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PINNED = re.compile(r"^[a-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; .+)?$")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"])
def test_every_python_package_is_pinned_and_nothing_else_is_said(name):
    lines = (ROOT / name).read_text().splitlines()

    assert [line for line in lines if line.strip() and not PINNED.match(line)] == []


def test_the_development_lock_holds_all_of_the_other():
    run = set((ROOT / "requirements.lock").read_text().split("\n"))
    develop = set((ROOT / "requirements-dev.lock").read_text().split("\n"))

    assert run - develop == set()


def test_the_npm_lock_names_no_host():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)


def test_npm_is_told_to_write_no_host():
    settings = (ROOT / ".npmrc").read_text().split()

    assert "omit-lockfile-registry-resolved=true" in settings
    assert not [line for line in settings if line.startswith("registry") or "//" in line]

"""The benchmarks in order; `QUICK=1` takes a tenth of the households and asserts with slack 2.

A full run (`make bench`) writes its table to docs/performance.md.
"""

import json
import os
import subprocess
import sys

from benchmarks import api, judge_households, judge_one, judge_province, pages
from benchmarks.figures import QUICK, ROOT, SLACK
from tests.database import as_owner


def test_judge_a_county(county, report):
    with as_owner():
        judge_households.check(judge_households.measure(county, report))


def test_judge_one_household(county, report):
    judge_one.check(judge_one.measure(county, report))


def test_pages(county, report):
    pages.check(pages.measure(county, report))


def test_api(county, report):
    api.check(api.measure(county, report))


def test_judge_a_province(database, report):
    judge_province.check(judge_province.measure(report))


def test_import_a_register(database, report):
    """In a process of its own, so that its peak memory is its own."""
    words = [sys.executable, str(ROOT / "benchmarks" / "import_register.py")]
    done = subprocess.run(words, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    report.add(
        f"import {found['households']:,} households, {found['persons']:,} persons: validate, apply, judge",
        f"{found['first']['seconds']} s, peak {found['peak_mb']} MB",
        "<= 20 s, <= 512 MB",
    )
    report.add("the same against a row-wise import", f"{found['ratio']} ×", ">= 10 ×")
    report.add("the same workbooks again", f"{found['again']['seconds']} s, {found['again']['new']} new")
    assert QUICK or found["first"]["seconds"] <= 20 * SLACK
    assert found["peak_mb"] <= 512
    assert found["ratio"] * SLACK >= 10


def test_write_the_figures(report):
    """Last: the table of a full run goes into the page."""
    if not QUICK:
        report.write()

"""The example of docs/api.md, as a reader would run it."""

import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from households.models import Household, HouseholdYear
from standards.services import judge_area
from tests.api.test_schema import token_of_the_county
from tests.makers import make_household, make_village
from tests.serving import Site
from tests.standards.county import county_area, standards_for_tests

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@pytest.mark.slow
def test_the_example_reads_and_corrects(site: Site, tmp_path: Path) -> None:
    standards_for_tests()
    village = make_village()
    for wage in (Decimal(900), Decimal(1000)):
        make_household(village=village, facts={"wage": wage})
    judge_area(county_area(), 2016)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    script = tmp_path / "example.py"
    script.write_text(example, encoding="utf-8")
    said = {"API_ADDRESS": site.address, "API_TOKEN": token_of_the_county(), "PYTHONIOENCODING": "utf-8"}

    done = subprocess.run(
        [sys.executable, str(script)], env=os.environ | said, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    last = Household.objects.order_by("pk").last()
    assert last is not None
    assert f"{last.number} no_data" in done.stdout
    assert "wage 5016.04 version 2" in done.stdout
    assert HouseholdYear.objects.get(household=last).wage == Decimal("5016.04")

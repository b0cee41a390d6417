from decimal import Decimal

from django.test import TestCase

from standards.files import load_standard
from standards.models import HouseholdResult, StandardVersion
from standards.services import NoStandard, judge_area, version_in_force
from tests.makers import YEAR, make_area
from tests.standards.cases import sound_household
from tests.standards.county import county_area

TEXT = """
subject = "household"
code = "{code}"
title = "测试标准"
area_prefix = "{prefix}"
starts_on = {starts_on}
document = "测试文件 {note}"
lines = {{ 2014 = 2800, 2016 = {line} }}
[[indicators]]
code = "income"
label = "收入"
[[indicators.criteria]]
measure = "per_capita_income"
operator = "gt"
threshold = "line"
"""


def load(code="test", prefix="9990", starts_on="2016-01-01", line=2952, note="", publish=True):
    text = TEXT.format(code=code, prefix=prefix, starts_on=starts_on, line=line, note=note)
    return load_standard(text, publish=publish)[0]


class VersionInForceTests(TestCase):
    def in_force(self, year=YEAR, code="999001101201"):
        return StandardVersion.objects.in_force("household", code, year)

    def test_none_without_a_published_version_for_the_area(self):
        load(publish=False)
        load("elsewhere", "98")

        self.assertIsNone(self.in_force())
        with self.assertRaisesMessage(NoStandard, "2016"):
            version_in_force("household", county_area(), YEAR)

    def test_the_longest_matching_prefix_wins_even_when_older(self):
        county = load("county", "999001", "2015-01-01")
        load("province", "99", "2016-06-01")

        self.assertEqual(self.in_force(), county)
        self.assertEqual(self.in_force(code="999002101201").code, "province")

    def test_a_version_for_the_whole_country_has_an_empty_prefix(self):
        country = load("country", "", "2014-01-01")

        self.assertEqual(self.in_force(2014), country)

    def test_the_year_s_version_is_the_one_of_31_december(self):
        old = load(starts_on="2015-03-01")
        new = load(starts_on="2016-12-31", note="2")
        load(starts_on="2017-01-01", note="3")

        self.assertEqual((self.in_force(2014), self.in_force(2015), self.in_force(2016)), (None, old, new))

    def test_of_two_with_one_start_the_later_number_wins(self):
        load()
        correction = load(note="corrected")

        self.assertEqual((self.in_force(), correction.number), (correction, 2))

    def test_a_draft_changes_nothing(self):
        published = load()
        load(note="draft", publish=False)

        self.assertEqual(self.in_force(), published)

    def test_the_other_subject_is_not_asked(self):
        load()

        self.assertIsNone(StandardVersion.objects.in_force("village", "999001101201", YEAR))

    def test_the_line_is_the_last_that_started(self):
        version = load(line=2952)

        lines = {year: version.line(year) for year in (2013, 2014, 2015, 2016, 2021)}
        expected = {2013: None, 2014: 2800, 2015: 2800, 2016: 2952, 2021: 2952}
        self.assertEqual(lines, {year: line and Decimal(line) for year, line in expected.items()})

    def test_a_version_named_for_the_run_overrules_the_one_in_force(self):
        load()
        other = load("other", "98")
        household = sound_household()

        judge_area(county_area(), YEAR, version=other)

        self.assertEqual(HouseholdResult.objects.get(household=household).version, other)

    def test_results_follow_a_new_version_even_when_every_outcome_stays(self):
        load()
        household = sound_household(wage=Decimal("30000"))
        judge_area(make_area(name="测试县"), YEAR, version=self.in_force())

        stricter = load(line=3026, note="stricter")
        runs = judge_area(make_area(name="测试县"), YEAR, version=stricter)

        self.assertEqual(runs["household"].changed, 1)
        self.assertEqual(HouseholdResult.objects.get(household=household).version, stricter)

"""The verdict beside the form is the one that will be stored."""

import random
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from core.models import Change
from desk.queries.entry import EntryPage
from desk.queries.live import columns_of, live_verdict
from households.member_tallies import MEMBER_TALLIES
from households.models import Household, HouseholdYear
from standards.models import HouseholdResult
from standards.services import judge_area
from tests.desk.entering import page_of, sent, somebody
from tests.makers import YEAR, make_user
from tests.signing_in import sign_in
from tests.standards.county import (
    county_area,
    make_random_county,
    random_birth_date,
    random_household_facts,
    random_person_facts,
    standards_for_tests,
)

EDITS = 120
COLUMNS = ("verdict", "outcomes", "criteria", "values", "net_income", "persons")


def typed(value):
    """A value as a browser sends it; None when the field is left empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | Decimal | int):
        return str(value)
    return value or None


def random_changes(chance: random.Random, page: EntryPage) -> dict:
    """Some facts of the year, some of the members, somebody new, somebody who leaves."""
    changes = {
        f"y__{n}": typed(v) for n, v in random_household_facts(chance).items() if chance.random() < 0.5
    }
    for row in page.known:
        facts = {n: typed(v) for n, v in random_person_facts(chance).items() if chance.random() < 0.4}
        changes |= {f"{row.form.prefix}__{name}": value for name, value in facts.items()}
        if chance.random() < 0.3:
            changes[f"{row.form.prefix}__birth_date"] = typed(random_birth_date(chance))
        changes[f"{row.form.prefix}__relation"] = "99"
        if chance.random() < 0.15:
            changes[f"{row.form.prefix}__leave_reason"] = "02"
            changes[f"{row.form.prefix}__leave_day"] = f"{YEAR}-06-01"
    facts = {name: typed(value) for name, value in random_person_facts(chance).items()}
    return changes | somebody(relation="01", birth_date=typed(random_birth_date(chance)), **facts)


@pytest.mark.usefixtures("english")
class LiveVerdictTests(TestCase):
    def test_live_equals_stored_on_generated_edits(self):
        standards_for_tests()
        make_random_county(seed=51, households=EDITS)
        judge_area(county_area(), YEAR)
        user = make_user("county_office", county_area())
        sign_in(self.client, user)
        chance = random.Random(52)
        saved = 0
        for household in Household.objects.order_by("pk"):
            page = page_of(household, user)
            data = sent(page, **random_changes(chance, page))
            if chance.random() < 0.3:
                data["y-wage"] = "9000"
            live = self.live(household, user, data)
            address = f"/households/{household.number}/years/{YEAR}/edit/"
            answer = self.client.post(address, data)
            self.assertEqual(
                answer.status_code, 302, getattr(answer, "context", None) and answer.context["problems"]
            )
            self.assert_stored(household, *live)
            saved += 1
        self.assertGreaterEqual(saved, 100)

    def live(self, household, user, data):
        body = QueryDict(mutable=True)
        for name, value in data.items():
            body.setlist(name, value if isinstance(value, list) else [str(value)])
        page = page_of(household, user)
        page.data = body
        changes = Change.objects.count()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            verdict = live_verdict(page)
        for query in queries:
            self.assertTrue(query["sql"].lstrip().startswith("SELECT"), query["sql"][:80])
        self.assertEqual(Change.objects.count(), changes)
        return verdict, columns_of(page)

    def assert_stored(self, household, live, columns):
        facts = HouseholdYear.objects.get(household=household, year=YEAR)
        tallies = {name: getattr(facts, name) for name in MEMBER_TALLIES}
        self.assertEqual({name: columns[name] for name in MEMBER_TALLIES}, tallies)
        stored = HouseholdResult.objects.get(household=household, year=YEAR)
        for column in COLUMNS:
            self.assertEqual(getattr(live.result, column), getattr(stored, column), column)

"""A county's year: opened with the facts of the last one, closed against everybody, opened again."""

import threading
from datetime import date
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import TestCase
from django.utils.translation import activate

from core.models import Change, RowHistory
from households.models import Household, HouseholdYear, Membership, PersonYear
from households.new_year import NOT_CARRIED
from households.services import save_household_year, save_person_year
from standards.by_hand import Answer, _refuse
from standards.models import Assessment, HouseholdJudgement, HouseholdResult, VillageJudgement
from standards.services import judge_area, judge_dirty_villages, judge_saved, open_years_of
from standards.years import close_year, open_year, reopen_year
from tests.makers import (
    YEAR,
    make_household,
    make_household_year,
    make_member,
    make_person,
    make_person_year,
    make_user,
)
from tests.standards.cases import sound_household, sound_village
from tests.standards.county import county_area, make_random_county, standards_for_tests
from villages.models import CountyYear, VillageYear
from villages.services import VILLAGE_INCOME, save_village_year
from villages.years import YearClosed

pytestmark = pytest.mark.usefixtures("english")
NEW = YEAR + 1
_ROW = {"id", "year", "version", "county", "village", "household", "person"}


def facts(row, but=()) -> dict:
    names = {field.name for field in row._meta.fields} - _ROW - set(but)
    return {name: getattr(row, name) for name in names}


class OpenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        make_random_county(11, households=60, villages=5)
        cls.county = county_area()
        cls.user = make_user(username="li")
        cls.gone = make_household()
        Household.objects.filter(pk=cls.gone.pk).update(
            cancelled_on=date(YEAR, 12, 1), cancelled_reason="迁出"
        )
        cls.left = make_member(make_household())
        Membership.objects.filter(pk=cls.left.pk).update(to_day=date(YEAR, 11, 1), to_reason="07")
        cls.begun = make_household(facts={"house_grade": "3", "planned_exit_year": 2018})
        make_household_year(cls.begun, NEW, house_grade="1")
        cls.empty = make_household(facts={"house_grade": "2"})
        make_household_year(cls.empty, NEW)

    def open(self, year=NEW):
        return open_year(self.county, year, user=self.user, reason="新的一年")

    def test_the_copy_is_that_of_an_obvious_loop(self):
        expected = {}
        for home in Household.objects.exclude(pk__in=[self.gone.pk, self.begun.pk]):
            last = HouseholdYear.objects.filter(household=home, year=YEAR).first()
            expected[home.pk] = facts(last or HouseholdYear(), NOT_CARRIED)

        self.open()

        found = {
            row.household_id: facts(row, NOT_CARRIED)
            for row in HouseholdYear.objects.filter(year=NEW).exclude(household=self.begun)
        }
        self.assertEqual(found, expected)

    def test_income_begins_empty_and_members_are_counted_anew(self):
        self.open()

        rows = HouseholdYear.objects.filter(year=NEW)
        for row in rows:
            money = [getattr(row, name) for name in ("wage", "operating_cost", "stated_net", "income_from")]
            self.assertEqual(money, [None] * 4)
            still = Membership.objects.filter(household=row.household_id, to_day=None)
            self.assertEqual(row.members, still.count())
        self.assertFalse(VillageYear.objects.filter(year=NEW).exclude(collective_income=None).exists())

    def test_persons_and_villages_take_their_facts_over(self):
        last = {row.person_id: facts(row) for row in PersonYear.objects.filter(year=YEAR)}
        gone = Membership.objects.filter(household=self.gone).values_list("person_id", flat=True)
        for person in [*gone, self.left.person_id]:
            last.pop(person)
        villages = {
            row.village_id: facts(row, VILLAGE_INCOME) for row in VillageYear.objects.filter(year=YEAR)
        }

        self.open()

        self.assertEqual({row.person_id: facts(row) for row in PersonYear.objects.filter(year=NEW)}, last)
        found = {row.village_id: facts(row, VILLAGE_INCOME) for row in VillageYear.objects.filter(year=NEW)}
        self.assertEqual({key: found[key] for key in villages}, villages)

    def test_what_was_recorded_already_stays_and_an_empty_row_is_filled(self):
        self.open()

        begun = HouseholdYear.objects.get(household=self.begun, year=NEW)
        self.assertEqual((begun.house_grade, begun.planned_exit_year, begun.version), ("1", None, 1))
        empty = HouseholdYear.objects.get(household=self.empty, year=NEW)
        self.assertEqual((empty.house_grade, empty.version), ("2", 2))

    def test_one_change_says_who_and_why_and_every_row_points_to_it(self):
        self.open()

        change = Change.objects.get(kind="year.opened")
        self.assertEqual((change.user_name, change.reason, change.subject), ("li", "新的一年", str(NEW)))
        rows = RowHistory.objects.filter(change=change)
        tables = set(rows.values_list("table", flat=True))
        self.assertEqual(
            tables,
            {
                "households_householdyear",
                "households_personyear",
                "villages_villageyear",
                "villages_countyyear",
            },
        )

    def test_a_second_opening_and_years_out_of_turn_are_refused(self):
        self.open()

        for year, words in ((NEW, "open already"), (YEAR, "no facts"), (2090, "too far ahead")):
            with self.subTest(year), self.assertRaisesMessage(ValidationError, words):
                self.open(year)

    def test_the_night_does_not_begin_a_year_that_nobody_opened(self):
        self.assertEqual(open_years_of(self.county, NEW + 1), [YEAR])


class CloseTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.village = sound_village()
        cls.home = sound_household(village=cls.village)
        cls.county = county_area()
        cls.user = make_user()
        judge_area(cls.county, YEAR)
        cls.person = Membership.objects.filter(household=cls.home).first().person

    def setUp(self):
        patcher = patch("standards.years.today", return_value=date(NEW, 1, 5))
        patcher.start()
        self.addCleanup(patcher.stop)

    def close(self):
        return close_year(self.county, YEAR, user=self.user, reason="年度结束")

    def test_raw_sql_is_refused_in_every_table_of_the_year(self):
        judged = {"year": YEAR, "standard": "s", "item": "i", "note": "n", "judged_on": date(YEAR, 1, 1)}
        HouseholdJudgement.objects.create(household=self.home, judged_by_name="a", **judged)
        VillageJudgement.objects.create(village=self.village, judged_by_name="a", **judged)
        self.close()
        tables = (
            "households_householdyear",
            "households_personyear",
            "villages_villageyear",
            "standards_householdjudgement",
            "standards_villagejudgement",
        )
        for table in tables:
            with (
                self.subTest(table),
                self.assertRaisesMessage(DatabaseError, f"The year {YEAR} is closed"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"UPDATE {table} SET version = version + 1 WHERE year = {YEAR}")

    def test_no_row_comes_into_a_closed_year(self):
        self.close()

        for make in (lambda: make_household(village=self.village), lambda: make_person_year(year=YEAR)):
            with self.assertRaisesMessage(DatabaseError, "is closed"), transaction.atomic():
                make()
        with self.assertRaisesMessage(DatabaseError, "is closed"), transaction.atomic():
            VillageYear.objects.filter(year=YEAR).update(year=NEW + 1)

    def test_services_refuse_with_a_sentence(self):
        self.close()

        home, village = self.home.years.get(), self.village.years.get()
        person = PersonYear.objects.get(person=self.person)
        words = {"user": self.user, "version": 1}
        for save in (
            lambda: save_household_year(home, {"wage": Decimal(1)}, **words),
            lambda: save_person_year(person, {"mandarin": True}, **words),
            lambda: save_village_year(village, {"bus": False}, **words),
            lambda: _refuse(self.village, YEAR, Answer(True, "n", date(YEAR, 1, 1))),
            lambda: _refuse(self.home, YEAR, Answer(True, "n", date(YEAR, 1, 1))),
            lambda: judge_area(self.county, YEAR),
        ):
            with self.assertRaisesMessage(YearClosed, f"The year {YEAR} is closed; its facts are read-only."):
                save()

    def test_it_is_never_judged_again_and_tallies_stand_still(self):
        self.close()
        before = list(HouseholdResult.objects.values_list("verdict", "since", "assessment"))
        runs = Assessment.objects.count()

        newcomer = make_person(id_number="")
        Membership.objects.create(
            household=self.home, person=newcomer, relation="99", from_day=date(YEAR, 1, 1)
        )
        judge_saved([self.home.pk], [self.village.pk], YEAR)
        judge_dirty_villages()

        self.assertEqual(list(HouseholdResult.objects.values_list("verdict", "since", "assessment")), before)
        self.assertEqual((self.home.years.get().members, Assessment.objects.count()), (3, runs))
        self.assertNotIn(YEAR, open_years_of(self.county, YEAR))
        self.assertFalse(Assessment.objects.filter(closed_at=None).exists())

    def test_again_ahead_or_while_judging_is_refused(self):
        with self.assertRaisesMessage(ValidationError, "has not begun"):
            close_year(self.county, NEW + 1)
        Assessment.objects.update(state="running")
        with self.assertRaisesMessage(ValidationError, "is being judged"):
            self.close()
        Assessment.objects.update(state="done")
        self.close()
        with self.assertRaisesMessage(ValidationError, "closed already"):
            self.close()

    def test_reopened_it_takes_facts_again_and_the_record_names_both(self):
        self.close()
        with self.assertRaisesMessage(ValidationError, "not closed"):
            reopen_year(self.county, NEW)

        reopen_year(self.county, YEAR, user=self.user, reason="漏了一户")

        row = self.home.years.get()
        self.assertTrue(save_household_year(row, {"wage": Decimal(1)}, version=row.version, user=self.user))
        self.assertEqual(HouseholdResult.objects.get().assessment.closed_at, None)
        kinds = Change.objects.filter(subject=str(YEAR)).order_by("pk").values_list("kind", "reason")
        self.assertEqual(list(kinds), [("year.closed", "年度结束"), ("year.reopened", "漏了一户")])

    def test_another_county_goes_on(self):
        other = make_household(village=sound_village("999002101201"))
        self.close()

        row = other.years.get()
        self.assertTrue(save_household_year(row, {"wage": Decimal(1)}, version=1, user=self.user))


def test_of_three_openings_at_once_one_goes_through_and_rows_stand_once(real_database):
    standards_for_tests()
    sound_household(village=sound_village())
    county, said = county_area(), []

    def work():
        # Each thread has a language of its own.
        activate("en")
        try:
            said.append(open_year(county, NEW).households)
        except ValidationError as error:
            said.append(error.messages[0])
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(map(str, said)) == ["1", *[f"The year {NEW} is open already."] * 2]
    assert HouseholdYear.objects.filter(year=NEW).count() == 1
    assert CountyYear.objects.count() == 1

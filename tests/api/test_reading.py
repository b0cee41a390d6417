"""Lists and objects: what goes out, in which order, with how many queries, and nothing secret."""

from datetime import date

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessEvent
from core.masks import mask
from core.secrets import reveal
from households.models import Household, HouseholdYear, Membership, Person
from standards.models import HouseholdResult, VillageResult
from standards.services import judge_area
from tests.api.asking import Program, error_of
from tests.makers import make_secret, make_user
from tests.standards.county import county_area, make_random_county, standards_for_tests

YEAR = 2016
LISTS = {
    "/areas/": "code",
    "/villages/": "code",
    "/village-years/?year=2016": "village",
    "/village-results/?year=2016": "village",
    "/households/": "id",
    "/household-years/?year=2016": "household",
    "/household-results/?year=2016": "household",
    "/members/": "id",
    "/member-years/?year=2016": "member",
    "/standards/": "id",
    "/assessments/": "id",
    "/imports/": "id",
    "/jobs/": "id",
}


def objects_of(household: Household, member: Membership) -> list[str]:
    code = household.village.area.code
    return [
        "/me/",
        f"/areas/{code}/",
        f"/villages/{code}/",
        f"/villages/{code}/years/{YEAR}/",
        f"/villages/{code}/results/{YEAR}/",
        f"/households/{household.pk}/",
        f"/households/{household.pk}/years/{YEAR}/",
        f"/households/{household.pk}/results/{YEAR}/",
        f"/members/{member.pk}/",
    ]


class ReadingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        make_random_county(seed=7, households=30, villages=4)
        judge_area(county_area(), YEAR)
        cls.county = make_user("county_office", county_area())
        cls.household = Household.objects.order_by("pk").first()
        cls.member = Membership.objects.filter(household=cls.household).order_by("pk").first()

    def setUp(self):
        self.program = Program(self.county)

    def rows(self, path: str) -> list[dict]:
        """All rows of a list, page by page."""
        found, following = [], path
        while following:
            answer = self.program.get(following.removeprefix("/api/v1"))
            self.assertEqual(answer.status_code, 200, answer.content)
            found += answer.json()["results"]
            following = answer.json()["next"]
        return found

    def test_every_list_gives_every_row_once_whatever_the_page(self):
        for path, key in LISTS.items():
            with self.subTest(path):
                mark = "&" if "?" in path else "?"
                whole = [row[key] for row in self.rows(path)]
                pages = [row[key] for row in self.rows(f"{path}{mark}limit=7")]
                self.assertEqual(pages, whole)
                self.assertEqual(len(set(whole)), len(whole))
                self.assertTrue(whole or path in ("/jobs/", "/imports/"))

    def test_a_list_costs_the_same_however_many_rows(self):
        for path in LISTS:
            with self.subTest(path):
                mark = "&" if "?" in path else "?"
                counts = []
                for limit in (2, 25):
                    # The token's last use is written once in a while: the cheaper of two requests counts.
                    tries = []
                    for _again in range(3):
                        with CaptureQueriesContext(connection) as queries:
                            self.program.get(f"{path}{mark}limit={limit}")
                        tries.append(len(queries))
                    counts.append(min(tries))
                self.assertEqual(counts[0], counts[1])
                self.assertLessEqual(counts[0], 12)

    def test_who_takes_rows_about_families_is_an_event(self):
        self.program.get("/members/?limit=3")
        self.program.get("/villages/?limit=3")

        event = AccessEvent.objects.get(kind="exported")
        self.assertEqual(
            (event.user, event.route, event.rows, event.reason), (self.county, "api:members", 3, "limit=3")
        )

    def test_a_row_that_comes_meanwhile_moves_no_page(self):
        first = self.program.get("/households/?limit=10").json()
        Household.objects.filter(pk=first["results"][0]["id"]).update(number="0")

        second = self.program.get(first["next"].removeprefix("/api/v1")).json()

        seen = [row["id"] for row in first["results"] + second["results"]]
        self.assertEqual(seen, sorted(set(seen)))

    def test_filters_narrow_and_unknown_ones_are_named(self):
        village = self.household.village.area.code
        inside = self.rows(f"/households/?within={village}")

        self.assertEqual({row["village"]["code"] for row in inside}, {village})
        self.assertEqual(
            [r["id"] for r in self.rows(f"/households/?number={self.household.number}")], [self.household.pk]
        )
        for path, field in (
            ("/households/?colour=red", "colour"),
            ("/households/?limit=1001", "limit"),
            ("/households/?limit=0", "limit"),
            ("/households/?cursor=x", "cursor"),
            ("/households/?within=99x", "within"),
            ("/household-years/?year=1", "year"),
            ("/areas/?level=moon", "level"),
            (f"/households/{self.household.pk}/?year=2016", "year"),
        ):
            with self.subTest(path):
                response = self.program.get(path)
                self.assertEqual(response.status_code, 422)
                self.assertEqual(list(error_of(response)["fields"]), [field])

    def test_a_year_without_facts_is_not_found_and_a_list_of_it_empty(self):
        self.assertEqual(self.program.get(f"/households/{self.household.pk}/years/2031/").status_code, 404)
        self.assertEqual(self.rows("/household-years/?year=2031"), [])

    def test_a_result_says_standard_and_day_and_what_is_missing(self):
        result = HouseholdResult.objects.filter(verdict=0).order_by("household_id").first()

        found = self.program.get(f"/households/{result.household_id}/results/{YEAR}/").json()

        self.assertEqual(found["verdict"], "not_met")
        self.assertEqual(found["standard"]["code"], "test-henan-household")
        self.assertEqual(found["as_of"], found["as_of"] and str(date(YEAR, 12, 31)))
        self.assertTrue(found["explanation"]["missing"])
        self.assertEqual(
            set(found["outcomes"]),
            {i["code"] for i in found["explanation"]["indicators"]} & set(found["outcomes"]),
        )

    def test_what_nobody_judged_is_no_data(self):
        HouseholdResult.objects.all().delete()
        VillageResult.objects.all().delete()
        code = self.household.village.area.code

        for path in (f"/households/{self.household.pk}/results/{YEAR}/", f"/villages/{code}/results/{YEAR}/"):
            found = self.program.get(path).json()
            self.assertEqual(
                (found["verdict"], found["standard"], found["explanation"]), ("no_data", None, None)
            )

    def test_amounts_are_exact_texts(self):
        year = HouseholdYear.objects.exclude(wage=None).order_by("pk").first()

        found = self.program.get(f"/households/{year.household_id}/years/{YEAR}/").json()

        self.assertEqual(found["wage"], f"{year.wage:.2f}")

    def test_the_etag_is_the_version(self):
        response = self.program.get(f"/households/{self.household.pk}/")

        self.assertEqual(response.headers["ETag"], f'"{response.json()["version"]}"')

    def test_an_address_that_does_not_exist_is_answered_like_a_foreign_object(self):
        for path in (
            "/nothing/",
            "/households/x/",
            "/households/0/",
            "/areas/99/",
            "/households/1/years/1999/",
        ):
            with self.subTest(path):
                response = self.program.get(path)
                self.assertEqual((response.status_code, error_of(response)["code"]), (404, "not_found"))

    def test_the_sentences_come_in_the_language_asked_for(self):
        english = self.program.get("/households/?colour=red")
        chinese = self.program.get("/households/?colour=red", **{"Accept-Language": "zh-CN"})

        self.assertIn("no such filter", str(error_of(english)["fields"]))
        self.assertRegex(str(error_of(chinese)["fields"]), "[\u4e00-\u9fff]")


class SecretTests(TestCase):
    """Canaries in every place that keeps a secret; none stands in any answer."""

    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        make_random_county(seed=3, households=6, villages=2)
        judge_area(county_area(), YEAR)
        cls.plain = []
        cls.people = []
        for number, household in enumerate(Household.objects.order_by("pk")):
            phone, account = f"1390000{number:04d}", f"62170000000000{number:04d}"
            household.phone = make_secret(
                "phone", phone, table="households_household", subject_id=household.pk
            )
            household.bank_account = make_secret(
                "account", account, table="households_household", subject_id=household.pk
            )
            household.save(update_fields=["phone", "bank_account"])
            cls.plain += [phone, account]
        for number, person in enumerate(Person.objects.order_by("pk")):
            card = f"99900119700501{number:04d}44"
            person.disability_card = make_secret(
                "certificate", card, table="households_person", subject_id=person.pk
            )
            person.save(update_fields=["disability_card"])
            cls.plain.append(card)
            cls.people.append(person)
        cls.county = make_user("county_office", county_area())

    def test_no_answer_holds_one(self):
        program = Program(self.county)
        household = Household.objects.order_by("pk").first()
        member = Membership.objects.filter(household=household).first()
        plain = [*self.plain, *(reveal(p.id_number) for p in Person.objects.all() if p.id_number)]
        births = [p.birth_date for p in self.people if p.birth_date]
        for path in [*LISTS, *objects_of(household, member)]:
            with self.subTest(path):
                text = program.get(path).content.decode()
                for secret in plain:
                    self.assertNotIn(secret, text)
                if "member" in path:
                    self.assertFalse([day for day in births if day.isoformat() in text])

    def test_they_are_masked_like_on_the_pages(self):
        program = Program(self.county)
        household = Household.objects.order_by("pk").first()
        member = Membership.objects.filter(household=household).select_related("person").first()

        shown = program.get(f"/households/{household.pk}/").json()
        person = program.get(f"/members/{member.pk}/").json()

        self.assertEqual(shown["phone"], mask("phone", household.phone))
        self.assertEqual(person["id_number"], mask("id_number", member.person.id_number))
        self.assertEqual(person["birth_year"], member.person.birth_date and member.person.birth_date.year)

"""Completeness: shares, entries and refused rows by place and person; numbers open their rows and add up."""

import csv
import io
import re
from datetime import timedelta

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AccessEvent
from areas.models import Area
from exchange.models import Import
from households.models import HouseholdYear
from households.services import save_household_year
from tests.dashboards.test_inbox import make_import
from tests.desk.county import COUNTY, NEXT_TOWN, NEXT_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, make_county
from tests.makers import YEAR, make_household, make_user, make_village
from tests.signing_in import sign_in

LINK = re.compile(r'href="(/households/\?[^"]*)"[^>]*>([\d,]+)</a>')


class CompletenessTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.office = make_user("county_office", cls.county, name="周明远")
        cls.clerk = make_user("township_clerk", Area.objects.get(code=TOWN), name="孙丽娟")
        cls.next_clerk = make_user("township_clerk", Area.objects.get(code=NEXT_TOWN), name="李建国")

    def setUp(self):
        sign_in(self.client, self.office)

    def context(self, address: str = "/completeness/"):
        return self.client.get(address).context

    def shares(self, address: str = "/completeness/"):
        places = self.context(address)["places"]
        return [(p.area.code if p.area else "", p.filled.known, p.filled.missing) for p in places]

    def test_households_without_a_gap_are_counted_worst_township_first(self):
        # 3 and 6 lack income; 5 fails the line, but everything of it is known.
        self.assertEqual(self.shares(), [(NEXT_TOWN, 1, 1), (TOWN, 3, 1)])

        whole = self.context()["whole"]
        self.assertEqual((whole.households, whole.known, whole.missing), (6, 4, 2))

    def test_a_township_shows_its_villages(self):
        self.assertEqual(self.shares(f"/completeness/{TOWN}/"), [(VILLAGE, 2, 1), (OTHER_VILLAGE, 1, 0)])

    def test_a_village_opens_its_households(self):
        self.assertRedirects(
            self.client.get(f"/completeness/{VILLAGE}/"), f"/households/?village={VILLAGE}&facts=missing"
        )

    def test_every_number_opens_exactly_its_households(self):
        for page in ("/completeness/", f"/completeness/{TOWN}/"):
            links = LINK.findall(self.client.get(page).content.decode())
            self.assertGreater(len(links), 8)
            for address, number in links:
                with self.subTest(page=page, address=address):
                    facets = self.client.get(address.replace("&amp;", "&")).context["facets"]
                    self.assertEqual(facets.households, int(number))

    def test_the_rows_add_up_to_the_total_and_to_the_page_above(self):
        county = self.context()
        township = self.context(f"/completeness/{TOWN}/")

        row = next(place for place in county["places"] if place.area.code == TOWN)
        for name in ("households", "known", "missing", "refused"):
            with self.subTest(name):
                total = sum(getattr(place.filled, name) for place in county["places"])
                self.assertEqual(total, getattr(county["whole"], name))
                self.assertEqual(getattr(township["whole"], name), getattr(row.filled, name))

    def test_a_household_that_nobody_judged_has_a_gap_one_without_the_year_is_named_apart(self):
        from standards.models import HouseholdResult

        new = make_household("4100010000000007", village=make_village(VILLAGE))
        HouseholdResult.objects.filter(household=new).delete()
        older = make_household("4100010000000008", village=make_village(VILLAGE))
        HouseholdYear.objects.filter(household=older).update(year=YEAR - 1)

        context = self.context()
        self.assertEqual((context["whole"].missing, context["without_year"]), (3, 1))

    def test_open_refused_rows_stand_at_their_village_or_apart(self):
        sheet = make_import(self.county, user=self.clerk, prefix=TOWN[:9], refused=("1", "2", "3"))
        rows = sheet.rows.order_by("pk")
        rows.filter(key__in=("1", "2")).update(village_id=make_village(VILLAGE).pk)

        found = {p.area.code if p.area else "": p.filled.refused for p in self.context()["places"]}
        self.assertEqual(found, {TOWN: 2, NEXT_TOWN: 0, "": 1})
        self.assertEqual(self.context()["whole"].refused, 3)
        by_person = {row.user: row.refused for row in self.context()["people"]}
        self.assertEqual(by_person, {self.office: 0, self.clerk: 3, self.next_clerk: 0})

    def test_the_last_entry_is_a_saved_form_or_a_written_workbook(self):
        day_ago = timezone.now() - timedelta(days=1)
        source = make_import(self.county, prefix=TOWN[:9], state=Import.State.APPLIED).file.source
        Import.objects.filter(pk=source.pk).update(ended_at=day_ago)
        row = HouseholdYear.objects.get(household__number="4100010000000001")
        save_household_year(row, {"wage": 9100}, version=row.version, user=self.clerk)

        last = {p.area.code: p.filled.last for p in self.context(f"/completeness/{TOWN}/")["places"]}
        self.assertEqual(last[OTHER_VILLAGE], day_ago)
        self.assertGreater(last[VILLAGE], day_ago)
        self.assertEqual({p.area.code for p in self.context()["places"] if p.filled.last}, {TOWN})

    def test_each_person_who_enters_with_their_area_the_emptiest_first(self):
        row = HouseholdYear.objects.get(household__number="4100010000000001")
        save_household_year(row, {"wage": 9100}, version=row.version, user=self.clerk)

        people = self.context()["people"]
        self.assertEqual([row.user for row in people], [self.next_clerk, self.office, self.clerk])
        self.assertEqual([row.entries for row in people], [0, 0, 1])
        self.assertEqual([row.filled.households for row in people], [2, 6, 4])
        township = self.context(f"/completeness/{TOWN}/")["people"]
        self.assertEqual([row.user for row in township], [self.clerk])

    def test_files_hold_the_same_totals_and_say_who_took_them(self):
        response = self.client.get(f"/completeness/{COUNTY}/export/")
        lines = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
        whole = self.context()["whole"]

        self.assertIn("周明远", lines[2][0])
        self.assertEqual(len({len(line) for line in lines[3:]}), 1)
        total = [str(whole.households), str(whole.known), "66.7", str(whole.missing), "", str(whole.refused)]
        self.assertEqual(lines[6][2:8], total)
        self.assertEqual(AccessEvent.objects.filter(kind="exported", user=self.office).count(), 1)

        response = self.client.get(f"/completeness/{COUNTY}/export/?format=xlsx")
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        self.assertEqual([cell.value for cell in sheet[7]][2:6], [6, 4, 66.7, 2])

    def test_the_next_township_does_not_exist(self):
        sign_in(self.client, self.next_clerk)

        for address in (
            f"/completeness/{TOWN}/",
            f"/completeness/{COUNTY}/",
            f"/completeness/{TOWN}/export/",
        ):
            with self.subTest(address):
                self.assertEqual(self.client.get(address).status_code, 404)
        self.assertEqual({p.area.code for p in self.context()["places"]}, {NEXT_VILLAGE})

    def test_somebody_without_a_grant_reads_why_the_page_is_empty(self):
        sign_in(self.client, make_user("county_office", False))

        self.assertTemplateUsed(self.client.get("/completeness/"), "dashboards/area_none.html")

    def test_the_number_of_queries_does_not_grow_with_households(self):
        def queries_after(first: int, last: int) -> int:
            for number in range(first, last):
                make_household(f"41000100000000{number}", village=make_village(OTHER_VILLAGE))
            with CaptureQueriesContext(connection) as queries:
                self.client.get("/completeness/")
            return len(queries)

        make_import(self.county, user=self.clerk, refused=("1", "2"))
        self.client.get("/completeness/")
        few = queries_after(10, 11)
        self.assertEqual(queries_after(11, 40), few)
        self.assertLess(few, 50)

import csv
import io

from django.test import TestCase
from openpyxl import load_workbook

from accounts.models import AccessEvent
from areas.models import Area
from households.models import Household
from tests.desk.county import NEXT_TOWN, TOWN, make_county
from tests.makers import make_member, make_user
from tests.signing_in import sign_in


class HouseholdExportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)

    def setUp(self):
        sign_in(self.client, self.user)

    def csv(self, query: str = "") -> list[list[str]]:
        response = self.client.get(f"/households/export/?{query}")
        content = b"".join(response.streaming_content)
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    def test_the_file_holds_what_is_shown_with_the_conditions_in_its_head(self):
        rows = self.csv("cause=01&sort=income")

        self.assertIn("因病", rows[1][0])
        self.assertEqual([row[0] for row in rows[4:]], ["4100010000000002", "4100010000000005"])
        self.assertEqual(len({len(row) for row in rows[3:]}), 1)
        self.assertEqual(rows[4][10], "1450.00")

    def test_who_took_it_is_recorded(self):
        self.csv("cause=01")

        taken = AccessEvent.objects.get(kind="exported")
        self.assertEqual((taken.user_id, taken.role, taken.rows), (self.user.pk, "county_office", 2))
        self.assertEqual((taken.area, taken.address), (self.county.prefix, "127.0.0.1"))
        self.assertIn("因病", taken.reason)

    def test_no_text_becomes_a_formula(self):
        household = Household.objects.get(number__endswith="1")
        member = make_member(household, name="=1+1", relation="99").person
        Household.objects.filter(pk=household.pk).update(head_name=member.name)

        self.assertIn("'=1+1", [row[1] for row in self.csv()[4:] if len(row) > 1])
        sheet = self.workbook().active
        cell = next(row[1] for row in sheet.iter_rows(min_row=5) if row[0].value == household.number)
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))

    def workbook(self, query: str = ""):
        response = self.client.get(f"/households/export/?format=xlsx&{query}")
        self.assertIn("spreadsheetml", response["Content-Type"])
        return load_workbook(io.BytesIO(b"".join(response.streaming_content)))

    def test_the_workbook_holds_the_same(self):
        sheet = self.workbook("verdict=met").active
        rows = list(sheet.iter_rows(values_only=True))

        self.assertEqual([row[0] for row in rows[4:]], ["4100010000000001", "4100010000000004"])
        self.assertEqual(rows[4][10], 9000)

    def test_the_next_township_and_nobody(self):
        for area, expected in ((TOWN, 4), (NEXT_TOWN, 2), (None, 0)):
            place = Area.objects.get(code=area) if area else False
            sign_in(self.client, make_user("township_clerk", place))
            self.assertEqual(len(self.csv()[4:]), expected)

    def test_a_first_secretary_exports_nothing(self):
        sign_in(self.client, make_user("first_secretary", self.county))

        self.assertEqual(self.client.get("/households/export/").status_code, 403)

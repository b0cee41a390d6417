"""Each step of an import or roster is an operation of the audit, also those that write no fact."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.models import Change, Job
from exchange.models import StagedRow
from exchange.rosters.models import Roster
from tests.exchange.registers import household, household_year, table
from tests.exchange.sheets import xlsx_bytes
from tests.exchange.test_import_pages import ImportPageTestCase
from tests.makers import make_user
from tests.signing_in import sign_in


class StepsTests(ImportPageTestCase):
    def one(self, kind: str, subject: str, user=None) -> Change:
        said = Change.objects.get(kind=kind, subject=subject, within=None)
        self.assertEqual(said.user_id, (user or self.inside).pk)
        return said

    def test_upload_choice_and_abandoning_of_an_import(self):
        self.put_in(table(household, household()))
        source = self.checked(table(household_year, household_year(工资性收入=6000)))
        row = StagedRow.objects.get(source=source)

        self.client.post(self.address("import-choose", source.pk), {"shown": row.pk})
        self.client.post(self.address("import-abandon", source.pk))

        for kind in ("import.uploaded", "import.chosen", "import.abandoned"):
            self.assertEqual(self.one(kind, str(source.pk)).area, source.area_prefix)

    def test_what_cannot_be_abandoned_any_more_leaves_no_row(self):
        source = self.put_in(table(household, household()))

        self.client.post(self.address("import-abandon", source.pk))

        self.assertFalse(Change.objects.filter(kind="import.abandoned").exists())

    def test_stopping_a_job(self):
        self.upload(table(household, household()))
        job = Job.objects.get()

        self.client.post(reverse("core:job-stop", args=[job.pk]))

        self.assertEqual(self.one("job.stopped", str(job.pk)).area, job.area_prefix)

    def test_starting_an_assessment(self):
        self.client.post(reverse("standards:assess"), {"area": self.county.pk, "year": 2016})

        self.one("assessment.started", f"{self.county.code} 2016")

    def test_upload_and_abandoning_of_a_roster(self):
        keeper = make_user("security_admin", False)
        sign_in(self.client, keeper)
        rows = [["用户名", "姓名", "角色", "地区"], ["li", "李四", "乡镇干部", "测试镇"]]
        file = SimpleUploadedFile("r.xlsx", xlsx_bytes(rows))

        self.client.post(self.address("roster-start", "users"), {"file": file})
        roster = Roster.objects.get()
        self.client.post(self.address("roster-abandon", roster.pk))

        self.one("roster.uploaded", "users", keeper)
        self.one("roster.abandoned", str(roster.pk), keeper)

"""Pages of imports: upload, progress, preview, confirm, and who sees what."""

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.jobs import run_job
from core.models import Job
from exchange import services
from exchange.models import Import, ImportFile
from households.models import Household, HouseholdYear
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import (
    HOUSEHOLD,
    OTHER_HOUSEHOLD,
    household,
    household_year,
    id_number,
    person,
    table,
)
from tests.exchange.sheets import xlsx_bytes
from tests.makers import make_household, make_township, make_user, make_village
from tests.signing_in import sign_in


class ImportPageTestCase(ImportTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.inside = make_user("county_office", cls.county)
        cls.neighbour = make_user("township_clerk", make_township("999001102000"))
        cls.nobody = make_user("township_clerk", False)

    def setUp(self):
        super().setUp()
        sign_in(self.client, self.inside)

    def address(self, name, *args):
        return reverse(f"exchange:{name}", args=args)

    def upload(self, *tables, **wishes):
        files = [SimpleUploadedFile(f"{n}.xlsx", xlsx_bytes(rows)) for n, rows in enumerate(tables)]
        data = {"files": files, "area": self.county.pk, "year": 2016} | wishes
        return self.client.post(self.address("upload"), data)

    def checked(self, *tables, **wishes):
        """Upload and let the worker read."""
        self.upload(*tables, **wishes)
        source = Import.objects.latest("pk")
        run_job(source.job_id)
        source.refresh_from_db()
        return source


class UploadTests(ImportPageTestCase):
    def test_an_upload_is_kept_encrypted_and_read_by_a_job(self):
        answer = self.upload(table(household, household()))

        source = Import.objects.get()
        self.assertRedirects(answer, self.address("import", source.pk))
        self.assertTrue(source.files.get().stored.encrypted)
        self.assertEqual((source.job.kind, source.job.arguments), ("exchange.read", {"import": source.pk}))

    def test_several_files_make_one_import(self):
        self.upload(table(household, household()), table(person, person()))

        self.assertEqual(Import.objects.get().files.count(), 2)

    def test_nothing_chosen_is_said_and_nothing_kept(self):
        answer = self.client.post(self.address("upload"), {"area": self.county.pk, "year": 2016})

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(Import.objects.exists())

    def test_an_area_of_somebody_else_cannot_be_chosen(self):
        sign_in(self.client, self.neighbour)

        answer = self.upload(table(household, household()))

        self.assertEqual(answer.status_code, 422)
        self.assertFalse(Import.objects.exists())

    def test_the_form_says_when_no_area_is_granted(self):
        sign_in(self.client, self.nobody)

        self.assertNotContains(self.client.get(self.address("upload")), '<form method="post" enctype')


class PreviewTests(ImportPageTestCase):
    def test_the_page_shows_progress_while_a_job_works(self):
        self.upload(table(household, household()))
        source = Import.objects.get()

        page = self.client.get(self.address("import", source.pk))
        live = self.client.get(
            self.address("import", source.pk) + "?progress", headers={"HX-Request": "true"}
        )

        self.assertContains(page, "hx-trigger")
        self.assertEqual(live.status_code, 200)

    def test_the_live_part_stops_asking_when_the_job_is_over(self):
        source = self.checked(table(household, household()))

        live = self.client.get(
            self.address("import", source.pk) + "?progress", headers={"HX-Request": "true"}
        )

        self.assertEqual((live.status_code, live.headers["HX-Refresh"]), (286, "true"))

    def test_refused_rows_show_row_column_value_and_cure(self):
        bad = household(户编号=OTHER_HOUSEHOLD, 主要致贫原因="生病")
        source = self.checked(table(household, household(), bad))

        page = self.client.get(self.address("import", source.pk))

        ((_row, finding),) = page.context["findings"]
        self.assertEqual(
            (finding.row, finding.letter, finding.heading, finding.value), (3, "W", "主要致贫原因", "生病")
        )
        self.assertContains(page, "因病")

    def test_refused_rows_by_kind(self):
        source = self.checked(
            table(household, household(行政村="没有村"), household(户编号="2", 行政村="无此村"))
        )

        page = self.client.get(self.address("import", source.pk) + "?by=kind")

        self.assertEqual([rows for _kind, rows in page.context["kinds"]], [2])

    def test_changed_fields_stand_before_and_after(self):
        self.put_in(table(household, household()), table(household_year, household_year()))
        source = self.checked(table(household_year, household_year(工资性收入=60_000.5, 危房级别="C级")))

        page = self.client.get(self.address("import", source.pk) + "?show=changed")

        shown = {d.label: (d.before, d.after, d.jumps) for d in page.context["rows"][0].differences}
        self.assertEqual(shown["工资性收入"], ("5,000.55", "60,000.50", True))
        self.assertEqual(shown["危房级别"], ("A级", "C级", False))

    def test_plain_secrets_stand_on_no_page(self):
        self.put_in(table(household, household()), table(person, person()))
        changed = person(证件号码=id_number(9))
        source = self.checked(table(household, household(联系电话="10099998888")), table(person, changed))

        for show in ("", "changed", "new", "refused", "warned", "missing"):
            page = self.client.get(self.address("import", source.pk) + f"?show={show}").content.decode()
            for plain in (id_number(), id_number(9), "10036387383", "10099998888"):
                self.assertNotIn(plain, page)
        self.assertIn(
            "100****8888",
            self.client.get(self.address("import", source.pk) + "?show=changed").content.decode(),
        )

    def test_what_the_sheet_lacks_is_listed(self):
        make_household("77", village=make_village("999001101202"), head="赵六")
        source = self.checked(table(household, household()))

        page = self.client.get(self.address("import", source.pk) + "?show=missing")

        self.assertContains(page, "77")
        self.assertEqual(source.missing_households, 1)

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        few = self.checked(table(household, *[household(户编号=str(n)) for n in range(1, 4)]))
        many = self.checked(table(household, *[household(户编号=str(n)) for n in range(101, 121)]))
        for source in (few, many):
            with self.assertNumQueriesLessThan(40):
                self.client.get(self.address("import", source.pk) + "?show=new")

    def assertNumQueriesLessThan(self, limit):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        case = self

        class Limit(CaptureQueriesContext):
            def __exit__(self, *error):
                super().__exit__(*error)
                case.assertLess(len(self), limit)

        return Limit(connection)


class ConfirmTests(ImportPageTestCase):
    def test_a_person_confirms_and_the_worker_writes(self):
        source = self.checked(table(household, household()))

        self.client.post(self.address("import-apply", source.pk), {"reason": "十月核对"})
        source.refresh_from_db()
        run_job(source.job_id)

        source.refresh_from_db()
        self.assertEqual((source.state, source.reason), ("applied", "十月核对"))
        self.assertTrue(Household.objects.filter(number=HOUSEHOLD).exists())
        self.assertEqual(services.change_of(source).user_id, self.inside.pk)

    def test_a_reason_is_needed(self):
        source = self.checked(table(household, household()))

        answer = self.client.post(self.address("import-apply", source.pk), {"reason": ""}, follow=True)

        source.refresh_from_db()
        self.assertEqual(source.state, "compared")
        self.assertEqual(len(list(answer.context["messages"])), 1)

    def test_an_abandoned_import_cannot_be_written(self):
        source = self.checked(table(household, household()))
        self.client.post(self.address("import-abandon", source.pk))

        self.client.post(self.address("import-apply", source.pk), {"reason": "x"})

        source.refresh_from_db()
        self.assertEqual(source.state, "abandoned")

    def test_a_change_in_between_brings_the_page_back(self):
        self.put_in(table(household, household()), table(household_year, household_year()))
        source = self.checked(table(household_year, household_year(工资性收入=6000)))
        HouseholdYear.objects.filter(year=2016).update(wage=7000, version=2)

        self.client.post(self.address("import-apply", source.pk), {"reason": "x"})
        source.refresh_from_db()
        run_job(source.job_id)

        source.refresh_from_db()
        self.assertEqual((source.state, Job.objects.get(pk=source.job_id).state), ("compared", "done"))
        self.assertEqual(self.client.get(self.address("import", source.pk)).status_code, 200)

    def test_a_file_that_is_no_workbook_is_said_on_the_page(self):
        bad = SimpleUploadedFile("照片.xlsx", b"\x89PNG" + bytes(60))
        self.client.post(self.address("upload"), {"files": [bad], "area": self.county.pk, "year": 2016})
        source = Import.objects.get()
        run_job(source.job_id)

        page = self.client.get(self.address("import", source.pk))

        self.assertContains(page, ImportFile.objects.get().name)
        self.assertEqual(page.context["files"][0]["file"].problem, "picture")


class MarkedWorkbookTests(ImportPageTestCase):
    def test_the_uploader_gets_the_workbook_back_with_marks(self):
        source = self.checked(table(household, household(), household(户编号=OTHER_HOUSEHOLD, 危房户="大概")))
        file = source.files.get()

        answer = self.client.get(self.address("import-marked", source.pk, file.pk))

        path = self.folder / "marked.xlsx"
        path.write_bytes(b"".join(answer.streaming_content))
        sheet = openpyxl.load_workbook(path).active
        self.assertEqual(sheet["X3"].value, "大概")
        self.assertIn("大概", sheet["X3"].comment.text)
        self.assertNotEqual(sheet["X3"].fill.fgColor.rgb, sheet["W3"].fill.fgColor.rgb)

    def test_a_colleague_does_not_get_it(self):
        source = self.checked(table(household, household(危房户="大概")))
        sign_in(self.client, make_user("county_office", self.county))

        answer = self.client.get(self.address("import-marked", source.pk, source.files.get().pk))

        self.assertEqual(answer.status_code, 404)


class AccessTests(ImportPageTestCase):
    def test_the_neighbour_and_somebody_without_grant_see_no_import(self):
        source = self.checked(table(household, household()))
        for visitor in (self.neighbour, self.nobody):
            sign_in(self.client, visitor)
            self.assertEqual(len(self.client.get(self.address("imports")).context["page"]), 0)
            self.assertEqual(self.client.get(self.address("import", source.pk)).status_code, 404)
            for name in ("import-apply", "import-abandon"):
                self.assertEqual(
                    self.client.post(self.address(name, source.pk), {"reason": "x"}).status_code, 404
                )
        source.refresh_from_db()
        self.assertEqual(source.state, "compared")

    def test_a_leader_may_not_import(self):
        sign_in(self.client, make_user("county_leader", self.county))

        self.assertEqual(self.client.get(self.address("imports")).status_code, 403)
        self.assertEqual(self.upload(table(household, household())).status_code, 403)

"""Corrections: with the version seen, by the same services and sentences as the pages."""

import json
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from areas.models import Area, Level
from core.jobs import run_job
from core.models import Change, Job
from exchange.models import Import
from households.models import Household, HouseholdYear, Person
from standards.models import HouseholdResult
from standards.services import judge_area
from tests.api.asking import Program, error_of
from tests.exchange.importing import ImportTestCase
from tests.exchange.registers import household, id_number, person, table
from tests.exchange.sheets import xlsx_bytes
from tests.makers import (
    make_household,
    make_person_year,
    make_township,
    make_user,
    make_village,
    make_village_year,
)
from tests.standards.county import county_area, standards_for_tests

HERE, NEXT, YEAR = "999001101000", "999001102000", 2016


class CorrectionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        cls.village = make_village(HERE[:9] + "201", "甲村")
        cls.foreign = make_village(NEXT[:9] + "201", "乙村")
        make_village_year(cls.village)
        cls.household = make_household(village=cls.village, facts={"wage": Decimal(100)})
        cls.member = cls.household.memberships.get()
        make_person_year(cls.member.person)
        judge_area(county_area(), YEAR)
        cls.clerk = make_user("township_clerk", make_township(HERE))

    def setUp(self):
        self.program = Program(self.clerk)
        pk, code = self.household.pk, self.village.area.code
        self.path = f"/households/{pk}/"
        self.year = f"/households/{pk}/years/{YEAR}/"
        self.person = f"/members/{self.member.pk}/"
        self.person_year = f"/members/{self.member.pk}/years/{YEAR}/"
        self.village_year = f"/villages/{code}/years/{YEAR}/"

    def version(self, path: str) -> int:
        return int(self.program.get(path).headers["ETag"].strip('"'))

    def test_every_kind_is_corrected_and_answers_the_next_version(self):
        for path, body in (
            (self.path, {"bank_name": "农商行", "military_family": True}),
            (self.year, {"wage": "5016.04", "other_causes": ["01"], "house_grade": None}),
            (self.person, {"name": "张 三丰", "ethnic_group": "汉族"}),
            (self.person_year, {"medical_insurance": True, "work_months": "10.5"}),
            (self.village_year, {"population": 1200, "collective_income": "50000.00"}),
        ):
            with self.subTest(path):
                version = self.version(path)
                response = self.program.patch(path, body | {"reason": "核对", "evidence": "工资单"}, version)
                self.assertEqual(response.status_code, 200, response.content)
                self.assertEqual({name: response.json()[name] for name in body}, body)
                self.assertEqual(response.headers["ETag"], f'"{version + 1}"')
                self.assertEqual(response.json()["version"], version + 1)
                change = Change.objects.latest("pk")
                self.assertEqual(
                    (change.user_id, change.reason, change.evidence), (self.clerk.pk, "核对", "工资单")
                )

    def test_the_household_is_judged_in_the_same_request(self):
        self.program.patch(self.year, {"wage": "90000.00", "operating": "0", "property_income": "0",
                                       "transfer": "0", "operating_cost": "0"}, 1)  # fmt: skip

        result = HouseholdResult.objects.get(household=self.household, year=YEAR)
        self.assertEqual(result.net_income, Decimal(90000))

    def test_a_new_name_is_found_and_leads_the_household(self):
        self.program.patch(self.person, {"name": "单小山"}, 1)

        self.household.refresh_from_db()
        self.assertEqual(self.household.head_name, "单小山")
        self.assertIn("shanxiaoshan", "".join(Person.objects.get(pk=self.member.person_id).name_keys))

    def test_without_the_version_428_with_an_old_one_409_and_nothing_is_written(self):
        self.program.patch(self.year, {"wage": "1.00"}, 1)

        missing = self.program.patch(self.year, {"wage": "2.00"})
        stale = self.program.patch(self.year, {"wage": "3.00"}, 1)

        self.assertEqual((missing.status_code, error_of(missing)["code"]), (428, "version_required"))
        self.assertEqual((stale.status_code, error_of(stale)["code"]), (409, "stale"))
        body = stale.json()
        self.assertEqual(body["current"]["wage"], "1.00")
        self.assertEqual(stale.headers["ETag"], '"2"')
        self.assertEqual(body["changes"][0]["user"], self.clerk.username)
        self.assertEqual(body["changes"][0]["fields"], {"wage": ["100.00", "1.00"]})
        self.assertEqual(HouseholdYear.objects.get(household=self.household).wage, Decimal(1))

    def test_a_version_that_is_none_is_refused(self):
        for said in ("1", "*", 'W/"1"', '"x"', '""', '"1", "2"'):
            with self.subTest(said):
                response = self.program.patch(self.year, {"wage": "2.00"}, **{"If-Match": said})
                self.assertEqual(response.status_code, 422)

    def test_what_is_wrong_is_named_and_nothing_is_written(self):
        deep: object = "x"
        for _level in range(25):
            deep = [deep]
        for body, field in (
            ({"wage": 5.5}, "wage"),
            ({"wage": "5.555"}, "wage"),
            ({"wage": "-1.00"}, "wage"),
            ({"wage": "1e3"}, "wage"),
            ({"wage": "NaN"}, "wage"),
            ({"persons": 0}, "persons"),
            ({"persons": "3"}, "persons"),
            ({"persons": True}, "persons"),
            ({"persons": 10**30}, "persons"),
            ({"food_secure": "true"}, "food_secure"),
            ({"food_secure": 1}, "food_secure"),
            ({"main_cause": "99"}, "main_cause"),
            ({"main_cause": 1}, "main_cause"),
            ({"other_causes": "01"}, "other_causes"),
            ({"income_from": "2016-02-30"}, "income_from"),
            ({"colour": "red"}, "colour"),
            ({"version": 7}, "version"),
            ({"household": 7}, "household"),
            ({"reason": "x" * 201, "wage": "1.00"}, "reason"),
            ({"reason": "a\x07b", "wage": "1.00"}, "reason"),
        ):
            with self.subTest(str(body)[:60]):
                response = self.program.patch(self.year, body, 1)
                self.assertEqual(response.status_code, 422, response.content)
                self.assertEqual(list(error_of(response)["fields"]), [field])
        for text in (
            "",
            "{",
            "[]",
            "3",
            '"x"',
            '{"reason": "\\u0000"}',
            '{"reason": "\\ud800"}',
            '{"\\udc00": 1}',
            '{"wage": NaN}',
            json.dumps({"reason": deep}),
            "[" * 100_000,
            '{"persons": ' + "9" * 5000 + "}",
            b"\xff\xfe",
        ):
            with self.subTest(str(text)[:40]):
                self.assertEqual(self.program.patch(self.year, text, 1).status_code, 422)
        self.assertEqual(HouseholdYear.objects.get(household=self.household).version, 1)

    def test_ten_megabytes_are_too_large_and_forms_are_not_read(self):
        large = self.program.patch(self.year, '{"reason": "' + "x" * 10_000_000 + '"}', 1)
        form = self.program.client.generic(
            "PATCH",
            "/api/v1" + self.year,
            "wage=1",
            "application/x-www-form-urlencoded",
            headers={"If-Match": '"1"'},
        )

        self.assertEqual((large.status_code, error_of(large)["code"]), (413, "too_large"))
        self.assertEqual((form.status_code, error_of(form)["code"]), (415, "media_type"))

    def test_a_closed_year_and_a_cancelled_household_are_read_only(self):
        HouseholdYear.objects.filter(household=self.household).update(closed=True)
        closed = self.program.patch(self.year, {"wage": "1.00"}, 1)
        Household.objects.filter(pk=self.household.pk).update(
            cancelled_on="2016-05-01", cancelled_reason="并户"
        )
        cancelled = self.program.patch(self.path, {"bank_name": "x"}, 1)

        self.assertEqual((closed.status_code, cancelled.status_code), (422, 422))
        self.assertIn("read-only", error_of(closed)["message"])

    def test_a_group_of_another_village_is_answered_like_none(self):
        groups = {}
        for village in (self.village, self.foreign):
            code = village.area.code + "001"
            groups[village] = Area.objects.create(
                code=code, level=Level.GROUP, name="一组", stem="一组", parent=village.area
            )

        foreign = self.program.patch(self.path, {"group": groups[self.foreign].code}, 1)
        missing = self.program.patch(self.path, {"group": self.village.area.code + "999"}, 1)
        own = self.program.patch(self.path, {"group": groups[self.village].code}, 1)

        self.assertEqual((foreign.status_code, missing.status_code, own.status_code), (422, 422, 200))
        self.assertEqual(error_of(foreign)["fields"], error_of(missing)["fields"])
        self.assertEqual(own.json()["group"]["code"], groups[self.village].code)

    def test_who_only_reads_is_refused_before_anything_is_looked_up(self):
        reader = Program(make_user("api_client", make_township(HERE)))

        for path in (self.year, "/households/987654321/"):
            self.assertEqual(reader.patch(path, {"wage": "1.00"}, 1).status_code, 403)

    def test_nothing_to_say_changes_no_version(self):
        for body in ({"wage": "100.00"}, {"reason": "核对"}, {}):
            response = self.program.patch(self.year, body, 1)
            self.assertEqual((response.status_code, response.headers["ETag"]), (200, '"1"'))


class StartingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        standards_for_tests()
        make_household(village=make_village(HERE[:9] + "201", "甲村"))
        make_township(NEXT, "邻镇")
        cls.county = make_user("county_office", county_area())

    def setUp(self):
        self.program = Program(self.county)
        self.body = {"area": "999001000000", "year": YEAR}

    def test_an_assessment_is_started_once_a_key(self):
        first = self.program.post("/assessments/", self.body, "key-00000001")
        again = self.program.post("/assessments/", self.body, "key-00000001")
        other = self.program.post("/assessments/", self.body | {"year": 2015}, "key-00000001")
        another = self.program.post("/assessments/", self.body, "key-00000002")

        self.assertEqual((first.status_code, again.status_code, another.status_code), (202, 202, 202))
        self.assertEqual(first.json()["id"], again.json()["id"])
        self.assertNotEqual(first.json()["id"], another.json()["id"])
        self.assertEqual((other.status_code, error_of(other)["code"]), (422, "key_used"))

    def test_without_a_key_428_and_a_key_is_letters_and_digits(self):
        missing = self.program.post("/assessments/", self.body)
        wrong = self.program.post("/assessments/", self.body, "a b")

        self.assertEqual((missing.status_code, error_of(missing)["code"]), (428, "key_required"))
        self.assertEqual(list(error_of(wrong)["fields"]), ["Idempotency-Key"])
        self.assertEqual(Job.objects.count(), 0)

    def test_a_refusal_uses_no_key_up(self):
        wrong = self.program.post("/assessments/", {"area": "999001000000", "year": 1}, "key-00000003")
        right = self.program.post("/assessments/", self.body, "key-00000003")

        self.assertEqual((wrong.status_code, right.status_code), (422, 202))

    def test_an_area_of_somebody_else_is_answered_like_none(self):
        narrowed = Program(self.county, area=make_township(HERE))

        answers = [
            narrowed.post("/assessments/", self.body | {"area": code}, f"key-0000001{number}")
            for number, code in enumerate((NEXT, "999001999000", "999001000000"))
        ]

        self.assertEqual({answer.status_code for answer in answers}, {422})
        self.assertEqual(len({str(error_of(answer)["fields"]) for answer in answers}), 1)
        for code in ("x", "９９９００１１０１０００", "\u0661" * 12, 999001101000, None):
            answer = narrowed.post("/assessments/", self.body | {"area": code}, "key-00000020")
            self.assertEqual((answer.status_code, list(error_of(answer)["fields"])), (422, ["area"]))

    def test_its_job_tells_how_far_it_is(self):
        key = self.program.post("/assessments/", self.body, "key-00000004").json()["id"]
        waiting = self.program.get(f"/jobs/{key}/").json()
        run_job(key)
        done = self.program.get(f"/jobs/{key}/").json()

        self.assertEqual((waiting["state"], done["state"], done["percent"]), ("waiting", "done", 100))
        self.assertEqual(
            self.program.get("/assessments/").json()["results"][0]["area"]["code"], "999001000000"
        )

    def test_a_job_is_stopped(self):
        key = self.program.post("/assessments/", self.body, "key-00000005").json()["id"]

        self.assertEqual(self.program.post(f"/jobs/{key}/stop/", {}).json()["state"], "stopped")


class ImportTests(ImportTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.clerk = make_user("county_office", cls.county)

    def setUp(self):
        super().setUp()
        self.program = Program(self.clerk)

        rows = [table(household, household()), table(person, person())]
        self.workbooks = [xlsx_bytes(one) for one in rows]

    def upload(self, key="key-00000001", area=None, **wishes):
        files = [SimpleUploadedFile(f"{n}.xlsx", content) for n, content in enumerate(self.workbooks)]
        data = {"files": files, "area": area or self.county.code, "year": YEAR} | wishes
        headers = {"Idempotency-Key": key} if key else {}
        return self.program.client.post("/api/v1/imports/", data, headers=headers)

    def test_workbooks_are_handed_in_looked_at_and_written(self):
        made = self.upload().json()
        run_job(made["job"])
        compared = self.program.get(f"/imports/{made['id']}/").json()
        rows = self.program.get(f"/imports/{made['id']}/rows/?state=new").json()["results"]
        applying = self.program.post(f"/imports/{made['id']}/apply/", {"reason": "年度更新"})
        run_job(applying.json()["job"])
        applied = self.program.get(f"/imports/{made['id']}/").json()

        self.assertEqual((made["state"], len(made["files"])), ("uploaded", 2))
        self.assertEqual(compared["state"], "compared")
        self.assertEqual(compared["counts"]["new"], 2)
        self.assertTrue(rows[0]["differences"])
        self.assertEqual((applying.status_code, applied["state"]), (202, "applied"))
        self.assertEqual(Household.objects.count(), 1)

    def test_secrets_of_staged_rows_are_masked(self):
        made = self.upload().json()
        run_job(made["job"])

        text = self.program.get(f"/imports/{made['id']}/rows/").content.decode()

        self.assertIn("999***************", text)
        self.assertNotIn(id_number(), text)

    def test_refused_rows_say_why_and_where(self):
        rows = table(household, household(户编号=""))
        files = [SimpleUploadedFile("a.xlsx", xlsx_bytes(rows))]
        data = {"files": files, "area": self.county.code, "year": YEAR}
        made = self.program.client.post(
            "/api/v1/imports/", data, headers={"Idempotency-Key": "key-00000009"}
        ).json()
        run_job(made["job"])

        found = self.program.get(f"/imports/{made['id']}/rows/?state=refused").json()["results"][0][
            "findings"
        ]

        self.assertTrue(found[0]["sentence"])

    def test_the_same_upload_again_is_the_same_import(self):
        first, again = self.upload(), self.upload()
        other = self.upload(year=2015)

        self.assertEqual((first.status_code, again.status_code), (201, 201))
        self.assertEqual(first.json()["id"], again.json()["id"])
        self.assertEqual(other.status_code, 422)
        self.assertEqual(Import.objects.count(), 1)

    def test_what_is_wrong_is_said_and_nothing_kept(self):
        for number, wrong in enumerate(
            ({"files": []}, {"area": NEXT}, {"area": "x\0"}, {"year": 1}, {"colour": "red"}, {"year": ""})
        ):
            with self.subTest(str(wrong)):
                self.assertEqual(self.upload(f"key-000001{number:02}", **wrong).status_code, 422)
        self.assertEqual(self.upload(None).status_code, 428)
        self.assertEqual(Import.objects.count(), 0)

    def test_it_is_written_once_and_only_when_compared(self):
        made = self.upload().json()
        early = self.program.post(f"/imports/{made['id']}/apply/", {"reason": "x"})
        run_job(made["job"])
        nameless = self.program.post(f"/imports/{made['id']}/apply/", {})
        self.program.post(f"/imports/{made['id']}/apply/", {"reason": "x"})
        twice = self.program.post(f"/imports/{made['id']}/apply/", {"reason": "x"})

        self.assertEqual((early.status_code, nameless.status_code, twice.status_code), (409, 422, 409))
        self.assertEqual(twice.json()["current"]["state"], "confirmed")

    def test_it_is_put_away(self):
        made = self.upload().json()

        answer = self.program.post(f"/imports/{made['id']}/abandon/", {})

        self.assertEqual((answer.status_code, answer.json()["state"]), (200, "abandoned"))

    def test_without_the_right_to_confirm_it_is_only_looked_at(self):
        made = self.upload().json()
        looking = Program(self.clerk, scopes=["import_workbooks"])

        self.assertEqual(looking.get(f"/imports/{made['id']}/").status_code, 200)
        self.assertEqual(looking.post(f"/imports/{made['id']}/apply/", {"reason": "x"}).status_code, 403)

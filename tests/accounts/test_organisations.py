from django.test import TestCase

from accounts import units
from accounts.models import Official, Organisation
from core.models import Change, RowHistory
from tests.makers import make_area, make_official, make_organisation, make_township, make_user
from tests.signing_in import sign_in

PHONE = "13900001234"


class UnitTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.township = make_township("999001101000", "甲镇")
        cls.inside = make_user("county_office", cls.township)
        cls.neighbour = make_user("county_office", make_township("999001102000", "乙镇"))
        cls.nobody = make_user("county_office", False)
        cls.security = make_user("security_admin", False)
        cls.bureau = make_organisation("unit-a", name="甲镇政府", area=cls.township)
        cls.official = make_official(cls.township, phone=PHONE)

    def setUp(self):
        sign_in(self.client, self.inside)

    def values(self, **changed):
        form = {"code": "unit-b", "name": "甲镇学校", "kind": "department", "area": self.township.code}
        return form | changed

    def person(self, **changed):
        return {"name": "钱七", "post": "站长", "phone": PHONE, "account": ""} | changed


class OrganisationTests(UnitTestCase):
    def test_three_people_see_what_lies_in_their_areas(self):
        seen = {self.inside: True, self.neighbour: False, self.nobody: False, self.security: True}
        for person, there in seen.items():
            with self.subTest(person.username):
                sign_in(self.client, person)
                page = self.client.get("/organisations/")
                self.assertEqual("甲镇政府" in page.content.decode(), there)
                found = self.client.get(f"/organisations/{self.bureau.pk}/").status_code
                self.assertEqual(found, 200 if there else 404)

    def test_a_new_one_is_entered_in_the_own_area(self):
        self.client.post("/organisations/new/", self.values())

        row = Organisation.objects.get(code="unit-b")
        self.assertEqual((row.name, row.area), ("甲镇学校", self.township))
        self.assertEqual(Change.objects.get(kind="organisation.opened").user_id, self.inside.pk)

    def test_what_cannot_be_is_said_and_what_was_typed_is_kept(self):
        for why, bad in {
            "a foreign area": {"area": "999001102000"},
            "no such area": {"area": "无此镇"},
            "a code that is taken": {"code": "unit-a"},
            "an unknown kind": {"kind": "club"},
            "no name": {"name": ""},
        }.items():
            with self.subTest(why):
                answer = self.client.post("/organisations/new/", self.values(**bad))
                self.assertContains(answer, "unit-" if "name" in bad else "甲镇", status_code=422)
        self.assertFalse(Organisation.objects.filter(code="unit-b").exists())

    def test_a_correction_carries_the_version_that_was_seen(self):
        address, version = f"/organisations/{self.bureau.pk}/edit/", self.bureau.version
        seen = self.values(code="unit-a", version=version)
        self.client.post(address, seen | {"name": "甲镇人民政府"})

        late = self.client.post(address, seen | {"name": "甲镇机关"})

        self.assertContains(late, "甲镇机关", status_code=409)
        self.assertEqual(Organisation.objects.get(pk=self.bureau.pk).name, "甲镇人民政府")

    def test_a_code_of_another_is_refused_on_correcting_too(self):
        make_organisation("unit-z")
        answer = self.client.post(
            f"/organisations/{self.bureau.pk}/edit/",
            self.values(code="unit-z", version=self.bureau.version),
        )

        self.assertEqual(answer.status_code, 422)

    def test_it_ends_with_its_officials_and_stays_readable(self):
        row = self.official.organisation
        answer = self.client.post(
            f"/organisations/{row.pk}/end/",
            {"day": "2016-12-31", "reason": "撤并", "version": row.version},
        )

        self.assertEqual(answer.status_code, 302)
        ends = (
            Organisation.objects.get(pk=row.pk).valid_to,
            Official.objects.get(pk=self.official.pk).valid_to,
        )
        self.assertEqual([str(day) for day in ends], ["2016-12-31"] * 2)
        self.assertEqual(Change.objects.get(kind="organisation.ended").reason, "撤并")

    def test_the_list_asks_as_often_for_many_as_for_few(self):
        self.client.get("/organisations/")
        with self.assertNumQueries(self._queries()):
            for number in range(8):
                make_organisation(f"many{number}", area=self.township)
            self.client.get("/organisations/")

    def _queries(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as few:
            self.client.get("/organisations/")
        return len(few) + 8


class OfficialTests(UnitTestCase):
    def test_the_phone_is_sealed_and_shown_masked(self):
        self.client.post(f"/organisations/{self.bureau.pk}/officials/new/", self.person())

        row = Official.objects.get(name="钱七")
        page = self.client.get(f"/officials/{row.pk}/")
        self.assertContains(page, "139****1234")
        for address in (
            f"/officials/{row.pk}/",
            f"/officials/{row.pk}/edit/",
            f"/organisations/{self.bureau.pk}/",
        ):
            self.assertNotContains(self.client.get(address), PHONE)
        images = RowHistory.objects.filter(table="accounts_official").values_list("image", flat=True)
        self.assertNotIn(PHONE, str(list(images)))

    def test_an_empty_phone_leaves_the_number_and_a_tick_removes_it(self):
        address, row = f"/officials/{self.official.pk}/edit/", self.official
        self.client.post(address, self.person(name="赵六", phone="", version=row.version))
        row.refresh_from_db()
        self.assertIsNotNone(row.phone)

        self.client.post(address, self.person(name="赵六", phone="", no_phone="on", version=row.version))

        row.refresh_from_db()
        self.assertIsNone(row.phone)

    def test_the_same_number_is_not_sealed_again(self):
        before = self.official.phone_id
        values = self.person(name="赵六", phone="139 0000-1234", version=self.official.version)
        self.client.post(f"/officials/{self.official.pk}/edit/", values)

        self.official.refresh_from_db()
        self.assertEqual((self.official.phone_id, self.official.post), (before, "站长"))

    def test_bad_input_is_said(self):
        make_user("helper", make_township("999001102000"), username="fremd")
        for why, bad in {
            "letters in the number": {"phone": "not a number"},
            "no such account": {"account": "nobody"},
            "an account of the next township": {"account": "fremd"},
            "the name twice": {"name": "赵六"},
        }.items():
            with self.subTest(why):
                address = f"/organisations/{self.official.organisation_id}/officials/new/"
                self.assertEqual(self.client.post(address, self.person(**bad)).status_code, 422)
        self.assertEqual(Official.objects.count(), 1)

    def test_an_account_is_linked_once(self):
        helper = make_user("helper", self.township, username="bang")
        units.change_official(
            self.official, {"user": helper}, version=self.official.version, actor=self.inside
        )
        answer = self.client.post(
            f"/organisations/{self.bureau.pk}/officials/new/", self.person(account="bang")
        )

        self.assertEqual(answer.status_code, 422)

    def test_a_term_ends_with_a_reason_and_the_seen_version(self):
        address, values = f"/officials/{self.official.pk}/end/", {"day": "2016-12-31", "reason": "调离"}
        self.assertEqual(self.client.post(address, values | {"version": 99}).status_code, 409)
        self.client.post(address, values | {"version": self.official.version})

        self.official.refresh_from_db()
        self.assertEqual(str(self.official.valid_to), "2016-12-31")

    def test_somebody_of_the_next_township_neither_reads_nor_writes(self):
        for person in (self.neighbour, self.nobody):
            sign_in(self.client, person)
            for step in ("", "edit/", "end/"):
                with self.subTest(step):
                    address = f"/officials/{self.official.pk}/{step}"
                    answer = self.client.get(address) if step != "end/" else self.client.post(address)
                    self.assertEqual(answer.status_code, 404)

    def test_a_clerk_reads_and_does_not_write(self):
        sign_in(self.client, make_user("township_clerk", self.township))

        self.assertEqual(self.client.get(f"/officials/{self.official.pk}/").status_code, 200)
        self.assertEqual(self.client.get(f"/officials/{self.official.pk}/edit/").status_code, 403)
        self.assertEqual(make_area().organisations.count(), 0)

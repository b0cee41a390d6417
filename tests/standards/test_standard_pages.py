from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from standards.files import load_standard
from standards.models import StandardVersion
from tests.makers import make_user
from tests.signing_in import sign_in

SHIPPED = "standards/data/henan-household-2016.toml"


def shipped_text(**replaced: str) -> str:
    with open(SHIPPED, encoding="utf-8") as file:
        text = file.read()
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def upload(text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("标准.toml", text.encode() if isinstance(text, str) else text)


class StandardPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.reader = make_user("county_office")
        cls.system = make_user("system_admin", False)
        cls.shipped = StandardVersion.objects.get(code="henan-household")

    def setUp(self):
        sign_in(self.client, self.system)

    def draft(self) -> StandardVersion:
        return load_standard(shipped_text(**{"2016 = 2952": "2016 = 3026"}))[0]

    def states(self) -> dict[int, str]:
        versions = self.client.get("/standards/").context["versions"]
        return {one.version.pk: one.state for one in versions}

    def test_the_list_says_what_is_in_force(self):
        draft = self.draft()

        states = self.states()

        self.assertEqual((states[self.shipped.pk], states[draft.pk]), ("in_force", "draft"))

    def test_a_published_successor_supersedes(self):
        draft = self.draft()

        self.client.post(f"/standards/{draft.pk}/publish/", {"sure": "yes"})

        states = self.states()
        self.assertEqual((states[self.shipped.pk], states[draft.pk]), ("superseded", "in_force"))

    def test_one_that_has_not_begun_is_coming(self):
        StandardVersion.objects.create(
            subject="household", code="later", title="以后", starts_on=date(2099, 1, 1), document="文件",
            published_at="2016-10-18T00:00:00Z",
        )  # fmt: skip

        self.assertIn("coming", self.states().values())

    def test_the_text_is_readable_with_clauses_and_thresholds(self):
        response = self.client.get(f"/standards/{self.shipped.pk}/?year=2016")

        self.assertContains(response, "2,952.00")
        self.assertContains(response, "吃穿不愁")
        self.assertEqual(len(response.context["indicators"]), 4)

    def test_the_difference_names_what_changed(self):
        draft = self.draft()

        rows = self.client.get(f"/standards/{draft.pk}/difference/?year=2016").context["rows"]

        self.assertIn(("2952", "3026"), [(row.before, row.after) for row in rows])
        self.assertEqual(len(rows), 2)

    def test_the_difference_to_itself_or_to_nonsense_is_no_failure(self):
        for query in ("", f"?with={self.shipped.pk}", "?with=abc", "?with=99999999"):
            response = self.client.get(f"/standards/{self.shipped.pk}/difference/{query}")
            self.assertEqual(response.status_code, 200, query)

    def test_an_upload_becomes_a_draft(self):
        text = shipped_text(**{"2016 = 2952": "2016 = 3000"})

        response = self.client.post("/standards/upload/", {"file": upload(text)})

        version = StandardVersion.objects.get(code="henan-household", number=2)
        self.assertRedirects(response, f"/standards/{version.pk}/")
        self.assertFalse(version.is_published)

    def test_every_fault_is_named_and_nothing_is_written(self):
        text = shipped_text(**{'measure = "food"': 'measure = "foot"', 'operator = "gt"': 'operator = "is"'})
        before = StandardVersion.objects.count()

        response = self.client.post("/standards/upload/", {"file": upload(text)})

        self.assertEqual(response.status_code, 422)
        self.assertEqual(len(response.context["faults"]), 2)
        self.assertIn("foot", " ".join(response.context["faults"]))
        self.assertEqual(StandardVersion.objects.count(), before)

    def test_files_that_are_no_standard_get_a_sentence(self):
        for content in (b"", b"\xff\xfe\x00x", "题目".encode("gb18030"), "a = [", "x" * 250_000):
            response = self.client.post("/standards/upload/", {"file": upload(content)})
            self.assertEqual(response.status_code, 422)
            self.assertTrue(response.context["faults"] or response.context["form"].errors)

    def test_publishing_wants_the_tick(self):
        draft = self.draft()

        self.client.post(f"/standards/{draft.pk}/publish/")

        draft.refresh_from_db()
        self.assertFalse(draft.is_published)

    def test_publishing_twice_is_refused_in_words(self):
        response = self.client.post(f"/standards/{self.shipped.pk}/publish/", {"sure": "yes"}, follow=True)

        self.assertEqual(len(list(response.context["messages"])), 1)

    def test_who_may_what(self):
        draft = self.draft()
        sign_in(self.client, self.reader)

        self.assertEqual(self.client.get(f"/standards/{draft.pk}/").status_code, 200)
        self.assertEqual(self.client.get("/standards/upload/").status_code, 403)
        self.assertEqual(self.client.post(f"/standards/{draft.pk}/publish/").status_code, 403)
        self.assertEqual(self.client.get("/standards/99999999/").status_code, 404)

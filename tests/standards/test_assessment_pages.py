from django.test import TestCase

from areas.models import Area
from core.changes import change
from core.models import Job
from households.models import HouseholdYear
from standards.models import Assessment, StandardVersion
from standards.services import judge_area
from tests.desk.county import NEXT_TOWN, TOWN, make_county
from tests.makers import YEAR, make_user
from tests.signing_in import sign_in


class AssessmentPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_county()
        cls.user = make_user("county_office", cls.county)
        cls.judged = Assessment.objects.get(subject="household")

    def setUp(self):
        sign_in(self.client, self.user)

    def test_the_list_shows_runs_with_counts(self):
        page = self.client.get("/assessments/").context["page"]

        self.assertEqual({run.subject for run in page}, {"household", "village"})
        self.assertEqual({run.judged for run in page}, {6, 3})

    def test_one_run_shows_every_indicator(self):
        counts = self.client.get(f"/assessments/{self.judged.pk}/").context["counts"]

        self.assertEqual(len(counts), 5)
        self.assertEqual(counts[-1].counts, {"met": 2, "not_met": 3, "no_data": 1})

    def test_starting_writes_a_job_first(self):
        response = self.client.post("/assessments/start/", {"area": self.county.pk, "year": YEAR})

        job = Job.objects.get(kind="standards.assess")
        self.assertRedirects(response, f"/jobs/{job.pk}/", fetch_redirect_response=False)
        self.assertEqual(job.arguments, {"area": self.county.pk, "year": YEAR})
        self.assertEqual(job.area_prefix, self.county.prefix)

    def test_a_finished_job_opens_its_run(self):
        job = Job.objects.create(
            kind="standards.assess",
            user_id=self.user.pk,
            area_prefix=self.county.prefix,
            state=Job.State.DONE,
            arguments={"area": self.county.pk, "year": YEAR},
            result={"assessments": [self.judged.pk]},
        )

        self.assertContains(self.client.get(f"/jobs/{job.pk}/"), f'href="/assessments/{self.judged.pk}/"')

    def test_a_trial_names_its_standard(self):
        version = StandardVersion.objects.filter(subject="household").first()

        self.client.post("/assessments/start/", {"area": self.county.pk, "year": YEAR, "version": version.pk})

        self.assertEqual(Job.objects.get().arguments["version"], version.pk)

    def test_wrong_input_keeps_the_page_and_starts_nothing(self):
        foreign = Area.objects.exclude(code__startswith="410001").filter(level="county").first()
        for data in ({"area": "", "year": YEAR}, {"area": self.county.pk, "year": "199"}, {"year": "x"}):
            self.assertEqual(self.client.post("/assessments/start/", data).status_code, 422)
        if foreign:
            data = {"area": foreign.pk, "year": YEAR}
            self.assertEqual(self.client.post("/assessments/start/", data).status_code, 422)
        self.assertFalse(Job.objects.exists())

    def test_closing_is_final(self):
        self.client.post(f"/assessments/{self.judged.pk}/close/")
        again = self.client.post(f"/assessments/{self.judged.pk}/close/", follow=True)

        self.judged.refresh_from_db()
        self.assertIsNotNone(self.judged.closed_at)
        self.assertEqual(len(list(again.context["messages"])), 2)

    def test_comparing_names_who_flipped_and_why(self):
        row = HouseholdYear.objects.get(household__number__endswith="4", year=YEAR)
        with change("household.saved", user=self.user):
            HouseholdYear.objects.filter(pk=row.pk).update(wage=100)
        second = judge_area(self.county, YEAR, user=self.user)["household"]

        response = self.client.get(f"/assessments/compare/?first={self.judged.pk}&second={second.pk}")

        flips = response.context["flips"]
        self.assertEqual([flip["subject"].pk for flip in flips], [row.household_id])
        self.assertEqual([cause.column for cause in flips[0]["causes"]], ["wage"])
        self.assertContains(response, "9,000.00")
        self.assertContains(response, "100.00")

    def test_runs_that_do_not_fit_are_refused_in_words(self):
        other = Assessment.objects.get(subject="village")

        response = self.client.get(f"/assessments/compare/?first={self.judged.pk}&second={other.pk}")

        self.assertTrue(response.context["error"])

    def test_foreign_missing_and_odd_numbers_do_not_exist(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))

        self.assertEqual(self.client.get(f"/assessments/{self.judged.pk}/").status_code, 404)
        for query in (f"first={self.judged.pk}", "first=99999999", "first=abc", "first=９"):
            self.assertEqual(self.client.get(f"/assessments/compare/?{query}").status_code, 404, query)
        self.assertEqual(list(self.client.get("/assessments/").context["page"]), [])

    def test_a_foreign_area_in_the_address_tells_no_day_of_judgement(self):
        sign_in(self.client, make_user("township_clerk", Area.objects.get(code=NEXT_TOWN)))

        for page in ("/households/", "/villages/"):
            self.assertIsNotNone(self.client.get(page).context["judged_at"], page)
            foreign = self.client.get(f"{page}?town={TOWN[:9]}")
            self.assertIsNone(foreign.context["judged_at"], page)

    def test_nobody_and_those_who_may_not_start(self):
        sign_in(self.client, make_user("county_office", False))
        self.assertEqual(list(self.client.get("/assessments/").context["page"]), [])
        sign_in(self.client, make_user("supervisor", self.county))
        self.assertIsNone(self.client.get("/assessments/").context["form"])
        self.assertEqual(self.client.post("/assessments/start/").status_code, 403)
        self.assertEqual(self.client.post(f"/assessments/{self.judged.pk}/close/").status_code, 403)

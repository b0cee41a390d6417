"""Pages of jobs and of the timetable: who sees what, and when the page stops asking."""

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from core.models import Heartbeat, Job
from tests.makers import COUNTY_CODE, make_area, make_township, make_user
from tests.signing_in import sign_in

HTMX = {"HX-Request": "true"}


class JobPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.county = make_area()
        cls.inside = make_user("county_office", cls.county)
        cls.neighbour = make_user("township_clerk", make_township("999001102000"))
        cls.nobody = make_user("township_clerk", False)
        cls.job = Job.objects.create(
            kind="test.gone",
            user_id=cls.inside.pk,
            area_prefix=COUNTY_CODE[:6],
            state=Job.State.RUNNING,
            done=3,
            total=12,
            attempts=1,
            started_at=timezone.now(),
        )

    def address(self) -> str:
        return reverse("core:job", args=[self.job.pk])

    def test_the_person_who_asked_sees_the_progress(self):
        sign_in(self.client, self.inside)

        answer = self.client.get(self.address())

        self.assertContains(answer, 'value="25"')

    def test_the_neighbour_and_somebody_without_grant_get_the_answer_for_a_job_that_does_not_exist(self):
        for person in (self.neighbour, self.nobody):
            sign_in(self.client, person)
            self.assertEqual(self.client.get(self.address()).status_code, 404)
            self.assertEqual(self.client.get(reverse("core:job", args=[10**9])).status_code, 404)

    def test_the_page_asks_again_until_the_job_is_over(self):
        sign_in(self.client, self.inside)
        running = self.client.get(self.address(), headers=HTMX)
        Job.objects.filter(pk=self.job.pk).update(state=Job.State.DONE, finished_at=timezone.now())
        over = self.client.get(self.address(), headers=HTMX)

        self.assertEqual((running.status_code, over.status_code), (200, 286))
        self.assertContains(running, "hx-trigger")
        self.assertNotIn("hx-trigger", over.content.decode())
        self.assertContains(over, 'id="job-times" hx-swap-oob="true"', status_code=286)

    def test_stopping_needs_a_post_and_is_written_down(self):
        sign_in(self.client, self.inside)
        address = reverse("core:job-stop", args=[self.job.pk])

        self.assertEqual(self.client.get(address).status_code, 405)
        self.client.post(address)

        self.job.refresh_from_db()
        self.assertTrue(self.job.stop_asked)

    def test_the_list_asks_no_more_queries_for_more_jobs(self):
        sign_in(self.client, self.inside)
        self.client.get(reverse("core:jobs"))
        with self.assertNumQueries(self._queries()):
            Job.objects.bulk_create(
                Job(kind="exchange.read", user_id=self.inside.pk, area_prefix=COUNTY_CODE[:6])
                for _ in range(20)
            )
            self.client.get(reverse("core:jobs"))

    def _queries(self) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            self.client.get(reverse("core:jobs"))
        return len(asked) + 1


class TimetableTests(TestCase):
    def test_it_shows_the_last_run_its_duration_and_what_changed(self):
        now = timezone.now()
        Heartbeat.objects.create(
            name="core.tasks.prune_files", last_started=now, last_finished=now, last_seconds=1.5, changed=4321
        )
        sign_in(self.client, make_user("system_admin", False))

        answer = self.client.get(reverse("core:timetable"))

        self.assertContains(answer, "4,321")

    def test_a_township_clerk_may_not_see_it(self):
        sign_in(self.client, make_user("township_clerk", make_township()))

        self.assertEqual(self.client.get(reverse("core:timetable")).status_code, 403)

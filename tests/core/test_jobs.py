"""Jobs: the row first, one owner at a time, a lease that runs out, an end for the person who waits."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase
from django.utils import timezone

from accounts.services import close_account
from core import jobs
from core.jobs import enqueue, finish, job_kind, run_job, stop, sweep, take
from core.models import Job
from tests.makers import COUNTY_CODE, make_area, make_user

COUNTY = COUNTY_CODE[:6]
State = Job.State


@job_kind("test.count", title="counts")
def count_to(job: Job) -> None:
    for number in range(job.arguments["to"]):
        job.progress(number + 1, job.arguments["to"], f"row {number + 1}")
    job.result = {"counted": job.arguments["to"]}


@job_kind("test.refuse")
def refuse(job: Job) -> None:
    raise ValidationError("The sheet is empty.")


@job_kind("test.break")
def break_down(job: Job) -> None:
    raise RuntimeError("张三 999001197005010019")


@pytest.mark.database
class EnqueueTests(TestCase):
    def test_a_job_runs_when_the_transaction_is_committed(self):
        with self.captureOnCommitCallbacks(execute=True):
            job = enqueue("test.count", user=None, arguments={"to": 3})

        job.refresh_from_db()
        self.assertEqual((job.state, job.done, job.total, job.result), (State.DONE, 3, 3, {"counted": 3}))
        self.assertIsNotNone(job.finished_at)

    def test_nothing_is_sent_before_the_commit(self):
        with self.captureOnCommitCallbacks() as callbacks:
            job = enqueue("test.count", user=None, arguments={"to": 3})

        job.refresh_from_db()
        self.assertEqual(job.state, State.WAITING)
        self.assertEqual(len(callbacks), 1)

    def test_an_unknown_kind_is_refused_before_a_row_is_written(self):
        with self.assertRaises(LookupError):
            enqueue("test.unknown", user=None, arguments={})

        self.assertFalse(Job.objects.exists())


@pytest.mark.database
class RunTests(TestCase):
    def make_job(self, kind: str = "test.count", **values) -> Job:
        values = {"arguments": {"to": 2}, "lease_until": timezone.now() + jobs.LEASE} | values
        return Job.objects.create(kind=kind, **values)

    def test_a_refusal_is_shown_in_its_own_words(self):
        job = self.make_job("test.refuse")

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual((job.state, job.error), (State.FAILED, "The sheet is empty."))

    def test_an_unforeseen_error_shows_nobodys_data(self):
        job = self.make_job("test.break")

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual(job.state, State.FAILED)
        self.assertNotIn("张三", job.error)

    def test_a_job_that_is_over_is_not_done_again(self):
        job = self.make_job()
        run_job(job.pk)
        ended = Job.objects.get(pk=job.pk).finished_at

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual((job.attempts, job.finished_at), (1, ended))

    def test_only_one_of_two_workers_takes_a_job(self):
        job = self.make_job()

        first, second = take(job.pk), take(job.pk)

        self.assertIsNotNone(first)
        self.assertIsNone(second)

    def test_a_worker_whose_lease_ran_out_cannot_end_the_job(self):
        job = self.make_job()
        late = take(job.pk)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        current = take(job.pk)

        self.assertFalse(finish(late, State.DONE))
        self.assertTrue(finish(current, State.DONE))

    def test_a_job_that_was_interrupted_too_often_fails(self):
        job = self.make_job(attempts=jobs.MOST_ATTEMPTS)

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual(job.state, State.FAILED)
        self.assertIn(str(jobs.MOST_ATTEMPTS), job.error)

    def test_a_waiting_job_stops_at_once_and_does_not_start(self):
        job = self.make_job()

        stop(job)
        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual((job.state, job.attempts), (State.STOPPED, 0))


@pytest.mark.database
class RightsTests(TestCase):
    def make_job(self, user, area_prefix: str = COUNTY) -> Job:
        lease = timezone.now() + jobs.LEASE
        return Job.objects.create(
            kind="test.count",
            arguments={"to": 1},
            user_id=user.pk,
            area_prefix=area_prefix,
            lease_until=lease,
        )

    def test_the_job_of_an_account_that_was_closed_does_not_run(self):
        user = make_user("county_office", make_area())
        job = self.make_job(user)
        close_account(user, reason="left the office", actor=None)

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual(job.state, State.STOPPED)

    def test_the_job_of_somebody_who_lost_the_area_does_not_run(self):
        user = make_user("county_office", False)
        job = self.make_job(user)

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual(job.state, State.STOPPED)

    def test_the_job_of_somebody_with_the_area_runs(self):
        job = self.make_job(make_user("county_office", make_area()))

        run_job(job.pk)

        job.refresh_from_db()
        self.assertEqual(job.state, State.DONE)


@pytest.mark.database
class SweepTests(TestCase):
    def test_a_lost_job_is_sent_again_and_done(self):
        past = timezone.now() - timedelta(seconds=1)
        waiting = Job.objects.create(kind="test.count", arguments={"to": 1}, lease_until=past)
        dead = Job.objects.create(
            kind="test.count", arguments={"to": 1}, lease_until=past, state=State.RUNNING, attempts=1
        )

        with self.captureOnCommitCallbacks(execute=True):
            self.assertEqual(sweep(), 2)

        waiting.refresh_from_db()
        dead.refresh_from_db()
        self.assertEqual((waiting.state, dead.state), (State.DONE, State.DONE))
        self.assertEqual((waiting.attempts, dead.attempts), (1, 2))

    def test_a_job_whose_lease_still_runs_is_left_alone(self):
        Job.objects.create(kind="test.count", lease_until=timezone.now() + jobs.LEASE)

        self.assertEqual(sweep(), 0)

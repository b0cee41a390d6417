"""Each run of the timetable leaves a heartbeat; health is told by the worker's."""

from datetime import timedelta
from unittest.mock import patch

from celery import current_app
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from core import health
from core.models import Heartbeat
from core.tasks import beat_heart, prune_files, sweep_jobs


class TimetableTaskTests(TestCase):
    def test_every_task_of_the_timetable_exists(self):
        missing = [
            entry["task"]
            for entry in current_app.conf.beat_schedule.values()
            if entry["task"] not in current_app.tasks
        ]

        self.assertEqual(missing, [])

    def test_every_task_of_the_timetable_has_a_name_for_people(self):
        names = {entry["task"] for entry in current_app.conf.beat_schedule.values()}

        self.assertEqual(names, set(current_app.conf.timetable_titles))

    def test_a_run_writes_when_it_ended_and_what_it_changed(self):
        sweep_jobs.delay()

        beat = Heartbeat.objects.get(name="core.tasks.sweep_jobs")
        self.assertEqual((beat.changed, beat.failures), (0, 0))
        self.assertIsNotNone(beat.last_finished)

    def test_a_run_that_fails_is_counted_until_one_succeeds(self):
        with patch("core.files.prune", side_effect=OSError("disk full")), self.assertRaises(OSError):
            prune_files.delay()
        self.assertEqual(Heartbeat.objects.get(name="core.tasks.prune_files").failures, 1)

        prune_files.delay()

        self.assertEqual(Heartbeat.objects.get(name="core.tasks.prune_files").failures, 0)


class HealthTests(TestCase):
    def test_the_process_answers(self):
        self.assertEqual(self.client.get(reverse("core:healthz")).content, b"ok\n")

    def test_ready_with_a_worker_that_consumes(self):
        beat_heart.delay()

        answer = self.client.get(reverse("core:readyz"))

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            answer.json(), {"database": True, "migrations": True, "worker": True, "timetable": True}
        )

    def test_not_ready_when_the_worker_fell_silent(self):
        beat_heart.delay()
        Heartbeat.objects.update(last_finished=timezone.now() - health.LONGEST_SILENCE - timedelta(seconds=1))

        answer = self.client.get(reverse("core:readyz"))

        self.assertEqual((answer.status_code, answer.json()["worker"]), (503, False))

    def test_not_ready_when_a_task_missed_two_of_its_times(self):
        beat_heart.delay()
        now = timezone.now()
        for name, age, late in (
            ("core.tasks.seal_audit", timedelta(minutes=11), False),
            ("core.tasks.seal_audit", timedelta(minutes=13), True),
            ("core.tasks.prune_files", timedelta(days=2), False),
            ("core.tasks.prune_files", timedelta(days=2, minutes=11), True),
            ("a task of before", timedelta(days=99), False),
        ):
            with self.subTest(name, age=age):
                Heartbeat.objects.exclude(name="core.tasks.beat_heart").delete()
                Heartbeat.objects.create(name=name, last_finished=now - age)
                answer = self.client.get(reverse("core:readyz"))
                self.assertEqual((answer.status_code == 503, not answer.json()["timetable"]), (late, late))

    def test_not_ready_when_the_database_does_not_answer(self):
        with patch.dict(health.CHECKS, {"database": lambda: 1 / 0}):
            answer = self.client.get(reverse("core:readyz"))

        self.assertEqual((answer.status_code, answer.json()["database"]), (503, False))

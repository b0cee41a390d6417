"""Figures for a monitoring system, and slow statements in the log: never anybody's data."""

import urllib.error
import urllib.request

import pytest
from django.db import connection
from django.test import TestCase, override_settings
from structlog.testing import capture_logs

from core.metrics import shape_of
from core.models import Job
from core.tasks import beat_heart
from tests.makers import make_household, make_user
from tests.serving import served
from tests.signing_in import sign_in

ELSEWHERE = {"REMOTE_ADDR": "10.1.2.3"}


class DoorTests(TestCase):
    def status(self, address: str = "10.1.2.3", **headers: str) -> int:
        return self.client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code

    def test_this_machine_may_but_nobody_behind_a_proxy(self):
        self.assertEqual(self.status("127.0.0.1"), 200)
        self.assertEqual(self.status("::1"), 200)
        self.assertEqual(self.status(), 403)
        self.assertEqual(self.status("127.0.0.1", **{"X-Forwarded-For": "127.0.0.1"}), 403)
        with override_settings(BEHIND_PROXY=True):
            self.assertEqual(self.status("127.0.0.1"), 403)

    def test_the_token_opens_it_and_an_empty_one_does_not(self):
        self.assertEqual(self.status(Authorization="Bearer "), 403)
        with override_settings(METRICS_TOKEN="kept-for-tests"):
            self.assertEqual(self.status(Authorization="Bearer kept-for-tests"), 200)
            self.assertEqual(self.status(Authorization="Bearer kept-for-test"), 403)
            self.assertEqual(self.status(Authorization="Bearer é"), 403)

    def test_who_looks_after_the_machine_may_and_nobody_else(self):
        for role, status in (("system_admin", 200), ("county_office", 403), ("audit_admin", 403)):
            sign_in(self.client, make_user(role, False))
            self.assertEqual(self.status(), status)


class FiguresTests(TestCase):
    def text(self) -> str:
        return self.client.get("/metrics").content.decode()

    def test_jobs_heartbeats_requests_and_statements(self):
        beat_heart.delay()
        Job.objects.create(kind="test.nothing")

        text = self.text()

        self.assertIn('poverty_jobs{state="waiting"} 1.0', text)
        self.assertIn('poverty_heartbeat_age_seconds{task="core.tasks.beat_heart"}', text)
        self.assertIn("poverty_late_tasks 0.0", text)
        self.assertIn("poverty_seal_number", text)
        self.assertIn('poverty_database_query_seconds_count{kind="select"}', text)
        self.assertIn("django_http_requests_total_by_method_total", text)

    def test_no_label_names_anybody(self):
        household = make_household(head="赵四海")
        user = make_user("county_office", username="qian.banshi", name="钱办事")
        sign_in(self.client, user)
        self.client.get(f"/households/{household.number}/")
        self.client.get("/households/?town=999001101&cause=01")

        text = self.text()

        for words in (household.number, "赵四海", "qian.banshi", "钱办事", "999001101"):
            self.assertNotIn(words, text)


class SlowStatementTests(TestCase):
    @override_settings(SLOW_QUERY_MS=1)
    def test_a_slow_statement_is_logged_without_its_values(self):
        with capture_logs() as lines, connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01), %s, '赵四海', 999001", ["522123195203071234"])

        line = next(line for line in lines if line["event"] == "slow_query")
        self.assertEqual(line["statement"], "SELECT pg_sleep(?), %s, ?, ?")
        self.assertGreaterEqual(line["milliseconds"], 10)

    @override_settings(SLOW_QUERY_MS=0)
    def test_none_is_logged_when_that_is_switched_off(self):
        with capture_logs() as lines, connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")

        self.assertEqual(lines, [])

    def test_texts_and_numbers_are_cut_out(self):
        for statement, shape in (
            ("SELECT 'it''s', 12.5 FROM t1", "SELECT ?, ? FROM t1"),
            ("SELECT $$张三$$", "SELECT ?"),
            ("SELECT\n  a\n  FROM b WHERE id IN (1, 2)", "SELECT a FROM b WHERE id IN (?, ?)"),
        ):
            self.assertEqual(shape_of(statement), shape)


@pytest.mark.slow
def test_any_worker_answers_for_all(real_database):
    """gunicorn with its own settings runs several processes."""
    with served(real_database, GUNICORN_CMD_ARGS="-c deploy/gunicorn.conf.py", WEB_WORKERS="2") as site:
        for _request in range(12):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(site.url("/no-such-page/"))
        text = urllib.request.urlopen(site.url("/metrics")).read().decode()

    line = next(
        line
        for line in text.splitlines()
        if line.startswith('django_http_responses_total_by_status_total{status="404"}')
    )
    assert float(line.rpartition(" ")[2]) == 12

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from core import clock, numbers
from core.clock import calendar_day, forget_installation
from core.models import Installation

APPS = (
    "core",
    "areas",
    "accounts",
    "villages",
    "households",
    "standards",
    "exchange",
    "desk",
    "dashboards",
    "poverty",
)
# Days that come from the database's clock, the session's time zone or the process.
SERVER_DAYS = re.compile(
    r"\b((?i:CURRENT_(DATE|TIME|TIMESTAMP))|LOCALTIME(STAMP)?)\b"
    r"|(?i:\b(now|\w+_timestamp)\(\)\s*::\s*date\b|date_trunc\(|\w\s*::\s*date\b)"
    r"|\bTrunc(Date|Day)?\(|(?<!\.)\bNow\(\)|\bdate\w*\.today\(\)|\bdatetime\.now\(\)|__date\b"
)


def at(moment: str):
    """Let the wall clock stand at this moment of UTC."""
    instant = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return patch.object(clock, "datetime", **{"now.side_effect": instant.astimezone})


class CalendarDayTests(SimpleTestCase):
    def test_half_past_six_in_shanghai_is_today_although_utc_is_yesterday(self):
        with at("2016-10-17T22:30:00"):
            self.assertEqual(clock.calendar_day(), date(2016, 10, 18))

    def test_the_day_turns_at_midnight_in_shanghai(self):
        for moment, day in {
            "2016-10-18T15:59:59": date(2016, 10, 18),
            "2016-10-18T16:00:00": date(2016, 10, 19),
        }.items():
            with self.subTest(moment), at(moment):
                self.assertEqual(clock.calendar_day(), day)


@override_settings(BUSINESS_DAY="")
class BusinessDayTests(TestCase):
    def setUp(self):
        clock.forget_installation()
        self.addCleanup(clock.forget_installation)

    def install(self, *, demonstration: bool):
        Installation.objects.update_or_create(
            pk=1, defaults={"demonstration": demonstration, "first_started_on": date(2026, 3, 1)}
        )

    def test_without_an_installation_row_it_is_the_calendar_s(self):
        with at("2026-03-04T01:00:00"):
            self.assertEqual(clock.today(), date(2026, 3, 4))

    def test_a_real_installation_has_the_calendar_s(self):
        self.install(demonstration=False)
        with at("2026-03-04T01:00:00"):
            self.assertEqual(clock.today(), date(2026, 3, 4))

    def test_a_demonstration_begins_on_18_october_2016_and_goes_on(self):
        self.install(demonstration=True)
        for moment, day in {
            "2026-03-01T08:00:00": date(2016, 10, 18),
            "2026-03-20T16:30:00": date(2016, 11, 7),
        }.items():
            with self.subTest(moment), at(moment):
                self.assertEqual(clock.today(), day)

    def test_a_wall_clock_set_back_never_leads_before_the_first_day(self):
        self.install(demonstration=True)
        with at("2020-01-01T00:00:00"):
            self.assertEqual(clock.today(), date(2016, 10, 18))

    @override_settings(BUSINESS_DAY="2016-12-31")
    def test_the_setting_overrules_both(self):
        self.install(demonstration=True)

        self.assertEqual(clock.today(), date(2016, 12, 31))

    def test_the_row_is_not_asked_for_at_every_question(self):
        self.install(demonstration=True)
        clock.today()

        with self.assertNumQueries(0):
            clock.today()

    def test_a_year_is_judged_as_of_its_end_or_today_before_that(self):
        with at("2016-10-18T01:00:00"):
            self.assertEqual(clock.day_of_judgement(2016), date(2016, 10, 18))
        with at("2017-02-01T01:00:00"):
            self.assertEqual(clock.day_of_judgement(2016), date(2016, 12, 31))
        self.assertEqual(clock.day_of_judgement(2016, date(2016, 5, 1)), date(2016, 5, 1))


class SourceTests(SimpleTestCase):
    def test_no_code_takes_the_day_from_the_database_or_the_process(self):
        found = []
        for app in APPS:
            for path in Path(settings.BASE_DIR, app).rglob("*.py"):
                lines = path.read_text(encoding="utf-8").splitlines()
                found += [
                    f"{path.name}:{n}: {line.strip()}"
                    for n, line in enumerate(lines, 1)
                    if SERVER_DAYS.search(line)
                ]

        self.assertEqual(found, [])

    def test_the_pattern_finds_what_it_should(self):
        for line in (
            "WHERE day < CURRENT_DATE",
            "now()::date",
            "statement_timestamp() :: date",
            "filter(at__date=day)",
        ):
            with self.subTest(line):
                self.assertTrue(SERVER_DAYS.search(line))
        self.assertFalse(SERVER_DAYS.search("since = statement_timestamp()"))


class MomentTests(TestCase):
    def setUp(self):
        forget_installation()
        self.addCleanup(forget_installation)

    def test_in_a_demonstration_moments_fall_on_the_business_day(self):
        started = calendar_day() - timedelta(days=2)
        Installation.objects.create(pk=1, demonstration=True, first_started_on=started)
        now = timezone.now()

        shown = numbers.moment(now)

        self.assertEqual(shown[:10], "2016-10-20")
        self.assertEqual(shown[11:], timezone.localtime(now).strftime("%H:%M"))
        self.assertEqual(numbers.day(now), "2016-10-20")

    def test_elsewhere_they_are_what_they_are(self):
        now = timezone.now()

        self.assertEqual(numbers.moment(now), timezone.localtime(now).strftime("%Y-%m-%d %H:%M"))

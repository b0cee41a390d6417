"""An unsafe production start is refused, with its reason; a safe one is not."""

import base64

import pytest
from django.test import SimpleTestCase, TestCase, override_settings

from core import checks
from core.models import Installation
from tests.database import as_owner


def key(byte: bytes) -> str:
    return base64.b64encode(byte * 32).decode()


SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "kept-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "ALLOWED_HOSTS": ["poverty.example.org"],
    "FIELD_KEYS": {"one": key(b"f")},
    "HASH_KEYS": {"one": key(b"h")},
    "CURRENT_FIELD_KEY": "one",
    "CURRENT_HASH_KEY": "one",
    "HTTPS": True,
    "REDIS_URL": "redis://queue",
}
UNSAFE = [
    ("core.E001", {"DEBUG": True}),
    ("core.E002", {"SECRET_KEY": "a" * 60}),
    ("core.E002", {"SECRET_KEY": "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz0123"}),
    ("core.E003", {"ALLOWED_HOSTS": []}),
    ("core.E003", {"ALLOWED_HOSTS": ["*"]}),
    ("core.E003", {"ALLOWED_HOSTS": [".example.org"]}),
    ("core.E004", {"FIELD_KEYS": {}}),
    ("core.E004", {"FIELD_KEYS": {"one": "short"}}),
    ("core.E004", {"CURRENT_FIELD_KEY": "two"}),
    ("core.E005", {"HASH_KEYS": {}}),
    ("core.E006", {"HASH_KEYS": {"one": key(b"f")}}),
    ("core.E007", {"HTTPS": False}),
    ("core.E008", {"REDIS_URL": ""}),
]


class SettingsTests(SimpleTestCase):
    def test_safe_settings_are_accepted(self):
        with override_settings(**SAFE):
            self.assertEqual(checks.unsafe_settings(), [])

    def test_each_unsafe_setting_is_named(self):
        for number, change in UNSAFE:
            with self.subTest(number, change=change), override_settings(**(SAFE | change)):
                self.assertEqual([message.id for message in checks.unsafe_settings()], [number])


@pytest.mark.database
class DatabaseTests(TestCase):
    def test_the_application_role_is_accepted_and_the_owner_is_not(self):
        if not checks.settings.APPLICATION_ROLE:
            self.assertEqual([message.id for message in checks.unsafe_role()], ["core.E010"])
            return
        self.assertEqual(checks.unsafe_role(), [])
        with as_owner(), override_settings(PRODUCTION=True):
            self.assertEqual([message.id for message in checks.unsafe_role()], ["core.E010"])

    def test_production_refuses_the_mark_of_a_demonstration(self):
        Installation.objects.create(pk=1, demonstration=True, first_started_on="2026-01-01")

        with override_settings(PRODUCTION=True):
            self.assertEqual([message.id for message in checks.demonstration_in_production()], ["core.E011"])
        self.assertEqual(checks.demonstration_in_production(), [])

    def test_an_unsafe_production_ends_with_its_reasons(self):
        with (
            override_settings(**(SAFE | {"DEBUG": True, "REDIS_URL": ""})),
            self.assertRaisesRegex(SystemExit, "core.E001"),
        ):
            checks.refuse_unsafe_start()

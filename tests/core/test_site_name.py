"""What the head of a page calls the system."""

from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import RequestFactory, TestCase, override_settings

from core import context_processors
from core.context_processors import House
from tests.makers import make_area

pytestmark = pytest.mark.usefixtures("english")


class SiteNameTests(TestCase):
    def setUp(self):
        context_processors._county = None
        self.addCleanup(setattr, context_processors, "_county", None)

    def name(self) -> str:
        return House(RequestFactory().get("/")).site_name

    @override_settings(SITE_NAME_OF_COUNTY=True)
    def test_the_one_county_stands_before_it(self):
        make_area(name="测试县")

        self.assertEqual(self.name(), "测试县 poverty alleviation information platform")

    @override_settings(SITE_NAME_OF_COUNTY=True)
    def test_several_counties_or_none_leave_the_platform(self):
        self.assertEqual(self.name(), "Poverty alleviation information platform")

        context_processors._county = None
        make_area(name="测试县")
        make_area("999002000000", name="另一县")
        self.assertEqual(self.name(), "Poverty alleviation information platform")

    @override_settings(SITE_NAME="扶贫一张网", SITE_NAME_OF_COUNTY=True)
    def test_the_settings_have_the_last_word(self):
        make_area(name="测试县")

        self.assertEqual(self.name(), "扶贫一张网")

    @override_settings(SITE_NAME_OF_COUNTY=True)
    def test_without_a_database_an_error_page_still_has_a_name(self):
        with patch("poverty.navigation.county_name", side_effect=DatabaseError):
            self.assertEqual(self.name(), "Poverty alleviation information platform")

"""Error pages in the house's words; those of our own faults ask nobody."""

from django.test import RequestFactory, SimpleTestCase, TestCase
from django.utils import translation
from structlog.contextvars import bound_contextvars

from core.views.errors import bad_request, server_error
from tests.makers import make_user
from tests.signing_in import sign_in


class OwnFaultTests(SimpleTestCase):
    """SimpleTestCase refuses every query."""

    def test_a_broken_page_names_the_request(self):
        with bound_contextvars(request_id="8f2c41a0-0000-4000-8000-000000000000"), translation.override("en"):
            answer = server_error(RequestFactory().get("/"))

        self.assertContains(answer, "8F2C-41A0", status_code=500)
        self.assertContains(answer, "Your data are safe", status_code=500)

    def test_a_request_that_nobody_understands(self):
        with translation.override("en"):
            answer = bad_request(RequestFactory().get("/"), ValueError())

        self.assertContains(answer, "cannot be understood", status_code=400)


class MissingPageTests(TestCase):
    def test_a_missing_page_says_that_it_may_be_foreign(self):
        sign_in(self.client, make_user("system_admin", False))

        with translation.override("en"):
            answer = self.client.get("/nothing-here/", headers={"Accept-Language": "en"})

        self.assertContains(answer, "outside the area you are responsible for", status_code=404)

    def test_without_the_right_the_page_says_whom_to_ask(self):
        sign_in(self.client, make_user("security_admin", False))

        answer = self.client.get("/ui/", headers={"Accept-Language": "en"})

        self.assertContains(answer, "Your role does not include this", status_code=403)

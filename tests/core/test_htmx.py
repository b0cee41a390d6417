"""Whole page or fragment, and what htmx is told."""

import json

from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase

from core.htmx import redirect_htmx, render_invalid, render_page, toast, wants_fragment

PAGE, FRAGMENT = "_skeleton.html", "_patterns.html"


def asked(**headers: str):
    return RequestFactory().get("/", headers=headers)


class FragmentTests(SimpleTestCase):
    def test_a_browser_gets_the_page(self):
        answer = render_page(asked(), PAGE, FRAGMENT, {})

        self.assertIn("skel", answer.content.decode())

    def test_htmx_gets_the_fragment(self):
        answer = render_page(asked(HX_Request="true"), PAGE, FRAGMENT, {})

        self.assertIn("pattern", answer.content.decode())

    def test_a_boosted_link_and_a_restored_page_get_the_whole(self):
        self.assertFalse(wants_fragment(asked(HX_Request="true", HX_Boosted="true")))
        self.assertFalse(wants_fragment(asked(HX_Request="true", HX_History_Restore_Request="true")))

    def test_caches_keep_page_and_fragment_apart(self):
        self.assertIn("HX-Request", render_page(asked(), PAGE, FRAGMENT, {})["Vary"])

    def test_an_invalid_form_answers_422(self):
        self.assertEqual(render_invalid(asked(), PAGE, FRAGMENT, {}).status_code, 422)

    def test_a_toast_travels_in_ascii(self):
        answer = toast(HttpResponse(), "已保存")

        self.assertTrue(answer["HX-Trigger"].isascii())
        self.assertEqual(json.loads(answer["HX-Trigger"]), {"toast": {"words": "已保存", "good": True}})

    def test_leaving_the_page_is_a_header(self):
        self.assertEqual(redirect_htmx(HttpResponse(), "/jobs/1/")["HX-Redirect"], "/jobs/1/")

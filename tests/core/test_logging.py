"""Logs tell what happened and to which request, never whom it was about."""

import json
import logging
import logging.config

from django.conf import settings
from django.test import SimpleTestCase, TestCase
from django.urls import reverse

from core.logging import cut_address, format_exception, without_quotes


class TextTests(SimpleTestCase):
    def test_long_numbers_and_chinese_words_are_cut_out(self):
        said = without_quotes(
            'invalid input: "张三·买买提" 99900119700501001X\nDETAIL: Key (id)=(999001197005010019)'
        )

        self.assertEqual(said, 'invalid input: "…" …')

    def test_the_cause_of_an_error_is_told_without_its_quotes(self):
        name, number = "张三", "999001197005010019"
        try:
            try:
                int(name)
            except ValueError as error:
                raise RuntimeError(f"row {number}") from error
        except RuntimeError as error:
            said = format_exception((type(error), error, error.__traceback__))

        self.assertIn("ValueError", said)
        self.assertIn("RuntimeError: row …", said)
        self.assertNotIn(f"{name}", said)
        self.assertNotIn(number, said)

    def test_what_stands_behind_the_path_of_a_request_is_cut_off(self):
        self.assertEqual(
            cut_address(None, "", {"request": "GET /households/?q=zs"}), {"request": "GET /households/"}
        )


class RequestTests(TestCase):
    def test_a_request_writes_one_line_of_json_with_its_id(self):
        lines = self._lines(lambda: self.client.get(reverse("core:healthz") + "?q=zhangsan"))

        finished = [line for line in lines if line.get("event") == "request_finished"]
        self.assertEqual(len(finished), 1)
        self.assertEqual((finished[0]["request"], finished[0]["code"]), ("GET /healthz", 200))
        self.assertTrue(finished[0]["request_id"])

    def _lines(self, act) -> list[dict]:
        formatter = logging.config.DictConfigurator(settings.LOGGING).configure_formatter(
            dict(settings.LOGGING["formatters"]["json"])
        )
        records: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: records.append(formatter.format(record))  # type: ignore[method-assign]
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            act()
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        return [json.loads(record) for record in records]

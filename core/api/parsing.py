"""Read JSON bodies: bounded in size and depth, without what the database cannot hold."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from core.api.errors import UNPROCESSABLE, ApiError

DEEPEST = 20


class BoundedJSONParser(BaseParser):
    """JSON of at most 20 levels and `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes; numbers keep their digits."""

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(most + 1)
        if len(data) > most:
            raise ApiError(413, "too_large", _("What was sent is too large."))
        try:
            value = json.loads(data.decode(), parse_constant=_refuse, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise _unreadable(_("This is not JSON, or it is nested too deeply.")) from None
        _check(value)
        return value


def _refuse(_word: str) -> NoReturn:
    raise ValueError


def _unreadable(message: str) -> ApiError:
    return ApiError(UNPROCESSABLE, "unreadable", message)


def _check(value: Any) -> None:
    """Refuse depth over 20, zero characters and halves of surrogate pairs, in keys too."""
    level: list[Any] = [value]
    for _depth in range(DEEPEST):
        texts = [one for one in level if isinstance(one, str)]
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                texts += one.keys()
                below += one.values()
            elif isinstance(one, list):
                below += one
        if any(_unfit(text) for text in texts):
            raise _unreadable(_("A text holds a character that cannot be stored."))
        if not below:
            return
        level = below
    raise _unreadable(_("The JSON is nested more than %(most)d levels deep.") % {"most": DEEPEST})


def _unfit(text: str) -> bool:
    return "\0" in text or any("\ud800" <= character <= "\udfff" for character in text)


class AlwaysJSON(DefaultContentNegotiation):
    """The API speaks JSON, whatever the caller would rather read."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type

"""Answers when something goes wrong on our side: they read no database and name the request."""

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    HttpResponseServerError,
)
from django.template.loader import render_to_string

from core.context_processors import request_number


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponseBadRequest(render_to_string("400.html", {"number": request_number()}))


def wrong_method(methods: list[str]) -> HttpResponse:
    """The address is right, the way of asking is not: say so, and which ways there are."""
    return HttpResponseNotAllowed(methods, render_to_string("405.html", {"number": request_number()}))


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponseServerError(render_to_string("500.html", {"number": request_number()}))

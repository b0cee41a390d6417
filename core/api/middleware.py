"""Refusals of the API in JSON, also those that no view of the API wrote."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.api.errors import answer

ROOT = "/api/"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate", "Cache-Control", "Vary")


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(ROOT)


class JsonErrorsMiddleware:
    """An error page below /api/ becomes the one shape of errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_api(request) or response.status_code < 400:
            return response
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response
        kept = {name: response.headers[name] for name in KEPT if name in response.headers}
        return answer(response.status_code, kept)

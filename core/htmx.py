"""Whole page or fragment: one view answers both from the same context."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

UNPROCESSABLE = 422


def wants_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a part; a boosted link or a restored page gets the whole."""
    headers = request.headers
    whole = "HX-Boosted" in headers or "HX-History-Restore-Request" in headers
    return "HX-Request" in headers and not whole


def render_page(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with the whole page, or with `fragment` alone when htmx asks for it."""
    template = fragment if wants_fragment(request) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_invalid(request: HttpRequest, page: str, fragment: str, context: dict[str, Any]) -> HttpResponse:
    """Answer 422 with what was typed and what is wrong; htmx swaps it like a good answer."""
    return render_page(request, page, fragment, context, status=UNPROCESSABLE)


def redirect_htmx(response: HttpResponse, address: str) -> HttpResponse:
    """Let htmx leave the page for `address`, where a plain redirect would land in the fragment."""
    response["HX-Redirect"] = address
    return response


def toast(response: HttpResponse, words: str, *, good: bool = True) -> HttpResponse:
    """One sentence at the lower right of the page that htmx is swapping into."""
    response["HX-Trigger"] = json.dumps({"toast": {"words": words, "good": good}})
    return response

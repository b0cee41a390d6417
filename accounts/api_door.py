"""The door of the API: tokens, sessions, how often somebody may ask."""

import time

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from accounts import tokens
from accounts.models import User
from core.api.errors import answer
from core.api.middleware import is_api

SCHEME = "bearer "
MINUTE = 60

_COUNT = """
INSERT INTO accounts_apiuse AS held (key, minute, count) VALUES (%(key)s, %(minute)s, 1)
ON CONFLICT (key) DO UPDATE SET minute = %(minute)s,
    count = CASE WHEN held.minute = %(minute)s THEN held.count + 1 ELSE 1 END
RETURNING count
"""


def come_in_by_token(request: HttpRequest) -> HttpResponse | None:
    """Let the person of the token in for this request; the answer when the token does not hold."""
    said = request.headers.get("Authorization", "")
    if not is_api(request) or not said.lower().startswith(SCHEME):
        return None
    token = tokens.find(said[len(SCHEME) :].strip())
    if token is None:
        return not_signed_in()
    request.user = token.user
    request.api_token = token  # type: ignore[attr-defined]
    return None


def has_token(request: HttpRequest) -> bool:
    return hasattr(request, "api_token")


def not_signed_in() -> HttpResponse:
    return answer(401, {"WWW-Authenticate": "Bearer"})


def new_password_first() -> HttpResponse:
    return answer(403, message=_("Choose a new password on the page of your account first."))


def second_factor_first() -> HttpResponse:
    return answer(403, message=_("Set up the second factor on the page of your account first."))


def too_many(request: HttpRequest) -> HttpResponse | None:
    """Count the request; the answer when its token or person asked too often within this minute."""
    if not is_api(request) or not isinstance(request.user, User):
        return None
    token = getattr(request, "api_token", None)
    key = f"token:{token.pk}" if token else f"user:{request.user.pk}"
    now = int(time.time())
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "minute": now // MINUTE})
        count = cursor.fetchone()[0]
    if count <= settings.API_PER_MINUTE:
        return None
    return answer(429, {"Retry-After": str(MINUTE - now % MINUTE)})


class TokenOrSession(SessionAuthentication):
    """Whom the middleware let in. A browser's session also proves that the page was ours (CSRF)."""

    def authenticate(self, request: Request):
        token = getattr(request._request, "api_token", None)
        if token is not None:
            return token.user, token
        return super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

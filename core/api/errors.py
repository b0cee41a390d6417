"""One shape for everything the API refuses: a code for programs, a sentence for people."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.context_processors import request_number

UNPROCESSABLE = 422
# What each status means here; words of the schema.
REFUSALS = {
    401: "Neither signed in nor a token that holds.",
    403: "The role or the scope of the token does not include this; nothing was looked up.",
    404: "Missing, or outside the grants: the same answer.",
    409: "Moved on since you saw it; the present state comes along.",
    413: "The body is too large.",
    415: "The content type is not read here.",
    422: "Something sent is wrong; `fields` says what. Nothing was saved.",
    428: "A header is missing that guards against overwriting or doing twice.",
    429: "Too many requests within a minute.",
}


class ApiError(Exception):
    """A refusal with its status, code, sentence and what else the body or the head holds."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        fields: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields, self.headers, self.more = fields or {}, headers or {}, more


def invalid(fields: dict[str, list[str]] | None = None, message: str = "") -> ApiError:
    """What was sent cannot be taken: 422 with a sentence for each field at fault."""
    words = message or _("Please put right what is named under “fields”; nothing was saved.")
    return ApiError(UNPROCESSABLE, "invalid", words, fields=fields)


def body_of(code: str, message: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    return {
        "error": {
            "code": code,
            "message": str(message),
            "fields": fields or {},
            "request_id": request_number(),
        }
    }


def answer(status: int, headers: dict[str, str] | None = None, message: str = "") -> HttpResponse:
    """A refusal from outside the views: the middleware, an address that does not exist."""
    code, words = _words(status)
    return JsonResponse(body_of(code, message or words), status=status, headers=headers or {})


def _words(status: int) -> tuple[str, str]:
    known = {
        400: ("unreadable", _("The request cannot be read.")),
        401: ("not_signed_in", _("Sign in first, or send a token that holds.")),
        403: ("not_permitted", _("Your role or the scope of the token does not include this.")),
        404: ("not_found", _("It may not exist, or it is outside the area you are responsible for.")),
        405: ("method_not_allowed", _("This address does not know the method.")),
        413: ("too_large", _("What was sent is too large.")),
        415: ("media_type", _("This content type is not read here.")),
        429: ("too_many_requests", _("Too many requests within a minute. Please wait and go on.")),
    }
    return known.get(status) or ("failed", _("Something went wrong on our side. Please try again later."))


def exception_handler(error: Exception, _context: Any) -> Response | None:
    """Turn what a view raises into the one shape; what nobody expected stays a 500 with a trace."""
    if isinstance(error, ApiError):
        body = body_of(error.code, error.message, error.fields) | error.more
        return Response(body, status=error.status, headers=error.headers)
    if isinstance(error, exceptions.ValidationError):
        return exception_handler(invalid(flat(error.detail)), _context)
    if isinstance(error, ValidationError):
        return exception_handler(_of_model(error), _context)
    if isinstance(error, Http404):
        return _plain(404)
    if isinstance(error, PermissionDenied):
        return _plain(403)
    if isinstance(error, exceptions.PermissionDenied):
        # The check against forged requests says what is missing.
        return _plain(403, str(error.detail))
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return _plain(401, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, exceptions.ParseError):
        return exception_handler(ApiError(UNPROCESSABLE, "unreadable", _words(400)[1]), _context)
    if isinstance(error, exceptions.APIException):
        return _plain(error.status_code)
    return None


def _plain(status: int, message: str = "", headers: dict[str, str] | None = None) -> Response:
    code, words = _words(status)
    return Response(body_of(code, message or words), status=status, headers=headers)


def _of_model(error: ValidationError) -> ApiError:
    """The sentences of the model and the services, the same as on the pages."""
    if hasattr(error, "error_dict"):
        fields = {("" if name == "__all__" else name): words for name, words in error.message_dict.items()}
        general = fields.pop("", [])
        return invalid(fields, " ".join(general))
    return invalid(message=" ".join(error.messages))


def flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors of a serializer as one level: ``{"reason": ["…"]}``."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            found |= flat(inner, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        found = {}
        for position, inner in enumerate(detail):
            found |= flat(inner, f"{path}.{position}")
        return found
    words = detail if isinstance(detail, list) else [detail]
    return {path: [str(word) for word in words]}

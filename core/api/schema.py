"""The schema of the API (OpenAPI 3.1), written from what the views themselves say.

A view names its filters, serializer, correction or creation; from these come parameters, bodies and
answers, refusals included. Nothing is described twice.
"""

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, override
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from core.api.errors import REFUSALS

VERSION = r'^"[0-9]{1,9}"$'
KEY = r"^[A-Za-z0-9_-]{8,64}$"
JSON, FORM = "application/json", "multipart/form-data"


class ErrorDetail(serializers.Serializer):
    code = serializers.CharField(help_text="For programs; it does not change with the language.")
    message = serializers.CharField(help_text="A sentence in the language of Accept-Language.")
    fields = serializers.DictField(  # type: ignore[assignment]  # the name on the wire
        child=serializers.ListField(child=serializers.CharField()), help_text="Sentences by field."
    )
    request_id = serializers.CharField(help_text="To be read out when asking for help.")


class Error(serializers.Serializer):
    """What every refusal looks like."""

    error = ErrorDetail()


class ChangeMade(serializers.Serializer):
    at = serializers.DateTimeField()
    user = serializers.CharField(allow_blank=True)
    kind = serializers.CharField()
    fields = serializers.DictField(  # type: ignore[assignment]  # the name on the wire
        child=serializers.ListField(child=serializers.JSONField(allow_null=True)),
        help_text="[before, after] by field.",
    )


class HouseSchema(AutoSchema):
    """One operation, from the attributes of its view."""

    view: Any

    def get_operation_id(self) -> str:
        return f"{type(self.view).__name__}_{self.method.lower()}"

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]  # the words of Swagger, not of a page
        return (type(self.view).__doc__ or "").strip()

    def get_summary(self) -> str:
        if self.method == "PATCH":
            return "Correct fields of it, by the version you saw."
        return self.get_description().split("\n")[0]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def get_filter_backends(self) -> list[Any]:
        return []

    # --- What goes in -------------------------------------------------------------------------
    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = []
        if self.method == "GET" and hasattr(self.view, "filters"):
            found.append(self.view.filters)
        if self.method == "PATCH":
            words = "The ETag of the record as you saw it."
            found.append(_header("If-Match", VERSION, words))
        if self._is_keyed():
            found.append(_header("Idempotency-Key", KEY, "A name of your own for this request."))
        return found

    def _is_keyed(self) -> bool:
        return self.method == "POST" and getattr(self.view, "keyed", False)

    def get_request_serializer(self) -> Any:
        if self.method == "PATCH":
            return self.view.correction
        return self.view.creation if self.method == "POST" else None

    def _get_request_body(self, *args: Any, **kwargs: Any) -> Any:
        body = super()._get_request_body(*args, **kwargs)
        return body | {"required": True} if body else body

    def map_parsers(self) -> list[str]:
        return [parser.media_type for parser in self.view.get_parsers()]

    # --- What comes out -----------------------------------------------------------------------
    def get_response_serializers(self) -> Any:
        answers: dict[Any, Any] = {self._success(): self._body()}
        for status in self._refusals():
            answers[status] = self._stale() if status == 409 else _refusal(status)
        return answers

    def _success(self) -> int:
        return getattr(self.view, "created_status", 201) if self.method == "POST" else 200

    def _body(self) -> Any:
        view = self.view
        if self.method == "POST":
            return getattr(view, "created", None) or view.serializer
        if not hasattr(view, "filters"):
            return view.serializer
        fields = {
            "results": view.serializer(many=True),
            "next": serializers.CharField(allow_null=True, help_text="Address of the next page."),
        }
        return inline_serializer(f"{type(view).__name__}Page", fields)

    def _stale(self) -> Any:
        fields: dict[str, Any] = {"error": ErrorDetail(), "current": self.view.serializer()}
        if self.method == "PATCH":
            fields["changes"] = ChangeMade(many=True)
        return OpenApiResponse(inline_serializer(f"{type(self.view).__name__}Stale", fields), REFUSALS[409])

    def _refusals(self) -> list[int]:
        statuses = [401, 403, 422, 429]
        if "{" in self.path:
            statuses.append(404)
        if self.method == "PATCH":
            statuses += [409, 413, 415, 428]
        if self.method == "POST":
            statuses += [413, 415] if self.view.creation else [415]
            statuses += [428] if self._is_keyed() else []
            statuses += [409] if getattr(self.view, "may_be_late", False) else []
        return sorted(statuses)

    def _get_response_for_code(self, serializer: Any, status_code: Any, *args: Any, **kwargs: Any) -> Any:
        response = super()._get_response_for_code(serializer, status_code, *args, **kwargs)
        if str(status_code) in {"200", "409"} and hasattr(self.view, "correction"):
            response["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version."}}
        if str(status_code) == "429":
            words = "Seconds to wait."
            response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": words}}
        return response

    # --- Objects hold what is named and nothing else ------------------------------------------
    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        return super()._map_basic_serializer(serializer, direction) | {"additionalProperties": False}


def _header(name: str, pattern: str, words: str) -> OpenApiParameter:
    form = {"type": "string", "pattern": pattern}
    return OpenApiParameter(name, form, OpenApiParameter.HEADER, required=True, description=words)


def _refusal(status: int) -> OpenApiResponse:
    return OpenApiResponse(Error, REFUSALS[status])


class AmountExtension(OpenApiSerializerFieldExtension):
    target_class = "core.api.fields.Amount"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        pattern = self.target.pattern
        if direction == "response":
            # Sums may be longer and lie below zero.
            pattern = rf"^-?[0-9]+\.[0-9]{{{self.target.places}}}$"
        return {"type": "string", "pattern": pattern}


class TextExtension(OpenApiSerializerFieldExtension):
    target_class = "core.api.fields.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        form: dict[str, Any] = {"type": "string"}
        if self.target.help_text:
            form["description"] = str(self.target.help_text)
        if direction == "response":
            return form
        if self.target.max_length:
            form["maxLength"] = self.target.max_length
        form["pattern"] = self.target.pattern
        return form


class DoorExtension(OpenApiAuthenticationExtension):
    target_class = "accounts.api_door.TokenOrSession"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        words = (
            "A token of the own account. In the browser the session counts too, with X-CSRFToken to write."
        )
        return {"type": "http", "scheme": "bearer", "description": words}


@lru_cache(maxsize=4)
def _written(language: str) -> dict[str, Any]:
    with override(language):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
        return found


def written_schema() -> dict[str, Any]:
    """The whole schema, made once a language and process."""
    return _written(get_language() or "en")

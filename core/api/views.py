"""The few shapes of API views: a list with cursor, one object, one object that can be corrected."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.errors import ApiError, invalid
from core.api.serializers import Filters
from core.api.versions import changes_since, etag, version_asked
from core.versions import StaleVersion


class ApiView(APIView):
    """Common to all: who asks and whether they may was settled by the access policy."""

    def body(self, request: Request) -> Any:
        """What was sent; nothing at all is no JSON."""
        if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
            raise ApiError(422, "unreadable", _("This is not JSON, or it is nested too deeply."))
        return request.data

    def allowed(self, serializer: Any) -> dict[str, Any]:
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values


class ListView(ApiView):
    """Rows of one kind in the order of their keys.

    A view names `filters` and `serializer`, and gives `rows(user, filters)`; `key` is the column
    that orders them and that the cursor continues.
    """

    filters: ClassVar[type[Filters]] = Filters
    serializer: ClassVar[type]
    key: ClassVar[str] = "pk"

    def rows(self, user: Any, asked: dict[str, Any]) -> QuerySet[Any]:
        raise NotImplementedError

    def shown(self, rows: list[Any], asked: dict[str, Any]) -> list[Any]:
        """Rows as they go out; a view that needs more than the row itself looks it up here."""
        return list(self.serializer(rows, many=True).data)

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = self.allowed(self.filters(data=conditions_of(request)))
        rows = self.rows(request.user, asked).order_by(self.key)
        if "cursor" in asked:
            rows = rows.filter(**{f"{self.key}__gt": asked["cursor"]})
        found = list(rows[: asked["limit"] + 1])
        page = found[: asked["limit"]]
        following = self._next(request, page) if len(found) > len(page) else None
        return Response({"results": self.shown(page, asked), "next": following})

    def _next(self, request: Request, page: list[Any]) -> str:
        query = request.query_params.copy()
        last: Any = page[-1]
        for name in self.key.split("__"):
            last = getattr(last, name)
        query["cursor"] = str(last)
        return f"{request.path}?{query.urlencode()}"


class ObjectView(ApiView):
    """One object: `find` gives it or raises Http404; its version is the ETag."""

    serializer: ClassVar[type]

    def find(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def versioned(self, found: Any) -> Any:
        """The row whose version is that of the object."""
        return found

    def answer(self, found: Any) -> Response:
        row = self.versioned(found)
        headers = {"ETag": etag(row.version)} if hasattr(row, "version") else {}
        return Response(self.serializer(found).data, headers=headers)

    def get(self, *args: Any, **kwargs: Any) -> Response:
        request: Request = args[0]
        no_filters(request)
        return self.answer(self.find(*args, **kwargs))


class CorrectionView(ObjectView):
    """An object that can be corrected by somebody who says which version they saw.

    `save(found, values, **said)` hands the clean values to a service.
    """

    correction: ClassVar[type]

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    def patch(self, request: Request, **names: Any) -> Response:
        no_filters(request)
        found = self.find(request, **names)
        version = version_asked(request)
        context = {"user": request.user, "found": found}
        values = self.allowed(self.correction(data=self.body(request), partial=True, context=context))
        said = {name: values.pop(name, "") for name in ("reason", "evidence")}
        if version != self.versioned(found).version:
            raise self.stale(found, version)
        try:
            self.save(found, values, version=version, user=request.user, **said)
        except StaleVersion:
            raise self.stale(self.find(request, **names), version) from None
        return self.answer(self.find(request, **names))

    def stale(self, found: Any, version: int) -> ApiError:
        return ApiError(
            409,
            "stale",
            _("Somebody else saved this record in the meantime; compare and save again."),
            headers={"ETag": etag(self.versioned(found).version)},
            current=self.serializer(found).data,
            changes=changes_since(self.versioned(found), version, self.correction),
        )


def conditions_of(request: Request) -> dict[str, str]:
    """The conditions of the address; one that stands there twice says nothing."""
    twice = [name for name, values in request.query_params.lists() if len(values) > 1]
    if twice:
        raise invalid({name: [_("Name each filter once.")] for name in twice})
    return request.query_params.dict()


def no_filters(request: Request) -> None:
    """An object is asked for without conditions."""
    if request.query_params:
        fields = {key: [_("There is no such filter.")] for key in request.query_params}
        raise invalid(fields, _("The address takes no conditions."))

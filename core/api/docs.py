"""The schema and the page on which it is read and tried."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import written_schema
from core.api.views import ApiView, no_filters


class Schema(ApiView):
    """This description in OpenAPI 3.1."""

    schema = None

    def get(self, request: Request) -> Response:
        no_filters(request)
        return Response(written_schema())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every route with its fields, to be tried with the rights of the person who reads."""
    return render(request, "api/docs.html")

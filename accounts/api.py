"""Who asks: the person, what the token leaves of their rights and places."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.events import record
from accounts.models import AccessEvent
from accounts.roles import RIGHTS
from core.api.views import ApiView, ListView, no_filters


class MeSerializer(serializers.Serializer):
    username = serializers.CharField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    rights = serializers.ListField(child=serializers.CharField())
    areas = serializers.ListField(child=serializers.CharField(), help_text="Leading digits of the areas.")
    token = serializers.CharField(allow_null=True, help_text="First characters of the token that was sent.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the token ends.")


class ListOfPeople(ListView):
    """Rows about families: who took how many, and by which conditions, is an event like an export."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        conditions = request.query_params.urlencode()[:300]
        rows = len(response.data["results"])
        record(request._request, AccessEvent.Kind.EXPORTED, rows=rows, reason=conditions)
        return response


class Me(ApiView):
    """The person, their rights and areas, as far as the token carries them."""

    serializer = MeSerializer

    def get(self, request: Request) -> Response:
        no_filters(request)
        user: Any = request.user
        found = {
            "username": user.username,
            "name": user.name,
            "roles": list(user.roles),
            "rights": [right for right in RIGHTS if user.may(right)],
            "areas": list(user.area_prefixes()),
            "token": getattr(request.auth, "prefix", None),
            "expires_at": getattr(request.auth, "expires_at", None),
        }
        return Response(self.serializer(found).data)

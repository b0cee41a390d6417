from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations: the access policy lets nobody else come to such a view."""

    user: User

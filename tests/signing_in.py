"""Signing in for tests that are not about signing in."""

import time

from django.test import Client

from accounts.middleware import BEGAN, SEEN
from accounts.models import User


def sign_in(client: Client, user: User) -> None:
    """Make `client` the browser of `user`, with a session that has just begun."""
    client.force_login(user)
    session = client.session
    session[BEGAN] = session[SEEN] = int(time.time())
    session.save()

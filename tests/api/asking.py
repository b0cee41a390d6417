"""Ask the API as a program does: by token, with JSON."""

import json
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.tokens import make_token, rights_to_give
from areas.models import Area


class Program:
    """A program with a token of `user`; all the rights they may give, unless named."""

    def __init__(self, user: User, *, scopes: list[str] | None = None, area: Area | None = None) -> None:
        self.token, self.plain = make_token(
            user, name="test", scopes=scopes or rights_to_give(user), area=area
        )
        self.client = Client(headers={"Authorization": f"Bearer {self.plain}", "Accept-Language": "en"})

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get("/api/v1" + path, headers=headers)

    def patch(self, path: str, body: Any, version: int | None = None, **headers: str) -> Any:
        said = headers | ({"If-Match": f'"{version}"'} if version is not None else {})
        return self._send("PATCH", path, body, said)

    def post(self, path: str, body: Any, key: str | None = None, **headers: str) -> Any:
        return self._send("POST", path, body, headers | ({"Idempotency-Key": key} if key else {}))

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.generic(method, "/api/v1" + path, data, "application/json", headers=headers)


def error_of(response: Any) -> dict[str, Any]:
    return response.json()["error"]

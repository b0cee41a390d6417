"""Many programs at the same moment: one correction wins, one creation is made, every request counts."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts import tokens
from accounts.models import ApiToken, User
from core.models import Job, RowHistory
from households.models import HouseholdYear
from tests.api.test_schema import token_of_the_county
from tests.makers import make_household, make_user
from tests.serving import served
from tests.standards.county import standards_for_tests

CLIENTS = 50
pytestmark = pytest.mark.slow


def at_once(address: str, token: str, method: str, bodies: list[dict], **headers: str) -> Counter[int]:
    """The statuses of one request a body, sent together."""
    together = Barrier(len(bodies))

    def send(body: dict) -> int:
        said = headers | {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(address, json.dumps(body).encode(), said, method=method)
        together.wait()
        try:
            return urlopen(request, timeout=120).status
        except HTTPError as error:
            return error.code

    with ThreadPoolExecutor(len(bodies)) as pool:
        return Counter(pool.map(send, bodies))


def test_of_fifty_corrections_of_one_version_one_is_written(real_database: str) -> None:
    household = make_household()
    token = token_of_the_county()
    with served(real_database) as site:
        path = site.url(f"/api/v1/households/{household.pk}/years/2016/")
        bodies = [{"wage": f"{number}.00"} for number in range(1, CLIENTS + 1)]
        found = at_once(path, token, "PATCH", bodies, **{"If-Match": '"1"'})

    row = HouseholdYear.objects.get(household=household)
    assert found == {200: 1, 409: CLIENTS - 1}
    assert row.version == 2
    updates = RowHistory.objects.filter(table="households_householdyear", row_id=row.pk, operation="U")
    assert sum("wage" in (update.changed or {}) for update in updates) == 1


def test_of_fifty_creations_with_one_key_one_is_made(real_database: str) -> None:
    standards_for_tests()
    make_household()
    token = token_of_the_county()
    with served(real_database) as site:
        bodies = [{"area": "999001000000", "year": 2016}] * CLIENTS
        found = at_once(
            site.url("/api/v1/assessments/"), token, "POST", bodies, **{"Idempotency-Key": "one-key-for-all"}
        )

    assert found == {202: CLIENTS}
    assert Job.objects.filter(kind="standards.assess").count() == 1


def test_of_fifty_requests_twenty_are_answered_within_the_limit(real_database: str) -> None:
    token = token_of_the_county()
    with served(real_database, API_PER_MINUTE="20") as site:
        found = at_once(site.url("/api/v1/me/"), token, "GET", [{}] * CLIENTS)

    # A minute that turns in between begins anew.
    assert 20 <= found[200] <= 40
    assert found[200] + found[429] == CLIENTS


def test_tokens_made_at_the_same_moment_are_all_counted(real_database: str) -> None:
    user = make_user("township_clerk")
    for _number in range(tokens.MOST_TOKENS - 1):
        tokens.make_token(user, name="x", scopes=["view_households"])
    together = Barrier(5)

    def make(_number: int) -> bool:
        connection.ensure_connection()
        together.wait()
        try:
            tokens.make_token(User.objects.get(pk=user.pk), name="x", scopes=["view_households"])
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(make, range(5))) == 1
    assert ApiToken.objects.filter(user=user).count() == tokens.MOST_TOKENS

"""Every route asked with made-up requests by its own description: what it says is what happens."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from accounts.tokens import make_token, rights_to_give
from standards.services import judge_area
from tests.makers import make_user
from tests.serving import served
from tests.standards.county import county_area, make_random_county, standards_for_tests

EXAMPLES = int(os.environ.get("API_EXAMPLES", "5"))
RULES = Path(__file__).with_name("schemathesis.toml")
QUIET = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def small_county() -> None:
    standards_for_tests()
    make_random_county(seed=11, households=6, villages=3)
    judge_area(county_area(), 2016)


def token_of_the_county() -> str:
    user = make_user("county_office", county_area())
    return make_token(user, name="test", scopes=rights_to_give(user))[1]


@pytest.fixture
def api(db: None, settings: Any) -> Any:
    """The routes with the token of a county's office, and a small county behind them."""
    settings.API_PER_MINUTE = 10**6
    # The test's transaction goes through all requests.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    small_county()
    headers = {"Authorization": f"Bearer {token_of_the_county()}"}
    found = schemathesis.openapi.from_wsgi(
        "/api/v1/schema/", get_wsgi_application(), headers=headers, config=SchemathesisConfig.from_path(RULES)
    )
    found.config.update(headers=headers)
    yield found
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
def test_what_a_route_says_is_what_happens(api: Any, subtests: Any) -> None:
    for found in api.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            with subtests.test(f"{operation.label} {mode.value}"):
                ask(operation, mode)


def ask(operation: Any, mode: GenerationMode) -> None:
    try:
        cases = operation.as_strategy(generation_mode=mode)

        @QUIET
        @given(case=cases)
        def check(case: Any) -> None:
            case.call_and_validate()

        check()
    except Unsatisfiable:
        pass


@pytest.mark.soak
def test_every_phase_finds_nothing(real_database: str) -> None:
    """The coverage of each field and longer fuzzing, over the network."""
    small_county()
    plain = token_of_the_county()
    with served(real_database, API_PER_MINUTE="1000000") as site:
        words = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(RULES), "--no-color", "run"]
        words += [site.url("/api/v1/schema/"), "-H", f"Authorization: Bearer {plain}", "--checks", "all"]
        words += ["--seed", "7", "--max-examples", os.environ.get("API_EXAMPLES", "30")]
        words += ["--phases", "coverage,fuzzing", "--continue-on-failure", "--generation-database", "none"]
        words += ["--suppress-health-check", "all", "--warnings", "off"]
        done = subprocess.run(words, cwd=site.log.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]

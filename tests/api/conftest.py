from collections.abc import Iterator

import pytest

from standards import explanation


@pytest.fixture(autouse=True)
def _versions_of_this_test_only() -> Iterator[None]:
    """Keys of versions repeat in copies of the test database; the process keeps published ones."""
    explanation._versions.clear()
    yield
    explanation._versions.clear()

"""Who acts in this request or job: what every audit row says besides what was done.

The door of the pages names a reader for the request; nothing is asked of the database before a row
is written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Acting:
    """Whoever acts: key, role, network address, area (the prefix that holds all their grants).

    `subject` is the number or key that the address of the page names.
    """

    user_id: int | None = None
    role: str = ""
    address: str | None = None
    area: str = ""
    subject: str = ""


NOBODY = Acting()
_reader: ContextVar[Callable[[], Acting] | None] = ContextVar("acting", default=None)


def acting(user_id: int | None = None) -> Acting:
    """Whoever acts now; nobody when that is somebody else than `user_id`."""
    reader = _reader.get()
    if reader is None:
        return NOBODY
    found = reader()
    if user_id is not None and found.user_id is not None and found.user_id != user_id:
        return Acting(user_id=user_id, address=found.address, subject=found.subject)
    return found


@contextmanager
def acting_as(reader: Callable[[], Acting]) -> Iterator[None]:
    """Let `reader` say who acts until the block ends."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)

"""A matter: one thing that waits for somebody, in an inbox, a home or beside the counts of an area."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.numbers import thousands

HOT, WARM = "hot", "warm"


@dataclass(frozen=True)
class Matter:
    """One thing to do: how many of what, what it means, and where the next click leads.

    `figure` is shown instead of the count where the number is none of things: a share in per cent.
    """

    code: str
    count: int
    unit: str
    title: str
    detail: str
    action: str
    address: str
    tone: str = WARM
    figure: str = ""

    @property
    def number(self) -> str:
        return self.figure or thousands(self.count)


def pressing_first(matters: Iterable[Matter]) -> list[Matter]:
    """What presses first, else in the order given."""
    return sorted(matters, key=lambda matter: matter.tone != HOT)

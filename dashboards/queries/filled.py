"""What the page of completeness counts of a place, and how places add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from areas.models import Area
from dashboards.queries.areas import place_query


@dataclass
class Filled:
    """What is counted of one place."""

    households: int = 0
    known: int = 0
    met: int = 0
    not_met: int = 0
    refused: int = 0
    last: datetime | None = None

    def add(self, other: "Filled") -> None:
        self.households += other.households
        self.known += other.known
        self.met += other.met
        self.not_met += other.not_met
        self.refused += other.refused
        self.last = max(filter(None, (self.last, other.last)), default=None)

    @property
    def missing(self) -> int:
        """Households of which a fact is missing."""
        return self.households - self.known

    @property
    def share(self) -> float | None:
        """Households without a gap in per cent; None where there are none."""
        return 100 * self.known / self.households if self.households else None

    @property
    def met_share(self) -> float | None:
        return 100 * self.met / self.households if self.households else None


@dataclass(frozen=True)
class Place:
    """One area with its counts; without area the refused rows that name no village we know."""

    area: Area | None
    filled: Filled

    @property
    def query(self) -> str:
        return place_query(self.area)


@dataclass
class Register:
    """The counts of every village that a person may see in a year."""

    villages: dict[str, Filled] = field(default_factory=dict)
    unplaced: Filled = field(default_factory=Filled)
    without_year: int = 0

    def within(self, prefixes: Iterable[str]) -> Filled:
        """Together, what lies inside any of these code prefixes."""
        starts = tuple(prefixes)
        whole = Filled()
        for code, filled in self.villages.items():
            if code.startswith(starts):
                whole.add(filled)
        return whole

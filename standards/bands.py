"""Bands of net income a person, measured from the income line; the list and the picture share them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _

from core.fields import to_fen
from core.numbers import thousands

# Yuan a person above (or below) the line; a band reaches from one to the next, its upper end included.
STEPS = (-1000, -500, 0, 500, 1000, 2000)
UNKNOWN = "none"


@dataclass(frozen=True)
class Band:
    """One band: over `low` up to `high`, in yuan from the line; None is open."""

    code: str
    low: int | None
    high: int | None

    @property
    def above(self) -> bool:
        """Whether it lies above the line."""
        return self.low is not None and self.low >= 0

    def words(self, line: Decimal) -> str:
        """The band in yuan a person: "2,452–2,952"."""
        if self.low is None:
            return _("up to %(yuan)s") % {"yuan": thousands(line + (self.high or 0))}
        if self.high is None:
            return _("over %(yuan)s") % {"yuan": thousands(line + self.low)}
        return f"{thousands(line + self.low)}–{thousands(line + self.high)}"


BANDS = tuple(
    Band(str(place), low, high)
    for place, (low, high) in enumerate(zip((None, *STEPS), (*STEPS, None), strict=True))
)
BAND_BY_CODE = {band.code: band for band in BANDS}


def limits(line: Decimal) -> list[int]:
    """The ends of the bands in fen a person."""
    return [to_fen(line + step) for step in STEPS]


def band_is(code: str, line: Decimal | None, joined: str = "") -> Q:
    """The condition "the result lies in this band"; with `joined` the result may be missing."""
    net, persons = f"{joined}net_income", F(f"{joined}persons")
    if code == UNKNOWN:
        return Q(**{net: None}) | Q(**{f"{joined}persons": None})
    band = BAND_BY_CODE.get(code)
    if band is None or line is None:
        return Q(pk__in=[])
    found = Q()
    if band.low is not None:
        found &= Q(**{f"{net}__gt": persons * to_fen(line + band.low)})
    if band.high is not None:
        found &= Q(**{f"{net}__lte": persons * to_fen(line + band.high)})
    return found

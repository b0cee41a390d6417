"""Income a person in bands around the line, as lengths for a picture drawn on the server."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from core.numbers import thousands
from dashboards.queries.counts import NOT_RECORDED, Group
from standards.bands import BANDS

HEIGHT, TOP, BOTTOM = 230, 40, 30


@dataclass(frozen=True)
class Bar:
    """One band: where it stands (per cent of the width, pixels of the height) and what it counts."""

    name: str
    condition: str
    households: int
    met: int
    above: bool
    known: bool
    x: str
    width: str
    middle: str
    y: int
    height: int
    met_y: int
    met_height: int

    @property
    def label_y(self) -> int:
        return self.y - 6


@dataclass(frozen=True)
class IncomePicture:
    """The bars, the place of the line, and its words."""

    bars: list[Bar]
    ticks: list[tuple[str, str]]  # the ends of the bands: place and yuan a person
    line_x: str
    line: Decimal
    words: str
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    names_y: int = HEIGHT - 8
    top: int = TOP - 22

    @property
    def said(self) -> str:
        """Every figure in one line, for those who cannot see it."""
        return _(", ").join(f"{bar.name} {thousands(bar.households)}" for bar in self.bars)


def income_picture(bands: dict[str, Group], line: Decimal) -> IncomePicture:
    """The bars in order, those whose income is not known last and apart."""
    names = [(band.code, band.words(line), band.above, True) for band in BANDS]
    names.append((NOT_RECORDED, _("Not known"), False, False))
    longest = max((group.households for group in bands.values()), default=0) or 1
    step, base = 100 / len(names), HEIGHT - BOTTOM
    bars = []
    for place, (code, name, above, known) in enumerate(names):
        group = bands.get(code, Group())
        tall = round((base - TOP) * group.households / longest)
        met = round((base - TOP) * group.met / longest)
        bars.append(
            Bar(
                name=name,
                condition=f"band={code}",
                households=group.households,
                met=group.met,
                above=above,
                known=known,
                x=f"{step * (place + 0.14):.2f}%",
                width=f"{step * 0.72:.2f}%",
                middle=f"{step * (place + 0.5):.2f}%",
                y=base - tall,
                height=tall,
                met_y=base - met,
                met_height=met,
            )
        )
    first_above = next(place for place, band in enumerate(BANDS) if band.above)
    words = _("Line %(yuan)s yuan") % {"yuan": thousands(line)}
    ends = [band.high for band in BANDS if band.high is not None]
    ticks = [(f"{step * (place + 1):.2f}%", thousands(line + end)) for place, end in enumerate(ends)]
    ticks.append((bars[-1].middle, bars[-1].name))
    return IncomePicture(bars, ticks, f"{step * first_above:.2f}%", line, words)

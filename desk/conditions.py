"""The conditions of a list: read from the address, put into a query, shown as chips."""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import F, Q
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.fields import to_fen
from core.numbers import thousands, yuan
from core.scope import inside
from desk.forms import (
    FACTS,
    FLIPS,
    INDICATOR,
    NOT_RECORDED,
    OUTCOME_CHOICES,
    ConditionsForm,
    HouseholdFilterForm,
)
from desk.queries.touched import touched_by_import, touched_since
from households.codes import Attribute, Cause, Route, Status
from standards.bands import BAND_BY_CODE, band_is
from standards.models import StandardVersion
from standards.register import AREA_PATH, facts_are, flipped, outcome_is, verdict_is

PLACES = ("area", "town", "village", "group")
ORDER = [
    *PLACES,
    "poor",
    "plan",
    "verdict",
    "doubt",
    "facts",
    "lacking",
    "status",
    "attr",
    "cause",
    "route",
    "band",
    "gap",
    "flip",
    "since",
    "changed",
    "source",
]
# Conditions that say how the list is shown, not which rows it holds.
SHOWN = ("sort", "year")
PLAIN = {"status": "status", "plan": "planned_exit_year", "attr": "attribute", "cause": "main_cause",
         "route": "planned_route"}  # fmt: skip
LABELS = {"status": Status, "attr": Attribute, "cause": Cause, "route": Route}


@dataclass(frozen=True)
class Chip:
    """One condition: what it says, how many rows it would leave, and the address without or with it."""

    label: str
    address: str
    count: int | None = None
    icon: str = ""
    css: str = ""


@dataclass
class HouseholdConditions:
    """What the household list is narrowed to."""

    values: dict[str, Any]
    year: int
    version: StandardVersion | None
    unread: list[str] = field(default_factory=list)
    form: ConditionsForm | None = None

    @classmethod
    def read(cls, data: QueryDict, year: int, version: StandardVersion | None) -> "HouseholdConditions":
        form = HouseholdFilterForm(data, version, year)
        conditions = cls(form.accepted(), year, version, form.unread(), form)
        conditions._settle_places()
        return conditions

    def _settle_places(self) -> None:
        """A village outside the chosen township, and a group outside the village, fall away."""
        chosen = ""
        for name in PLACES:
            code = self.values.get(name, "")
            if code and not code.startswith(chosen):
                del self.values[name]
            chosen = self.values.get(name, chosen)

    @property
    def prefix(self) -> str:
        """The narrowest area that was chosen, as a code prefix without the group."""
        return next((self.values[name] for name in ("village", "town", "area") if name in self.values), "")

    @property
    def sort(self) -> str:
        return self.values.get("sort") or "number"

    @cached_property
    def line(self) -> Decimal | None:
        """The income line of the year in yuan a person."""
        return self.version.line(self.year) if self.version else None

    # --- In queries ---------------------------------------------------------------------------
    def place_conditions(self) -> list[Q]:
        """Where the household lives, on yearly rows and on results alike."""
        values = self.values
        found = [inside(AREA_PATH, values[name]) for name in ("area", "town", "village") if name in values]
        if "group" in values:
            found.append(Q(household__group__code=values["group"]))
        return found

    def fact_conditions(self) -> list[Q]:
        """What the yearly row itself must meet."""
        values = self.values
        found = [
            Q(**{column: None if values[name] == NOT_RECORDED else values[name]})
            for name, column in PLAIN.items()
            if name in values
        ]
        if "source" in values:
            found.append(touched_by_import(values["source"]))
        return found

    def result_conditions(self, joined: str = "") -> list[Q]:
        """What its result must meet; with `joined` the result hangs on a yearly row."""
        values, found = self.values, []
        if "verdict" in values:
            found.append(verdict_is(values["verdict"], joined))
        if "doubt" in values:
            found.append(Q(**{f"{joined}doubts__gt": 0}))
        if "facts" in values:
            found.append(facts_are(self.version, values["facts"] == "known", joined))
        if "gap" in values:
            found.append(self._gap_below(values["gap"], joined))
        if "band" in values:
            found.append(band_is(values["band"], self.line, joined))
        if "flip" in values and "since" in values:
            found.append(flipped(values["flip"], values["since"], joined))
        if "changed" in values:
            found.append(touched_since(values["changed"], joined))
        for name, value in values.items():
            if name.startswith(INDICATOR):
                found.append(outcome_is(self.version, name.removeprefix(INDICATOR), value, joined))
        return found

    def _gap_below(self, yuan_a_person: Decimal, joined: str) -> Q:
        """Not above the line, but nearer than this to it: net ≤ line × persons < net + gap × persons."""
        if self.line is None:
            return Q(pk__in=[])
        line, gap, persons = to_fen(self.line), to_fen(yuan_a_person), F(f"{joined}persons")
        net = f"{joined}net_income"
        return Q(**{f"{net}__lte": persons * line, f"{net}__gt": persons * (line - gap)})

    # --- In the address -----------------------------------------------------------------------
    def address(self, **changes: Any) -> str:
        """The query text with some conditions changed; an empty value takes one away."""
        kept = {name: self.values.get(name) for name in self.values}
        kept["year"] = self.year
        kept |= changes
        for place, below in (("area", PLACES[1:]), ("town", PLACES[2:]), ("village", PLACES[3:])):
            if place in changes:
                kept |= {name: "" for name in below if name not in changes}
        query = QueryDict(mutable=True)
        for name in sorted(kept, key=_position):
            if kept[name] not in (None, ""):
                query[name] = str(kept[name])
        return "?" + query.urlencode()

    def set_chips(self, names: dict[str, str]) -> list[Chip]:
        """The conditions in force, each with the address that drops it; `names` are those of areas."""
        chosen = [name for name in self.values if name not in SHOWN]
        return [
            Chip(self.words(name, names), self.address(**{name: ""}))
            for name in sorted(chosen, key=_position)
        ]

    def words(self, name: str, names: dict[str, str]) -> str:
        """One condition in words."""
        value = self.values[name]
        if name in PLACES:
            return names.get(value, value)
        if name in LABELS:
            if value == NOT_RECORDED:
                return _("%(fact)s not recorded") % {"fact": self._label(name)}
            return str(LABELS[name](value).label)
        if name == "plan":
            return _("Planned exit %(year)s") % {"year": value}
        if name == "doubt":
            return _("In doubt")
        if name == "facts":
            return str(dict(FACTS)[value])
        if name == "gap":
            return _("Gap a person below %(yuan)s yuan") % {"yuan": yuan(value)}
        if name == "band":
            return _("Income a person %(band)s") % {"band": self._band_words(value)}
        if name == "flip":
            return str(dict(FLIPS)[value])
        if name == "since":
            return _("Since the end of %(day)s") % {"day": value}
        if name == "changed":
            return _("Changed since %(day)s") % {"day": value}
        if name == "source":
            return _("Import %(number)s") % {"number": thousands(value)}
        outcome = dict(OUTCOME_CHOICES)[value]
        if name == "verdict":
            return str(outcome)
        return _("%(indicator)s: %(outcome)s") % {
            "indicator": self.indicator_names.get(name.removeprefix(INDICATOR), name),
            "outcome": outcome,
        }

    def _label(self, name: str) -> str:
        return str(self.form.fields[name].label) if self.form else name

    def _band_words(self, code: str) -> str:
        band = BAND_BY_CODE.get(code)
        return band.words(self.line) if band and self.line is not None else _("not known")

    @cached_property
    def indicator_names(self) -> dict[str, str]:
        return {i.code: i.name for i in self.version.gating_indicators()} if self.version else {}

    @property
    def more_fields(self) -> list[BoundField]:
        """The fields behind "more conditions"."""
        apart = {*PLACES, "sort"}
        return [bound for bound in self.form or [] if bound.name not in apart]

    @property
    def more_open(self) -> bool:
        """Whether one of those was filled in."""
        apart = {*PLACES, *SHOWN, "verdict", "doubt", "plan"}
        return any(name not in apart for name in self.values)

    @property
    def narrowed(self) -> bool:
        """Whether any condition holds back rows."""
        return any(name not in SHOWN for name in self.values)


def _position(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)

"""Measures over the facts of a village's year (`exact_rules.md` 2)."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, Func, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from standards.measures.base import Count, Measure, Values, Yes
from standards.models.version import Criterion
from standards.outcomes import BOOLEAN, WHOLE, any_of, bound, compare, denied, flag

YEAR = "villages_villageyear"


def percent(part: int, whole: int) -> str:
    """Percent with two decimals, half up; never used to compare."""
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{share}"


class Incidence(Measure):
    """Poor persons of the register against the population: 100 × poor < limit × population.

    `judged_villages` of `standards.judging` brings `poor_persons` and `staying_persons` (without
    the members of households whose verdict is met).
    """

    code = "incidence"
    label, label_en = "贫困发生率", "poverty incidence"
    unit, unit_en = "%", "%"
    operators = ("lt", "le")
    parts = ("poor", "population", "staying")
    facts = {
        YEAR: ("population", "register_population"),
        "households_membership": ("household_id", "from_day", "to_day"),
        "households_householdstatus": ("status", "from_day"),
    }

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [
            Cast(F("poor_persons"), WHOLE),
            Cast(Coalesce(F("population"), F("register_population")), WHOLE),
            Cast(F("staying_persons"), WHOLE),
        ]

    def condition(self, criterion: Criterion, year: int) -> Any:
        poor, population, _staying = self.part_expressions(criterion)
        limit = bound(criterion.limit(year) * 100)
        hundred = Value(10_000, output_field=WHOLE)
        times = {"template": "(%(expressions)s)", "arg_joiner": " * ", "output_field": WHOLE}
        return compare(Func(poor, hundred, **times), criterion.operator, Func(population, limit, **times))

    def value_text(self, values: Values) -> str:
        poor, population, _staying = values
        if population is None:
            return _("population not recorded")
        if not population:
            return _("population 0")
        return f"{percent(poor or 0, population)} %（{poor or 0:,} / {population:,}）"

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return f"{self.name} {Criterion.Operator(criterion.operator).label} {criterion.limit(year):g} %"

    def persons_too_many(self, values: Values, criterion: Criterion, year: int) -> int:
        """How many poor persons must leave poverty before the demand is met."""
        poor, population = values[0] or 0, values[1] or 0
        bound = criterion.limit(year) * population / 100
        most = int(bound) if criterion.operator == "le" or bound != int(bound) else int(bound) - 1
        return max(0, poor - max(most, 0))

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        if not values[1]:
            return self.ask_text(values)
        count = self.persons_too_many(values, criterion, year)
        return ngettext(
            "%(count)d more person out of poverty.", "%(count)d more persons out of poverty.", count
        ) % {"count": count}

    def ask_text(self, values: Values) -> str:
        return _("Record the population of the village.")


class EitherWay(Measure):
    """Two facts of which one is enough."""

    parts = ("first", "second")
    operators: tuple[str, ...] = ("is", "gt")

    def value_text(self, values: Values) -> str:
        return "；".join(
            f"{label} {_('not recorded') if value is None else self.word(position, value)}"
            for position, (label, value) in enumerate(zip(self.fact_labels(), values, strict=True))
        )

    def fact_labels(self) -> tuple[str, str]:
        raise NotImplementedError

    def word(self, position: int, value: int) -> str:
        return _("yes") if value else _("no")

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        return _("Solve: %(fact)s.") % {"fact": self.name}

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return self.name


class BusService(EitherWay):
    """Villages with the conditions have a bus: bus yes, or conditions no."""

    code = "bus"
    label, label_en = "具备条件的通客运班车", "a bus where the conditions allow"
    operators = ("is",)
    facts = {YEAR: ("bus", "bus_feasible")}

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [flag(F("bus")), flag(F("bus_feasible"))]

    def condition(self, criterion: Criterion, year: int) -> Any:
        bus = Func(F("bus"), template="%(expressions)s", output_field=BOOLEAN)
        return any_of(bus, denied(F("bus_feasible")))

    def fact_labels(self) -> tuple[str, str]:
        return _("bus"), _("conditions for a bus")


class MoreThan(EitherWay):
    """One of two recorded numbers is above the limit (a yes counts as 1)."""

    operators = ("gt",)

    def __init__(
        self, code: str, columns: tuple[str, str], label: tuple[str, str], fact_words: Any, yes_first=False
    ):
        self.code, self.columns, self.yes_first = code, columns, yes_first
        self.label, self.label_en = label
        self.fact_words = fact_words
        self.facts = {YEAR: columns}

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        first, second = (F(column) for column in self.columns)
        return [flag(first) if self.yes_first else Cast(first, WHOLE), Cast(second, WHOLE)]

    def condition(self, criterion: Criterion, year: int) -> Any:
        limit = bound(criterion.limit(year))
        return any_of(*[compare(part, "gt", limit) for part in self.part_expressions(criterion)])

    def fact_labels(self) -> tuple[str, str]:
        return self.fact_words()

    def word(self, position: int, value: int) -> str:
        return super().word(position, value) if self.yes_first and position == 0 else f"{value:,}"


def _doctor_words() -> tuple[str, str]:
    return _("qualified village doctors"), _("licensed or assistant physicians")


def _broadband_words() -> tuple[str, str]:
    return _("village committee on broadband"), _("households on broadband")


def _households(code: str, column: str, label: str, label_en: str) -> Count:
    return Count(code, YEAR, column, (label, label_en), ("户", "households"))


VILLAGE_MEASURES: list[Measure] = [
    Incidence(),
    Yes("paved_road", YEAR, "paved_road", "到乡镇通沥青(水泥)路", "a hardened road to the township"),
    BusService(),
    _households(
        "unsafe_water", "unsafe_water_households", "未实现饮水安全户数", "households without safe water"
    ),
    _households("difficult_water", "difficult_water_households", "饮水困难户数", "households short of water"),
    Count(
        "no_living_power",
        YEAR,
        "no_living_power",
        ("未通生活用电自然村数", "hamlets without electricity"),
        ("个", "hamlets"),
    ),
    Count(
        "no_production_power",
        YEAR,
        "no_production_power",
        ("未通生产用电自然村数", "hamlets without power for production"),
        ("个", "hamlets"),
    ),
    _households(
        "no_broadcast",
        "no_broadcast_households",
        "未通广播电视户数",
        "households without radio and television",
    ),
    Yes("culture_centre", YEAR, "culture_centre", "有综合性文化服务中心", "a culture centre"),
    Count("reading_rooms", YEAR, "reading_rooms", ("文化(图书)室", "reading rooms"), ("个", "rooms")),
    Yes("standard_clinic", YEAR, "standard_clinic", "有标准化卫生室", "a standard clinic"),
    MoreThan(
        "doctors",
        ("village_doctors", "physicians"),
        ("有合格乡村医生或执业(助理)医师", "a qualified village doctor or physician"),
        _doctor_words,
    ),
    MoreThan(
        "broadband",
        ("committee_broadband", "broadband_households"),
        ("通宽带", "broadband"),
        _broadband_words,
        yes_first=True,
    ),
    Count(
        "collective_income",
        YEAR,
        "collective_income",
        ("村级集体经济收入", "collective income"),
        ("元", "yuan"),
        100,
        stored_scaled=True,
    ),
    Count("cooperatives", YEAR, "cooperatives", ("农民专业合作社", "co-operatives"), ("个", "")),
    Count("road_width", YEAR, "road_width", ("通村公路路面宽度", "width of the road"), ("米", "m"), 100),
]

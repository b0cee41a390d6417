"""What a measure is: an expression over the facts of a year, and the sentence made from its result."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from core.numbers import MINUS
from standards.models.version import Criterion, Subject, in_language
from standards.outcomes import BOOLEAN, WHOLE, Outcome, bound, compare, denied, flag

Values = Sequence[int | None]


def number(value: Decimal | int | float) -> str:
    """A number as a person reads it: thousands commas, no trailing zeros."""
    text = f"{Decimal(str(value)):,.2f}".replace("-", MINUS)
    return text.rstrip("0").rstrip(".") if "." in text else text


class Measure:
    """One way of looking at a subject's facts.

    `parts` names the whole numbers that a result keeps of it, in order; `facts` the columns it
    reads, by table, so that a flipped verdict can be traced to the edited field. `codes` are what
    a list of codes as threshold may hold.
    """

    code = ""
    label = ""
    label_en = ""
    unit = ""
    unit_en = ""
    operators: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ("value",)
    facts: dict[str, tuple[str, ...]] = {}

    @property
    def name(self) -> str:
        return in_language(self.label, self.label_en)

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        """One whole-number expression for each of `parts`."""
        raise NotImplementedError

    def condition(self, criterion: Criterion, year: int) -> Any:
        """A boolean expression, NULL where a fact that it needs is unknown."""
        raise NotImplementedError

    def value_text(self, values: Values) -> str:
        """What was found, in words and with its unit."""
        raise NotImplementedError

    def demand_text(self, criterion: Criterion, year: int) -> str:
        """What the standard asks for."""
        raise NotImplementedError

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        """What would close the gap of a measure that is not met."""
        raise NotImplementedError

    def row_of(self, values: Values) -> int | None:
        """The one row that was read, where the result keeps it."""
        return None

    def ask_text(self, values: Values) -> str:
        """What has to be found out when a fact is unknown."""
        return _("Find out and record: %(fact)s.") % {"fact": self.name}


class Yes(Measure):
    """A yes-or-no fact that must be what the standard says."""

    operators = ("is",)

    def __init__(self, code: str, table: str, column: str, label: str, label_en: str):
        self.code, self.column = code, column
        self.label, self.label_en = label, label_en
        self.facts = {table: (column,)}

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [flag(F(self.column))]

    def condition(self, criterion: Criterion, year: int) -> Any:
        fact = Func(F(self.column), template="%(expressions)s", output_field=BOOLEAN)
        return fact if criterion.threshold else denied(fact)

    def value_text(self, values: Values) -> str:
        if values[0] is None:
            return _("not recorded")
        return _("yes") if values[0] else _("no")

    def demand_text(self, criterion: Criterion, year: int) -> str:
        answer = _("yes") if criterion.threshold else _("no")
        return _("%(fact)s: %(answer)s") % {"fact": self.name, "answer": answer}

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        return _("Solve: %(fact)s.") % {"fact": self.name}


class Count(Measure):
    """A recorded number compared with a limit.

    Results keep `scale` whole units for one of the number's; `stored_scaled` columns (fen) already
    hold them.
    """

    operators = ("gt", "ge", "lt", "le", "eq")

    def __init__(
        self,
        code: str,
        table: str,
        column: str,
        label: tuple[str, str],
        unit: tuple[str, str],
        scale=1,
        *,
        stored_scaled=False,
    ):
        self.code, self.column, self.scale = code, column, scale
        self.stored_scaled = stored_scaled or scale == 1
        self.label, self.label_en = label
        self.unit, self.unit_en = unit
        self.facts = {table: (column,)}

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        if self.stored_scaled:
            return [Cast(F(self.column), WHOLE)]
        return [
            Func(F(self.column), template=f"(%(expressions)s * {self.scale})::bigint", output_field=WHOLE)
        ]

    def condition(self, criterion: Criterion, year: int) -> Any:
        limit = bound(criterion.limit(year) * self.scale)
        return compare(self.part_expressions(criterion)[0], criterion.operator, limit)

    def _figure(self, value: int | Decimal) -> str:
        unit = in_language(self.unit, self.unit_en)
        return f"{number(Decimal(value) / self.scale)} {unit}".strip()

    def value_text(self, values: Values) -> str:
        return _("not recorded") if values[0] is None else self._figure(values[0])

    def demand_text(self, criterion: Criterion, year: int) -> str:
        limit = self._figure(criterion.limit(year) * self.scale)
        return f"{self.name} {Criterion.Operator(criterion.operator).label} {limit}"

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        limit = criterion.limit(year) * self.scale
        missing = abs((values[0] or 0) - limit) or Decimal(1)
        return _("%(fact)s: %(missing)s to go.") % {"fact": self.name, "missing": self._figure(missing)}


class OneOf(Measure):
    """A coded fact that must be one of the codes the standard lists."""

    operators = ("in",)

    def __init__(self, code: str, table: str, column: str, label: tuple[str, str], choices: Any):
        self.code, self.column, self.choices = code, column, choices
        self.codes = tuple(choices.values)
        self.label, self.label_en = label
        self.facts = {table: (column,)}

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [Cast(F(self.column), WHOLE)]

    def condition(self, criterion: Criterion, year: int) -> Any:
        codes = [Value(code) for code in criterion.codes]
        return Func(
            F(self.column),
            Func(*codes, template="(%(expressions)s)"),
            arg_joiner=" IN ",
            template="(%(expressions)s)",
            output_field=BOOLEAN,
        )

    def _label(self, value: int) -> str:
        for code, label in self.choices.choices:
            if int(code) == value:
                return label
        return str(value)

    def value_text(self, values: Values) -> str:
        return _("not recorded") if values[0] is None else self._label(values[0])

    def demand_text(self, criterion: Criterion, year: int) -> str:
        labels = "、".join(self._label(int(code)) for code in criterion.codes)
        return _("%(fact)s: one of %(labels)s") % {"fact": self.name, "labels": labels}

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        return _("Solve: %(fact)s.") % {"fact": self.name}


HAND_TABLES = {
    Subject.HOUSEHOLD: "standards_householdjudgement",
    Subject.VILLAGE: "standards_villagejudgement",
}


class Hand(Measure):
    """An item whose fact is not kept here: a person judges it; until then the verdict waits (`no data`).

    A result keeps what was said, by which judgement, in which edition of it. The judgements come
    with `standards.judging`, joined under `relation`.
    """

    code = "by_hand"
    label = "人工判定"
    label_en = "judged by hand"
    operators = ("hand",)
    parts = ("met", "judgement", "edition")

    def __init__(self, subject: Subject):
        self.facts = {HAND_TABLES[subject]: ("met",)}

    @staticmethod
    def relation(criterion: Criterion) -> str:
        """Under which name the judgements of this criterion are joined."""
        return f"hand{criterion.pk}"

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        relation = self.relation(criterion)
        return [
            flag(F(f"{relation}__met")),
            Cast(F(f"{relation}__pk"), WHOLE),
            Cast(F(f"{relation}__version"), WHOLE),
        ]

    def condition(self, criterion: Criterion, year: int) -> Any:
        met = F(f"{self.relation(criterion)}__met")
        return Func(met, template="%(expressions)s", output_field=BOOLEAN)

    def row_of(self, values: Values) -> int | None:
        return values[1]

    def value_text(self, values: Values) -> str:
        if values[0] is None:
            return _("not judged yet")
        return _("judged as met") if values[0] else _("judged as not met")

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return criterion.clause_text or self.name

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        return _("Judged as not met: %(clause)s") % {"clause": criterion.clause_text or self.name}

    def ask_text(self, values: Values) -> str:
        return _("The fact is not kept here; judge it by hand.")


def outcome_of(number_stored: int) -> Outcome:
    """The outcome that a stored number stands for."""
    return Outcome(number_stored)

"""The outcomes of judging, and SQL expressions that join facts to them.

SQL's own three-valued logic is the rule: NULL is unknown, false beats unknown in AND, true beats
unknown in OR (`exact_rules.md`, "Several measures"). A measure is a boolean expression that may be
NULL; an outcome is stored as a small number.
"""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Func, Value


class Outcome(models.IntegerChoices):
    """What a measure, an indicator or a verdict came out as. The last two only on measures."""

    NOT_MET = 0, "not_met"
    MET = 1, "met"
    NO_DATA = 2, "no_data"
    NOT_ASKED = 3, "not_asked"
    CONSIDERED = 4, "considered"

    @property
    def code(self) -> str:
        """`met`, `not_met`, `no_data`, …: as exports and templates name it."""
        return str(self.label)


OUTCOME_BY_CODE = {outcome.code: outcome for outcome in Outcome}
BOOLEAN = models.BooleanField(null=True)
WHOLE = models.BigIntegerField(null=True)


def bound(limit: Decimal) -> Value:
    """A threshold as SQL: a whole number where it is one (faster to compare), else exact."""
    whole = int(limit)
    return Value(whole, output_field=WHOLE) if whole == limit else Value(limit)


def compare(left: Any, operator: str, right: Any) -> Func:
    """`left operator right`, NULL when a side is. The operator comes from a closed list."""
    signs = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=", "ne": "<>"}
    return Func(
        left, right, template="(%(expressions)s)", arg_joiner=f" {signs[operator]} ", output_field=BOOLEAN
    )


def all_of(*conditions: Any) -> Any:
    """AND: false when one is false, else NULL when one is unknown, else true."""
    return _joined(" AND ", conditions)


def any_of(*conditions: Any) -> Any:
    """OR: true when one is true, else NULL when one is unknown, else false."""
    return _joined(" OR ", conditions)


def _joined(word: str, conditions: tuple[Any, ...]) -> Any:
    if not conditions:
        return Value(True, output_field=BOOLEAN)
    return Func(*conditions, template="(%(expressions)s)", arg_joiner=word, output_field=BOOLEAN)


def denied(condition: Any) -> Func:
    """NOT: unknown stays unknown."""
    return Func(condition, template="(NOT %(expressions)s)", output_field=BOOLEAN)


def true_or_unknown(condition: Any) -> Func:
    """True where the condition holds, else NULL."""
    return Func(condition, template="(CASE WHEN %(expressions)s THEN true END)", output_field=BOOLEAN)


def skipped_when_unknown(condition: Any) -> Func:
    """The condition, or true when nothing is recorded."""
    return Func(condition, template="COALESCE(%(expressions)s, true)", output_field=BOOLEAN)


def as_outcome(condition: Any, *, unknown: Outcome = Outcome.NO_DATA) -> Func:
    """The number stored for a condition: 1, 0, or `unknown` when it is NULL."""
    return Func(
        condition,
        template=f"COALESCE((%(expressions)s)::int, {int(unknown)})::smallint",
        output_field=models.SmallIntegerField(),
    )


def flag(condition: Any) -> Func:
    """A boolean as 1 or 0, NULL when unknown."""
    return Func(condition, template="((%(expressions)s)::int::bigint)", output_field=WHOLE)

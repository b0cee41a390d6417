"""The per-head income as a sum, step by step, from the facts that were judged."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from households.models import HouseholdYear
from households.models.year import TRANSFER_PARTS
from standards.explanation import known_version
from standards.models import HouseholdResult

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Step:
    """One line of the sum; `amount` None is unknown. Kinds: item, part, sum, divisor, result, line."""

    sign: str
    label: str
    amount: Decimal | None
    kind: str = "item"
    note: str = ""


def half_up(amount: Decimal) -> Decimal:
    """Yuan rounded half up to the fen, for showing only."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def transfer_of(year: HouseholdYear) -> tuple[Decimal | None, str]:
    """The transfer income that counts and how it came about."""
    if year.transfer is not None:
        return year.transfer, _("subtotal as stated")
    parts = [getattr(year, part) for part in TRANSFER_PARTS]
    if any(part is None for part in parts):
        return None, _("no subtotal, and not all six parts are known")
    return sum(parts, Decimal(0)), _("sum of the six parts")


def income_steps(year: HouseholdYear, result: HouseholdResult | None) -> list[Step]:
    """Wage + operating + property + transfer − cost (− excluded items) = net; ÷ persons = per head."""
    transfer, how = transfer_of(year)
    steps = [
        Step("", _("Wage income"), year.wage),
        Step("+", _("Operating income"), year.operating),
        Step("+", _("Property income"), year.property_income),
        Step("+", _("Transfer income"), transfer, note=how),
        Step("−", _("Operating cost"), year.operating_cost),
    ]
    steps += [
        Step(
            "−",
            str(getattr(HouseholdYear._meta.get_field(item), "verbose_name", item)),
            getattr(year, item),
            note=_("does not count"),
        )
        for item in _excluded(result)
    ]
    net = _total(steps)
    persons = year.persons or year.members or None
    each = None if net is None or not persons else net / persons
    steps.append(Step("=", _("Net income"), net, "sum"))
    steps.append(
        Step("÷", _("Persons"), None if persons is None else Decimal(persons), "divisor", _persons_note(year))
    )
    steps.append(Step("=", _("Net income a person"), None if each is None else half_up(each), "result"))
    line = known_version(result).line(year.year) if result else None
    if line is not None:
        steps.append(Step(">", _("Income line %(year)d") % {"year": year.year}, line, "line"))
    return steps


def _persons_note(year: HouseholdYear) -> str:
    if year.persons is None:
        return _("members counted")
    if year.members and year.persons != year.members:
        return _("as stated; %(members)d members are registered") % {"members": year.members}
    return _("as stated")


def _excluded(result: HouseholdResult | None) -> list[str]:
    if result is None:
        return []
    criteria = known_version(result).criterion_list()
    return next((c.excluded_items for c in criteria if c.measure == "per_capita_income"), [])


def _total(steps: list[Step]) -> Decimal | None:
    amounts = [step.amount for step in steps]
    if any(amount is None for amount in amounts):
        return None
    return sum((-s.amount if s.sign == "−" else s.amount for s in steps if s.amount is not None), Decimal(0))

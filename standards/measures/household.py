"""Measures over the facts of a household's year (`exact_rules.md` 1)."""

from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import F, Func, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.fields import to_fen
from core.numbers import fen_yuan
from households.codes import HouseGrade, RoadType
from households.models.year import TRANSFER_PARTS
from standards.measures.base import Count, Measure, OneOf, Values, Yes, number
from standards.models.version import Criterion
from standards.outcomes import BOOLEAN, WHOLE, all_of, bound, compare, denied, flag, true_or_unknown

YEAR = "households_householdyear"
MEMBER_FACTS = {
    "households_membership": ("household_id", "from_day", "to_day"),
    "households_person": ("birth_date",),
}


def _fen(column: str) -> Any:
    return Cast(F(column), WHOLE)


def _sum(*expressions: Any, sign: str = " + ") -> Func:
    return Func(*expressions, template="(%(expressions)s)", arg_joiner=sign, output_field=WHOLE)


def transfer_income() -> Any:
    """The subtotal when stated, else the sum of all six parts, else unknown; never both."""
    return Coalesce(_fen("transfer"), _sum(*[_fen(part) for part in TRANSFER_PARTS]))


def net_income(excluded: list[str]) -> Any:
    """Wage + operating + property + transfer − operating cost − items that do not count, in fen.

    NULL when one of them is unknown: nothing is inferred from the others.
    """
    gross = _sum(_fen("wage"), _fen("operating"), _fen("property_income"), transfer_income())
    return _sum(gross, _fen("operating_cost"), *[_fen(item) for item in excluded], sign=" - ")


def persons() -> Any:
    """The stated 家庭人口数, else the number of members; NULL when neither is known."""
    return Coalesce(F("persons"), NullIf(F("members"), Value(0)))


def money(fen: Decimal | int) -> str:
    """Fen as yuan with two decimals, half up."""
    return fen_yuan(fen)


class PerCapitaIncome(Measure):
    """Net income ÷ persons against a line, compared on exact sums: net > line × persons."""

    code = "per_capita_income"
    label = "人均纯收入"
    label_en = "net income a person"
    unit, unit_en = "元", "yuan"
    operators = ("gt", "ge")
    parts = ("net", "persons")
    facts = {
        YEAR: (
            "wage",
            "operating",
            "property_income",
            "transfer",
            "operating_cost",
            "persons",
            *TRANSFER_PARTS,
        ),
        **MEMBER_FACTS,
    }

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [net_income(criterion.excluded_items), Cast(persons(), WHOLE)]

    def condition(self, criterion: Criterion, year: int) -> Any:
        net, people = self.part_expressions(criterion)
        line = Value(to_fen(criterion.limit(year)), output_field=WHOLE)
        return compare(net, criterion.operator, _sum(line, people, sign=" * "))

    def value_text(self, values: Values) -> str:
        net, people = values
        if net is None or not people:
            return _("not recorded")
        return _("%(amount)s yuan a person") % {"amount": money(Decimal(net) / people)}

    def demand_text(self, criterion: Criterion, year: int) -> str:
        words = (
            _("more than %(line)s yuan a person")
            if criterion.operator == "gt"
            else _("at least %(line)s yuan a person")
        )
        return words % {"line": money(to_fen(criterion.limit(year)))}

    def missing_fen(self, values: Values, criterion: Criterion, year: int) -> int:
        """The smallest amount in fen that, added to the household's net income, meets the demand."""
        net, people = values
        demanded = to_fen(criterion.limit(year)) * (people or 0)
        return max(0, demanded - (net or 0) + (1 if criterion.operator == "gt" else 0))

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        missing = self.missing_fen(values, criterion, year)
        per_head = (Decimal(missing) / Decimal(values[1] or 1)).to_integral_value(ROUND_FLOOR)
        if not per_head:
            return _("%(total)s yuan more for the whole household (less than 0.01 yuan a person).") % {
                "total": money(missing)
            }
        return _("%(total)s yuan more for the whole household (about %(each)s yuan a person).") % {
            "total": money(missing),
            "each": money(per_head),
        }

    def ask_text(self, values: Values) -> str:
        if values[0] is None:
            return _("Record every income item and the operating cost of the year.")
        return _("Record how many persons the household has.")


class MemberCount(Measure):
    """How many members fail a condition; the facts of some may be unknown."""

    operators = ("le",)
    parts = ("failing", "unknown", "concerned")
    columns = ("", "", "")
    needs_members = False
    unit, unit_en = "人", "persons"

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [Cast(F(column), WHOLE) for column in self.columns]

    def condition(self, criterion: Criterion, year: int) -> Any:
        failing, unknown, _concerned = self.part_expressions(criterion)
        limit = bound(criterion.limit(year))
        known = [compare(unknown, "le", Value(0, output_field=WHOLE))]
        if self.needs_members:
            known.append(compare(F("members"), "gt", Value(0, output_field=WHOLE)))
        return all_of(compare(failing, criterion.operator, limit), true_or_unknown(all_of(*known)))


class Schooling(MemberCount):
    """Members aged 6–15 in completed years on 1 September who are not in school."""

    code = "schooling"
    label, label_en = "适龄儿童少年在学", "children of school age in school"
    columns = ("out_of_school", "school_unknown", "school_age")
    facts = {**MEMBER_FACTS, "households_personyear": ("school_status", "dropout_reason")}

    def value_text(self, values: Values) -> str:
        failing, unknown, concerned = (value or 0 for value in values)
        if not concerned and not unknown:
            return _("no child of school age")
        text = ngettext(
            "%(out)d of %(all)d child out of school", "%(out)d of %(all)d children out of school", concerned
        )
        text %= {"out": failing, "all": concerned}
        return text + (_(", %(count)d not known") % {"count": unknown} if unknown else "")

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return _("every child aged 6 to 15 is in school (on 1 September)")

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        count = values[0] or 0
        return ngettext(
            "Bring %(count)d child back to school.", "Bring %(count)d children back to school.", count
        ) % {"count": count}

    def ask_text(self, values: Values) -> str:
        count = values[1] or 0
        return ngettext(
            "Record whether %(count)d child is in school.",
            "Record whether %(count)d children are in school.",
            count,
        ) % {"count": count}


class Insured(MemberCount):
    """Members without the residents' medical insurance; a household without members is unknown."""

    code = "medical_insurance"
    label, label_en = "参加城乡居民基本医疗保险", "medical insurance"
    columns = ("uninsured", "insurance_unknown", "members")
    needs_members = True
    facts = {**MEMBER_FACTS, "households_personyear": ("medical_insurance",)}

    def value_text(self, values: Values) -> str:
        failing, unknown, members = (value or 0 for value in values)
        if not members:
            return _("no member recorded")
        text = _("%(insured)d of %(all)d insured") % {"insured": members - failing - unknown, "all": members}
        return text + (_(", %(count)d not known") % {"count": unknown} if unknown else "")

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return _("every member takes part in the residents' medical insurance")

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        count = values[0] or 0
        return ngettext("Insure %(count)d member.", "Insure %(count)d members.", count) % {"count": count}

    def ask_text(self, values: Values) -> str:
        if not values[2]:
            return _("Register the members of the household.")
        count = values[1] or 0
        return ngettext(
            "Record whether %(count)d member is insured.",
            "Record whether %(count)d members are insured.",
            count,
        ) % {"count": count}


class SeriousIllness(MemberCount):
    """Members with a serious illness (患有大病) whom no serious-illness insurance covers."""

    code = "serious_illness"
    label, label_en = "大病有救助", "relief for serious illness"
    columns = ("ill_without_relief", "ill_relief_unknown", "seriously_ill")
    facts = {**MEMBER_FACTS, "households_personyear": ("health", "serious_illness_relief")}

    def value_text(self, values: Values) -> str:
        failing, unknown, ill = (value or 0 for value in values)
        if not ill:
            return _("nobody seriously ill")
        text = _("%(covered)d of %(all)d seriously ill covered") % {
            "covered": ill - failing - unknown,
            "all": ill,
        }
        return text + (_(", %(count)d not known") % {"count": unknown} if unknown else "")

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return _("every seriously ill member is covered")

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        count = values[0] or 0
        return ngettext(
            "Cover %(count)d seriously ill member.", "Cover %(count)d seriously ill members.", count
        ) % {"count": count}

    def ask_text(self, values: Values) -> str:
        count = values[1] or 0
        return ngettext(
            "Record whether %(count)d seriously ill member is covered.",
            "Record whether %(count)d seriously ill members are covered.",
            count,
        ) % {"count": count}


class HouseSafety(Measure):
    """The house's grade must be a safe one; only without a grade the yes-or-no counts.

    `grade` is 0 where it is unknown and the dilapidated flag stands in (`dilapidated` 1 or 0).
    """

    code = "house_grade"
    label, label_en = "无危房", "no dangerous house"
    operators = ("in",)
    parts = ("grade", "dilapidated")
    facts = {YEAR: ("house_grade", "dilapidated", "register_dilapidated")}
    codes = ("1", "2", "3", "4", "5")

    def _dilapidated(self) -> Any:
        return Coalesce(F("dilapidated"), F("register_dilapidated"))

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        return [Cast(F("house_grade"), WHOLE), flag(self._dilapidated())]

    def condition(self, criterion: Criterion, year: int) -> Any:
        grade = NullIf(F("house_grade"), Value(HouseGrade.OTHER))
        safe = Func(*[Value(code) for code in criterion.codes], template="(%(expressions)s)")
        is_safe = Func(grade, safe, template="(%(expressions)s)", arg_joiner=" IN ", output_field=BOOLEAN)
        return Coalesce(is_safe, denied(self._dilapidated()), output_field=BOOLEAN)

    def value_text(self, values: Values) -> str:
        grade, dilapidated = values
        if grade is not None and str(grade) != HouseGrade.OTHER:
            return str(HouseGrade(str(grade)).label)
        if dilapidated is None:
            return _("not appraised")
        return _("dilapidated, no grade") if dilapidated else _("not dilapidated, no grade")

    def demand_text(self, criterion: Criterion, year: int) -> str:
        labels = "、".join(str(HouseGrade(code).label) for code in criterion.codes)
        return _("house grade: %(labels)s") % {"labels": labels}

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        return _("Repair, rebuild or move out of the dangerous house.")

    def ask_text(self, values: Values) -> str:
        return _("Have the house appraised and record its grade.")


class HouseAreaPerPerson(Measure):
    """House area ÷ persons in square metres, compared on exact products."""

    code = "house_area_per_person"
    label, label_en = "人均住房面积", "house area a person"
    unit, unit_en = "㎡", "m²"
    operators = ("ge", "gt")
    parts = ("area", "persons")
    facts = {YEAR: ("house_area", "persons"), **MEMBER_FACTS}

    def part_expressions(self, criterion: Criterion) -> list[Any]:
        area = Func(F("house_area"), template="(%(expressions)s * 100)::bigint", output_field=WHOLE)
        return [area, Cast(persons(), WHOLE)]

    def condition(self, criterion: Criterion, year: int) -> Any:
        area, people = self.part_expressions(criterion)
        limit = bound(criterion.limit(year) * 100)
        return compare(area, criterion.operator, _sum(limit, people, sign=" * "))

    def value_text(self, values: Values) -> str:
        area, people = values
        if area is None or not people:
            return _("not recorded")
        return _("%(area)s m² a person") % {"area": number(Decimal(area) / 100 / people)}

    def demand_text(self, criterion: Criterion, year: int) -> str:
        return _("at least %(area)s m² a person") % {"area": number(criterion.limit(year))}

    def gap_text(self, values: Values, criterion: Criterion, year: int) -> str:
        missing = criterion.limit(year) * (values[1] or 0) - Decimal(values[0] or 0) / 100
        return _("%(area)s m² more.") % {"area": number(missing)}


HOUSEHOLD_MEASURES: list[Measure] = [
    PerCapitaIncome(),
    Yes("food", YEAR, "food_secure", "吃不愁", "enough food"),
    Yes("clothing", YEAR, "clothing_secure", "穿不愁", "enough clothing"),
    Yes("stable_source", YEAR, "stable_source", "收入来源稳定", "a stable source of income"),
    Yes("safe_water", YEAR, "safe_water", "饮水安全", "safe drinking water"),
    Schooling(),
    Insured(),
    SeriousIllness(),
    HouseSafety(),
    Yes("own_dwelling", YEAR, "own_dwelling", "有自有住房", "an own dwelling"),
    HouseAreaPerPerson(),
    OneOf("road_type", YEAR, "road_type", ("入户路类型", "road to the house"), RoadType),
    Yes("living_power", YEAR, "living_power", "通生活用电", "electricity"),
    Yes("broadcast", YEAR, "broadcast", "通广播电视", "radio and television"),
    Count(
        "road_distance",
        YEAR,
        "road_distance",
        ("与村主干路距离", "distance to the main road"),
        ("公里", "km"),
        100,
    ),
]

"""One household from its plan: members, their year, the household's year."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from households.codes import Attribute, Cause, Health, Route, Status
from households.generation.families import FamilyMaker, Member
from households.generation.homes import DANGEROUS, draw_home, yes_no
from households.generation.income import draw_income
from households.generation.people import apply_medical_case, draw_person_year
from households.generation.plan import HouseholdPlan
from households.generation.stages import OLDEST, Stage

_ELDERS = (*OLDEST, Stage.HEAD_ELDER, Stage.SPOUSE_ELDER, Stage.PARENT)
_OUT = (Status.OUT, Status.OUT_SUPPORTED)
_USUAL_CAUSES = (Cause.ILLNESS, Cause.FUNDS, Cause.SKILLS, Cause.LABOUR, Cause.DISASTER, Cause.MOTIVATION)
_CAUSE_WEIGHTS = (40, 22, 20, 14, 2, 2)


@dataclass(slots=True)
class Details:
    """Everything about one household except keys and the secrets' places."""

    plan: HouseholdPlan
    members: list[Member]
    person_years: list[dict[str, Any]]
    household: dict[str, Any]
    year: dict[str, Any]


def draw_details(rng: Random, families: FamilyMaker, plan: HouseholdPlan) -> Details:
    """Draw what the plan left open."""
    members = families.make(plan.stages)
    years = [draw_person_year(rng, member, families.year) for member in members]
    staying = years[: plan.size]
    apply_medical_case(rng, plan.medical, staying)
    attribute = _attribute(rng, plan)
    dibao = attribute in (Attribute.DIBAO, Attribute.DIBAO_POOR)
    if dibao:
        for facts in staying[:2]:
            facts["dibao"] = True
    year = {
        "attribute": attribute,
        **_causes(rng, plan, staying),
        "planned_route": plan.route,
        "planned_exit_year": _planned_year(rng, plan, families.year),
        **draw_home(rng, plan.housing, plan.size),
        **draw_income(
            rng,
            plan.income,
            year=families.year,
            persons=plan.size,
            elders=sum(letter in _ELDERS for letter in plan.stages),
            dibao=dibao,
            wubao=attribute in (Attribute.WUBAO, Attribute.WUBAO_POOR),
        ),
    }
    if year.get("persons") is not None or "wage" in year:
        year["income_from"], year["income_to"] = date(families.year, 1, 1), date(families.year, 12, 31)
    return Details(plan, members, years, _household(rng, plan, families.year), year)


def _attribute(rng: Random, plan: HouseholdPlan) -> str | None:
    if plan.route == Route.DIBAO:
        return Attribute.DIBAO_POOR.value
    if plan.status in _OUT:
        return Attribute.ORDINARY.value
    if rng.random() < 0.02:
        return None
    if plan.stages in ("H", "A") and rng.random() < 0.4:
        return Attribute.WUBAO_POOR.value
    return (Attribute.DIBAO_POOR if rng.random() < 0.14 else Attribute.GENERAL).value


def _causes(rng: Random, plan: HouseholdPlan, years: list[dict[str, Any]]) -> dict[str, Any]:
    """The main cause that the facts suggest, and up to two others."""
    if rng.random() < 0.02:
        return {"main_cause": None, "other_causes": None}
    health = {code for facts in years for code in facts["health"] or ()}
    likely = [rng.choices(_USUAL_CAUSES, _CAUSE_WEIGHTS)[0]]
    if Health.SERIOUS in health:
        likely.insert(0, Cause.ILLNESS)
    if Health.DISABLED in health:
        likely.insert(0, Cause.DISABILITY)
    if Stage.STUDENT in plan.stages or plan.route == Route.EDUCATION:
        likely.insert(0, Cause.SCHOOLING)
    if plan.housing in DANGEROUS and rng.random() < 0.5:
        likely.insert(0, Cause.HOUSING)
    main, *others = dict.fromkeys(cause.value for cause in likely)
    return {"main_cause": main, "other_causes": tuple(others[:2])}


def _planned_year(rng: Random, plan: HouseholdPlan, year: int) -> int | None:
    if plan.route is not None:
        return year
    if plan.status in _OUT or plan.status == Status.CANCELLED:
        return None
    return rng.choice((year + 1, year + 1, year + 2, None))


def _household(rng: Random, plan: HouseholdPlan, year: int) -> dict[str, Any]:
    """What does not turn with the year."""
    identified = year if plan.status == Status.NEW else rng.choice((year - 2, year - 2, year - 1))
    out = plan.status in _OUT
    returned = plan.status == Status.RETURNED
    relocated = yes_no(rng, 0.03, 0.3)
    return {
        "status": plan.status,
        "identification_basis": rng.choices(("01", "02", None), (90, 8, 2))[0],
        "first_identified_year": identified,
        "exit_year": max(identified, year - 1) if out else year - 2 if returned else None,
        "return_year": year if returned else None,
        "return_reason": Cause.ILLNESS.value if returned else None,
        "military_family": yes_no(rng, 0.01, 0.1),
        "one_child": yes_no(rng, 0.05, 0.1),
        "two_daughters": yes_no(rng, 0.04, 0.1),
        "bank_name": None,
        "relocated": relocated,
        "relocation_wish": yes_no(rng, 0.08, 0.5),
        "relocation_way": "03" if relocated else None,
        "settlement_way": rng.choice(("01", "02")) if relocated else None,
        "settlement_place": rng.choice(("02", "05")) if relocated else None,
    }

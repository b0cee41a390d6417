"""Yearly facts of one member: schooling, health, work, insurance."""

from random import Random
from typing import Any

from households.codes import DropoutReason, Education, Health, SchoolStatus, WorkAbility, WorkArea
from households.generation.families import Member
from households.generation.homes import yes_no
from households.generation.stages import Stage

# What is special about the members of a household; "usual" is everybody insured.
MEDICAL_CASES = {
    "usual": 870,
    "not_insured": 14,
    "insurance_unknown": 14,
    "ill_with_relief": 70,
    "ill_without_relief": 8,
    "ill_relief_unknown": 8,
    "health_unknown": 16,
}
_NO_SCHOOL = SchoolStatus.NOT_ENROLLED.value


def draw_person_year(rng: Random, member: Member, year: int) -> dict[str, Any]:
    """The facts of a member's year before the household's medical case is laid over them."""
    age = year - member.birth_date.year
    health = _health(rng, age)
    work = _work(rng, age, health, member.stage)
    return {
        **_schooling(rng, member, age),
        "health": health,
        **work,
        "medical_insurance": True,
        "serious_illness_relief": True if rng.random() < 0.8 else None,
        "pension_insurance": yes_no(rng, 0.9, 0.05) if age >= 16 else None,
        "commercial_insurance": yes_no(rng, 0.04, 0.2),
        "accident_subsidy": yes_no(rng, 0.9, 0.1),
        "dibao": False,
        "mandarin": yes_no(rng, 0.3 if age > 55 else 0.9, 0.1),
    }


def apply_medical_case(rng: Random, case: str, years: list[dict[str, Any]]) -> None:
    """Make one member's insurance, illness or relief what the case asks for."""
    facts = years[int(rng.random() * len(years))]
    if case == "not_insured":
        facts["medical_insurance"] = False
    elif case == "insurance_unknown":
        facts["medical_insurance"] = None
    elif case == "health_unknown":
        facts["health"] = None
    elif case != "usual":
        facts["health"] = (Health.SERIOUS.value,)
        relief = {"ill_with_relief": True, "ill_without_relief": False, "ill_relief_unknown": None}
        facts["serious_illness_relief"] = relief[case]


def _health(rng: Random, age: int) -> tuple[str, ...]:
    chance = rng.random()
    if chance < (0.30 if age > 60 else 0.08):
        return (Health.CHRONIC.value,)
    if chance > 0.96:
        both = chance > 0.995
        return (Health.CHRONIC.value, Health.DISABLED.value) if both else (Health.DISABLED.value,)
    return (Health.HEALTHY.value,)


def _schooling(rng: Random, member: Member, age: int) -> dict[str, Any]:
    stage = member.stage
    if stage == Stage.PUPIL:
        return {"school_status": _grade(age), "education": _learned(age)}
    if stage == Stage.STUDENT:
        return {"school_status": _later_school(rng, age), "education": Education.JUNIOR.value}
    if stage == Stage.PRESCHOOL:
        return {"school_status": SchoolStatus.PRESCHOOL.value, "education": Education.PRESCHOOL.value}
    if stage == Stage.SCHOOL_UNKNOWN:
        return {"school_status": None, "education": None}
    if stage == Stage.DROPOUT:
        reason = None if rng.random() < 0.3 else DropoutReason.POVERTY.value
        return {"school_status": _NO_SCHOOL, "dropout_reason": reason, "education": _learned(age)}
    if stage == Stage.EXCUSED:
        reasons = (DropoutReason.ILLNESS, DropoutReason.DISABILITY, DropoutReason.UNWILLING)
        reason = rng.choice(reasons).value
        return {"school_status": _NO_SCHOOL, "dropout_reason": reason, "education": _learned(age)}
    if stage == Stage.INFANT:
        return {"school_status": _NO_SCHOOL, "education": Education.PRESCHOOL.value}
    return {"school_status": _NO_SCHOOL if rng.random() < 0.97 else None, "education": _grown(rng, age)}


def _grade(age: int) -> str:
    grades = {13: SchoolStatus.GRADE_7, 14: SchoolStatus.GRADE_8}
    if age <= 12:
        return SchoolStatus.PRIMARY.value
    return grades.get(age, SchoolStatus.GRADE_9).value


def _later_school(rng: Random, age: int) -> str:
    if age >= 19:
        return rng.choice((SchoolStatus.HIGHER_1, SchoolStatus.HIGHER_2, SchoolStatus.COLLEGE)).value
    kinds = (SchoolStatus.SENIOR_1, SchoolStatus.SENIOR_2, SchoolStatus.SENIOR_3)
    vocational = (SchoolStatus.VOCATIONAL_1, SchoolStatus.VOCATIONAL_2, SchoolStatus.VOCATIONAL_3)
    return rng.choice(kinds if rng.random() < 0.6 else vocational).value


def _learned(age: int) -> str:
    return (Education.PRIMARY if age <= 12 else Education.JUNIOR).value


def _grown(rng: Random, age: int) -> str:
    weights = (45, 40, 13, 2, 0) if age > 60 else (9, 34, 44, 9, 4)
    kinds = (
        Education.ILLITERATE,
        Education.PRIMARY,
        Education.JUNIOR,
        Education.SENIOR,
        Education.COLLEGE,
    )
    return rng.choices(kinds, weights)[0].value


def _work(rng: Random, age: int, health: tuple[str, ...], stage: str) -> dict[str, Any]:
    """Ability to work, and where and how long somebody worked away."""
    if age < 16 or age > 75 or stage == Stage.STUDENT:
        return {"work_ability": WorkAbility.NONE.value}
    if Health.DISABLED.value in health and rng.random() < 0.6:
        return {"work_ability": WorkAbility.LOST.value}
    if age > 62:
        return {"work_ability": WorkAbility.WEAK.value}
    ability = WorkAbility.SKILLED if rng.random() < 0.06 else WorkAbility.ORDINARY
    if rng.random() > 0.42:
        return {"work_ability": ability.value}
    place = rng.choices(
        (WorkArea.TOWNSHIP, WorkArea.COUNTY, WorkArea.PROVINCE, WorkArea.ELSEWHERE), (2, 2, 3, 4)
    )[0]
    return {"work_ability": ability.value, "work_area": place.value, "work_months": rng.randint(3, 11)}

"""Henan 2016 judged the slow, obvious way: one subject at a time, in plain Python.

Written from the rules and not from the engine; True, False and None are met, not met, no data.
"""

from datetime import date
from decimal import Decimal

from households.models import Household, HouseholdStatus, HouseholdYear, Membership, PersonYear
from standards.models import HouseholdJudgement
from villages.models import VillageYear

NAMES = {True: "met", False: "not_met", None: "no_data"}
POOR = {"new", "poor", "planned", "returned"}


def all_of(*answers):
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def any_of(*answers):
    if any(answer is True for answer in answers):
        return True
    return None if any(answer is None for answer in answers) else False


def recorded(answer):
    """A fact that counts only when somebody recorded it."""
    return True if answer is None else answer


def members_of(household: Household, year: int):
    last_day = date(year, 12, 31)
    found = []
    for membership in Membership.objects.filter(household=household).select_related("person"):
        if membership.from_day <= last_day and (membership.to_day is None or membership.to_day > last_day):
            facts = PersonYear.objects.filter(person=membership.person, year=year).first() or PersonYear()
            found.append((membership.person, facts))
    return found


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def net_income(year: HouseholdYear):
    transfer = year.transfer
    if transfer is None:
        parts = [
            year.family_planning,
            year.dibao,
            year.wubao,
            year.pension,
            year.ecology,
            year.other_transfer,
        ]
        transfer = None if None in parts else sum(parts)
    items = [year.wage, year.operating, year.property_income, transfer]
    if None in items or year.operating_cost is None:
        return None
    return sum(items) - year.operating_cost


def above_line(year: HouseholdYear, line: Decimal, members: int):
    net, persons = net_income(year), year.persons or members or None
    return None if net is None or persons is None else net > line * persons


def in_school(person, facts, year: int):
    excused = facts.dropout_reason not in (None, "01")
    at_home = facts.school_status == "01"
    if person.birth_date is None:
        if facts.school_status not in (None, "01") or excused:
            return True
        return None
    if not 6 <= age_on(person.birth_date, date(year, 9, 1)) <= 15:
        return True
    if facts.school_status is None:
        return None
    return excused or not at_home


def safe_house(year: HouseholdYear):
    if year.house_grade in ("1", "2", "5"):
        return True
    if year.house_grade in ("3", "4"):
        return False
    dilapidated = year.dilapidated if year.dilapidated is not None else year.register_dilapidated
    return None if dilapidated is None else not dilapidated


def said_by_hand(household: Household, year: int, standard: str, item: str):
    for row in HouseholdJudgement.objects.filter(household=household):
        if (row.year, row.standard, row.item) == (year, standard, item):
            return row.met
    return None


def judge_household(household: Household, year: int, line: Decimal) -> dict[str, str]:
    row = HouseholdYear.objects.filter(household=household, year=year).first()
    row = row or HouseholdYear(household=household)
    members = members_of(household, year)
    income = all_of(
        above_line(row, line, len(members)),
        recorded(row.food_secure),
        recorded(row.clothing_secure),
        recorded(row.stable_source),
        recorded(row.safe_water),
    )
    education = all_of(*[in_school(person, facts, year) for person, facts in members])
    insured = all_of(*[facts.medical_insurance for _person, facts in members]) if members else None
    ill = [facts.serious_illness_relief for _person, facts in members if "03" in (facts.health or [])]
    medical = all_of(insured, all_of(*ill))
    housing = all_of(safe_house(row), recorded(row.own_dwelling))
    verdict = all_of(income, education, medical, housing)
    named = {
        "income": income,
        "education": education,
        "medical": medical,
        "housing": housing,
        "verdict": verdict,
    }
    return {code: NAMES[answer] for code, answer in named.items()}


def status_in(household: Household, year: int):
    statuses = HouseholdStatus.objects.filter(household=household, from_day__lte=date(year, 12, 31))
    last = statuses.order_by("from_day").last()
    return last.status if last else None


def is_zero(number):
    return None if number is None else number == 0


def above_zero(number):
    return None if number is None else number > 0


def judge_village(row: VillageYear, verdicts: dict[int, str]) -> dict[str, str]:
    poor = staying = 0
    for household in Household.objects.filter(village=row.village):
        if status_in(household, row.year) in POOR:
            count = len(members_of(household, row.year))
            poor += count
            staying += 0 if verdicts[household.pk] == "met" else count
    population = row.population if row.population is not None else row.register_population
    feasible = None if row.bus_feasible is None else not row.bus_feasible
    named = {
        "incidence": None if population is None else 100 * poor < 2 * population,
        "road": all_of(row.paved_road, any_of(row.bus, feasible)),
        "water": all_of(is_zero(row.unsafe_water_households), is_zero(row.difficult_water_households)),
        "power": all_of(is_zero(row.no_living_power), is_zero(row.no_production_power)),
        "broadcast": is_zero(row.no_broadcast_households),
        "culture": all_of(row.culture_centre, above_zero(row.reading_rooms)),
        "clinic": all_of(
            row.standard_clinic, any_of(above_zero(row.village_doctors), above_zero(row.physicians))
        ),
        "broadband": any_of(row.committee_broadband, above_zero(row.broadband_households)),
    }
    named["verdict"] = all_of(*named.values())
    return {code: NAMES[answer] for code, answer in named.items()}

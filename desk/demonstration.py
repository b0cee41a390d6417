"""The demonstration: an invented county with the totals that the article reports for 2016."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.demonstration import create_demonstration_users
from areas.models import Area, Level
from core.clock import calendar_day, forget_installation
from core.models import Installation
from desk.demonstration_past import invent_past
from households.codes import Route, Status
from households.generation.county import county_of, generate_county
from households.generation.plan import Group, Wishes
from households.generation.stages import Shares
from households.models import Household
from standards.models import Subject
from standards.services import judge_area
from standards.tallies import refresh_tallies

COUNTY = "411725"
YEAR = 2016
SEED = 20161005

# The plan of 2016 (`domain.md` 8.2): households and people by route.
PLAN = {
    Route.EMPLOYMENT: (935, 3260),
    Route.INDUSTRY: (1450, 5035),
    Route.EDUCATION: (281, 985),
    Route.DIBAO: (352, 1220),
}
# The register (8.1): everybody insured, pupils aided, people with the elderly allowance.
REGISTER_PERSONS = 30_047
PUPILS = 1341
OLDEST = 1150
# Of the pupils, those beyond compulsory school.
_STUDENTS = 239
_OTHER_HOUSEHOLDS = 5874

_PLANNED: dict[str, float] = {Status.PLANNED: 88, Status.POOR: 9, Status.NEW: 2, Status.RETURNED: 1}
_OTHERS: dict[str, float] = {
    Status.POOR: 560,
    Status.OUT_SUPPORTED: 240,
    Status.OUT: 120,
    Status.NEW: 50,
    Status.RETURNED: 20,
}


def demonstration_wishes(others: int = _OTHER_HOUSEHOLDS, persons: int | None = REGISTER_PERSONS) -> Wishes:
    """The plan's households and `others` beside them, together `persons` people."""
    planned = sum(people for _households, people in PLAN.values())
    groups = [Group(number, people, route, _PLANNED) for route, (number, people) in PLAN.items()]
    rest = None if persons is None else persons - planned
    shares = Shares(
        pupils=PUPILS - _STUDENTS,
        students=_STUDENTS,
        dropouts=58,
        excused=15,
        school_unknown=46,
        just_sixteen=24,
        preschool=0,
        oldest=OLDEST,
    )
    return Wishes([*groups, Group(others, rest, None, _OTHERS)], shares=shares, departed=0)


def load_demonstration(progress: Callable[[int, int], None] | None = None) -> int:
    """Fill the county of the article, open an account of every role, judge; households generated.

    Safe to repeat: what stands already is left as it is.
    """
    county = county_of(COUNTY)
    made = 0
    with transaction.atomic():
        mark_demonstration()
        if not Household.objects.exists():
            wishes = demonstration_wishes()
            made = generate_county(county, wishes, seed=SEED, year=YEAR, progress=progress).households
        village = _home_village(county)
        create_demonstration_users(county, village=village, household_ids=_helped(village))
    runs = judge_area(county, YEAR)
    invent_past(county, YEAR, runs[Subject.HOUSEHOLD].version)
    refresh_tallies(county.prefix)
    return made


def mark_demonstration() -> None:
    """Say that the database holds invented people only; ValidationError when it is another one."""
    row = Installation.objects.first()
    if row is None and not Household.objects.exists():
        Installation.objects.create(pk=1, demonstration=True, first_started_on=calendar_day())
    elif row is None or not row.demonstration:
        raise ValidationError(_("This database holds a real register: the demonstration is not loaded."))
    forget_installation()


def _home_village(county: Area) -> Area:
    """The first secretary's: 西王楼村 of 竹沟镇."""
    villages = Area.objects.valid().within(county.prefix).filter(level=Level.VILLAGE)
    return villages.select_related("parent").get(parent__name="竹沟镇", stem="西王楼")


def _helped(village: Area) -> list[int]:
    """The helper's households: a few of the first secretary's village."""
    households = Household.objects.within(village.prefix).poor().order_by("number")
    return list(households.values_list("pk", flat=True)[:5])

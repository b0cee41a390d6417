"""The people of a demonstration: one for each role, all invented, with one known password.

They exist only in a database marked as a demonstration, which production settings refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts import services
from accounts.models import Grant, Organisation, User
from areas.models import Area, Level
from core.changes import change
from core.clock import installation, today

PASSWORD = "Demo-county-2016"  # noqa: S105


@dataclass(frozen=True)
class DemonstrationUser:
    """Somebody to try the system as; `level` names the area that the grant opens."""

    username: str
    name: str
    role: str
    level: Level | None = None


DEMONSTRATION_USERS = (
    DemonstrationUser("xian", "周明远", "county_office", Level.COUNTY),
    DemonstrationUser("zhen", "孙丽娟", "township_clerk", Level.TOWNSHIP),
    DemonstrationUser("shuji", "郑海涛", "first_secretary", Level.VILLAGE),
    DemonstrationUser("lingdao", "韩立新", "county_leader", Level.COUNTY),
    DemonstrationUser("ducha", "冯国强", "supervisor", Level.COUNTY),
    DemonstrationUser("bumen", "吴秀兰", "line_department", Level.COUNTY),
    DemonstrationUser("bangfu", "陈志勇", "helper"),
    DemonstrationUser("shenji", "何静怡", "auditor", Level.COUNTY),
    DemonstrationUser("xitong", "蒋文博", "system_admin"),
    DemonstrationUser("anquan", "沈佳宁", "security_admin"),
    DemonstrationUser("jiancha", "魏思远", "audit_admin"),
)


def is_demonstration() -> bool:
    """Whether this database holds invented people only."""
    row = installation()
    return bool(row and row.demonstration)


def listed_users() -> list[DemonstrationUser]:
    """Whom the sign-in page offers: nobody outside a demonstration, nobody whose account is gone."""
    if not is_demonstration():
        return []
    names = [user.username for user in DEMONSTRATION_USERS]
    active = set(User.objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    return [user for user in DEMONSTRATION_USERS if user.username in active]


def create_demonstration_users(
    county: Area, *, village: Area | None = None, household_ids: Sequence[int] = ()
) -> list[User]:
    """Open the missing accounts of `DEMONSTRATION_USERS` in `county`.

    The clerk gets the township of `village`, the first secretary the village (default: the first
    one of the county), the helper `household_ids`.
    """
    if not is_demonstration():
        raise ValueError("These accounts belong into a demonstration only.")
    places = _places(county, village)
    made = []
    with change("demonstration.accounts"):
        for person in DEMONSTRATION_USERS:
            if User.objects.filter(username=person.username).exists():
                continue
            user = _open(person)
            if person.level:
                services.grant_area(user, places[person.level], actor=None)
            made.append(user)
        _grant_special(county, made, household_ids)
    return made


def _open(person: DemonstrationUser) -> User:
    return services.open_account(
        username=person.username,
        name=person.name,
        roles=[person.role],
        password=PASSWORD,
        must_change_password=False,
    )


def _places(county: Area, village: Area | None) -> dict[Level, Area]:
    """The county, the village (default: the first one), and the township around it."""
    inside = Area.objects.valid().within(county.prefix)
    first = inside.filter(level=Level.VILLAGE).select_related("parent").order_by("code").first()
    village = village or first
    if village is None or village.parent is None:
        raise ValueError(f"The county {county.code} has no villages.")
    return {Level.COUNTY: county, Level.TOWNSHIP: village.parent, Level.VILLAGE: village}


def _grant_special(county: Area, made: list[User], household_ids: Sequence[int]) -> None:
    by_name = {user.username: user for user in made}
    if "bangfu" in by_name and household_ids:
        services.grant_households(by_name["bangfu"], household_ids, actor=None)
    if "bumen" in by_name:
        bureau, _made = Organisation.objects.get_or_create(
            code=f"{county.prefix}-education",
            defaults={"name": "教育体育局", "kind": Organisation.Kind.DEPARTMENT, "area": county},
        )
        Grant.objects.create(
            user=by_name["bumen"], kind=Grant.Kind.ORGANISATION, organisation=bureau, from_day=today()
        )

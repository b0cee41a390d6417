"""The words of the bar at the top, and a person's areas in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Grant, User
from areas.models import Area, Level
from core.clock import today
from core.context_processors import NavigationEntry

# Leaders begin with the overview, programs with their account.
_BEGIN_ELSEWHERE = ("county_leader", "supervisor", "api_client")
SHOWN_AREAS = 2
BETWEEN_NAMES = "、"  # names of areas are Chinese in every language of the page


def entries() -> list[NavigationEntry]:
    """Every entry in the order of the bar; which of them a person sees depends on the rights."""
    return [
        NavigationEntry(_("Today"), "dashboards:home", "", ("dashboards:home",), not_for=_BEGIN_ELSEWHERE),
        NavigationEntry(_("Overview"), "dashboards:area", "view_overview", ("dashboards:area",)),
        NavigationEntry(
            _("Completeness"),
            "dashboards:completeness",
            "view_overview",
            ("dashboards:completeness",),
            not_for=("county_office", "township_clerk", "first_secretary"),
        ),
        NavigationEntry(_("Households"), "desk:household-list", "view_households", ("desk:household",)),
        NavigationEntry(_("Villages"), "desk:village-list", "view_villages", ("desk:village",)),
        NavigationEntry(
            _("Standards"),
            "standards:list",
            "view_standards",
            ("standards:list", "standards:d", "standards:u"),
        ),
        NavigationEntry(
            _("Assessments"),
            "standards:assessments",
            "view_assessments",
            ("standards:assess", "standards:compare"),
        ),
        NavigationEntry(
            _("Import and export"),
            "exchange:imports",
            "import_workbooks",
            ("exchange:import", "exchange:upload"),
        ),
        NavigationEntry(
            _("Jobs"), "core:jobs", "view_jobs", ("core:job",), not_for=("county_office", "township_clerk")
        ),
        NavigationEntry(_("Timetable"), "core:timetable", "view_timetable", not_for=("county_office",)),
        NavigationEntry(_("Accounts"), "accounts:user-list", "view_accounts", ("accounts:user",)),
        NavigationEntry(
            _("Organisations"),
            "accounts:organisation-list",
            "view_organisations",
            ("accounts:organisation", "accounts:official"),
        ),
        NavigationEntry(_("Audit"), "desk:audit", "view_audit"),
        NavigationEntry(_("Components"), "core:ui-kit", "view_ui_kit"),
    ]


def county_name() -> str:
    """The name of the county when exactly one is loaded."""
    names = list(Area.objects.valid().filter(level=Level.COUNTY).values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


def scope_words(user: User) -> str:
    """The granted areas by name, the first two and how many more; one query."""
    grants = user.grants.on(today())
    names = list(
        grants.filter(kind=Grant.Kind.AREA, area__valid_to=None)
        .order_by("area__code")
        .values_list("area__name", flat=True)
    )
    shown = BETWEEN_NAMES.join(names[:SHOWN_AREAS])
    more = len(names) - SHOWN_AREAS
    if more > 0:
        shown += ngettext(" and %(count)s more", " and %(count)s more", more) % {"count": more}
    return shown

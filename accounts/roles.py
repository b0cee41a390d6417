"""Roles and their rights: the one table that says what each kind of person may do.

Rights are Django permissions of `accounts.Right`, roles are Django groups of the same code name;
`sync_roles` writes both after each migrate. The rights of the three administrators are disjoint,
and none of them opens facts about people.
"""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

RIGHTS = {
    "view_overview": gettext_noop("See the county page and its numbers"),
    "view_households": gettext_noop("See households and their members"),
    "change_households": gettext_noop("Enter and correct households"),
    "view_villages": gettext_noop("See villages"),
    "change_villages": gettext_noop("Enter and correct villages"),
    "view_history": gettext_noop("See who changed what"),
    "export_results": gettext_noop("Export lists and results"),
    "import_workbooks": gettext_noop("Upload workbooks and see what they would change"),
    "confirm_import": gettext_noop("Write an import into the register"),
    "undo_import": gettext_noop("Undo an import"),
    "clear_demonstration": gettext_noop("Clear the demonstration"),
    "reveal_secrets": gettext_noop("Show a masked value in plain"),
    "view_standards": gettext_noop("Read the exit standards"),
    "change_standards": gettext_noop("Upload a draft standard"),
    "publish_standards": gettext_noop("Publish a standard"),
    "view_assessments": gettext_noop("See assessments and compare them"),
    "run_assessments": gettext_noop("Start an assessment"),
    "close_assessments": gettext_noop("Close an assessment"),
    "manage_years": gettext_noop("Open and close the years of a county"),
    "view_jobs": gettext_noop("See background jobs"),
    "view_timetable": gettext_noop("See the timetable"),
    "view_ui_kit": gettext_noop("See every component of the pages"),
    "manage_areas": gettext_noop("Change administrative divisions"),
    "manage_system": gettext_noop("Backups, versions, storage"),
    "view_accounts": gettext_noop("See accounts"),
    "manage_accounts": gettext_noop("Open, change and close accounts and grants"),
    "view_organisations": gettext_noop("See organisations and officials"),
    "manage_organisations": gettext_noop("Enter and end organisations and officials"),
    "view_audit": gettext_noop("Read the audit"),
}


@dataclass(frozen=True)
class Role:
    """One kind of person: code name, word on the screen, rights, and the page they begin with."""

    code: str
    label: str | Promise
    home: str
    rights: frozenset[str] = field(default_factory=frozenset)


_READ = frozenset({"view_households", "view_villages", "view_standards"})
_OVERSIGHT = _READ | {"view_overview", "view_assessments", "view_history"}
_LEADING = _OVERSIGHT | {"export_results", "view_organisations"}
_CLERK = _OVERSIGHT | {
    "change_households",
    "change_villages",
    "export_results",
    "import_workbooks",
    "confirm_import",
    "reveal_secrets",
    "view_jobs",
    "view_organisations",
}
_COUNTY = _CLERK | {
    "undo_import",
    "clear_demonstration",
    "run_assessments",
    "close_assessments",
    "manage_years",
    "view_timetable",
    "manage_organisations",
}

_HOME = "dashboards:home"

ROLES = {
    role.code: role
    for role in (
        Role("county_office", _("county poverty office"), _HOME, _COUNTY),
        Role("township_clerk", _("township clerk"), _HOME, _CLERK),
        Role("county_leader", _("county leader"), _HOME, _LEADING),
        Role("supervisor", _("supervision group"), _HOME, _LEADING),
        Role("auditor", _("auditor"), _HOME, _OVERSIGHT | {"view_audit"}),
        Role("first_secretary", _("first secretary"), _HOME, _READ | {"view_overview", "view_history"}),
        Role("helper", _("helper"), _HOME, _READ),
        Role(
            "line_department",
            _("line department"),
            _HOME,
            frozenset({"view_villages", "view_standards"}),
        ),
        Role("api_client", _("program"), "accounts:account", _READ | {"view_assessments"}),
        Role(
            "system_admin",
            _("system administrator"),
            _HOME,
            frozenset(
                {
                    "manage_areas",
                    "manage_system",
                    "change_standards",
                    "publish_standards",
                    "view_standards",
                    "view_jobs",
                    "view_timetable",
                    "view_ui_kit",
                }
            ),
        ),
        Role(
            "security_admin",
            _("security administrator"),
            _HOME,
            frozenset({"view_accounts", "manage_accounts", "view_organisations", "manage_organisations"}),
        ),
        Role("audit_admin", _("audit administrator"), _HOME, frozenset({"view_audit"})),
    )
}

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
# Signed out sooner when idle.
PRIVILEGED = frozenset({*ADMINISTRATORS, "auditor"})


def clashing(codes: set[str]) -> bool:
    """Whether one person may not hold these roles together: an administrator holds nothing else."""
    return len(codes) > 1 and bool(codes & set(ADMINISTRATORS))

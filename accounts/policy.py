"""The access policy: every route with its methods, the right each needs, and the rule of its scope.

A route without an entry is refused to everybody and stops the start. The right is asked before
anything is looked up; the scope is kept by the view, which begins with `visible_to(request.user)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

ANYONE = ""
SIGNED_IN = "*"


class Scope(StrEnum):
    """Which rows a route may touch. The tests hold a maker for each rule that names an object."""

    PUBLIC = "public"  # no rows; asked before signing in
    OWN = "own"  # what belongs to the person who asks
    ROWS = "rows"  # a list, cut by `visible_to`
    LAW = "law"  # exit standards: the same text for everybody with the right
    INSTALLATION = "installation"  # the machine and its accounts, nothing about families
    AREA = "area"  # one area inside the grants
    VILLAGE = "village"  # one village inside the grants
    HOUSEHOLD = "household"  # one household inside the grants
    ASSESSMENT = "assessment"  # one assessment of an area inside the grants
    IMPORT = "import"  # one import of an area inside the grants
    JOB = "job"  # one job of the person or of an area inside the grants
    FILE = "file"  # one stored file of an area inside the grants
    STANDARD = "standard"  # one version of a standard
    ACCOUNT = "account"  # one account
    ORGANISATION = "organisation"  # one organisation of an area inside the grants
    ROSTER = "roster"  # a workbook of accounts or organisations of the person who asks
    OFFICIAL = "official"  # one official of such an organisation
    CHANGE = "change"  # one change of the audit inside the grants
    EVENT = "event"  # one access of the audit inside the grants
    NOTICE = "notice"  # one notice of the person who asks
    TOKEN = "token"  # noqa: S105 - one token of the person who asks
    MEMBER = "member"  # one member of a household inside the grants


NAMES_AN_OBJECT = frozenset(
    {
        Scope.AREA,
        Scope.VILLAGE,
        Scope.HOUSEHOLD,
        Scope.ASSESSMENT,
        Scope.IMPORT,
        Scope.JOB,
        Scope.FILE,
        Scope.STANDARD,
        Scope.ACCOUNT,
        Scope.ORGANISATION,
        Scope.OFFICIAL,
        Scope.CHANGE,
        Scope.EVENT,
        Scope.ROSTER,
        Scope.NOTICE,
        Scope.TOKEN,
        Scope.MEMBER,
    }
)


@dataclass(frozen=True)
class Entry:
    """What one route demands."""

    scope: Scope
    rights: Mapping[str, str]
    # Pages that ask by themselves every few seconds do not count as work at the desk.
    polled: bool = False

    @property
    def is_public(self) -> bool:
        return set(self.rights.values()) == {ANYONE}

    def right_for(self, method: str) -> str | None:
        """The right that `method` needs; None when the route does not know the method."""
        return self.rights.get("GET" if method == "HEAD" else method)


def route(scope: Scope, *, polled: bool = False, **rights: str) -> Entry:
    """An entry written as ``route(Scope.HOUSEHOLD, GET="view_households")``."""
    return Entry(scope, rights, polled)


POLICY: dict[str, Entry] = {
    # --- the house
    "set_language": route(Scope.PUBLIC, POST=ANYONE),
    "core:healthz": route(Scope.PUBLIC, GET=ANYONE),
    "core:readyz": route(Scope.PUBLIC, GET=ANYONE),
    # Has a door of its own: a token, this machine, or the right to look after it.
    "core:metrics": route(Scope.PUBLIC, GET=ANYONE),
    "core:jobs": route(Scope.ROWS, GET="view_jobs"),
    "core:job": route(Scope.JOB, GET="view_jobs", polled=True),
    "core:job-stop": route(Scope.JOB, POST="view_jobs"),
    "core:timetable": route(Scope.INSTALLATION, GET="view_timetable"),
    "core:ui-kit": route(Scope.INSTALLATION, GET="view_ui_kit"),
    # --- signing in, the own account
    "accounts:sign-in": route(Scope.PUBLIC, GET=ANYONE, POST=ANYONE),
    "accounts:sign-in-code": route(Scope.PUBLIC, GET=ANYONE, POST=ANYONE),
    "accounts:first-run": route(Scope.PUBLIC, GET=ANYONE, POST=ANYONE),
    "accounts:sign-out": route(Scope.OWN, POST=SIGNED_IN),
    "accounts:account": route(Scope.OWN, GET=SIGNED_IN, POST=SIGNED_IN),
    "accounts:password": route(Scope.OWN, GET=SIGNED_IN, POST=SIGNED_IN),
    "accounts:second-factor": route(Scope.OWN, GET=SIGNED_IN, POST=SIGNED_IN),
    "accounts:second-factor-confirm": route(Scope.OWN, POST=SIGNED_IN),
    "accounts:second-factor-codes": route(Scope.OWN, POST=SIGNED_IN),
    "accounts:second-factor-remove": route(Scope.OWN, POST=SIGNED_IN),
    "accounts:token-new": route(Scope.OWN, GET=SIGNED_IN, POST=SIGNED_IN),
    "accounts:token-end": route(Scope.TOKEN, POST=SIGNED_IN),
    # --- administration of accounts
    "accounts:user-list": route(Scope.INSTALLATION, GET="view_accounts", POST="view_accounts"),
    "accounts:user-new": route(Scope.INSTALLATION, GET="manage_accounts", POST="manage_accounts"),
    "accounts:user": route(Scope.ACCOUNT, GET="view_accounts"),
    "accounts:user-edit": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-roles": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-grant": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-grant-organisation": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-grant-households": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-grant-end": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-reset": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-factor-reset": route(Scope.ACCOUNT, GET="manage_accounts", POST="manage_accounts"),
    "accounts:user-hand-over": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-sign-out": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-close": route(Scope.ACCOUNT, POST="manage_accounts"),
    "accounts:user-reopen": route(Scope.ACCOUNT, POST="manage_accounts"),
    # --- rosters: the view asks for `manage_accounts` too when the kind is accounts
    "exchange:roster-start": route(Scope.ROSTER, GET="manage_organisations", POST="manage_organisations"),
    "exchange:roster-template": route(Scope.ROSTER, GET="manage_organisations"),
    "exchange:roster": route(Scope.ROSTER, GET="manage_organisations", polled=True),
    "exchange:roster-apply": route(Scope.ROSTER, POST="manage_organisations"),
    "exchange:roster-abandon": route(Scope.ROSTER, POST="manage_organisations"),
    "exchange:roster-passwords": route(Scope.ROSTER, POST="manage_organisations"),
    "exchange:roster-renew": route(Scope.ROSTER, POST="manage_organisations"),
    # --- organisations and officials
    "accounts:organisation-list": route(Scope.ROWS, GET="view_organisations", POST="view_organisations"),
    "accounts:organisation-new": route(Scope.ROWS, GET="manage_organisations", POST="manage_organisations"),
    "accounts:organisation": route(Scope.ORGANISATION, GET="view_organisations"),
    "accounts:organisation-edit": route(
        Scope.ORGANISATION, GET="manage_organisations", POST="manage_organisations"
    ),
    "accounts:organisation-end": route(Scope.ORGANISATION, POST="manage_organisations"),
    "accounts:official-new": route(
        Scope.ORGANISATION, GET="manage_organisations", POST="manage_organisations"
    ),
    "accounts:official": route(Scope.OFFICIAL, GET="view_organisations"),
    "accounts:official-edit": route(Scope.OFFICIAL, GET="manage_organisations", POST="manage_organisations"),
    "accounts:official-end": route(Scope.OFFICIAL, POST="manage_organisations"),
    # --- county page, households, villages
    "dashboards:area": route(Scope.AREA, GET="view_overview"),
    "desk:household-list": route(Scope.ROWS, GET="view_households"),
    "desk:search": route(Scope.ROWS, POST="view_households"),
    "desk:suggestions": route(Scope.ROWS, POST="view_households"),
    "desk:household-export": route(Scope.ROWS, GET="export_results"),
    "desk:household-detail": route(Scope.HOUSEHOLD, GET="view_households"),
    "desk:household-history": route(Scope.HOUSEHOLD, GET="view_history"),
    "desk:household-restore": route(Scope.HOUSEHOLD, GET="change_households", POST="change_households"),
    "desk:reveal": route(Scope.HOUSEHOLD, GET="reveal_secrets", POST="reveal_secrets"),
    "desk:compare": route(Scope.HOUSEHOLD, GET="view_households", POST="view_households"),
    "desk:household-judge": route(Scope.HOUSEHOLD, POST="change_households"),
    "desk:household-edit": route(Scope.HOUSEHOLD, GET="change_households", POST="change_households"),
    "desk:household-verdict": route(Scope.HOUSEHOLD, POST="change_households"),
    "desk:village-list": route(Scope.ROWS, GET="view_villages"),
    "desk:village-detail": route(Scope.VILLAGE, GET="view_villages"),
    "desk:village-history": route(Scope.VILLAGE, GET="view_history"),
    "desk:village-restore": route(Scope.VILLAGE, GET="change_villages", POST="change_villages"),
    "desk:village-judge": route(Scope.VILLAGE, POST="change_villages"),
    "desk:clear-demonstration": route(
        Scope.INSTALLATION, GET="clear_demonstration", POST="clear_demonstration"
    ),
    # --- home, completeness, inbox
    "dashboards:home": route(Scope.OWN, GET=SIGNED_IN),
    "dashboards:completeness": route(Scope.ROWS, GET="view_overview"),
    "dashboards:completeness-of": route(Scope.AREA, GET="view_overview"),
    "dashboards:completeness-export": route(Scope.AREA, GET="export_results"),
    "dashboards:inbox": route(Scope.OWN, GET=SIGNED_IN),
    "dashboards:bell": route(Scope.OWN, GET=SIGNED_IN, polled=True),
    "dashboards:inbox-read": route(Scope.OWN, POST=SIGNED_IN),
    "dashboards:notice-open": route(Scope.NOTICE, POST=SIGNED_IN),
    # --- the audit
    "desk:audit": route(Scope.ROWS, GET="view_audit", POST="view_audit"),
    "desk:audit-export": route(Scope.ROWS, GET="view_audit"),
    "desk:audit-seals": route(Scope.INSTALLATION, GET="view_audit"),
    "desk:audit-change": route(Scope.CHANGE, GET="view_audit"),
    "desk:audit-event": route(Scope.EVENT, GET="view_audit"),
    # --- standards and assessments
    "standards:list": route(Scope.LAW, GET="view_standards"),
    "standards:detail": route(Scope.STANDARD, GET="view_standards"),
    "standards:difference": route(Scope.STANDARD, GET="view_standards"),
    "standards:upload": route(Scope.LAW, GET="change_standards", POST="change_standards"),
    "standards:publish": route(Scope.STANDARD, POST="publish_standards"),
    "standards:assess": route(Scope.ROWS, POST="run_assessments"),
    # What a year is about to be made is one form on the page of all years.
    "desk:years": route(Scope.ROWS, GET="manage_years", POST="manage_years"),
    "standards:close": route(Scope.ASSESSMENT, POST="close_assessments"),
    "standards:assessments": route(Scope.ROWS, GET="view_assessments"),
    "standards:assessment": route(Scope.ASSESSMENT, GET="view_assessments"),
    "standards:compare": route(Scope.ROWS, GET="view_assessments"),
    # --- workbooks
    "exchange:imports": route(Scope.ROWS, GET="import_workbooks"),
    "exchange:upload": route(Scope.ROWS, GET="import_workbooks", POST="import_workbooks"),
    "exchange:import": route(Scope.IMPORT, GET="import_workbooks"),
    "exchange:import-apply": route(Scope.IMPORT, POST="confirm_import"),
    "exchange:import-choose": route(Scope.IMPORT, POST="confirm_import"),
    "exchange:import-abandon": route(Scope.IMPORT, POST="import_workbooks"),
    "exchange:import-marked": route(Scope.IMPORT, GET="import_workbooks", POST="import_workbooks"),
    # --- the API, by session or token
    "api:schema": route(Scope.OWN, GET=SIGNED_IN),
    "api:docs": route(Scope.OWN, GET=SIGNED_IN),
    "api:me": route(Scope.OWN, GET=SIGNED_IN),
    "api:areas": route(Scope.ROWS, GET="view_villages"),
    "api:area": route(Scope.AREA, GET="view_villages"),
    "api:villages": route(Scope.ROWS, GET="view_villages"),
    "api:village": route(Scope.VILLAGE, GET="view_villages"),
    "api:village-year": route(Scope.VILLAGE, GET="view_villages", PATCH="change_villages"),
    "api:village-result": route(Scope.VILLAGE, GET="view_villages"),
    "api:village-years": route(Scope.ROWS, GET="view_villages"),
    "api:village-results": route(Scope.ROWS, GET="view_villages"),
    "api:households": route(Scope.ROWS, GET="view_households"),
    "api:household": route(Scope.HOUSEHOLD, GET="view_households", PATCH="change_households"),
    "api:household-year": route(Scope.HOUSEHOLD, GET="view_households", PATCH="change_households"),
    "api:household-result": route(Scope.HOUSEHOLD, GET="view_households"),
    "api:household-years": route(Scope.ROWS, GET="view_households"),
    "api:household-results": route(Scope.ROWS, GET="view_households"),
    "api:members": route(Scope.ROWS, GET="view_households"),
    "api:member": route(Scope.MEMBER, GET="view_households", PATCH="change_households"),
    "api:member-year": route(Scope.MEMBER, GET="view_households", PATCH="change_households"),
    "api:member-years": route(Scope.ROWS, GET="view_households"),
    "api:standards": route(Scope.LAW, GET="view_standards"),
    "api:standard": route(Scope.STANDARD, GET="view_standards"),
    "api:assessments": route(Scope.ROWS, GET="view_assessments", POST="run_assessments"),
    "api:assessment": route(Scope.ASSESSMENT, GET="view_assessments"),
    "api:imports": route(Scope.ROWS, GET="import_workbooks", POST="import_workbooks"),
    "api:import": route(Scope.IMPORT, GET="import_workbooks"),
    "api:import-rows": route(Scope.IMPORT, GET="import_workbooks"),
    "api:import-apply": route(Scope.IMPORT, POST="confirm_import"),
    "api:import-abandon": route(Scope.IMPORT, POST="import_workbooks"),
    "api:jobs": route(Scope.ROWS, GET="view_jobs"),
    "api:job": route(Scope.JOB, GET="view_jobs"),
    "api:job-stop": route(Scope.JOB, POST="view_jobs"),
}

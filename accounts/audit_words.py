"""What operations of the audit are called, and how they ended."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import AccessEvent

CHANGES: dict[str, Any] = {
    "household.saved": _("Household saved"),
    "households.year_opened": _("Year opened for households"),
    "households.generated": _("Households generated"),
    "village.saved": _("Village saved"),
    "villages.year_opened": _("Year opened for villages"),
    "import.uploaded": _("Import uploaded"),
    "import.chosen": _("Rows of an import chosen"),
    "import.abandoned": _("Import abandoned"),
    "import.applied": _("Import written"),
    "roster.uploaded": _("Roster uploaded"),
    "roster.abandoned": _("Roster abandoned"),
    "job.stopped": _("Job stopped"),
    "assessment.started": _("Assessment started"),
    "assessment.closed": _("Assessment closed"),
    "year.closed": _("Year closed"),
    "year.opened": _("Year opened"),
    "year.reopened": _("Year opened again"),
    "standard.loaded": _("Standard loaded"),
    "standard.published": _("Standard published"),
    "doubt.closed": _("Doubt closed"),
    "areas.loaded": _("Areas loaded"),
    "account.opened": _("Account opened"),
    "account.opened_by_workbook": _("Accounts opened by workbook"),
    "organisation.opened": _("Organisation entered"),
    "organisation.changed": _("Organisation changed"),
    "organisation.ended": _("Organisation ended"),
    "official.opened": _("Official entered"),
    "official.changed": _("Official changed"),
    "official.ended": _("Official ended"),
    "hand.judged": _("Judged by hand"),
    "areas.shapes_loaded": _("Shapes of areas loaded"),
    "account.changed": _("Account changed"),
    "account.closed": _("Account closed"),
    "account.reopened": _("Account opened again"),
    "account.roles": _("Roles given"),
    "account.grant": _("Area granted"),
    "account.grant_taken_back": _("Grant taken back"),
    "account.handed_over": _("Grants handed over"),
    "account.password_changed": _("Password changed"),
    "account.password_reset": _("Password reset"),
    "account.preferences": _("Preferences changed"),
    "account.sessions_ended": _("Sessions ended"),
    "account.first_administrator": _("First administrator opened"),
    "account.factor_begun": _("Second factor begun"),
    "account.factor_set": _("Second factor set up"),
    "account.factor_removed": _("Second factor removed"),
    "account.recovery_codes": _("Recovery codes made"),
    "account.recovery_code_used": _("Recovery code used"),
    "token.made": _("Token made"),
    "token.ended": _("Token ended"),
    "demonstration.accounts": _("Demonstration accounts made"),
    "demonstration.cleared": _("Demonstration cleared"),
    "completeness.exported": _("Completeness exported"),
    "direct": _("Written by SQL"),
}
_KIND = AccessEvent.Kind
REFUSED = {
    _KIND.SIGN_IN_REFUSED, _KIND.SIGN_IN_LOCKED, _KIND.REFUSED, _KIND.NOT_FOUND, _KIND.INVALID, _KIND.STALE,
    _KIND.SECOND_FACTOR_REFUSED,
}  # fmt: skip

# What the tables with a history are called where the audit shows what was written.
TABLES: dict[str, Any] = {
    "areas_area": _("Area (table)"),
    "areas_areashape": _("Shape of an area"),
    "accounts_user": _("Account (table)"),
    "accounts_user_groups": _("Role of an account"),
    "accounts_grant": _("Grant (table)"),
    "accounts_grantedhousehold": _("Household of a grant"),
    "accounts_organisation": _("Organisation (table)"),
    "accounts_official": _("Official (table)"),
    "accounts_secondfactor": _("Second factor (table)"),
    "accounts_recoverycode": _("Recovery code (table)"),
    "accounts_apitoken": _("Token (table)"),
    "villages_village": _("Village (table)"),
    "villages_villageyear": _("Village in a year"),
    "villages_countyyear": _("Year of a county"),
    "households_household": _("Household (table)"),
    "households_householdnumberalias": _("Other number of a household"),
    "households_householdstatus": _("Status of a household"),
    "households_householdyear": _("Household in a year"),
    "households_person": _("Person (table)"),
    "households_membership": _("Membership of a household"),
    "households_personyear": _("Person in a year"),
    "standards_doubt": _("Doubt (table)"),
    "standards_standardversion": _("Edition of a standard"),
    "standards_householdjudgement": _("Household judged by hand"),
    "standards_villagejudgement": _("Village judged by hand"),
}

# Events that stand beside a change of the same operation, for the pages of the person; the audit
# shows the change.
BESIDE_A_CHANGE = {
    _KIND.PASSWORD_CHANGED, _KIND.SECOND_FACTOR_SET, _KIND.SECOND_FACTOR_REMOVED, _KIND.TOKEN_MADE,
    _KIND.TOKEN_ENDED,
}  # fmt: skip


def action_words(kind: str, *, is_change: bool) -> str:
    """The name of an operation; a kind that is not known here says its code."""
    if is_change:
        return str(CHANGES.get(kind, kind))
    return str(_KIND(kind).label) if kind in _KIND.values else kind


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Kinds to choose from, writes and accesses apart."""
    return [
        (str(_("Records written")), [(f"c:{kind}", str(words)) for kind, words in CHANGES.items()]),
        (
            str(_("Accesses")),
            [(f"e:{kind}", str(words)) for kind, words in _KIND.choices if kind not in BESIDE_A_CHANGE],
        ),
    ]

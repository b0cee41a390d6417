"""The household list as a file: what is shown, with the conditions in its head."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from areas.templatetags.places import place_name
from core.clock import today
from core.drawing import outcome_words
from core.numbers import day
from desk.conditions import HouseholdConditions
from desk.queries.households import HouseholdRow, rows_shown
from standards.income import half_up

BATCH = 500
MOST_XLSX = 20_000


def head_lines(conditions: HouseholdConditions, names: dict[str, str], count: int, who: str) -> list[str]:
    """Title, conditions, day and person above the table."""
    chosen = [chip.label for chip in conditions.set_chips(names)]
    return [
        _("Household list %(year)s") % {"year": conditions.year},
        _("Conditions: %(conditions)s") % {"conditions": "；".join(chosen) or _("none")},
        _("%(count)d households, exported on %(day)s by %(who)s")
        % {"count": count, "day": day(today()), "who": who},
    ]


def column_heads(conditions: HouseholdConditions) -> list[str]:
    return [
        _("Household number"), _("Head"), _("Township"), _("Village"), _("Group"), _("Persons"), _("Status"),
        _("Attribute"), _("Main cause"), _("Planned exit year"), _("Income a person (yuan)"),
        *conditions.indicator_names.values(), _("Verdict"), _("In doubt"), _("Still missing"), _("Updated"),
    ]  # fmt: skip


def lines(keys: list[int], codes: list[str]) -> Iterator[list[Any]]:
    """One line a household, read in batches."""
    words = outcome_words()
    for start in range(0, len(keys), BATCH):
        for row in rows_shown(keys[start : start + BATCH], codes):
            yield _line(row, words)


def _line(row: HouseholdRow, words: dict[str, str]) -> list[Any]:
    year, household = row.year, row.household
    area = household.village.area
    return [
        household.number,
        household.head_name,
        area.parent.name if area.parent else "",
        place_name(area),
        household.group.name if household.group else "",
        year.members,
        year.get_status_display() or "",
        year.get_attribute_display() or "",
        year.get_main_cause_display() or "",
        year.planned_exit_year,
        None if row.per_capita is None else half_up(row.per_capita),
        *[words[mark.outcome] for mark in row.marks],
        words[row.verdict],
        _("yes") if row.doubtful else "",
        row.gap,
        day(row.since) if row.since else "",
    ]

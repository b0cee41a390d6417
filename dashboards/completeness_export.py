"""The page of completeness as lines of a file: places, their total, then the people."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from areas.templatetags.places import place_name
from core.clock import today
from core.numbers import day, moment
from dashboards.queries.filled import Filled


def head_lines(context: dict[str, Any], who: str) -> list[str]:
    """Title, what is counted, day and person above the table."""
    place = context["area"].name if context["area"] else ""
    return [
        _("Completeness of %(place)s %(year)s") % {"place": place, "year": context["year"]},
        _("Without a gap: every fact that gates the standard is known."),
        _("Exported on %(day)s by %(who)s") % {"day": day(today()), "who": who},
    ]


def column_heads() -> list[str]:
    return [
        _("What"), _("Name"), _("Households"), _("Without a gap"), _("Share without a gap (%)"),
        _("Facts missing"), _("Last entry"), _("Refused rows open"), _("Entries in 90 days"),
    ]  # fmt: skip


def lines(context: dict[str, Any]) -> Iterator[list[Any]]:
    """One line a place, their total, one line a person."""
    for place in context["places"]:
        name = place_name(place.area) if place.area else _("No village recognised")
        yield _line(_("place"), name, place.filled)
    yield _line(_("total"), "", context["whole"])
    for person in context["people"]:
        where = "、".join(place_name(area) for area in person.areas)
        line = _line(_("person"), f"{person.user.name}（{where}）", person.filled)
        line[6:] = [moment(person.last) if person.last else "", person.refused, person.entries]
        yield line


def _line(what: str, name: str, filled: Filled) -> list[Any]:
    share = filled.share
    return [
        what,
        name,
        filled.households,
        filled.known,
        None if share is None else Decimal(share).quantize(Decimal("0.1"), ROUND_HALF_UP),
        filled.missing,
        moment(filled.last) if filled.last else "",
        filled.refused,
        None,
    ]

"""The cells of a roster's preview."""

from django import template

from core.masks import mask
from exchange.rosters.columns import RosterColumn
from exchange.rosters.reading import RosterRow

register = template.Library()


@register.simple_tag
def roster_cell(row: RosterRow, column: RosterColumn) -> str:
    """`{% roster_cell row column %}`: the text of the sheet; a telephone number is masked."""
    text = row.values.get(column.field, "")
    return mask("phone", text) if column.field == "phone" and text else text or "—"

"""Tags and filters of every page. `docs/interface.md` shows each once."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import drawing, numbers
from core.clock import today
from core.form_fields import FieldView
from core.icons import ICONS
from core.masks import mask
from core.paging import ListPage

register = template.Library()

# kind -> (class, icon)
OUTCOMES = {
    "met": ("oc-met", "check"),
    "not_met": ("oc-not", "x"),
    "no_data": ("oc-none", "circle-dashed"),
    "doubt": ("oc-doubt", "help"),
}
# Names that pages may use for the same thing; nobody looked = no data.
ALIASES = {"": "no_data", "none": "no_data", "not": "not_met", "in_doubt": "doubt"}

# state -> (class, icon); its word comes from `status_words`.
STATES = {
    "on_time": ("oc-met", "circle-check"),
    "near": ("oc-doubt", "clock-alert"),
    "late": ("oc-not", "square-alert"),
    "done": ("oc-met", "checks"),
    "waiting": ("oc-plain", "clock"),
    "running": ("oc-info", "progress"),
    "failed": ("oc-not", "x"),
    "stopped": ("oc-plain", "stop"),
    "unsent": ("oc-doubt", "cloud-up"),
    "sent": ("oc-met", "circle-check"),
    "conflict": ("oc-not", "difference"),
    "draft": ("oc-plain", "edit"),
    "published": ("oc-met", "circle-check"),
    "refused": ("oc-not", "ban"),
    "undone": ("oc-plain", "undo"),
}


def status_words() -> dict[str, str]:
    """The words of the states in the page's language."""
    return {
        "on_time": _("On time"),
        "near": _("Near"),
        "late": _("Late"),
        "done": _("Done"),
        "waiting": _("Waiting"),
        "running": _("Running"),
        "failed": _("Failed"),
        "stopped": _("Stopped"),
        "unsent": _("Waiting to be sent"),
        "sent": _("Sent"),
        "conflict": _("Conflict"),
        "draft": _("Draft"),
        "published": _("Published"),
        "refused": _("Refused"),
        "undone": _("Undone"),
    }


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """`{% icon "check" %}`; with `label` it is read aloud, without it is decoration."""
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    css = f"ti {css}".strip()
    strokes = SafeString(ICONS[name])
    return format_html('<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>', css, said, strokes)


@register.simple_tag
def outcome(
    kind: Any, *, text: str = "", dense: bool = False, large: bool = False, doubt: Any = False
) -> SafeString:
    """`{% outcome result.verdict dense=True doubt=result.doubts %}`: symbol, word and colour together.

    An open doubt lies over the outcome; the outcome stays as the chip's title.
    """
    known = "" if kind is None else str(getattr(kind, "value", kind))
    known = ALIASES.get(known, known)
    words = drawing.outcome_words()
    title = ""
    if doubt and known != "doubt":
        title, known = words[known], "doubt"
    css, symbol = OUTCOMES[known]
    size = " oc-lg" if large else " oc-t" if dense and known == "met" else ""
    return _chip(css + size, symbol, text or words[known], title)


@register.simple_tag
def status_chip(status: Any, detail: str = "", kind: str = "") -> SafeString:
    """`{% status_chip job.state %}`, or any label: `{% status_chip household.get_status_display %}`.

    `detail` stands behind a dot; `kind` (met, not, none, doubt, info, plain) overrides the colour.
    """
    value = str(getattr(status, "value", status) or "")
    css, symbol = STATES.get(value, ("oc-plain", ""))
    word = getattr(status, "label", None) or status_words().get(value, value)
    return _chip(f"oc-{kind}" if kind else css, symbol, f"{word} · {detail}" if detail else word)


def _chip(css: str, symbol: str, word: Any, title: str = "") -> SafeString:
    return format_html(
        '<span class="oc {}"{}>{}{}</span>',
        css,
        format_html(' title="{}"', title) if title else "",
        icon(symbol) if symbol else "",
        word,
    )


@register.simple_tag
def stacked_bar(counts: Mapping[str, int], label: str = "", height: int = 16) -> SafeString:
    """`{% stacked_bar counts label=town.name %}` with counts met, doubt, not_met, no_data."""
    return drawing.stacked_bar(counts, label=label, height=height)


@register.simple_tag
def bar_legend(counts: Mapping[str, int] | None = None) -> SafeString:
    return drawing.legend(counts)


@register.simple_tag
def bar(value: Any, total: Any, label: str = "", css: str = "f-acc", height: int = 10) -> SafeString:
    """`{% bar done total %}`; an unknown value is a hatched ground."""
    return drawing.bar(value, total, fill=css, label=label, height=height)


@register.simple_tag
def two_part_bar(part: int, whole: int, longest: int, label: str = "", height: int = 14) -> SafeString:
    """`{% two_part_bar met all longest label=cause.name %}`: a length among others with a dark part."""
    return drawing.two_part_bar(part, whole, longest, label=label, height=height)


@register.simple_tag
def line_chart(
    points: Sequence[tuple[str, Any]], label: str, limit: Any = None, limit_words: str = ""
) -> SafeString:
    """`{% line_chart points label="Rate" limit=2 limit_words="below 2 %" %}`."""
    return drawing.line_chart(points, label=label, limit=limit, limit_words=limit_words)


@register.inclusion_tag("_paging.html")
def paging(page: ListPage, unit: str = "", target: str = "") -> dict[str, Any]:
    """`{% paging page unit="户" target="#list" %}`; with `target` htmx swaps that part alone."""
    return {"page": page, "unit": unit, "target": target}


@register.inclusion_tag("_steps.html")
def steps(items: Sequence[Any], label: str = "") -> dict[str, Any]:
    """`{% steps items %}`: each with `title`, `text` and `state` (done, now, late or empty)."""
    return {"items": items, "label": label}


@register.inclusion_tag("_field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """`{% field form.wage unit="元" help="…" warn="…" wide=True label="…" %}`."""
    return {"field": FieldView(bound, **options)}


@lru_cache(maxsize=8)
def _is_built(path: str) -> bool:
    return bool(finders.find(path)) or staticfiles_storage.exists(path)


@register.simple_tag
def built(name: str, instead: str = "") -> str:
    """The address of a bundled file, of `instead` where the front end was never built, or nothing."""
    path = f"build/{name}"
    found = _is_built.__wrapped__(path) if settings.DEBUG else _is_built(path)
    if found:
        return static(path)
    return static(instead) if instead else ""


@register.filter
def yuan(value: Any) -> str:
    return numbers.yuan(value)


@register.filter
def fen_yuan(value: Any) -> str:
    return numbers.fen_yuan(value)


@register.filter
def thousands(value: Any, places: int | None = None) -> str:
    return numbers.thousands(value, places)


@register.filter
def percent(value: Any, places: int = 1) -> str:
    return numbers.percent(value, places)


@register.filter
def signed(value: Any, places: int | None = None) -> str:
    return numbers.signed(value, places)


@register.filter
def day(value: Any) -> str:
    return numbers.day(value)


@register.filter
def short_day(value: Any) -> str:
    return numbers.short_day(value, today().year) if value else numbers.UNKNOWN


@register.filter
def clock(value: Any) -> str:
    return numbers.clock(value)


@register.filter
def moment(value: Any) -> str:
    return numbers.moment(value)


@register.filter
def duration(value: Any) -> str:
    seconds = value.total_seconds() if hasattr(value, "total_seconds") else value
    return numbers.duration(seconds)


@register.filter
def file_size(value: Any) -> str:
    return numbers.file_size(value)


@register.filter
def masked_id(value: Any) -> SafeString | str:
    """First three digits of an ID number; the rest never reaches the page."""
    return masked(value, "id_number")


@register.filter
def masked(value: Any, field: str) -> SafeString | str:
    """`{{ secret|masked:"phone" }}`: the masked form in the mask's own type."""
    text = mask(field, value)
    return format_html('<span class="mask">{}</span>', text) if text else numbers.UNKNOWN


@register.filter
def dash(value: Any) -> Any:
    """The value, or a dash where nothing is known."""
    return numbers.UNKNOWN if value is None or value == "" else value

"""Small pictures drawn on the server: lengths are attributes in per cent, never styles."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# Order from good to unknown: the same in every bar, legend and table.
FILLS = {"met": "f-met", "doubt": "f-doubt", "not_met": "f-not", "no_data": "f-none"}
GAP = 2  # white pixels between two parts of a bar

Number = int | float | Decimal
Spots = list[tuple[str, str, Number | None]]
HeightOf = Callable[[Number], float]


def outcome_words() -> dict[str, str]:
    """The four outcomes in the page's language."""
    return {
        "met": _("Met"),
        "doubt": _("In doubt"),
        "not_met": _("Not met"),
        "no_data": _("No data"),
    }


def share(part: Number, whole: Number) -> str:
    """`part` of `whole` as an SVG length."""
    return f"{100 * float(part) / float(whole):.2f}%" if whole else "0%"


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Every figure of a bar in one line, for those who cannot see it."""
    words = outcome_words()
    return _(", ").join(f"{words[kind]} {counts.get(kind) or 0:,}" for kind in FILLS)


def stacked_bar(counts: Mapping[str, int], *, label: str = "", height: int = 16) -> SafeString:
    """One bar of outcomes, parts in proportion."""
    total = sum(counts.get(kind) or 0 for kind in FILLS)
    parts, start = [], 0
    for kind, fill in FILLS.items():
        count = counts.get(kind) or 0
        if not count:
            continue
        x = share(start, total)
        parts.append(_part(fill, x, share(count, total), height, gap=bool(start)))
        start += count
    name = f"{label} {counts_in_words(counts)}".strip()
    ground = format_html('<rect class="f-bg" width="100%" height="{}"/>', height) if not total else ""
    return format_html(
        '<svg class="seg" height="{}" role="img" aria-label="{}">{}{}</svg>',
        height,
        name,
        ground,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _part(fill: str, x: str, width: str, height: int, *, gap: bool) -> SafeString:
    part = format_html('<rect class="{}" x="{}" width="{}" height="{}"/>', fill, x, width, height)
    if not gap:
        return part
    return part + format_html('<rect class="f-gap" x="{}" width="{}" height="{}"/>', x, GAP, height)


def bar(
    value: Number | None, total: Number, *, fill: str = "f-acc", label: str = "", height: int = 10
) -> SafeString:
    """One length on a pale ground; an unknown value is a hatched ground."""
    ground = "f-none" if value is None else "f-bg"
    width = share(min(max(value or 0, 0), total), total)
    said = label or (_("No data") if value is None else f"{value} / {total}")
    return format_html(
        '<svg class="seg" height="{}" role="img" aria-label="{}">'
        '<rect class="{}" width="100%" height="{}"/><rect class="{}" width="{}" height="{}"/></svg>',
        height,
        said,
        ground,
        height,
        fill,
        width,
        height,
    )


def two_part_bar(part: int, whole: int, longest: int, *, label: str = "", height: int = 14) -> SafeString:
    """A length of `whole` beside others up to `longest`; the dark part of it is `part`."""
    return format_html(
        '<svg class="seg" height="{}" role="img" aria-label="{} {} / {}">'
        '<rect class="f-acc2" width="{}" height="{}"/><rect class="f-acc" width="{}" height="{}"/></svg>',
        height,
        label,
        f"{part:,}",
        f"{whole:,}",
        share(whole, longest),
        height,
        share(part, longest),
        height,
    )


def legend(counts: Mapping[str, int] | None = None) -> SafeString:
    """What the fills mean, with the counts when there are any."""
    words = outcome_words()
    rows = ((fill, words[kind], f"{counts[kind]:,}" if counts else "") for kind, fill in FILLS.items())
    swatch = '<svg width="14" height="12" aria-hidden="true"><rect class="{}" width="14" height="12"/></svg>'
    return format_html(
        '<ul class="legend">{}</ul>', format_html_join("", f"<li>{swatch}{{}} {{}}</li>", rows)
    )


TOP, BOTTOM, HEIGHT = 28, 26, 180


def line_chart(
    points: Sequence[tuple[str, Number | None]],
    *,
    label: str,
    limit: Number | None = None,
    limit_words: str = "",
) -> SafeString:
    """Values over days or years, each printed at its point; an unknown one leaves a gap."""
    known = [float(value) for _name, value in points if value is not None]
    ceiling = max([*known, float(limit or 0), 1.0]) * 1.08

    def height_of(value: Number) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - float(value) / ceiling), 1)

    spots = [(f"{100 * (i + 0.5) / len(points):.2f}%", name, value) for i, (name, value) in enumerate(points)]
    figures = _(", ").join(
        f"{name} {_('No data') if value is None else f'{value:,}'}" for name, value in points
    )
    return format_html(
        '<svg class="line-chart" height="{}" role="img" aria-label="{} {}">{}{}{}</svg>',
        HEIGHT,
        label,
        figures,
        _limit_line(height_of(limit), limit_words) if limit is not None else "",
        _strokes(spots, height_of),
        _marks(spots, height_of),
    )


def _limit_line(y: float, words: str) -> SafeString:
    return format_html(
        '<line class="limit" x1="0" x2="100%" y1="{}" y2="{}"/>'
        '<text class="limit-t" x="100%" y="{}" text-anchor="end">{}</text>',
        y,
        y,
        round(y - 6, 1),
        words,
    )


def _strokes(spots: Spots, height_of: HeightOf) -> SafeString:
    pairs = [
        (before[0], after[0], height_of(before[2]), height_of(after[2]))
        for before, after in pairwise(spots)
        if before[2] is not None and after[2] is not None
    ]
    return format_html_join("", '<line class="stroke" x1="{}" x2="{}" y1="{}" y2="{}"/>', pairs)


def _marks(spots: Spots, height_of: HeightOf) -> SafeString:
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((x, HEIGHT - 8, name) for x, name, _value in spots),
    )
    dots = format_html_join(
        "",
        '<circle class="dot" cx="{}" cy="{}" r="3.5"/>'
        '<text class="val" x="{}" y="{}" text-anchor="middle">{}</text>',
        (
            (x, height_of(value), x, round(height_of(value) - 9, 1), f"{value:,}")
            for x, _name, value in spots
            if value is not None
        ),
    )
    return names + dots

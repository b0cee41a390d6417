"""Numbers and days as the house writes them: commas, U+2212 for minus, a dash for what is unknown."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone

from core.clock import business_day_of, business_moment

UNKNOWN = "—"
MINUS = "−"
CENT = Decimal("0.01")


def thousands(value: object, places: int | None = None) -> str:
    """`12345.6` as `12,345.6`; with `places` rounded half up to that many decimals."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{number:,f}".replace("-", MINUS)


def yuan(value: object) -> str:
    """An amount in yuan with two decimals, without the unit: that stands in the column head."""
    return thousands(value, 2)


def fen_yuan(value: object) -> str:
    """Whole fen shown as yuan."""
    fen = _decimal(value)
    return UNKNOWN if fen is None else yuan(fen / 100)


def percent(value: object, places: int = 1) -> str:
    """A percentage with a space before the sign."""
    number = thousands(value, places)
    return number if number == UNKNOWN else f"{number} %"


def signed(value: object, places: int | None = None) -> str:
    """A change: `+223`, `−6`, `0`."""
    number = thousands(value, places)
    return f"+{number}" if number[0].isdigit() and (_decimal(value) or 0) > 0 else number


def day(value: date | datetime | None) -> str:
    """`2016-10-18`."""
    return UNKNOWN if not value else _local_day(value).isoformat()


def short_day(value: date | datetime | None, this_year: int) -> str:
    """`9-02` within the current year, in full outside it."""
    if not value:
        return UNKNOWN
    known = _local_day(value)
    return f"{known.month}-{known.day:02d}" if known.year == this_year else known.isoformat()


def clock(value: datetime | None) -> str:
    """`10:26` in Shanghai."""
    return UNKNOWN if value is None else timezone.localtime(value).strftime("%H:%M")


def moment(value: datetime | None) -> str:
    """`2016-10-18 10:26` in Shanghai, in a demonstration on its business day."""
    return UNKNOWN if value is None else business_moment(value).strftime("%Y-%m-%d %H:%M")


def duration(seconds: float | None) -> str:
    """`0.4 s`, `27 s`, `3 min 05 s` without words to translate."""
    if seconds is None:
        return UNKNOWN
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def file_size(value: int | None) -> str:
    """`386 KB`, `1.2 MB`, `71.3 GB`."""
    if value is None:
        return UNKNOWN
    if value < 1024 * 1024:
        return f"{max(1, round(value / 1024)) if value else 0} KB"
    if value < 1024**3:
        return f"{value / 1024**2:.1f} MB"
    return f"{value / 1024**3:.1f} GB"


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _local_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return business_day_of(value) if timezone.is_aware(value) else value.date()
    return value

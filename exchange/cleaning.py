"""From a cell to a value: pure functions, exact, strict, and each refusal by its own name.

A cleaning function receives a cell that is not blank. It returns the value, or `Noted` when the
value is taken with a remark, or raises `CellProblem`.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from exchange.problems import CellProblem, Noted, noted
from exchange.reading.cells import BLANKS, ErrorCell, FormulaCell
from households import identity

Cleaner = Callable[[Any], Any]

# A double holds 15 digits for certain; above that a numeric cell has lost some.
LARGEST_SAFE_NUMBER = 10**15
FIRST_YEAR, LAST_YEAR = 1949, 2100

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "，": ",", "。": "."})
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d*)?[eE][+-]?\d+")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_UNIT = re.compile(
    r"(?:万元|元|亩|平方米|㎡|m2|m²|米|公里|千米|km|人|户|口|个|个月|月|处|条|座)$", re.IGNORECASE
)
_DATE_TEXT = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_DATE_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_TEXT = re.compile(r"(\d{4})(?:\.0+)?\s*年?度?")
_EXCEL_EPOCH = datetime.date(1899, 12, 30)


def refuse_broken(cell: Any) -> None:
    """A formula without a value and an error are refused everywhere."""
    if type(cell) is FormulaCell:
        raise CellProblem("formula_without_value")
    if type(cell) is ErrorCell:
        raise CellProblem("error_value", value=str(cell))


def plain_text(text: str) -> str:
    """Normalise once at the door: NFC, no control characters, no blanks around."""
    if not (text.isprintable() and unicodedata.is_normalized("NFC", text)):
        text = unicodedata.normalize("NFC", text)
        text = "".join(
            " " if character in "\n\r\t" else character
            for character in text
            if character in "\n\r\t" or unicodedata.category(character) not in {"Cc", "Cs", "Cf"}
        )
    return text.strip(BLANKS)


def half_width(text: str) -> str:
    return plain_text(text).translate(_HALF_WIDTH).strip()


def shown(cell: Any) -> str:
    """A cell as the person sees it in a sentence, short."""
    if type(cell) is float and cell.is_integer() and abs(cell) < LARGEST_SAFE_NUMBER:
        cell = int(cell)
    return plain_text(str(cell))[:40]


def text(limit: int) -> Cleaner:
    """A text of at most `limit` characters; a whole number is taken as its digits."""

    def clean(cell: Any) -> str:
        refuse_broken(cell)
        value = plain_text(cell) if isinstance(cell, str) else _digits_of(cell)
        if len(value) > limit:
            raise CellProblem("too_long", limit=limit)
        return value

    return clean


def _digits_of(cell: Any) -> str:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise CellProblem("not_text", value=shown(cell))
    if abs(cell) >= LARGEST_SAFE_NUMBER:
        raise CellProblem("number_lost_digits")
    return str(int(cell)) if cell == int(cell) else repr(cell)


def exact_number(cell: Any) -> tuple[Decimal, str]:
    """The exact number of a cell and the unit written behind it."""
    refuse_broken(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise CellProblem("not_a_number", value=shown(cell))
    if isinstance(cell, str):
        return _number_of_text(cell)
    if abs(cell) >= LARGEST_SAFE_NUMBER:
        raise CellProblem("number_lost_digits")
    return Decimal(repr(cell)), ""


def _number_of_text(cell: str) -> tuple[Decimal, str]:
    written = "".join(half_width(cell).translate(_SIGNS).split())
    if written[:1] in {"¥", "￥"}:
        written = written[1:]
    if _SCIENTIFIC.fullmatch(written):
        raise CellProblem("scientific")
    unit = _UNIT.search(written)
    number = written[: unit.start()] if unit else written
    if _THOUSANDS.fullmatch(number):
        number = number.replace(",", "")
    if not _PLAIN.fullmatch(number):
        raise CellProblem("two_points" if number.count(".") > 1 else "not_a_number", value=shown(cell))
    return Decimal(number), unit.group().lower() if unit else ""


def money(unit: str = "元", *, may_be_negative: bool = False) -> Cleaner:
    """An amount as whole fen. A unit written in the cell is stronger than the column's."""

    def clean(cell: Any) -> Any:
        if unit == "元" and type(cell) is float and (whole_fen := _fen_of(cell)) is not None:
            if whole_fen < 0 and not may_be_negative:
                raise CellProblem("negative")
            return whole_fen
        number, written = exact_number(cell)
        fen = number * (1_000_000 if (written or unit) == "万元" else 100)
        whole = fen.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        if whole < 0 and not may_be_negative:
            raise CellProblem("negative")
        if abs(whole) >= LARGEST_SAFE_NUMBER:
            raise CellProblem("too_large", limit="1,000,000,000")
        # Doubles carry noise in their last digits (8856.010000000001); that is no remark's worth.
        if abs(fen - whole) > Decimal("0.0001"):
            return noted(int(whole), "rounded", value=shown(cell))
        return int(whole)

    return clean


def _fen_of(yuan: float) -> int | None:
    """The fen of a usual amount (below 10^12 yuan, at most two decimals), without rounding."""
    whole, _point, decimals = repr(yuan).partition(".")
    if len(decimals) > 2 or len(whole) > 12 or not decimals.isdigit():
        return None
    return int(whole + decimals.ljust(2, "0"))


def count(limit: int = 100_000_000, least: int = 0) -> Cleaner:
    """A whole number from `least` to `limit`."""

    def clean(cell: Any) -> int:
        number, _unit = exact_number(cell)
        whole = number.to_integral_value()
        if whole != number:
            raise CellProblem("not_whole", value=shown(cell))
        _between(whole, least, limit)
        return int(whole)

    return clean


def decimal(places: int, limit: int) -> Cleaner:
    """A size (area, width, distance) of zero or more, as a number with `places` decimals."""
    step = Decimal(1).scaleb(-places)

    def clean(cell: Any) -> Any:
        number, _unit = exact_number(cell)
        _between(number, 0, limit)
        kept = number.quantize(step, rounding=ROUND_HALF_UP)
        if abs(kept - number) > step / 10000:
            return noted(kept, "rounded", value=shown(cell))
        return kept

    return clean


def _between(number: Decimal, least: int, most: int) -> None:
    if number < 0 <= least:
        raise CellProblem("negative" if least == 0 else "too_small", limit=least)
    if number < least:
        raise CellProblem("too_small", limit=least)
    if number > most:
        raise CellProblem("too_large", limit=most)


YES = frozenset(["是", "有", "1", "√", "✓", "✔", "对", "y", "yes", "true", "t", "已"])
NO = frozenset(["否", "无", "0", "×", "✗", "✘", "不是", "没有", "n", "no", "false", "f", "未", "x"])
_CODED_ANSWER = re.compile(r"0?([01])\s*[.、．:：\-]?\s*([是否有无])")
_ANSWER_WITH_REMARK = re.compile(r"([是否])\s*\(.*\)")


def yes_no(cell: Any) -> bool:
    """是 / 否 in its usual spellings; empty is the third answer and never comes here."""
    refuse_broken(cell)
    if isinstance(cell, bool):
        return cell
    word = half_width(shown(cell)).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    return _unusual_answer(cell, word)


def _unusual_answer(cell: Any, word: str) -> bool:
    coded = _CODED_ANSWER.fullmatch(word)
    if coded and (coded.group(1) == "1") == (coded.group(2) in "是有"):
        return coded.group(1) == "1"
    remarked = _ANSWER_WITH_REMARK.fullmatch(word)
    if remarked:
        return remarked.group(1) == "是"
    raise CellProblem("not_yes_no", value=shown(cell))


def year(cell: Any) -> int:
    """A year as number, text, or the year of a date."""
    refuse_broken(cell)
    if isinstance(cell, datetime.date):
        value = cell.year
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        value = int(cell) if cell == int(cell) else 0
    else:
        value = _year_of_text(half_width(str(cell)))
    if not FIRST_YEAR <= value <= LAST_YEAR:
        raise CellProblem("not_a_year", value=shown(cell))
    return value


def _year_of_text(written: str) -> int:
    match = _YEAR_TEXT.fullmatch(written)
    if match:
        return int(match.group(1))
    try:
        return day(written).year
    except CellProblem:
        return 0


def day(cell: Any) -> datetime.date:
    """A day: a date cell, 2016.5.20, 2016/5/20, 2016年5月20日, 20160520, or Excel's own number."""
    refuse_broken(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and cell == int(cell):
        if 20_000 <= cell <= 80_000:
            return _EXCEL_EPOCH + datetime.timedelta(days=int(cell))
        cell = str(int(cell))
    written = half_width(str(cell))
    match = _DATE_TEXT.fullmatch(written) or _DATE_DIGITS.fullmatch(written)
    if match:
        try:
            return datetime.date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
        except ValueError:
            pass
    raise CellProblem("not_a_date", value=shown(cell))


def _long_number(cell: Any) -> str:
    """The characters of a number that must be text; a numeric cell has lost digits."""
    refuse_broken(cell)
    if not isinstance(cell, str):
        raise CellProblem("number_lost_digits")
    number = identity.normalise(plain_text(cell))
    if _SCIENTIFIC.fullmatch(number):
        raise CellProblem("scientific")
    return number


def id_number(cell: Any) -> Any:
    """An identity number (`identity.IdNumber`) from a text cell."""
    number = _long_number(cell)
    try:
        parsed = identity.parse(number)
    except identity.IdNumberError as error:
        params = {"length": len(number)} if error.kind == "length" else {}
        raise CellProblem(f"id_{error.kind}", **params) from None
    if parsed.disability_card:
        return noted(parsed, "id_from_card")
    if not parsed.checksum_holds:
        return noted(parsed, "id_checksum")
    return parsed


_REGISTER_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z_-]*")


def register_number(limit: int) -> Cleaner:
    """A number of the register, kept as text; a short whole number is taken as its digits."""

    def clean(cell: Any) -> Any:
        refuse_broken(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return _taken_as_digits(cell)
        number = _long_number(shown_whole(cell))
        if len(number) > limit:
            raise CellProblem("too_long", limit=limit)
        if not _REGISTER_NUMBER.fullmatch(number):
            raise CellProblem("number_characters", value=shown(cell))
        return number

    return clean


def shown_whole(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(cell)


def _taken_as_digits(cell: float) -> Noted:
    if abs(cell) >= LARGEST_SAFE_NUMBER:
        raise CellProblem("number_lost_digits")
    if cell != int(cell) or cell < 0:
        raise CellProblem("number_characters", value=shown(cell))
    return noted(str(int(cell)), "taken_as_digits")


def area_code(cell: Any) -> Any:
    """The 12 digits of a village's division code."""
    cleaned = register_number(24)(cell)
    code = cleaned.value if isinstance(cleaned, Noted) else cleaned
    if not re.fullmatch(r"[0-9]{12}", code):
        raise CellProblem("area_code_length", value=shown(cell))
    return cleaned


_PHONE = re.compile(r"\+?(?:86)?([0-9]{7,12})")


def phone(cell: Any) -> Any:
    """A telephone number as its digits."""
    refuse_broken(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        digits = _taken_as_digits(cell)
        if not _PHONE.fullmatch(digits.value):
            raise CellProblem("phone_form")
        return digits
    number = re.sub(r"[-()/.]", "", _long_number(shown_whole(cell)))
    match = _PHONE.fullmatch(number)
    if not match:
        raise CellProblem("phone_form")
    return match.group(1)


def account(cell: Any) -> str:
    """The digits of a bank account; a numeric cell has lost some."""
    number = _long_number(cell).replace("-", "")
    if not re.fullmatch(r"[0-9]{8,30}", number):
        raise CellProblem("account_form")
    return number


_GROUP_NUMBER = re.compile(r"0*([1-9][0-9]{0,2})")


def group_name(cell: Any) -> str:
    """The name of a group (组) or hamlet; a bare number N is group N."""
    name = text(50)(cell)
    half = name.translate(_HALF_WIDTH)
    match = _GROUP_NUMBER.fullmatch(half)
    return f"{match.group(1)}组" if match else re.sub(r"\s+", "", half if half[:1].isdigit() else name)

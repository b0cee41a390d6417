"""What can be wrong with a cell or a row: a code, with its sentence and its cure in both languages.

A problem is kept as code and parameters, so that a report can be shown later in the reader's
language. Parameters are plain words of the sheet and never hold a plain secret.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


class CellProblem(Exception):
    """A cell cannot be taken as it stands."""

    def __init__(self, code: str, /, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Noted:
    """A value that is taken, with a remark for the person."""

    value: Any
    code: str
    params: dict[str, str | int]


def noted(taken: Any, code: str, /, **params: str | int) -> Noted:
    return Noted(taken, code, params)


def sentence(code: str, params: dict[str, Any]) -> str:
    """What is wrong, in the reader's language."""
    return str(WORDS[code][1]) % params


def cure(code: str, params: dict[str, Any]) -> str:
    """How to put it right, in the reader's language."""
    return str(WORDS[code][2]) % params


def kind(code: str) -> str:
    """The heading under which problems of one code are counted."""
    return str(WORDS[code][0])


# code: (heading of the kind, what is wrong, how to put it right)
CELL_WORDS = {
    "number_lost_digits": (
        _("long number stored as a number"),
        _("This cell is a number: its last digits are already lost and cannot be restored."),
        _("Set column %(letter)s to text, enter the number again from the original."),
    ),
    "scientific": (
        _("number in scientific notation"),
        _("The number is written in scientific notation; its last digits are lost."),
        _("Set column %(letter)s to text, enter the number again in full."),
    ),
    "formula_without_value": (
        _("formula without a value"),
        _("This is a formula without a calculated value."),
        _("Copy the cells, then paste them as values."),
    ),
    "error_value": (
        _("cell shows an error"),
        _("The cell shows the error %(value)s."),
        _("Mend the formula, or enter the value itself."),
    ),
    "not_a_number": (
        _("not a number"),
        _("“%(value)s” is not a number."),
        _("Enter digits only; leave the cell empty when nothing is known."),
    ),
    "two_points": (
        _("two decimal points"),
        _("“%(value)s” has more than one decimal point."),
        _("Enter the amount with one decimal point, such as 1234.50."),
    ),
    "negative": (
        _("below zero"),
        _("The value must not be below 0."),
        _("Enter 0 or more."),
    ),
    "too_large": (
        _("value too large"),
        _("The value must not be above %(limit)s."),
        _("Check the value and its unit."),
    ),
    "too_small": (
        _("value too small"),
        _("The value must not be below %(limit)s."),
        _("Check the value and its unit."),
    ),
    "not_whole": (
        _("not a whole number"),
        _("“%(value)s” is not a whole number."),
        _("Enter a whole number."),
    ),
    "rounded": (
        _("more decimals than are kept"),
        _("“%(value)s” has more decimals than are kept; it was rounded."),
        _("Nothing has to be done when the rounded value is right."),
    ),
    "not_in_list": (
        _("value not in the list"),
        _("“%(value)s” is not in the list."),
        _("Use one of: %(choices)s."),
    ),
    "not_in_list_near": (
        _("value not in the list"),
        _("“%(value)s” is not in the list."),
        _("Did you mean “%(near)s”?"),
    ),
    "not_yes_no": (
        _("neither yes nor no"),
        _("“%(value)s” is neither 是 nor 否."),
        _("Enter 是 or 否; leave the cell empty when nothing is known."),
    ),
    "not_a_year": (
        _("not a year"),
        _("“%(value)s” is not a year."),
        _("Enter a year of four digits, such as 2016."),
    ),
    "not_a_date": (
        _("impossible date"),
        _("“%(value)s” is not a possible date."),
        _("Enter a date such as 2016-05-20."),
    ),
    "too_long": (
        _("text too long"),
        _("The text is longer than %(limit)s characters."),
        _("Shorten the text."),
    ),
    "not_text": (
        _("not a text"),
        _("“%(value)s” is not a text."),
        _("Enter words in this cell."),
    ),
    "id_length": (
        _("identity number of a wrong length"),
        _("An identity number has 18 characters; this one has %(length)s."),
        _("Compare it with the original document."),
    ),
    "id_characters": (
        _("identity number with wrong characters"),
        _("The identity number holds characters that cannot occur in one."),
        _("Compare it with the original document."),
    ),
    "id_birth_date": (
        _("impossible birth date"),
        _("The birth date in the identity number does not exist."),
        _("Compare it with the original document."),
    ),
    "id_checksum": (
        _("check character of the identity number"),
        _("The last character of the identity number does not fit the others."),
        _("Compare it with the original document; the row was taken."),
    ),
    "id_from_card": (
        _("disability card in place of an identity number"),
        _("This is the number of a disability card; its first 18 characters were taken."),
        _("Enter the identity number itself."),
    ),
    "taken_as_digits": (
        _("number taken as text"),
        _("The cell is a number; it was taken as digits."),
        _("Set column %(letter)s to text, so that no digit is lost."),
    ),
    "number_characters": (
        _("number with wrong characters"),
        _("“%(value)s” is not a number of the register."),
        _("Enter the number with digits only."),
    ),
    "phone_form": (
        _("not a telephone number"),
        _("This is not a telephone number; the cell was left out."),
        _("Enter a number of 7 to 12 digits."),
    ),
    "account_form": (
        _("not an account number"),
        _("This is not an account number; the cell was left out."),
        _("Enter the digits of the account."),
    ),
    "area_code_length": (
        _("division code of a wrong length"),
        _("“%(value)s” is not a division code of 12 digits."),
        _("Enter the code of the village with 12 digits, or leave it empty."),
    ),
    "cell_left_out": (
        _("cell left out"),
        _("The cell could not be taken and was left out; the row was taken."),
        _("Put the cell right and import the sheet again."),
    ),
}

ROW_WORDS = {
    "required": (
        _("required cell is empty"),
        _("%(heading)s is empty."),
        _("Fill in %(heading)s."),
    ),
    "township_unknown": (
        _("unknown township"),
        _("There is no township “%(township)s”."),
        _("Write the township by its registered name."),
    ),
    "township_missing": (
        _("township is missing"),
        _("The township is not stated, so the village “%(village)s” cannot be found."),
        _("Fill in the township."),
    ),
    "village_unknown": (
        _("unknown village"),
        _("%(township)s has no “%(village)s”."),
        _("Change it to the registered name."),
    ),
    "village_unknown_near": (
        _("unknown village"),
        _("%(township)s has no “%(village)s”."),
        _("Did you mean “%(near)s”? Change it to the registered name."),
    ),
    "code_and_name_differ": (
        _("division code and village differ"),
        _("Code %(code)s belongs to %(code_name)s, but the row says “%(name)s”."),
        _("Put right the code or the name."),
    ),
    "code_taken_by_name": (
        _("unknown division code"),
        _("Code %(code)s is unknown; the village was found by its name."),
        _("Put right the code: %(known)s."),
    ),
    "county_differs": (
        _("another county"),
        _("The row says “%(value)s”, but the import is for %(county)s."),
        _("Check that the row belongs into this sheet."),
    ),
    "duplicate_key": (
        _("number occurs twice"),
        _("The same number stands in row %(row)s already."),
        _("Keep one of the two rows."),
    ),
    "duplicate_in_file": (
        _("number occurs twice"),
        _("The same number stands in “%(file)s”, row %(row)s already."),
        _("Keep one of the two rows."),
    ),
    "same_person": (
        _("same person twice"),
        _("The same person stands in row %(row)s already: one person in two places."),
        _("Find out which is right and remove the other row."),
    ),
    "household_unknown": (
        _("household not in the register"),
        _("Household %(number)s is neither in the register nor in this import."),
        _("Import the household sheet with this number first."),
    ),
    "household_refused": (
        _("row of the household was refused"),
        _("Household %(number)s was refused (row %(row)s), so this row cannot be taken."),
        _("Put right the row of the household, then import both again."),
    ),
    "household_cancelled": (
        _("household was cancelled"),
        _("Household %(number)s was cancelled; its number is never used again."),
        _("Take the row out, or give the household a new number."),
    ),
    "number_elsewhere": (
        _("number cannot be used"),
        _("This number cannot be used here."),
        _("Ask the county office to check the number."),
    ),
    "person_elsewhere": (
        _("person must be checked by the county"),
        _("The county has to check this person before the row can be taken."),
        _("Ask the county office."),
    ),
    "village_differs": (
        _("another village than the household"),
        _("The row says %(village)s, the household is registered in %(registered)s."),
        _("Check the village; the household's own row settles it."),
    ),
    "person_moved": (
        _("person of another household"),
        _("This person is a member of household %(number)s; the membership moves here."),
        _("Check that the person really moved."),
    ),
    "unclear_person": (
        _("person cannot be told apart"),
        _("Without an identity number or person number this person cannot be told apart."),
        _("Fill in the identity number or the person number."),
    ),
    "closed_year": (
        _("year is closed"),
        _("The year %(year)s is closed and cannot be changed."),
        _("Ask the county office."),
    ),
}

WORDS = CELL_WORDS | ROW_WORDS

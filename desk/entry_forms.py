"""The forms of the entry page: household, facts of the year, one form a member.

Fields come from the models, in the order of the collection sheet (户信息采集表); every yes-no has
the third answer, and every typed number may be full-width.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import fields_for_model
from django.utils.translation import gettext as _

from core.clock import today
from core.fields import FenField
from core.form_fields import YesNoField
from desk.queries.facts import label_of
from households.codes import LeaveReason
from households.identity import IdNumber, IdNumberError, normalise, parse
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.models.year import INCOME_ITEMS

REGISTER = (
    "group", "identification_basis", "first_identified_year", "military_family", "one_child",
    "two_daughters", "bank_name", "relocated", "relocation_wish", "relocation_way", "settlement_way",
    "settlement_place", "exit_year", "return_year", "return_reason",
)  # fmt: skip
BASIC = ("attribute", "main_cause", "other_causes", "persons")
LIVING = (
    "food_secure", "clothing_secure", "own_dwelling", "house_area", "house_grade", "dilapidated",
    "safe_water", "water_difficult", "production_power", "living_power", "broadcast", "road_distance",
    "road_type", "toilet", "fuel", "arable_land", "irrigated_land", "forest_land", "converted_land",
    "orchard_land", "pasture_land", "water_area",
)  # fmt: skip
INCOME = ("income_from", "income_to", *INCOME_ITEMS, "stable_source")
PLAN = ("planned_route", "planned_exit_year", "cooperative", "leading_firm", "rich_leader")
PERSON = ("name", "sex", "birth_date", "ethnic_group", "political_status")
PERSON_FACTS = (
    "education", "school_status", "dropout_reason", "health", "work_ability", "work_area", "work_months",
    "medical_insurance", "serious_illness_relief", "pension_insurance", "commercial_insurance",
    "accident_subsidy", "dibao", "mandarin",
)  # fmt: skip
LABELS = {"income_from": "收入起始日", "income_to": "收入截止日"}
ARRIVALS = ("00", "05", "06", "07")
DEPARTURES = ("01", "02", "03", "04", "08")
MOST_NEW = 20


class NumberInput(forms.TextInput):
    """A number as people type it: full-width digits, spaces and thousands commas are put right."""

    def __init__(self) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off"})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = data.get(name)
        return re.sub(r"(?<=\d),(?=\d{3})", "", normalise(typed)) if typed and len(typed) < 40 else typed


def day_field(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **options)


def _form_field(field: models.Field, **options: Any) -> forms.Field | None:
    label = LABELS.get(field.name) or label_of(field)
    if isinstance(field, models.BooleanField):
        return YesNoField(label=label)
    if isinstance(field, ArrayField):
        choices: Any = field.base_field.choices
        return forms.MultipleChoiceField(label=label, choices=choices, required=False)
    if isinstance(field, models.DateField):
        return day_field(label)
    if isinstance(field, FenField | models.DecimalField):
        lowest = None if field.name == "operating" else 0
        return field.formfield(label=label, widget=NumberInput(), min_value=lowest)
    if isinstance(field, models.IntegerField):
        low, high = (1, 50) if field.name == "persons" else (1949, 2100)
        return forms.IntegerField(
            label=label, required=False, min_value=low, max_value=high, widget=NumberInput()
        )
    return field.formfield(label=label, **options)


def _fields(model: Any, names: tuple[str, ...]) -> dict[str, forms.Field]:
    return fields_for_model(model, names, formfield_callback=_form_field)


class EntryForm(forms.Form):
    """A form over the columns of rows; an empty list and an empty text are unknown."""

    def column_values(self, row: Any, names: tuple[str, ...]) -> dict[str, Any]:
        """The cleaned values by column; a list of the same members stays as it is stored."""
        values = {}
        for name in names:
            if name not in self.cleaned_data:
                continue
            value, stored = self.cleaned_data[name], getattr(row, name, None)
            if isinstance(value, list):
                value = stored if set(stored or ()) == set(value) else value or None
            values[name] = None if value == "" else value
        return values


class HouseholdForm(EntryForm):
    """What does not turn with the year; phone and account are typed anew or left as they are."""

    phone = forms.CharField(required=False, max_length=20)
    bank_account = forms.CharField(required=False, max_length=40)
    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: Any, **options: Any):
        super().__init__(*args, **options)
        kept = dict(self.fields)
        self.fields = _fields(Household, REGISTER) | kept
        chosen: Any = self.fields["group"]
        chosen.queryset = groups
        for name in ("phone", "bank_account"):
            self.fields[name].label = label_of(Household._meta.get_field(name))

    def clean_phone(self) -> str:
        number = normalise(self.cleaned_data["phone"]).replace("-", "")
        if number and not re.fullmatch(r"[0-9]{7,12}", number):
            raise ValidationError(_("A phone number has 7 to 12 digits."))
        return number

    def clean_bank_account(self) -> str:
        number = normalise(self.cleaned_data["bank_account"])
        if number and not re.fullmatch(r"[0-9]{10,25}", number):
            raise ValidationError(_("An account number has 10 to 25 digits."))
        return number


class YearForm(EntryForm):
    """The facts of the household's year."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields = _fields(HouseholdYear, (*BASIC, *LIVING, *INCOME, *PLAN)) | dict(self.fields)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("income_from"), values.get("income_to")
        if first and last and first > last:
            self.add_error("income_to", _("The last day lies before the first."))
        if values.get("main_cause") and values["main_cause"] in (values.get("other_causes") or ()):
            self.add_error("other_causes", _("This is the main cause already; please choose another one."))
        return values


class WhyForm(forms.Form):
    """Why the record is changed, and the token by which a second sending is known."""

    reason = forms.CharField(required=False, max_length=200)
    evidence = forms.CharField(required=False, max_length=200)
    token = forms.RegexField(r"\A[0-9a-f]{32}\Z", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["reason"].label = _("Why it is changed")
        self.fields["evidence"].label = _("Evidence")


ID_FAULTS = {
    "length": lambda: _("An ID number has 18 characters; please compare it with the card."),
    "characters": lambda: _("An ID number is 17 digits and a digit or X; please compare it with the card."),
    "birth_date": lambda: _("Digits 7 to 14 of the number are no day; please compare it with the card."),
}


def read_id_number(typed: str) -> IdNumber:
    """The number on a card of 18 characters; ValidationError with a sentence for whatever is wrong."""
    text = normalise(typed)
    if len(text) == 15:
        raise ValidationError(_("This is an old number of 15 digits; please type the 18 of the new card."))
    try:
        found = parse(text)
    except IdNumberError as error:
        raise ValidationError(ID_FAULTS[error.kind]()) from None
    if not found.checksum_holds:
        raise ValidationError(_("The last character does not fit the digits before it; one is mistyped."))
    if found.birth_date > today():
        raise ValidationError(_("The birth date in the ID number lies in the future."))
    return found


class MemberForm(EntryForm):
    """Who a member is, and the facts of the year; of a known member the number stays unless typed anew."""

    id_number = forms.CharField(required=False, max_length=40)
    read: IdNumber | None = None

    def __init__(self, *args: Any, born_known: bool = False, **options: Any):
        super().__init__(*args, **options)
        self.born_known = born_known
        own = dict(self.fields)
        who = _fields(Membership, ("relation",)) | _fields(Person, ("name",))
        own["id_number"].label = label_of(Person._meta.get_field("id_number"))
        own["id_number"].widget.attrs |= {"autocomplete": "off", "data-id-number": self.prefix}
        rest = _fields(Person, PERSON[1:]) | _fields(PersonYear, PERSON_FACTS)
        self.fields = who | own | rest
        self.fields["relation"].required = True

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).strip()

    def clean_id_number(self) -> str:
        typed = self.cleaned_data["id_number"]
        if not typed:
            return ""
        self.read = read_id_number(typed)
        return self.read.number

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        born, sex = values.get("birth_date"), values.get("sex")
        if self.read:
            if born and born != self.read.birth_date:
                said = self.read.birth_date.isoformat()
                self.add_error("birth_date", _("The ID number says %(day)s.") % {"day": said})
            if sex and sex != self.read.sex:
                self.add_error("sex", _("The ID number says the other sex."))
            values |= {"birth_date": self.read.birth_date, "sex": self.read.sex}
        elif born and born > today():
            self.add_error("birth_date", _("The birth date lies in the future."))
        return values

    def person_values(self) -> dict[str, Any]:
        """Columns of the person; a birth date that is known stays unless it was typed anew."""
        values = self.column_values(None, PERSON)
        if values.get("birth_date") is None and self.born_known:
            values.pop("birth_date", None)
        return values


class KnownMemberForm(MemberForm):
    """A member of the household, who may leave it."""

    seen_person = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen_membership = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen_facts = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, joined: date, **options: Any):
        super().__init__(*args, **options)
        self.joined = joined
        choices = [("", "---------"), *[(r.value, r.label) for r in LeaveReason if r in DEPARTURES]]
        self.fields["leave_reason"] = forms.ChoiceField(
            label=_("Why the member leaves"), choices=choices, required=False
        )
        self.fields["leave_day"] = day_field(_("Left on"))

    @property
    def leaves(self) -> bool:
        return bool(getattr(self, "cleaned_data", {}).get("leave_reason"))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        day, reason = values.get("leave_day"), values.get("leave_reason")
        if reason and not day and "leave_day" not in self.errors:
            self.add_error("leave_day", _("Please say on which day."))
        if day and not reason:
            self.add_error("leave_reason", _("Please say why the member leaves."))
        if day and day > today():
            self.add_error("leave_day", _("This day has not come yet."))
        if day and day < self.joined:
            self.add_error("leave_day", _("This day lies before the member joined."))
        return values


class NewMemberForm(MemberForm):
    """Somebody who joins the household."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        choices = [(r.value, r.label) for r in LeaveReason if r in ARRIVALS]
        self.fields["from_reason"] = forms.ChoiceField(label=_("Why the member joins"), choices=choices)
        self.fields["from_day"] = day_field(_("Joined on"))
        self.fields["from_day"].required = True

    @property
    def is_blank(self) -> bool:
        """Nothing that names a person was typed: the row is no member."""
        typed = [self.data.get(self.add_prefix(name), "").strip() for name in ("name", "id_number")]
        return self.is_bound and not any(typed)

    def clean_from_day(self) -> date:
        day: date = self.cleaned_data["from_day"]
        if day > today():
            raise ValidationError(_("This day has not come yet."))
        return day

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import audit_words
from accounts.forms import PasswordField
from accounts.models import User
from accounts.models.users import normal_username
from areas.models import Area
from core.form_fields import YesNoField, YesNoRadios
from households.codes import Attribute, Cause, Route, Status
from standards.bands import BANDS, UNKNOWN
from standards.models import StandardVersion

OUTCOME_CHOICES = (("not_met", _("Not met")), ("no_data", _("No data")), ("met", _("Met")))
FACTS = (("missing", _("Facts missing")), ("known", _("Every fact known")))
SORTS = (
    ("number", _("Household number")),
    ("verdict", _("Not met first")),
    ("gap", _("Smallest gap first")),
    ("income", _("Lowest income first")),
    ("changed", _("Latest change first")),
)
INDICATOR = "ind_"
# The condition of a code list for "nobody has recorded it".
NOT_RECORDED = "none"
FLIPS = (("up", _("Meets everything now, not then")), ("down", _("Met everything then, not now")))


def _codes(choices: Any) -> list[tuple[str, Any]]:
    return [*choices, (NOT_RECORDED, _("Not recorded"))]


def _bands(line: Any) -> list[tuple[str, Any]]:
    """The bands in yuan a person; without a line their numbers only."""
    known = [(band.code, band.words(line) if line is not None else band.code) for band in BANDS]
    return [*known, (UNKNOWN, _("Not known"))]


def _code(label: Any, digits: str) -> forms.RegexField:
    return forms.RegexField(digits, required=False, label=label)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", _("All")), *choices], required=False, label=label)


class ConditionsForm(forms.Form):
    """Conditions as they stand in the address, with one list for each indicator of the standard."""

    def __init__(self, data: QueryDict, version: StandardVersion | None):
        super().__init__(data, auto_id="f_%s")
        for indicator in version.gating_indicators() if version else []:
            self.fields[INDICATOR + indicator.code] = _choice(indicator.name, OUTCOME_CHOICES)
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"
            # Fields outside the form's element belong to it all the same.
            field.widget.attrs |= {"form": "conditions", "autocomplete": "off"}

    def accepted(self) -> dict[str, Any]:
        """The conditions that could be read; one that could not be read is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def unread(self) -> list[str]:
        """Labels of the conditions that could not be read."""
        self.is_valid()
        return [str(self.fields[name].label) for name in self.errors if name in self.fields]


class HouseholdFilterForm(ConditionsForm):
    """The conditions of the household list as they stand in the address."""

    def __init__(self, data: QueryDict, version: StandardVersion | None, year: int | None = None):
        super().__init__(data, version)
        line = version.line(year) if version and year else None
        bands = cast("forms.ChoiceField", self.fields["band"])
        bands.choices = [("", _("All")), *_bands(line)]

    area = _code(_("Area"), r"^\d{2,12}$")
    town = _code(_("Township"), r"^\d{9}$")
    village = _code(_("Village"), r"^\d{12}$")
    group = _code(_("Group"), r"^\d{15}$")
    verdict = _choice(_("Verdict"), OUTCOME_CHOICES)
    doubt = _choice(_("In doubt"), [("1", _("In doubt"))])
    facts = _choice(_("Facts of the standard"), FACTS)
    status = _choice(_("Status"), Status.choices)
    plan = forms.IntegerField(required=False, min_value=2000, max_value=2100, label=_("Planned exit"))
    attr = _choice(_("Attribute"), Attribute.choices)
    cause = _choice(_("Main cause"), _codes(Cause.choices))
    route = _choice(_("Planned route"), _codes(Route.choices))
    band = _choice(_("Income a person"), _bands(None))
    gap = forms.DecimalField(
        required=False, min_value=0, max_digits=9, decimal_places=2, label=_("Gap a person below")
    )
    changed = forms.DateField(
        required=False,
        label=_("Changed since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    flip = _choice(_("Passed"), FLIPS)
    since = forms.DateField(
        required=False,
        label=_("Since the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.IntegerField(required=False, min_value=1, label=_("Import number"))
    sort = forms.ChoiceField(choices=SORTS, required=False, label=_("Order"))


class VillageFilterForm(ConditionsForm):
    """The conditions of the village list as they stand in the address."""

    POOR: ClassVar = {"1": _("Poor villages"), "0": _("Other villages")}

    area = _code(_("Area"), r"^\d{2,12}$")
    town = _code(_("Township"), r"^\d{9}$")
    poor = _choice(_("Village kind"), list(POOR.items()))
    verdict = _choice(_("Verdict"), OUTCOME_CHOICES)
    doubt = _choice(_("In doubt"), [("1", _("In doubt"))])
    lacking = _choice(_("Indicators lacking"), [("1", _("One only"))])
    sort = forms.ChoiceField(
        choices=[
            ("code", _("Division code")),
            ("verdict", _("Not met first")),
            ("incidence", _("Highest incidence first")),
        ],
        required=False,
        label=_("Order"),
    )


class SearchForm(forms.Form):
    """Words looked for; they come by POST and stand in no address."""

    words = forms.CharField(max_length=60, strip=True, label=_("Search"))


class ClearForm(forms.Form):
    """The last question before a demonstration is cleared."""

    county_name = forms.CharField(label=_("Name of the county"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    password = PasswordField(label=_("Your password"), autocomplete="current-password")

    def __init__(self, *args: Any, user: User, county: Area, **options: Any):
        super().__init__(*args, **options)
        self.user = user
        self.county = county
        words = _("Please type “%(name)s”.") % {"name": county.name}
        self.fields["county_name"].help_text = words

    def clean_county_name(self) -> str:
        name = str(self.cleaned_data["county_name"])
        if name != self.county.name:
            raise ValidationError(
                _("This is not the name of the county. Please type “%(name)s”.") % {"name": self.county.name}
            )
        return name

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password. Please type it once more."))
        return password


class JudgementForm(forms.Form):
    """What a person says about an item whose fact is not kept; several stand on one page."""

    met = YesNoField(
        label=_("Judgement"),
        widget=YesNoRadios(
            choices=[("true", _("Met")), ("false", _("Not met")), ("unknown", _("Not judged"))]
        ),
    )
    note = forms.CharField(label=_("What it rests on"), max_length=500)
    judged_on = forms.DateField(
        label=_("Day of the judgement"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, item: str, initial: dict[str, Any] | None = None):
        super().__init__(data, initial=initial, auto_id=f"{item}_%s")
        self.item = item


class RestoreForm(forms.Form):
    """Why an old value is put back; `seen` is the version of the row that the person saw."""

    reason = forms.CharField(label=_("Reason"), max_length=200, strip=True)
    seen = forms.IntegerField(min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditForm(forms.Form):
    """What the audit is narrowed to. It is posted: a typed name leaves as the key of an account."""

    person = forms.CharField(label=_("Name or user name"), max_length=60, required=False)
    subject = forms.CharField(
        label=_("Object"),
        max_length=100,
        required=False,
        help_text=_("Household number, village code, or number of an account"),
    )
    action = forms.ChoiceField(label=_("What"), required=False)
    from_day = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    to_day = forms.DateField(label=_("To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any):
        super().__init__(*args, **options)
        self.people = people
        action: Any = self.fields["action"]
        action.choices = [("", _("All")), *audit_words.choices()]

    def clean_person(self) -> User | None:
        typed = str(self.cleaned_data["person"]).strip()
        if not typed:
            return None
        found = self.people.filter(username=normal_username(typed)) or self.people.filter(name=typed)
        if len(found) != 1:
            raise ValidationError(
                _("Several people have this name; please type the user name.")
                if found
                else _("No account has this name.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("from_day"), values.get("to_day")
        if first and last and first > last:
            self.add_error("to_day", _("The last day lies before the first."))
        return values

    def address(self) -> dict[str, Any]:
        """The conditions for the address: keys, numbers and days."""
        values = self.cleaned_data
        found = {
            "from": values["from_day"],
            "to": values["to_day"],
            "person": values["person"].pk if values["person"] else "",
            "subject": values["subject"],
            "action": values["action"],
        }
        return {name: value for name, value in found.items() if value}

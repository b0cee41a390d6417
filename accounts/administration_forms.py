"""Forms of the security administrator: an account, its roles, grants, and its end."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import household_numbers
from accounts.models import Organisation, User
from accounts.models.users import normal_username
from accounts.roles import ADMINISTRATORS, ROLES, clashing
from areas.models import Area
from core.clock import today

MOST_NUMBERS = 2_000
NO_SUCH_AREA = _("There is no such area. Write its name as in the list of areas, or its code.")


def role_choices() -> list[tuple[str, Any]]:
    return [(role.code, role.label) for role in ROLES.values()]


def valid_area(text: str) -> Area | None:
    """The area with this code, or with this name inside the one named before it; None for nothing."""
    words = text.replace("·", " ").split()
    if not words:
        return None
    areas = Area.objects.valid().filter(Q(code=words[-1]) | Q(name=words[-1]))
    if len(words) > 1:
        areas = areas.filter(parent__name=words[-2])
    found = list(areas[:2])
    if not found:
        raise ValidationError(NO_SUCH_AREA)
    if len(found) > 1:
        raise ValidationError(_("Several areas have this name. Write the one above it first, or the code."))
    return found[0]


def valid_organisation(text: str) -> Organisation | None:
    """The organisation with this code or name, as it stands today; None for nothing."""
    words = text.strip()
    if not words:
        return None
    valid = Organisation.objects.valid_on(today())
    found = list(valid.filter(code=words)[:1]) or list(valid.filter(name=words)[:2])
    if not found:
        raise ValidationError(_("There is no such organisation. Write its code as in the list."))
    if len(found) > 1:
        raise ValidationError(_("Several organisations have this name. Write the code."))
    return found[0]


class DayField(forms.DateField):
    """A day that may be left open."""

    def __init__(self, **options: Any):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=options.pop("required", False), widget=widget, **options)


class UserForm(forms.Form):
    """A new account: who it is, what they may do, where they may look."""

    username = forms.CharField(
        label=_("User name"), max_length=60, validators=User._meta.get_field("username").validators
    )
    name = forms.CharField(label=_("Full name"), max_length=50)
    role = forms.ChoiceField(label=_("Role"), choices=lambda: [("", _("Please choose")), *role_choices()])
    area = forms.CharField(
        label=_("Area"),
        required=False,
        max_length=60,
        help_text=_("Name, or township and village, or code of 12 digits. Administrators need none."),
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        required=False,
        max_length=100,
        help_text=_("Code or name; for people of a line department."),
    )

    def clean_area(self) -> Area | None:
        return valid_area(self.cleaned_data["area"])

    def clean_organisation(self) -> Organisation | None:
        return valid_organisation(self.cleaned_data["organisation"])

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"])
        if User.objects.filter(username=normal_username(username)).exists():
            raise ValidationError(_("There is already an account with this user name."))
        return username

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "area" not in values or "organisation" not in values:
            return values
        nowhere = values["area"] is None and values["organisation"] is None
        if values.get("role") not in ADMINISTRATORS and nowhere:
            self.add_error("area", _("Without an area the person sees nothing. Name one."))
        return values


class PersonForm(forms.Form):
    """What is said about the person; the user name stays, the history knows people by it."""

    name = forms.CharField(label=_("Full name"), max_length=50)
    email = forms.EmailField(label=_("E-mail"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class RolesForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, choices=role_choices, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_roles(self) -> list[str]:
        codes = list(self.cleaned_data["roles"])
        if clashing(set(codes)):
            raise ValidationError(
                _("System, security and audit are administered by different people, who hold no other role.")
            )
        return codes


class PeriodForm(forms.Form):
    """From a day to a day; nothing means from today, without end."""

    from_day = DayField(label=_("From"))
    to_day = DayField(label=_("Until"))


class GrantForm(PeriodForm):
    area = forms.CharField(
        label=_("Area"),
        max_length=60,
        help_text=_("Name, or township and village, or code of 12 digits; with all below it."),
    )
    field_order = ["area", "from_day", "to_day"]

    def clean_area(self) -> Area | None:
        return valid_area(self.cleaned_data["area"])


class OrganisationGrantForm(PeriodForm):
    organisation = forms.CharField(label=_("Organisation"), max_length=100, help_text=_("Code or name"))
    field_order = ["organisation", "from_day", "to_day"]

    def clean_organisation(self) -> Organisation | None:
        return valid_organisation(self.cleaned_data["organisation"])


class HouseholdsGrantForm(PeriodForm):
    numbers = forms.CharField(
        label=_("Household numbers"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One below the other, or with commas between."),
    )
    field_order = ["numbers", "from_day", "to_day"]

    def clean_numbers(self) -> list[int]:
        """The keys of the households."""
        numbers = household_numbers.listed(self.cleaned_data["numbers"])
        if len(numbers) > MOST_NUMBERS:
            raise ValidationError(_("At most %(count)s households at once.") % {"count": MOST_NUMBERS})
        return household_numbers.keys_of(numbers)


class HandOverForm(forms.Form):
    """To whom, from which day, why."""

    to = forms.CharField(label=_("To (user name)"), max_length=60)
    from_day = DayField(label=_("From"), required=True, initial=today)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_to(self) -> User:
        found = User.objects.filter(username=normal_username(self.cleaned_data["to"])).first()
        if found is None:
            raise ValidationError(_("There is no account with this user name."))
        return found


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class UserFilterForm(forms.Form):
    """The conditions of the list; they stand in the address, names do not."""

    STATES = (
        ("", _("all")),
        ("open", _("in use")),
        ("closed", _("closed down")),
        ("soon", _("closed soon: nobody signs in")),
        ("never", _("never signed in")),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    area = forms.CharField(label=_("Area"), required=False, max_length=60)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        role: Any = self.fields["role"]
        role.choices = [("", _("all")), *role_choices()]

    def clean_area(self) -> Area | None:
        return valid_area(self.cleaned_data["area"])

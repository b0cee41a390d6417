"""Forms of organisations and officials; what may be named is cut by the areas of whoever fills them in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.administration_forms import NO_SUCH_AREA, DayField, valid_area
from accounts.models import Grant, Organisation, User
from accounts.models.users import normal_username
from accounts.units import clean_phone
from areas.models import Area
from core.clock import today
from core.scope import inside


def area_of(user: User, text: str) -> Area | None:
    """The named area, when it lies in what `user` may write about."""
    area = valid_area(text)
    if area is None or user.may("manage_accounts"):
        return area
    if not Area.objects.visible_to(user).filter(pk=area.pk).exists():
        raise ValidationError(NO_SUCH_AREA)
    return area


def accounts_to_name(user: User) -> QuerySet[User]:
    """The accounts that `user` may link to an official: those with a grant in the areas of `user`."""
    if user.may("manage_accounts"):
        return User.objects.all()
    inside_mine = Q(pk__in=[])
    for prefix in user.area_prefixes():
        inside_mine |= inside("area__code", prefix) | inside("organisation__area__code", prefix)
    return User.objects.filter(pk__in=Grant.objects.on(today()).filter(inside_mine).values("user"))


def account_of(user: User, text: str) -> User | None:
    """The account with this user name among those that `user` may link; ValidationError for none."""
    if not text.strip():
        return None
    account = accounts_to_name(user).filter(username=normal_username(text)).first()
    if account is None:
        raise ValidationError(_("There is no account with this user name in your area."))
    return account


class OrganisationForm(forms.Form):
    code = forms.CharField(label=_("Organisation code"), max_length=30)
    name = forms.CharField(label=_("Organisation name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind.choices)
    area = forms.CharField(
        label=_("Area"),
        max_length=60,
        help_text=_("Name, or township and village, or code of 12 digits."),
    )
    valid_from = DayField(label=_("Exists from"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **options: Any):
        super().__init__(*args, **options)
        self.user = user

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip()

    def clean_area(self) -> Area | None:
        return area_of(self.user, self.cleaned_data["area"])


class OfficialForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=50)
    post = forms.CharField(label=_("Post"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    no_phone = forms.BooleanField(label=_("Remove the number"), required=False)
    account = forms.CharField(
        label=_("User name"),
        max_length=60,
        required=False,
        help_text=_("When the person signs in. Most officials have no account."),
    )
    valid_from = DayField(label=_("In office from"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **options: Any):
        super().__init__(*args, **options)
        self.user = user

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_account(self) -> User | None:
        return account_of(self.user, self.cleaned_data["account"])


class EndForm(forms.Form):
    """Until which day, and why."""

    day = DayField(label=_("Last day"), required=True, initial=today)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)

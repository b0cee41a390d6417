from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from areas.models import Area, Level
from core.clock import EARLIEST_YEAR, LATEST_YEAR
from standards.models import StandardVersion

MOST_BYTES = 200_000


class UploadForm(forms.Form):
    """A standard's file to become a draft."""

    file = forms.FileField(label=_("TOML file"), help_text=_("Format: docs/standards.md, at most 200 kB."))

    def clean_file(self) -> str:
        """The text of the file; the words say what to do when there is none."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 200 kB; a standard is a short text."))
        try:
            return upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from error


class AssessForm(forms.Form):
    """Where and for which year to judge; with a version it is a trial beside the real results."""

    area = forms.ModelChoiceField(Area.objects.none(), label=_("Area"))
    year = forms.IntegerField(min_value=EARLIEST_YEAR, max_value=LATEST_YEAR, label=_("Year"))
    version = forms.ModelChoiceField(
        StandardVersion.objects.none(),
        required=False,
        label=_("Try another standard"),
        empty_label=_("No: judge by the standard in force"),
    )

    def __init__(self, *args: Any, user: Any, **options: Any):
        super().__init__(*args, **options)
        levels = (Level.COUNTY, Level.TOWNSHIP)
        areas = Area.objects.valid().visible_to(user).filter(level__in=levels).order_by("code")
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = areas
        fields["area"].empty_label = None
        fields["version"].queryset = StandardVersion.objects.order_by("subject", "code", "-number")
        for field in self.fields.values():
            is_list = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_list else "form-control"

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from areas.models import Area, Level
from core.clock import EARLIEST_YEAR, LATEST_YEAR, today
from exchange.reading.container import LARGEST_FILE, MEGABYTE
from villages.years import YearClosed, refuse_closed

MOST_FILES = 20


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [super(SeveralFilesField, self).clean(one, initial) for one in listed]


def areas_to_import_for(user: Any):
    """The counties, townships and villages that `user` holds; imports lie inside one county."""
    areas = Area.objects.none()
    for prefix in user.area_prefixes():
        if len(prefix) >= 6:
            areas |= Area.objects.valid().filter(code=prefix.ljust(12, "0"))
        else:
            areas |= Area.objects.valid().within(prefix).filter(level=Level.COUNTY)
    return areas.exclude(level=Level.GROUP).order_by("code")


class UploadForm(forms.Form):
    """Workbooks, the area and year they are for, and two wishes."""

    files = SeveralFilesField(  # type: ignore[assignment]  # the form's field, not its uploads
        label=_("Workbooks"), help_text=_(".xlsx, .xls or .csv, at most 32 MB each")
    )
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none(), empty_label=None)
    year = forms.IntegerField(label=_("Year of the facts"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    erase_on_empty = forms.BooleanField(
        label=_("An empty cell clears what is recorded"),
        required=False,
        help_text=_("Otherwise empty cells leave the register alone."),
    )
    all_or_nothing = forms.BooleanField(label=_("Write nothing when a row is refused"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas: Any = self.fields["area"]
        areas.queryset = areas_to_import_for(user)
        areas.label_from_instance = lambda area: area.name
        self.fields["year"].initial = today().year

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        area, year = values.get("area"), values.get("year")
        if area and year:
            try:
                refuse_closed(area.county_number, [year])
            except YearClosed as error:
                self.add_error("year", error)
        return values

    def clean_files(self) -> list[Any]:
        files = self.cleaned_data["files"]
        if len(files) > MOST_FILES:
            raise ValidationError(_("At most %(count)s files at once.") % {"count": MOST_FILES})
        for file in files:
            if file.size > LARGEST_FILE:
                message = _("“%(name)s” is larger than %(limit)s MB. Please divide it.")
                raise ValidationError(message % {"name": file.name, "limit": LARGEST_FILE // MEGABYTE})
        return files


class ConfirmForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)

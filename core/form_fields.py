"""How a form field is shown, and the yes-no field whose third answer is "not known"."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

PLAIN_INPUTS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput)


class YesNoField(forms.NullBooleanField):
    """Yes, no, or not known: the third state is NULL, and it is the one that stands at first."""

    def __init__(self, **options: Any) -> None:
        choices = [("true", _("Yes")), ("false", _("No")), ("unknown", _("Not known"))]
        options.setdefault("required", False)
        options.setdefault("widget", YesNoRadios(choices=choices))
        super().__init__(**options)


class YesNoRadios(forms.RadioSelect):
    ANSWERS = {"true": True, "false": False, "True": True, "False": False}

    def format_value(self, value: Any) -> list[str]:
        known = self.ANSWERS.get(str(value))
        return ["unknown" if known is None else str(known).lower()]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool | None:
        return self.ANSWERS.get(data.get(name))


class FieldView:
    """A bound field with what stands around it: label, unit, help, doubt and error."""

    def __init__(
        self,
        bound: BoundField,
        *,
        label: str = "",
        unit: str = "",
        help: str = "",
        warn: str = "",
        wide: bool = False,
        search: bool = False,
    ) -> None:
        self.bound = bound
        self.label = label or bound.label
        self.unit = unit
        self.help = help or bound.help_text
        self.warn = warn
        self.wide = wide
        self.search = search

    @property
    def id(self) -> str:
        return self.bound.id_for_label or self.bound.auto_id or self.bound.html_name

    @property
    def errors(self) -> list[str]:
        return [str(error) for error in self.bound.errors]

    @property
    def required(self) -> bool:
        return self.bound.field.required

    @property
    def kind(self) -> str:
        """Which way of showing: radios, check, choices, hidden or plain."""
        widget = self.bound.field.widget
        if isinstance(widget, forms.HiddenInput):
            return "hidden"
        if isinstance(widget, forms.CheckboxInput):
            return "check"
        if isinstance(widget, forms.CheckboxSelectMultiple):
            return "choices"
        return "radios" if isinstance(widget, forms.RadioSelect) else "plain"

    @property
    def described_by(self) -> str:
        parts = [("help", self.help), ("warn", self.warn), ("error", self.errors)]
        return " ".join(f"{self.id}_{name}" for name, there in parts if there)

    @cached_property
    def widget(self) -> str:
        """The control with the house's classes and its aria attributes."""
        attrs: dict[str, Any] = {}
        control = self.bound.field.widget
        if not isinstance(control, PLAIN_INPUTS):
            css = "form-select" if isinstance(control, forms.Select) else "form-control"
            state = "is-err" if self.errors else "is-warn" if self.warn else ""
            attrs["class"] = " ".join(filter(None, [css, state, control.attrs.get("class", "")]))
        elif self.kind == "check":
            attrs["class"] = "form-check-input"
        if self.search:
            attrs["data-select"] = True
        if self.described_by:
            attrs["aria-describedby"] = self.described_by
        if self.errors:
            attrs["aria-invalid"] = "true"
        return self.bound.as_widget(attrs=attrs)

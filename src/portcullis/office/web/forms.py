"""How Django's forms are written in the office's pages: the design system's markup.

Named as ``FORM_RENDERER`` in the settings; a desk writes an ordinary form and gives it to
``office/parts/form.html``.
"""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    # The first that fits: special widgets stand before those that they are made from.
    (forms.CheckboxSelectMultiple, "usa-checkbox__input"),
    (forms.RadioSelect, "usa-radio__input"),
    (forms.CheckboxInput, "usa-checkbox__input"),
    (forms.Select, "usa-select"),
    (forms.Textarea, "usa-textarea"),
    (Input, "usa-input"),
)


class DateInput(forms.DateInput):
    """A day, chosen in the browser's own calendar or typed."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class Field(BoundField):
    """A form's field that knows its class, and what its template asks."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Return the control's attributes, its class among them."""
        control = widget or self.field.widget
        built = super().build_widget_attrs(attrs, control)
        if not control.is_hidden:
            own = [str(control.attrs.get("class", "")), str(built.get("class", ""))]
            ours = next((name for kind, name in _CLASSES if isinstance(control, kind)), "")
            wrong = f"{ours}--error" if self.errors and ours in {"usa-input", "usa-select"} else ""
            built["class"] = " ".join(each for each in (*own, ours, wrong) if each)
        return built

    @property
    def is_check(self) -> bool:
        """Whether it is one box to tick: its label stands after it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choices(self) -> bool:
        """Whether it is a group of boxes or buttons: it has a legend, and each its label."""
        return isinstance(self.field.widget, forms.RadioSelect)

    @property
    def choice_kind(self) -> str:
        """What the group's choices are: ``radio`` or ``checkbox``."""
        several = isinstance(self.field.widget, forms.CheckboxSelectMultiple)
        return "checkbox" if several else "radio"

    @property
    def described(self) -> str:
        """The ids of what describes a group: Django leaves these to the template."""
        return self.aria_describedby or ""


class Renderer(DjangoTemplates):
    """Writes forms with the office's templates."""

    form_template_name = "office/forms/form.html"
    field_template_name = "office/forms/field.html"
    bound_field_class = Field

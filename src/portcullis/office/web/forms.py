"""How Django's forms are written in the office's pages: the design system's markup.

Named as ``FORM_RENDERER`` in the settings; a desk writes an ordinary form and gives it to
``office/parts/form.html``.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

_LINES = 40_000  # characters of a list of ids: 500 packages and more
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


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":  # noqa: ANN401
        """Return the files."""
        cleaned = (super(FilesField, self).clean(each, initial) for each in data or [None])
        return [each for each in cleaned if each is not None]


class LinesField(forms.CharField):
    """Several values, one on each line. Its value is the lines without the space around them.

    Empty lines stand, so that an error can name a line by its number: ``given`` leaves them out.
    """

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        kwargs = {"max_length": _LINES, "required": False, "strip": False, **kwargs}
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        """Return the lines."""
        return [line.strip() for line in super().clean(value).splitlines()]


def given(lines: Iterable[str]) -> list[str]:
    """Return what stands on ``lines``, one of each."""
    return list(dict.fromkeys(filter(None, lines)))


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

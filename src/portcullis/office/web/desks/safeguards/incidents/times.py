"""Times as they are asked for of an incident: written in its zone, or now."""

from typing import Any

from django import forms
from django.http import HttpRequest

from portcullis.errors import PortcullisError
from portcullis.office.web.visitors import visitor_of
from portcullis.oversight import incidents as rules


def field(label: str) -> forms.CharField:
    """Return the field that asks for a time."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=40,
        help_text="For example 2025-11-02T01:30. Left empty: now.",
    )


def read(
    request: HttpRequest, form: forms.Form, name: str, zone: str, *, later: bool = False
) -> dict[str, Any]:
    """Read the form's time into the act's data: as written, in ``zone``; or now.

    Of a time that the clocks show twice it is the ``later``, or else the earlier.
    """
    if request.method != "POST" or not form.is_valid():
        return {}
    written = form.cleaned_data.pop(name)
    now = visitor_of(request).deployment.now()
    try:
        return {name: (rules.instant(written, zone, later=later) if written else now).isoformat()}
    except PortcullisError as error:
        form.add_error(name, str(error))
        return {}

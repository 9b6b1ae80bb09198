"""The pages of the desks at which no batch walks: parts under each other, and forms that ask.

What a page holds is said in Python; ``office/desks/page.html``, ``asked.html`` and ``first.html``
show it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portcullis.errors import PortcullisError
from portcullis.office.web import desks, signing
from portcullis.office.web.charts import Bars, Lines
from portcullis.office.web.parts import Table

Link = tuple[str, str]
"""A link: its address, and its words."""

_FIELD = re.compile(r"The field ([a-z_]+) ")


class Form(forms.Form):
    """A form that says of a field left empty which it is, and what to do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            if (
                each.error_messages.get("required")
                == forms.Field.default_error_messages["required"]
            ):
                does = "Choose the file" if isinstance(each, forms.FileField) else "Fill it in"
                each.error_messages["required"] = f"“{each.label}” is missing. {does}."


@dataclass(frozen=True)
class Part:
    """One part of a page under its ``heading``: whatever of the rest it has, in this order.

    ``post``: an address to which a button, of the words ``submit``, sends the hidden ``fields``.
    """

    heading: str = ""
    text: str = ""
    paragraphs: Sequence[Sequence[str]] = ()
    commands: tuple[str, ...] = ()
    facts: Sequence[tuple[str, object]] = ()
    charts: Sequence[Bars | Lines] = ()
    filters: forms.Form | None = None
    table: Table | None = None
    page: "Page[Any] | None" = None
    query: str = ""
    links: Sequence[Link] = ()
    post: str = ""
    submit: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """A page's heading: at which desk, its title, what it is for; links above it and beside it."""

    desk: str
    title: str
    lede: str = ""
    up: Sequence[Link] = ()
    actions: Sequence[Link] = ()

    @property
    def crumbs(self) -> list[Link]:
        """The way to the page."""
        named = next((each for each in desks.DESKS if each.name == self.desk), None)
        return [*([(named.url, named.title)] if named else []), *self.up]


def page(
    request: HttpRequest,
    head: Head,
    parts: Sequence[Part],
    *,
    alarms: Sequence[Mapping[str, str]] = (),
    progress: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return a page of ``parts``; ``progress``: of work that goes on, as ``working.progress``."""
    context = {"head": head, "parts": parts, "alarms": alarms, "progress": progress}
    return render(request, "office/desks/page.html", context)


def first(
    request: HttpRequest,
    head: Head,
    *,
    alarms: Sequence[Mapping[str, str]],
    stats: Sequence[Mapping[str, object]],
    waiting: Table,
    charts: Sequence[Bars | Lines],
    parts: Sequence[Part] = (),
) -> HttpResponse:
    """Return a desk's first page: alarms, numbers, what waits, further parts, charts."""
    context = {
        "head": head,
        "alarms": alarms,
        "stats": stats,
        "waiting": waiting,
        "charts": charts,
        "parts": parts,
    }
    return render(request, "office/desks/first.html", context)


def ask(
    request: HttpRequest,
    head: Head,
    form: forms.Form,
    act: str,
    fixed: Mapping[str, Any] | None = None,
    *,
    parts: Sequence[Part] = (),
    submit: str = "Go on to sign",
) -> HttpResponse:
    """Return the page that asks for what ``act`` needs; once it is whole, begin the act.

    ``fixed`` is given to the act beside what the form says. What the office refuses is said at the
    form, with its remedy.
    """
    if request.method == "POST" and form.is_valid():
        try:
            return signing.begin(request, act, {**(fixed or {}), **values(form)})
        except PortcullisError as error:
            refuse(form, error)
    return asking(request, head, form, parts=parts, submit=submit)


def asking(
    request: HttpRequest,
    head: Head,
    form: forms.Form,
    *,
    parts: Sequence[Part] = (),
    submit: str,
) -> HttpResponse:
    """Return the page of a form, with ``parts`` above it."""
    context = {"head": head, "form": form, "parts": parts, "submit": submit}
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "office/desks/asked.html", context, status=status)


def refuse(form: forms.Form, error: PortcullisError) -> None:
    """Put the office's refusal into the form, at the field that it names."""
    named = _FIELD.match(error.message)
    at = named.group(1) if named and named.group(1) in form.fields else None
    form.add_error(at, str(error))


def values(form: forms.Form) -> dict[str, Any]:
    """Return what a valid form says, as JSON has it: days as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in form.cleaned_data.items()
    }


def alarm(kind: str, heading: str, text: str = "") -> dict[str, str]:
    """Return an alarm of a desk's first page; ``kind``: error, warning or info."""
    return {"kind": kind, "heading": heading, "text": text}

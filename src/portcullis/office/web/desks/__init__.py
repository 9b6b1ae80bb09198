"""The desks: one module each, with its pages and the acts done there.

A desk is for the people who hold one of its roles on the roster; nobody else finds it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

from portcullis.office.web.deployment import Role
from portcullis.office.web.visitors import Visitor, visitor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True)
class Desk:
    """One desk: its name (module and path), its title, and whose it is."""

    name: str
    title: str
    side: Role
    roles: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address of its first page."""
        return f"/{self.name}/"


DESKS = (
    Desk("specialist", "Disclosure specialist", "holder", ("specialist",)),
    Desk("review", "Review of near misses", "holder", ("reviewer",)),
    Desk("impairment", "Impairment official", "holder", ("impairment-official",)),
    Desk("sample", "Sampler", "holder", ("sampler",)),
    Desk("approval", "Approving official", "holder", ("approver",)),
    Desk("transmission", "Transmitter", "holder", ("transmitter",)),
    Desk("counsel", "Counsel", "holder", ("counsel",)),
    Desk("safeguards", "Safeguards", "holder", ("safeguards",)),
    Desk("oversight", "Oversight", "holder", ("inspector",)),
    Desk("administration", "Administrator", "holder", ("administrator",)),
    Desk("records", "Records officer", "holder", ("records-officer",)),
    Desk("prepare", "Preparer", "requester", ("preparer",)),
    Desk("signatory", "Signatory", "requester", ("signatory",)),
    Desk("officer", "Officer", "requester", ("officer",)),
    Desk("custody", "Custodian", "requester", ("custodian",)),
)


def of(visitor: Visitor) -> list[Desk]:
    """Return the visitor's desks, in the order in which a batch meets them."""
    held = set(visitor.person.roles)
    return [
        desk
        for desk in DESKS
        if desk.side == visitor.deployment.role and held.intersection(desk.roles)
    ]


def menu(visitor: Visitor, at: str) -> list[dict[str, Any]]:
    """Return the visitor's desks for the page's navigation."""
    return [
        {"url": desk.url, "name": desk.title, "current": at.startswith(desk.url)}
        for desk in of(visitor)
    ]


def at_desk(name: str) -> Callable[[View[P]], View[P]]:
    """Show a view to the people of the desk ``name``; anybody else is denied, on the record."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visitor = visitor_of(request)
            if not any(desk.name == name for desk in of(visitor)):
                message = "This desk is for people who hold another role."
                visitor.deployment.deny(f"desk-{name}", visitor.person, message)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def urlpatterns(side: Role) -> Iterable[Any]:
    """Yield the addresses of one side's desks; the other side's are not even loaded."""
    for desk in DESKS:
        if desk.side == side:
            module = import_module(f"{__name__}.{desk.name}")
            patterns: list[URLPattern] = module.urlpatterns
            yield path(f"{desk.name}/", include((patterns, desk.name)))

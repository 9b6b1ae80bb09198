"""The desks: one module each, with its pages and the acts done there.

A desk is for the people whom the roster gives the right to use it; anybody else is denied.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, NoReturn, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, include, path

from portcullis.errors import Refused
from portcullis.office.web.deployment import Role
from portcullis.office.web.visitors import Visitor, visitor_of

P = ParamSpec("P")
_ELSEWHERE = ("cross-site", "same-site")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


@dataclass(frozen=True)
class Desk:
    """One desk: its name (module and path), its title, its side, and the right to use it."""

    name: str
    title: str
    side: Role
    right: str

    @property
    def url(self) -> str:
        """The address of its first page."""
        return f"/{self.name}/"


DESKS = (
    Desk("specialist", "Disclosure specialist", "holder", "specialist-desk"),
    Desk("review", "Review of near misses", "holder", "reviewer-desk"),
    Desk("impairment", "Impairment official", "holder", "impairment-desk"),
    Desk("sample", "Sampler", "holder", "sampler-desk"),
    Desk("approval", "Approving official", "holder", "approver-desk"),
    Desk("transmission", "Transmitter", "holder", "transmitter-desk"),
    Desk("counsel", "Counsel", "holder", "counsel-desk"),
    Desk("safeguards", "Safeguards", "holder", "safeguards-desk"),
    Desk("oversight", "Oversight", "holder", "oversight-desk"),
    Desk("administration", "Administrator", "holder", "administrator-desk"),
    Desk("records", "Records officer", "holder", "records-desk"),
    Desk("prepare", "Preparer", "requester", "preparer-desk"),
    Desk("signatory", "Signatory", "requester", "signatory-desk"),
    Desk("officer", "Officer", "requester", "officer-desk"),
    Desk("custody", "Custodian", "requester", "custodian-desk"),
)


def of(visitor: Visitor) -> list[Desk]:
    """Return the visitor's desks, in the order in which a batch meets them."""
    return [
        desk for desk in DESKS if desk.side == visitor.deployment.role and visitor.may(desk.right)
    ]


def menu(visitor: Visitor, at: str) -> list[dict[str, Any]]:
    """Return the visitor's desks for the page's navigation."""
    return [
        {"url": desk.url, "name": desk.title, "current": at.startswith(desk.url)}
        for desk in of(visitor)
    ]


def deny(request: HttpRequest, visitor: Visitor, right: str, message: str) -> NoReturn:
    """Raise Refused for whoever has not the ``right``, with the attempt on the record.

    Not where a link on another's page brought them here: then it was no attempt of theirs.
    """
    if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:
        raise Refused(message)
    visitor.deployment.deny(right, visitor.person, message)


def at_desk(name: str) -> Callable[[View[P]], View[P]]:
    """Show a view to the people of the desk ``name``; anybody else is denied, on the record."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            visitor = visitor_of(request)
            if not any(desk.name == name for desk in of(visitor)):
                message = "This desk is for people who hold another role."
                deny(request, visitor, _desk(name).right, message)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def _desk(name: str) -> Desk:
    return next(desk for desk in DESKS if desk.name == name)


def urlpatterns(side: Role) -> Iterable[Any]:
    """Yield the addresses of one side's desks; the other side's are not even loaded."""
    for desk in DESKS:
        if desk.side == side:
            module = import_module(f"{__name__}.{desk.name}")
            patterns: list[URLPattern] = module.urlpatterns
            yield path(f"{desk.name}/", include((patterns, desk.name)))

"""What incidents and recalls have in common at a desk: found by an id, shown, begun on, closed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.office.web import signing
from portcullis.office.web.desks import View, at_desk
from portcullis.office.web.pages import Link, Part

HERE = "safeguards"
"""The desk at which they are followed; at others they are only read."""


class Matter(Protocol):
    """An incident or a recall."""

    id: str


M = TypeVar("M", bound=Matter)


@dataclass(frozen=True)
class Matters(Generic[M]):
    """One kind of matter. ``name``: by which its addresses and the data of its acts know it.

    ``title``: of the list of all. ``find`` returns the matter of an id, and raises Refused where
    there is none.
    """

    name: str
    title: str
    find: Callable[[str], M]

    def url(self, desk: str, id_: str, page: str = "") -> str:
        """Return the address at a desk of a matter, or of a ``page`` about it.

        An id may have strokes in it, so it stands in the address's query.
        """
        return f"{reverse(self._view(desk, page))}?{urlencode({'id': id_})}"

    def up(self, desk: str, of: str = "") -> list[Link]:
        """Return the links above a matter's page, or above a page about the matter ``of``."""
        every = (reverse(f"{desk}:{self.name}s"), self.title)
        return [every, (self.url(desk, of), of)] if of else [every]

    def asked(self, request: HttpRequest) -> M:
        """Return the matter that the address names."""
        return self.find(request.GET.get("id", ""))

    def button(self, desk: str, page: str, id_: str, part: Part) -> Part:
        """Return ``part`` of a matter's page with the button that begins the act of ``page``."""
        return replace(part, post=reverse(self._view(desk, page)), fields={"id": id_})

    def beginning(self, desk: str, act: str) -> View[[]]:
        """Return the view to which such a button leads: it begins ``act`` on the matter named."""

        @at_desk(desk)
        @require_POST
        def begin(request: HttpRequest) -> HttpResponse:
            found = self.find(request.POST.get("id", ""))
            return signing.begin(request, act, {self.name: found.id, "desk": desk})

        return begin

    def _view(self, desk: str, page: str) -> str:
        return f"{desk}:{page}-{self.name}" if page else f"{desk}:{self.name}"

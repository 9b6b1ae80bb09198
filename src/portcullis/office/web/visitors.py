"""Who is visiting: the person of the roster behind the session, and what pages know of them."""

import logging
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from django.contrib import messages
from django.http import HttpRequest

from portcullis import keys
from portcullis.agreements import Person
from portcullis.errors import Misuse, Refused
from portcullis.office.permissions import may
from portcullis.office.web.deployment import Deployment

_KEPT = "visitor"
_ELSEWHERE = ("cross-site", "same-site")
_LOG = logging.getLogger("portcullis.web")


@dataclass(frozen=True)
class Visitor:
    """The person signed in, in this deployment."""

    person: Person
    deployment: Deployment

    @property
    def today(self) -> date:
        """The day acts are done on."""
        return self.deployment.today()

    @property
    def thumbprint(self) -> str:
        """The thumbprint of the person's enrolled key (RFC 7638)."""
        return keys.thumbprint(self.person.jwk)

    def may(self, act: str) -> bool:
        """Say whether the person may do ``act`` today."""
        return may(self.person, act, self.today)

    def refuse(self, request: HttpRequest, act: str, message: str) -> NoReturn:
        """Refuse a page or an act that is another's, on the record.

        A page that was only opened is told apart from an act (reason ``page``): whoever can have a
        person follow an address can bring them there. Where a page of another site led here, the
        browser says so; then it is nothing that they tried, and the service's log alone has it.
        """
        if request.method not in {"GET", "HEAD"}:
            self.deployment.deny(act, self.person, message)
        if request.headers.get("Sec-Fetch-Site") in _ELSEWHERE:
            _LOG.warning("A link on another site led to a page of others (%s).", act)
            raise Refused(message, "A link on another site led you here; go on from your desk.")
        self.deployment.deny(act, self.person, message, "page")

    def tell(self, request: HttpRequest, message: str) -> None:
        """Tell the person, on the next page, what was done."""
        messages.success(request, message)


def remember(request: HttpRequest, visitor: Visitor) -> None:
    """Keep the visitor with the request."""
    setattr(request, _KEPT, visitor)


def known(request: HttpRequest) -> Visitor | None:
    """Return the visitor of a request; None where nobody is signed in."""
    found = getattr(request, _KEPT, None)
    return found if isinstance(found, Visitor) else None


def visitor_of(request: HttpRequest) -> Visitor:
    """Return the visitor of a request. Raises Misuse where nobody is signed in."""
    found = known(request)
    if found is None:
        raise Misuse("Nobody is signed in.", "Sign in first.")
    return found

"""Fetching the officer's own packages from the holder's office, one after another."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portcullis.custody import Visit
from portcullis.office.requesting import received
from portcullis.office.requesting.network import Errand, FetchPackages
from portcullis.office.web import network, packages
from portcullis.office.web.answering import answering
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.officer.attesting import DESK
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import visitor_of


@require_GET
@at_desk(DESK)
@packages.visiting
def page(request: HttpRequest, _visited: Visit) -> HttpResponse:
    """Show the page from which packages are fetched."""
    head = Head(
        DESK,
        "Fetch packages",
        "What the holder delivered to you is fetched and taken in, unopened. Your key in this "
        "browser signs each request; what is here already is passed over.",
    )
    relay = network.shown(visitor_of(request))
    return render(request, "office/officer/fetch.html", {"head": head, "relay": relay})


@require_POST
@at_desk(DESK)
@answering
def fetch(request: HttpRequest) -> JsonResponse:
    """Do the next step of fetching packages."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    visited = received.visit(home, visitor.person)

    def done(errand: Errand) -> str:
        visitor.tell(request, f"Taken in, unopened: {errand.state['taken']:,}.")
        return reverse("officer:first")

    return network.step(
        request, "packages", lambda state: FetchPackages(home, visited, state), done
    )

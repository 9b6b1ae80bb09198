"""The first page: the desks of whoever is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portcullis.office.web import desks
from portcullis.office.web.visitors import visitor_of


def home(request: HttpRequest) -> HttpResponse:
    """Go to the person's desk; whoever has several chooses."""
    theirs = desks.of(visitor_of(request))
    if len(theirs) == 1:
        return redirect(theirs[0].url)
    return render(request, "office/home.html", {"desks": theirs})

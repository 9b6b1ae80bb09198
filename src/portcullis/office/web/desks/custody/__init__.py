"""The desk: Custodian."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from portcullis.office.web.desks import at_desk


@at_desk("custody")
def first(request: HttpRequest) -> HttpResponse:
    """Show the desk's first page."""
    return render(request, "office/desk.html", {"title": "Custodian"})


urlpatterns = [path("", first, name="first")]

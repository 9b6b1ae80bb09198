"""Recalls: opened on a ground, attested place by place, closed once all is disposed of."""

from django.urls import URLPattern, path

from portcullis.office.web.desks.safeguards.recalls import attesting, opening, reading, showing


def urls(desk: str) -> list[URLPattern]:
    """Return the addresses at which recalls, and whom each covers, are read at ``desk``."""
    return [
        path("recalls/", showing.every(desk), name="recalls"),
        path("recalls/one/", showing.one(desk), name="recall"),
        path("recalls/one/read/", reading.begin(desk), name="read-recall"),
    ]


urlpatterns = [
    *urls("safeguards"),
    path("recalls/open/", opening.open_, name="open-recall"),
    path("recalls/one/attest/", attesting.attest, name="attest-recall"),
    path("recalls/one/close/", attesting.close, name="close-recall"),
]

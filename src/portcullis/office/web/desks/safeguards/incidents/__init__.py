"""Incidents: opened on suspicion, the 24-hour clock, the report, who was told, the closing."""

from django.urls import URLPattern, path

from portcullis.office.web.desks.safeguards.incidents import (
    opening,
    reading,
    reporting,
    showing,
    telling,
)


def urls(desk: str) -> list[URLPattern]:
    """Return the addresses at which incidents, and their reports, are read at ``desk``."""
    return [
        path("incidents/", showing.every(desk), name="incidents"),
        path("incidents/one/", showing.one(desk), name="incident"),
        path("incidents/one/read/", reading.begin(desk), name="read-incident"),
    ]


urlpatterns = [
    *urls("safeguards"),
    path("incidents/open/", opening.open_, name="open-incident"),
    path("incidents/template/", reporting.template, name="report-template"),
    path("incidents/one/report/", reporting.report, name="report-incident"),
    path("incidents/one/notice/", telling.notice, name="tell-incident"),
    path("incidents/one/close/", telling.close, name="close-incident"),
]

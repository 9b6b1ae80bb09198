"""The safeguards desk: may the recipient receive, incidents, recalls, alarms, what it owes."""

from django.urls import path

from portcullis.office.web import alarming
from portcullis.office.web.desks.safeguards import (
    attestations,
    dashboard,
    incidents,
    owed,
    recalls,
    standing,
)

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("standing/", standing.now, name="standing"),
    path("record/", standing.record, name="record"),
    path("findings/<str:finding_id>/", standing.accept, name="accept"),
    path("incidents/", incidents.every, name="incidents"),
    path("incidents/open/", incidents.open_, name="open-incident"),
    path("incidents/template/", incidents.template, name="report-template"),
    path("incidents/one/", incidents.one, name="incident"),
    path("incidents/one/report/", incidents.report, name="report-incident"),
    path("incidents/one/notice/", incidents.notice, name="tell-incident"),
    path("incidents/one/close/", incidents.close, name="close-incident"),
    path("recalls/", recalls.every, name="recalls"),
    path("recalls/open/", recalls.open_, name="open-recall"),
    path("recalls/one/", recalls.one, name="recall"),
    path("recalls/one/attest/", recalls.attest, name="attest-recall"),
    path("recalls/one/close/", recalls.close, name="close-recall"),
    path("duties/", owed.every, name="duties"),
    path("attestations/", attestations.enter, name="attestation"),
    *alarming.urls("safeguards"),
]

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
    *incidents.urlpatterns,
    *recalls.urlpatterns,
    path("duties/", owed.every, name="duties"),
    path("attestations/", attestations.enter, name="attestation"),
    *alarming.urls("safeguards"),
]

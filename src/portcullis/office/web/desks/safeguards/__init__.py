"""The safeguards desk: may the recipient receive, incidents, recalls, alarms, what it owes."""

from django.urls import path

from portcullis.office.web import alarming, denied, owed, reported, stated
from portcullis.office.web.desks.safeguards import (
    attestations,
    custodians,
    dashboard,
    incidents,
    recalls,
    standing,
)

urlpatterns = [
    path("", dashboard.first, name="first"),
    *standing.urls("safeguards"),
    path("record/", standing.record, name="record"),
    path("findings/<str:finding_id>/", standing.accept, name="accept"),
    *incidents.urlpatterns,
    *recalls.urlpatterns,
    *owed.urls("safeguards"),
    path("attestations/", attestations.enter, name="attestation"),
    path("custodians/<str:placed_id>/", custodians.one, name="custodians"),
    path("custodians/<str:placed_id>/notice/", custodians.issue, name="issue-notice"),
    *stated.urls("safeguards"),
    *reported.urls("safeguards"),
    *denied.urls("safeguards"),
    *alarming.urls("safeguards"),
]

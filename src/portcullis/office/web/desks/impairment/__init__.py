"""The desk of the official who records whether 26 U.S.C. § 6103(i)(6) bars each eligible request.

Whom it bars is that role's alone to read.
"""

from django.urls import path

from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.impairment import dashboard, pages, recording
from portcullis.office.web.explaining import asking

explain = at_desk("impairment")(asking("impairment:explain", "office/impairment/explain.html"))

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("explain/", explain, name="explain"),
    path("batches/<str:batch_id>/", pages.one, name="batch"),
    path("batches/<str:batch_id>/marks/", recording.mark, name="mark"),
    path("batches/<str:batch_id>/file/", recording.from_file, name="file"),
    path("batches/<str:batch_id>/record/", recording.record, name="record"),
]

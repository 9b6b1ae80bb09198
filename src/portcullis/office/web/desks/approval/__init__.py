"""The desk of the approving official: approves a list in writing, or sends it back."""

from django.urls import path

from portcullis.office.web import reported
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.approval import acts, dashboard, pages
from portcullis.office.web.explaining import asking

explain = at_desk("approval")(asking("approval:explain", "office/approval/explain.html"))

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("explain/", explain, name="explain"),
    *reported.urls("approval"),
    path("batches/<str:batch_id>/", pages.one, name="batch"),
    path("batches/<str:batch_id>/approve/", acts.approve, name="approve"),
    path("batches/<str:batch_id>/send-back/", acts.send_back, name="send-back"),
]

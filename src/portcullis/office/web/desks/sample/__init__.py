"""The desk of the sampler: draws a list's sample once, and says of each request if it is lawful."""

from django.urls import path

from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.sample import acts, dashboard, pages
from portcullis.office.web.explaining import asking

explain = at_desk("sample")(asking("sample:explain", "office/sample/explain.html"))

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("explain/", explain, name="explain"),
    path("batches/<str:batch_id>/", pages.one, name="batch"),
    path("batches/<str:batch_id>/draw/", acts.draw, name="draw"),
    path("batches/<str:batch_id>/open/", acts.open_, name="open"),
    path("batches/<str:batch_id>/requests/", pages.examine, name="examine"),
    path("batches/<str:batch_id>/verdicts/", acts.keep, name="keep"),
    path("batches/<str:batch_id>/conclude/", acts.conclude, name="conclude"),
]

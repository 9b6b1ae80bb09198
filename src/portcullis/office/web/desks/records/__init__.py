"""The records officer's desk: working data under the schedule, what keeps it, its disposal."""

from django.urls import path

from portcullis.office.web.desks.records import dashboard, erasing

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("kept/", dashboard.kept, name="kept"),
    path("erased/", dashboard.erased, name="erased"),
    path("erase/<str:kind>/<str:subject>/", erasing.erase, name="erase"),
]

"""The desk of the transmitter: releases what is approved, and answers a batch."""

from django.urls import path

from portcullis.office.web.desks.transmission import acts, dashboard, pages

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("batches/<str:batch_id>/", pages.one, name="batch"),
    path("batches/<str:batch_id>/release/", acts.release, name="release"),
    path("batches/<str:batch_id>/packages/", pages.packages, name="packages"),
]

"""The desk: Officer. Attests, opens what came back for a purpose, and says what became of it."""

from django.urls import path

from portcullis.office.web.desks.officer import attesting

urlpatterns = [
    path("", attesting.first, name="first"),
    path("attest/<str:draft_id>/", attesting.attest, name="attest"),
]

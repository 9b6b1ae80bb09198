"""The administrator's desk: people and keys, accounts, the ledger's keys, the home's health."""

from django.urls import path

from portcullis.office.web import rostering
from portcullis.office.web.desks.administration import (
    agreement,
    dashboard,
    health,
    ledger_keys,
    people,
)

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("people/", people.every, name="people"),
    path("people/enrol/", people.enrol, name="enrol"),
    path("people/adopt/", people.adopt, name="adopt"),
    path("people/<str:person_id>/", people.one, name="person"),
    path("people/<str:person_id>/change/", people.change, name="change-person"),
    path("ledger/", ledger_keys.state, name="ledger"),
    path("ledger/witnesses/", ledger_keys.witnesses, name="witnesses"),
    path("ledger/<str:act>/", ledger_keys.begin, name="ledger-act"),
    path("agreement/", agreement.shown, name="agreement"),
    path("health/", health.state, name="health"),
    path("health/doctor/", health.doctor, name="doctor"),
    *rostering.urls("administration"),
]

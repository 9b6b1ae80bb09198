"""The administrator's desk: people and keys, the home's and the ledger's keys, its health."""

from django.urls import path

from portcullis.office.web import rostering
from portcullis.office.web.desks.administration import (
    agreement,
    dashboard,
    health,
    home_keys,
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
    path("keys/", home_keys.state, name="keys"),
    path("keys/<str:key>/change/", home_keys.begin, name="rotate-key"),
    path("agreement/", agreement.shown, name="agreement"),
    path("health/", health.state, name="health"),
    path("health/doctor/", health.doctor, name="doctor"),
    *rostering.urls("administration"),
]

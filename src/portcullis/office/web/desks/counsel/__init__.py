"""Counsel's desk: orders and holds, readings of the law, and what of a recall is counsel's.

Also notices to persons, what persons may be told, and the versions of the agreement.
"""

from django.urls import path

from portcullis.office.web import past, reported, rostering
from portcullis.office.web.desks.counsel import (
    charging,
    clearing,
    dashboard,
    determinations,
    explaining,
    filing,
    histories,
    lifting,
    orders,
    person_notices,
    readings,
    recalls,
    reexamining,
    sealing,
    versions,
)
from portcullis.office.web.desks.safeguards import incidents

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("orders/", orders.every, name="orders"),
    path("orders/file/", filing.order, name="file-order"),
    path("holds/place/", filing.hold, name="place-hold"),
    path("orders/<str:placed_id>/", orders.one, name="order"),
    path("orders/<str:placed_id>/custodians/", orders.custodians, name="custodians"),
    path("orders/<str:placed_id>/notice/", orders.issue, name="issue-notice"),
    path("orders/<str:placed_id>/lift/", lifting.lift, name="lift"),
    path("orders/<str:placed_id>/persons/", sealing.again, name="seal-again"),
    path("orders/<str:placed_id>/clear/", clearing.clear, name="clear"),
    path("readings/", readings.every, name="readings"),
    path("readings/change/", readings.change, name="change-reading"),
    path("recalls/", recalls.every, name="recalls"),
    path("recalls/one/", recalls.one, name="recall"),
    path("recalls/one/drafts/", recalls.drafts, name="recall-drafts"),
    path("recalls/one/demand/", recalls.demand, name="demand-recall"),
    path("notices/", person_notices.every, name="notices"),
    path("notices/charge/", charging.charge, name="charge-notice"),
    path("notices/one/", person_notices.one, name="notice"),
    path("notices/one/draft/", person_notices.draft, name="notice-draft"),
    path("notices/one/given/", person_notices.given, name="notice-given"),
    path("told/", determinations.every, name="determinations"),
    path("told/determine/", determinations.determine, name="determine"),
    path("explain/", explaining.ask, name="explain"),
    path("agreement/", versions.shown, name="agreement"),
    path("agreement/add/", versions.add, name="add-version"),
    path("histories/import/", histories.import_, name="import-history"),
    path("histories/<str:history_id>/compare/", histories.compare, name="compare-history"),
    path("reexaminations/again/", reexamining.reexamine, name="reexamine"),
    *past.urls("counsel"),
    *reported.urls("counsel"),
    *incidents.urls("counsel"),
    *rostering.urls("counsel"),
]

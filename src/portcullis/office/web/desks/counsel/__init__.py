"""Counsel's desk: orders and holds, their lifting, and which readings of the law are in force."""

from django.urls import path

from portcullis.office.web import past, rostering
from portcullis.office.web.desks.counsel import (
    dashboard,
    filing,
    histories,
    lifting,
    orders,
    readings,
    reexamining,
)

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("orders/", orders.every, name="orders"),
    path("orders/file/", filing.order, name="file-order"),
    path("holds/place/", filing.hold, name="place-hold"),
    path("orders/<str:placed_id>/", orders.one, name="order"),
    path("orders/<str:placed_id>/custodians/", orders.custodians, name="custodians"),
    path("orders/<str:placed_id>/lift/", lifting.lift, name="lift"),
    path("readings/", readings.every, name="readings"),
    path("readings/change/", readings.change, name="change-reading"),
    path("histories/import/", histories.import_, name="import-history"),
    path("histories/<str:history_id>/compare/", histories.compare, name="compare-history"),
    path("reexaminations/again/", reexamining.reexamine, name="reexamine"),
    *past.urls("counsel"),
    *rostering.urls("counsel"),
]

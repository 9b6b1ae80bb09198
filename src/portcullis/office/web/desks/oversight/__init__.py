"""The inspector's desk: the ledger's state, denied attempts, alarms, reports, the accounting."""

from django.urls import path

from portcullis.office.web import alarming, past
from portcullis.office.web.desks.oversight import accounting, dashboard, denials, ledger, reports

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("authority/", dashboard.authority, name="authority"),
    path("ledger/", ledger.state, name="ledger"),
    path("ledger/public.json", ledger.public, name="public-keys"),
    path("ledger/policy", ledger.policy, name="policy"),
    path("ledger/checkpoint", ledger.checkpoint, name="checkpoint"),
    path("denials/", denials.every, name="denials"),
    path("reports/", reports.every, name="reports"),
    path("reports/make/", reports.make, name="make-report"),
    path("reports/export/", reports.export, name="export"),
    path("accounting/", accounting.state, name="accounting"),
    path("accounting/count/", accounting.count, name="count"),
    *past.urls("oversight"),
    *alarming.urls("oversight"),
]

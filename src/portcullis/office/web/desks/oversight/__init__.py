"""The inspector's desk: the ledger's state, denied attempts, alarms, reports, the accounting.

And, to be read, what the other desks did: batches, incidents, recalls, what the recipient owes.
"""

from django.urls import path

from portcullis.office.web import alarming, denied, owed, past, reported
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.oversight import accounting, batches, dashboard, exports, ledger
from portcullis.office.web.desks.safeguards import incidents, recalls, standing
from portcullis.office.web.explaining import asking

explain = at_desk("oversight")(asking("oversight:explain", "office/oversight/explain.html"))

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("authority/", dashboard.authority, name="authority"),
    path("ledger/", ledger.state, name="ledger"),
    path("ledger/public.json", ledger.public, name="public-keys"),
    path("ledger/policy", ledger.policy, name="policy"),
    path("ledger/checkpoint", ledger.checkpoint, name="checkpoint"),
    *reported.urls("oversight", exports.TITLE, (("export", "Make an export"),)),
    path("reports/export/", exports.export, name="export"),
    path("accounting/", accounting.state, name="accounting"),
    path("accounting/count/", accounting.count, name="count"),
    path("batches/", batches.every, name="batches"),
    path("batches/<str:batch_id>/", batches.one, name="batch"),
    path("explain/", explain, name="explain"),
    *past.urls("oversight"),
    *alarming.urls("oversight"),
    *denied.urls("oversight"),
    *incidents.urls("oversight"),
    *recalls.urls("oversight"),
    *owed.urls("oversight"),
    *standing.urls("oversight"),
]

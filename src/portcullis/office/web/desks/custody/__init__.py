"""The desk: Custodian. Answers for the home: all packages, certificates, notices, log, people."""

from django.urls import path

from portcullis.office.web.desks.custody import holder, keeping, log, notices

urlpatterns = [
    path("", keeping.first, name="first"),
    path("packages/", keeping.listed, name="packages"),
    path("take-in/", keeping.take_in, name="take-in"),
    path("certify/", keeping.certify, name="certify"),
    path("signed/<uuid:stated_id>/", keeping.signed, name="signed"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<str:name>/", notices.one, name="notice"),
    path("holder/", holder.shown, name="holder-keys"),
    path("holder/<uuid:proposed_id>/", holder.proposed, name="proposed-keys"),
    path("holder/<uuid:proposed_id>/decline/", holder.decline, name="proposed-keys-decline"),
    path("log/", log.newest, name="log"),
]

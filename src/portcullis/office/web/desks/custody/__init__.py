"""The desk: Custodian. Answers for the home: all packages, certificates, notices, log, people."""

from django.urls import path

from portcullis.office.web import holder_keys
from portcullis.office.web.desks.custody import keeping, log, notices

urlpatterns = [
    path("", keeping.first, name="first"),
    path("packages/", keeping.listed, name="packages"),
    path("take-in/", keeping.take_in, name="take-in"),
    path("certify/", keeping.certify, name="certify"),
    path("signed/<uuid:stated_id>/", keeping.signed, name="signed"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<str:name>/", notices.one, name="notice"),
    *holder_keys.urls("custody"),
    path("log/", log.newest, name="log"),
]

"""The desk: Signatory. The agency head or inspector general reads a batch, and signs it or not."""

from django.urls import path

from portcullis.office.web import holder_keys
from portcullis.office.web.desks.signatory import notices, reading, signing

urlpatterns = [
    path("", reading.first, name="first"),
    *holder_keys.urls("signatory"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<str:name>/", notices.one, name="notice"),
    path("signed/<uuid:stated_id>/", notices.signed, name="signed"),
    path("<str:draft_id>/", reading.draft, name="draft"),
    path("<str:draft_id>/rows/", reading.rows, name="rows"),
    path("<str:draft_id>/rows/<int:number>/", reading.row, name="row"),
    path("<str:draft_id>/sign/", signing.sign, name="sign"),
    path("<str:draft_id>/send-back/", signing.send_back, name="send-back"),
]

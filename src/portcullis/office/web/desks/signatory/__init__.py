"""The desk: Signatory. The agency head or inspector general reads a batch, and signs it or not."""

from django.urls import path

from portcullis.office.web.desks.signatory import holder, notices, reading, signing

urlpatterns = [
    path("", reading.first, name="first"),
    path("holder/", holder.shown, name="holder-keys"),
    path("holder/<uuid:proposed_id>/", holder.proposed, name="proposed-keys"),
    path("holder/<uuid:proposed_id>/decline/", holder.decline, name="proposed-keys-decline"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<str:name>/", notices.one, name="notice"),
    path("signed/<uuid:stated_id>/", notices.signed, name="signed"),
    path("<str:draft_id>/", reading.draft, name="draft"),
    path("<str:draft_id>/rows/", reading.rows, name="rows"),
    path("<str:draft_id>/rows/<int:number>/", reading.row, name="row"),
    path("<str:draft_id>/sign/", signing.sign, name="sign"),
    path("<str:draft_id>/send-back/", signing.send_back, name="send-back"),
]

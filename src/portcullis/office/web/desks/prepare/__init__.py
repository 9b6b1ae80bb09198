"""The desk: Preparer. A batch is made and checked, signed for, sent, and its answers taken in."""

from django.urls import path

from portcullis.office.web.desks.prepare import answers, making, network, rows, signing

urlpatterns = [
    path("", making.first, name="first"),
    path("new/", making.new, name="new"),
    path("form/", making.by_form, name="form"),
    path("<str:draft_id>/", making.draft, name="draft"),
    path("<str:draft_id>/file/", making.again, name="file"),
    path("<str:draft_id>/unreadable/", making.unreadable, name="unreadable"),
    path("<str:draft_id>/check/", making.check, name="check"),
    path("<str:draft_id>/leave-out/", rows.leave_out, name="leave-out"),
    path("<str:draft_id>/findings/", rows.findings, name="findings"),
    path("<str:draft_id>/rows/", rows.listed, name="rows"),
    path("<str:draft_id>/rows/new/", rows.new, name="row-new"),
    path("<str:draft_id>/rows/<int:number>/", rows.edit, name="row"),
    path("<str:draft_id>/rows/<int:number>/leave-out/", rows.leave_one_out, name="row-leave-out"),
    path("<str:draft_id>/ready/", signing.ready, name="ready"),
    path("<str:draft_id>/sign/", signing.sign, name="sign"),
    path("<str:draft_id>/send/", signing.send, name="send"),
    path("<str:draft_id>/take-back/", signing.take_back, name="take-back"),
    path("<str:draft_id>/withdraw/", signing.withdraw, name="withdraw"),
    path("<str:draft_id>/transmittal/<str:name>/", signing.transmittal, name="transmittal"),
    path("<str:draft_id>/network/<str:name>/", network.errand, name="network"),
    path("<str:draft_id>/fetched/<str:name>/", network.fetched, name="fetched"),
    path("<str:draft_id>/receipt/", answers.receipt, name="receipt"),
    path("<str:draft_id>/answers/", answers.answers, name="answers"),
    path("<str:draft_id>/answers/each/", answers.each, name="answers-each"),
    path("<str:draft_id>/refused/", answers.refused, name="refused"),
]

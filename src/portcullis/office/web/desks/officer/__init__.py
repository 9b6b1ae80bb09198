"""The desk: Officer. Attests, opens what came back for a purpose, and says what became of it."""

from django.urls import path

from portcullis.office.web.desks.officer import attesting, keeping, keys, network, notices, opening

urlpatterns = [
    path("", keeping.first, name="first"),
    path("attest/<str:draft_id>/", attesting.attest, name="attest"),
    path("take-in/", keeping.take_in, name="take-in"),
    path("packages/<str:package_id>/", keeping.package, name="package"),
    path("packages/<str:package_id>/ask/", opening.ask, name="ask"),
    path("status/", keeping.status, name="status"),
    path("signed/<uuid:stated_id>/", keeping.signed, name="signed"),
    path("openings/<uuid:opening_id>/", opening.opening, name="opening"),
    path("openings/<uuid:opening_id>/request/", opening.request_file, name="opening-request"),
    path("openings/<uuid:opening_id>/statement/", opening.statement, name="opening-statement"),
    path("openings/<uuid:opening_id>/package/", opening.package, name="opening-package"),
    path("openings/<uuid:opening_id>/failed/", opening.failed, name="opening-failed"),
    path("openings/<uuid:opening_id>/holder/", opening.ask_holder, name="opening-holder"),
    path("fetch/", network.page, name="fetch-page"),
    path("fetch/next/", network.fetch, name="fetch"),
    path("key/", keys.key, name="key"),
    path("notices/", notices.listed, name="notices"),
    path("notices/<str:name>/", notices.one, name="notice"),
]

"""The desk of the reviewers: near misses, looked at, found, and confirmed by a second."""

from django.urls import path

from portcullis.office.web.desks.review import dashboard, deciding, pages

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("train/", deciding.train, name="train"),
    path("rules/", pages.rules, name="rules"),
    path("batches/<str:batch_id>/", pages.queue, name="queue"),
    path("batches/<str:batch_id>/<int:row>/", pages.one, name="one"),
    path("batches/<str:batch_id>/<int:row>/look/", deciding.look, name="look"),
    path("batches/<str:batch_id>/<int:row>/find/", deciding.find, name="find"),
    path("batches/<str:batch_id>/<int:row>/confirm/", deciding.confirm, name="confirm"),
]

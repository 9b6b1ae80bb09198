"""The desk of the disclosure specialist: takes in, adjudicates, answers the person concerned."""

from django.urls import path

from portcullis.office.web import owed, stated
from portcullis.office.web.desks.specialist import (
    batches,
    dashboard,
    deciding,
    explaining,
    intake,
    persons,
    singles,
)

urlpatterns = [
    path("", dashboard.first, name="first"),
    path("intake/", intake.intake, name="intake"),
    path("intake/<uuid:task_id>/", intake.taken, name="taken"),
    path("refusals/", intake.refusals, name="refusals"),
    path("batches/", batches.every, name="batches"),
    path("batches/<str:batch_id>/", batches.one, name="batch"),
    path("batches/<str:batch_id>/quarantine/", batches.quarantine, name="quarantine"),
    path("batches/<str:batch_id>/receipt/", batches.receipt, name="receipt"),
    path("batches/<str:batch_id>/receipt.json", batches.receipt_file, name="receipt-file"),
    path("batches/<str:batch_id>/adjudicate/", deciding.adjudicate, name="adjudicate"),
    path("batches/<str:batch_id>/supplement/", deciding.supplement, name="supplement"),
    path("singles/", singles.every, name="singles"),
    path("explain/", explaining.ask, name="explain"),
    path("persons/", persons.concerned, name="concerned"),
    path("persons/prove/", persons.prove, name="prove"),
    path("persons/letter/", persons.letter, name="letter"),
    *stated.urls("specialist"),
    *owed.urls("specialist"),
]

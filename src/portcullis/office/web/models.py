"""What the pages keep between two clicks."""

import uuid

from django.db import models


class PendingAct(models.Model):
    """An act that a person began and has not signed yet.

    ``data`` is what its form said, ``statement`` what is to be signed next, ``tokens`` what was
    signed so far. It is deleted once the act is done, and of no use after ``signing.LASTS``.
    """

    WAITING, ACTING = "waiting", "acting"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    data = models.JSONField()
    moment = models.DateTimeField()
    begun_at = models.DateTimeField(auto_now_add=True)
    statement = models.JSONField()
    tokens = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=WAITING)


class FailedSignIn(models.Model):
    """One failed sign-in of a person on the roster; forgotten when they sign in."""

    person = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField(auto_now_add=True)

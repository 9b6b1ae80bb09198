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


class ApiCall(models.Model):
    """A request of the API that writes: its answer, given again to the same request.

    ``digest`` is of method, address and content digest; ``status`` 0 while it is being answered.
    """

    person = models.CharField(max_length=80)
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    status = models.IntegerField(default=0)
    answer = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        """One answer a key of each person."""

        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_answer_a_key")]

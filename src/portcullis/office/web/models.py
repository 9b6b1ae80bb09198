"""What the pages keep between two clicks."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models

from portcullis import tables


def _key() -> bytes:
    return bytes.fromhex(settings.SECRET_KEY)


class PendingAct(models.Model):
    """An act that a person began and has not signed yet.

    ``sealed`` holds what its form said, encrypted: a reason in words may be in it. ``statement`` is
    what is to be signed next, ``tokens`` what was signed so far. It is deleted once the act is
    done, and of no use after ``signing.LASTS``.
    """

    WAITING, ACTING = "waiting", "acting"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    sealed = models.BinaryField()
    moment = models.DateTimeField()
    begun_at = models.DateTimeField(auto_now_add=True)
    statement = models.JSONField()
    tokens = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=WAITING)

    @property
    def data(self) -> dict[str, Any]:
        """What the form said. Raises Misuse where the deployment's web key is another by now."""
        return dict(json.loads(tables.unseal(_key(), bytes(self.sealed), str(self.id))))

    @data.setter
    def data(self, said: Mapping[str, Any]) -> None:
        self.sealed = tables.seal(_key(), json.dumps(dict(said)).encode(), str(self.id))


class KeptForm(models.Model):
    """A form sent by ``person`` to ``path`` when their session had ended (``kept``).

    ``sealed`` holds its fields, encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.CharField(max_length=80, db_index=True)
    path = models.CharField(max_length=1000)
    sealed = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Its fields, in order. Raises Misuse where the deployment's key is another by now."""
        opened = json.loads(tables.unseal(_key(), bytes(self.sealed), str(self.id)))
        return [(str(name), str(value)) for name, value in opened]

    @fields.setter
    def fields(self, sent: Sequence[tuple[str, str]]) -> None:
        self.sealed = tables.seal(_key(), json.dumps(list(sent)).encode(), str(self.id))


class FailedSignIn(models.Model):
    """One failed sign-in of a person; forgotten when the account is given anew."""

    person = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField(auto_now_add=True)


class AccountReset(models.Model):
    """A proposal that a person's account be given anew, by whom; it waits for another's word."""

    person = models.CharField(primary_key=True, max_length=80)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(auto_now_add=True)


class ApiCall(models.Model):
    """A request of the API that writes: its answer, given again to the same request.

    ``digest`` is of method, address and content digest; ``status`` 0 while it is being answered;
    ``answer`` empty where it may not be kept. ``at``: when it was begun. It is deleted after a day.
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


class SpentToken(models.Model):
    """The SHA-256 of a token by which an act was done: it does no other. Deleted after a day."""

    digest = models.CharField(primary_key=True, max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)


class Mark(models.Model):
    """What signing in remembers until a moment (``signin.marks``); ``name``: of it the SHA-256."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(db_index=True)

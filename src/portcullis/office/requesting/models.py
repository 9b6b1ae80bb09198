"""The requester's state: its drafts, what people did to them, and what they signed for the holder.

The requests themselves are files (``sheets``), not rows.
"""

import uuid

from django.db import models


class Draft(models.Model):
    """A batch being made, until its answers are here; ``id`` is the batch's.

    ``files`` names the files in force in ``folder``; ``generation`` counts its changes while it was
    open. ``unreadable``: how many rows of the file were none. ``found`` counts requests by what
    screening said of them, ``elements`` by the element that it found; ``checked_under``: which
    version of the agreement. ``manifest`` is drafted before it is signed: its salt is drawn once.
    ``receipt`` and ``answers`` are the holder's; ``network`` is how far the errands over its API
    are.
    """

    id = models.CharField(max_length=64, primary_key=True)
    folder = models.UUIDField(default=uuid.uuid4, editable=False)
    files = models.CharField(max_length=36, blank=True)
    generation = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20)
    since = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField(default=0)
    unreadable = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    elements = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    checked_on = models.DateField(null=True)
    checked_under = models.CharField(max_length=80, blank=True)
    signatory = models.CharField(max_length=80, blank=True)
    manifest = models.JSONField(null=True)
    officers = models.JSONField(default=dict)
    receipt = models.JSONField(null=True)
    answers = models.JSONField(default=dict)
    network = models.JSONField(default=dict)
    answered_on = models.DateField(null=True)


class DraftAct(models.Model):
    """What a person did to a draft. ``kind`` is its line in ``permissions``, ``what`` what it was.

    ``signature`` is empty for what is prepared before anybody signs; ``note``: a reason given.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=40)
    what = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    at = models.DateTimeField()
    signature = models.TextField(blank=True)
    note = models.TextField(blank=True)


class Opening(models.Model):
    """An opening that an officer asked for: the statement, and the officer's signature over it.

    ``token`` is the holder's, once it came.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    package = models.CharField(max_length=80, db_index=True)
    person = models.CharField(max_length=80)
    at = models.DateTimeField()
    statement = models.JSONField()
    request = models.TextField()
    token = models.TextField(blank=True)


class ProposedKeys(models.Model):
    """The holder's public keys as somebody proposed them: the file ``text``, as it was sent.

    ``fingerprint`` is its SHA-256, ``replaces`` that of the file in force then ("" for none).
    ``decision``: accepted or declined, by whom and when; empty while it waits.
    """

    ACCEPTED, DECLINED = "accepted", "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    text = models.TextField()
    fingerprint = models.CharField(max_length=64)
    replaces = models.CharField(max_length=64, blank=True)
    signature = models.TextField()
    decision = models.CharField(max_length=10, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_signature = models.TextField(blank=True)


class Stated(models.Model):
    """What a person signed for the holder: a status, a certificate, a request to enrol a key.

    ``text`` is what is carried to the holder.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    person = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField()
    about = models.CharField(max_length=200)
    text = models.TextField()

"""What there is to be done in the background, and how far it is."""

import uuid

from django.db import models
from django.db.models import Q


class Task(models.Model):
    """A piece of long work that somebody began; one for each ``key``, whoever asks again.

    ``token`` is the person's signature by which it is done, ``data`` what it is to be done with:
    ids and words, never a value of a request or a record. ``message`` names the delivery of it to
    a worker that counts (``DBTaskResult``): each attempt has its own, so that an earlier one finds
    that it is not the task's any more. ``leased_until``: when the attempt under way may be taken
    over, unless it is heard of again. ``step`` to ``left`` are the newest report. ``said`` and
    ``remedy`` are what it came to, in words; ``result`` the same as facts.
    """

    WAITING, WORKING, STOPPING = "waiting", "working", "stopping"
    DONE, FAILED, CANCELLED = "done", "failed", "cancelled"
    LIVE = (WAITING, WORKING, STOPPING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    batch = models.CharField(max_length=80, blank=True)
    person = models.CharField(max_length=80)
    token = models.TextField(blank=True)
    moment = models.DateTimeField()
    data = models.JSONField(default=dict)
    after = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=10, default=WAITING)
    message = models.UUIDField(null=True, unique=True)
    attempts = models.IntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    step = models.CharField(max_length=200, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    rate = models.FloatField(default=0)
    left = models.FloatField(null=True)

    said = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        """No two of one kind at a time on one batch."""

        constraints = (
            models.UniqueConstraint(
                fields=("kind", "batch"),
                condition=Q(state__in=("waiting", "working", "stopping")) & ~Q(batch=""),
                name="one_live_task_a_batch",
            ),
        )

    @property
    def live(self) -> bool:
        """Whether it is still to be done, or being done."""
        return self.state in self.LIVE

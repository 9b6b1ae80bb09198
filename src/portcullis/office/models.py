"""The office's state: human acts and where each thing stands. Bulk facts are files, not rows."""

import uuid

from django.db import models


class Entry(models.Model):
    """One ledger entry, at the position it has for ever; the outbox of the ledger.

    Written in the same transaction as the act it records; ``integrated`` once a published
    checkpoint covers it.
    """

    position = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=40)
    batch = models.CharField(max_length=80, blank=True, db_index=True)
    body = models.BinaryField()
    integrated = models.BooleanField(default=False, db_index=True)

    class Meta:
        """Pages and rules ask for entries of a kind: there may be a million of others."""

        indexes = [models.Index(fields=["kind", "position"], name="entries_of_a_kind")]


class Counter(models.Model):
    """The next ledger position; the one row that every act locks."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=0)


class Checkpoint(models.Model):
    """A published checkpoint, kept as it was when it first covered ``size`` entries."""

    size = models.BigIntegerField(primary_key=True)
    text = models.TextField()


class Act(models.Model):
    """What a person did, signed by that person's own enrolled key."""

    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    batch = models.CharField(max_length=80, blank=True, db_index=True)
    at = models.DateTimeField()
    signature = models.TextField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)

    class Meta:
        """Pages ask for the acts of a kind since a day."""

        indexes = [models.Index(fields=["kind", "at"], name="acts_of_a_kind")]


class Batch(models.Model):
    """A transmittal taken in. ``wrapped_key`` opens its files; without it they are unreadable."""

    id = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=20)
    manifest_digest = models.CharField(max_length=64, unique=True)
    signatory = models.CharField(max_length=80)
    prepared_by = models.CharField(max_length=80)
    agreement_version = models.CharField(max_length=40)
    received_on = models.DateField()
    received_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    taken = models.BigIntegerField()
    quarantined = models.BigIntegerField()
    wrapped_key = models.BinaryField()
    held_reason = models.TextField(blank=True)

    class Meta:
        """Pages ask for the batches in a state, and for those received since a day."""

        indexes = [
            models.Index(fields=["state", "received_on"], name="batches_in_a_state"),
            models.Index(fields=["received_on", "id"], name="batches_by_receipt"),
        ]


class DeterminationList(models.Model):
    """A list of determinations whose root is on the ledger; number 1 is the batch's own.

    The next numbers are supplementary lists, which reviewed near misses stand on as eligible; the
    last, ``final``, says what became of every request.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lists")
    number = models.IntegerField()
    root = models.CharField(max_length=64)
    leaves = models.BigIntegerField()
    eligible = models.BigIntegerField()
    final = models.BooleanField(default=False)
    as_of = models.DateField()
    prepared_by = models.CharField(max_length=80)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One list of each number a batch."""

        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_list_a_number")
        ]


class Impairment(models.Model):
    """The record of 26 U.S.C. § 6103(i)(6) for one eligible request; read by its official only."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="impairments")
    row = models.BigIntegerField()
    adverse = models.BooleanField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT)

    class Meta:
        """One record a request."""

        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="one_i6_a_request")]


class Sample(models.Model):
    """The sample drawn from a list's eligible rows; drawn once, never again."""

    list = models.OneToOneField(DeterminationList, on_delete=models.PROTECT, related_name="sample")
    seed = models.CharField(max_length=64)
    rows = models.JSONField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT)
    examined = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")
    unlawful = models.IntegerField(null=True)


class Approval(models.Model):
    """An authorised official's written approval of one list, good until it expires."""

    list = models.OneToOneField(
        DeterminationList, on_delete=models.PROTECT, related_name="approval"
    )
    act = models.ForeignKey(Act, on_delete=models.PROTECT)
    expires_on = models.DateField()


class Package(models.Model):
    """One disclosure instance: one request's answer, sealed to one officer."""

    id = models.CharField(max_length=64, primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="packages")
    row = models.BigIntegerField()
    officer = models.CharField(max_length=80)
    state = models.CharField(max_length=20, db_index=True)
    digest = models.CharField(max_length=64, blank=True)
    wrapped_half = models.BinaryField(null=True)
    authorised = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    concluded = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=80, blank=True)

    class Meta:
        """One package a request and officer. Pages ask whether a batch has any in a state."""

        indexes = [models.Index(fields=["batch", "state"], name="packages_of_a_batch")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "row", "officer"], name="one_package_an_officer"
            )
        ]


class Placed(models.Model):
    """A court order or a preservation hold, as the ledger carries it, until it is lifted."""

    id = models.CharField(max_length=128, primary_key=True)
    kind = models.CharField(max_length=10)
    entry = models.JSONField()
    standing = models.BooleanField(default=True)
    act = models.ForeignKey(Act, on_delete=models.PROTECT)


class LiftApproval(models.Model):
    """One of the two approvals that lift an order or hold: the statement signed, and by whom."""

    placed = models.ForeignKey(Placed, on_delete=models.PROTECT, related_name="lifts")
    statement = models.JSONField()
    person = models.CharField(max_length=80)
    signature = models.TextField()

    class Meta:
        """One approval a person."""

        constraints = [
            models.UniqueConstraint(fields=["placed", "person"], name="one_lift_approval_a_person")
        ]


class ReadingChange(models.Model):
    """A reading to be put in force or out of it; ``decided`` once two people approved the same."""

    statement = models.JSONField()
    reading = models.CharField(max_length=80, db_index=True)
    in_force = models.BooleanField()
    effective_on = models.DateField()
    decided = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")


class ReadingApproval(models.Model):
    """One of the two approvals of a change of readings: by whom, and the signed statement."""

    change = models.ForeignKey(ReadingChange, on_delete=models.PROTECT, related_name="approvals")
    person = models.CharField(max_length=80)
    signature = models.TextField()

    class Meta:
        """One approval a person."""

        constraints = [
            models.UniqueConstraint(
                fields=["change", "person"], name="one_reading_approval_a_person"
            )
        ]


class History(models.Model):
    """Disclosures made elsewhere, imported with the requests they answered.

    ``made_under``: the readings they were made under, as far as known. ``compared`` once the
    requests were compared with the holder's records.
    """

    id = models.CharField(max_length=80, primary_key=True)
    file_digest = models.CharField(max_length=64, unique=True)
    made_under = models.JSONField()
    taken = models.BigIntegerField()
    quarantined = models.BigIntegerField()
    imported_on = models.DateField()
    compared = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")
    wrapped_key = models.BinaryField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT)


class Reexamination(models.Model):
    """What stored requests would have come to under another basis: the result's file, by digest."""

    number = models.IntegerField(primary_key=True)
    basis = models.JSONField()
    digest = models.CharField(max_length=64)
    wrapped_key = models.BinaryField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT)


class Recall(models.Model):
    """A demand to stop using one package: no token is given for it any more."""

    package = models.OneToOneField(Package, on_delete=models.PROTECT, related_name="recall")
    cause = models.CharField(max_length=40)
    due_on = models.DateField()
    disposed = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")
    act = models.ForeignKey(Act, on_delete=models.PROTECT)


class SafeguardRecord(models.Model):
    """What is known of the recipient's safeguards; the newest record counts."""

    record = models.JSONField()
    recorded_on = models.DateField()
    act = models.ForeignKey(Act, on_delete=models.PROTECT)


class Opening(models.Model):
    """One token given: an inspection event. Its nonce (by its SHA-256, hex) is spent for good."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="openings")
    nonce = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    at = models.DateTimeField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)


class Erasure(models.Model):
    """Working data disposed of under the retention schedule, decided in ``entry``.

    ``kind`` and ``subject`` name what; ``finished`` once nothing of it is left to dispose of.
    """

    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=80)
    on = models.DateField()
    days = models.IntegerField()
    finished = models.BooleanField(default=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)

    class Meta:
        """One erasure of each."""

        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="one_erasure_each")]


class LossApproval(models.Model):
    """One of the two approvals by which a loss is accepted: the statement signed, and by whom."""

    digest = models.CharField(max_length=64)
    statement = models.JSONField()
    person = models.CharField(max_length=80)
    signature = models.TextField()

    class Meta:
        """One approval a person of each statement, known by its digest."""

        constraints = [
            models.UniqueConstraint(fields=["digest", "person"], name="one_loss_approval_a_person")
        ]


class SingleRequest(models.Model):
    """A single request that came over the API: what was sent, and what became of it at intake.

    ``sealed`` holds request and manifest, encrypted, until it is taken in or refused; ``claimed``
    is the identifier its manifest gives it, under which nothing else is taken in. One in the state
    ``refusing`` was refused when it came, and bears no such name: it waits to be accounted for, and
    is deleted then.
    """

    WAITING, TAKEN, QUARANTINED, REFUSED = "waiting", "taken", "quarantined", "refused"
    REFUSING = "refusing"

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.CharField(max_length=80)
    manifest_digest = models.CharField(max_length=64, unique=True)
    claimed = models.CharField(max_length=80, unique=True)
    sealed = models.BinaryField()
    state = models.CharField(max_length=12, default=WAITING, db_index=True)
    code = models.CharField(max_length=40, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="singles")
    row = models.BigIntegerField(null=True)


class SinglesOrder(models.Model):
    """A specialist's signed order to adjudicate the single requests received on one day."""

    day = models.DateField(unique=True)
    person = models.CharField(max_length=80)
    moment = models.DateTimeField()
    token = models.TextField()


class RosterChange(models.Model):
    """A change of the roster, from one digest to another; ``decided`` by whom it took effect.

    ``says``: enrol, change, revoke, adopt. ``people``: the roster ids of those whose entries it
    changes. A revocation is decided by the act that proposes it.
    """

    says = models.CharField(max_length=10)
    people = models.JSONField()
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    proposed = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    decided = models.ForeignKey(Act, on_delete=models.PROTECT, null=True, related_name="+")


class DeniedAttempt(models.Model):
    """An act somebody tried and was not allowed to do; ``times``: as often as its entry says."""

    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    batch = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=80)
    times = models.BigIntegerField(default=1)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT)

    class Meta:
        """Pages count denials by act, by reason and by month."""

        indexes = [
            models.Index(fields=["kind"], name="denials_of_an_act"),
            models.Index(fields=["reason"], name="denials_by_reason"),
            models.Index(fields=["at"], name="denials_by_day"),
        ]


class CountedDenial(models.Model):
    """Attempts like one that is on the ledger since a moment ago, until the next entry tells them.

    ``since``: when the last entry like it was written, by the machine's clock. ``times``: attempts
    since then that no entry tells yet.
    """

    kind = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    batch = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=80)
    since = models.DateTimeField(db_index=True)
    times = models.BigIntegerField(default=0)

    class Meta:
        """One count of what is alike."""

        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "batch", "reason"], name="one_count_of_what_is_alike"
            )
        ]

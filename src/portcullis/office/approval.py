"""From a list to its approval: (i)(6) records, sample, examination, signature; or its refusal."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction

import polars as pl
from django.db import transaction

from portcullis import tables
from portcullis.canonical import sha256_hex
from portcullis.determination import draw, sample_size, seed
from portcullis.errors import Refused
from portcullis.office import enclosed, entries, looking_again, packing
from portcullis.office.duties import check_apart
from portcullis.office.files import (
    DETERMINATIONS,
    batch_key,
    check_in_force,
    find_batch,
    in_force,
    list_in_force,
    read_step,
)
from portcullis.office.home import Home
from portcullis.office.models import (
    Act,
    Approval,
    Batch,
    Checkpoint,
    Impairment,
    Sample,
)
from portcullis.office.people import Actor, record, sign, sign_act
from portcullis.office.referrals import check_none_unlisted
from portcullis.office.rejudging import no_longer_met
from portcullis.office.stages import check_state, move

SEND_BACK = "send-back"
SENT_BACK, MARKS, VERDICTS = "sent-back.tbl", "impairment.tbl", "verdicts.tbl"
"""The files of a batch that its reason sent back, its (i)(6) records and its verdicts are in."""


def eligible_rows(home: Home, batch: Batch) -> dict[int, str]:
    """Return the batch's eligible rows and their request ids, in order."""
    decided = in_force(batch, DETERMINATIONS)
    table = read_step(home, batch, decided, ["row", "request_id", "outcome"])
    rows = table.filter(table["outcome"] == "eligible")
    return dict(zip(rows["row"].to_list(), rows["request_id"].to_list(), strict=True))


def record_impairment(home: Home, batch_id: str, actor: Actor, adverse: Iterable[str]) -> int:
    """Record, for every eligible request, whether 26 U.S.C. § 6103(i)(6) bars it; return how many.

    ``adverse`` holds the request ids whose disclosure would identify a confidential informant or
    seriously impair a tax investigation. That the records were made goes on the ledger, with the
    digest of the encrypted file that says which: with their number, who counts the packages would
    know how many were barred.
    Raises Refused where an id is not among the eligible, or the records were made before.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "impairment", batch)
    check_state(batch, "determined", "sampled", "examined")
    check_none_unlisted(home, batch)
    rows = eligible_rows(home, batch)
    barred = set(adverse)
    if unknown := barred - set(rows.values()):
        raise Refused(
            f"{len(unknown)} of the request ids named are not eligible requests of this batch.",
            "Name only ids from the list of eligible requests.",
        )
    listed = list_in_force(batch)
    marked = pl.DataFrame(
        {"row": list(rows), "adverse": [request_id in barred for request_id in rows.values()]}
    )
    log = enclosed.enclose(home, batch, MARKS, actor.id, marked)
    with transaction.atomic():
        facts = {"list": listed.entry_id, "log": log}
        act = sign_act(home, actor, "impairment", facts, batch.id)
        # Only now no other act can come between.
        if batch.impairments.exists():
            raise Refused("The (i)(6) records of this batch were recorded before.")
        check_in_force(listed)
        Impairment.objects.bulk_create(
            [
                Impairment(batch=batch, row=row, adverse=request_id in barred, act=act)
                for row, request_id in rows.items()
            ],
            batch_size=entries.BULK,
        )
        enclosed.keep(home, batch, MARKS, actor.id)
    enclosed.forget(home, batch, MARKS, actor.id)
    entries.publish(home)
    return len(rows)


def draw_sample(home: Home, batch_id: str, actor: Actor) -> Sample:
    """Draw the sample of the batch's list, once.

    The seed is made of the list's root and the checkpoint that first covered the list.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "sample", batch)
    check_state(batch, "determined")
    check_none_unlisted(home, batch)
    listed = list_in_force(batch)
    thresholds = home.pack.thresholds
    rows = list(eligible_rows(home, batch))
    size = sample_size(
        len(rows),
        Fraction(thresholds.sample_bound_unlawful),
        Fraction(thresholds.sample_confidence),
    )
    if size == 0:
        raise Refused(
            "The list has no eligible request; there is nothing to sample or approve.",
            "`portcullis release` answers the batch on its answer day.",
        )
    checkpoint = first_checkpoint(listed.entry_id)
    drawn_with = seed(bytes.fromhex(listed.root), checkpoint.encode())
    with transaction.atomic():
        facts = {
            "list": listed.entry_id,
            "root": listed.root,
            "seed": drawn_with.hex(),
            "checkpoint": sha256_hex([checkpoint.encode()]),
            "bound": str(thresholds.sample_bound_unlawful),
            "confidence": str(thresholds.sample_confidence),
        }
        act = sign_act(home, actor, "sample", facts, batch.id)
        move(batch, "sampled")
        check_in_force(listed)
        sample = Sample.objects.create(
            list=listed, seed=drawn_with.hex(), rows=draw(drawn_with, rows, size), act=act
        )
    entries.publish(home)
    return sample


def first_checkpoint(position: int) -> str:
    """Return the text of the checkpoint that first covered the entry at ``position``."""
    found = Checkpoint.objects.filter(size__gt=position).order_by("size").first()
    if found is None:
        raise Refused("The list is not in a checkpoint yet.", "Run the step before once more.")
    return found.text


def record_examination(
    home: Home, batch_id: str, actor: Actor, verdicts: Mapping[str, bool]
) -> Sample:
    """Record what the sampler found: for each sampled request id, whether it is lawful.

    Every sampled request needs a verdict. One unlawful item makes the list unapprovable, for good.
    The ledger commits to the encrypted file of the verdicts, and says whether all are lawful.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "examine", batch)
    check_state(batch, "sampled")
    sample = Sample.objects.get(list=list_in_force(batch))
    ids = eligible_rows(home, batch)
    wanted = {ids[row] for row in sample.rows}
    if missing := len(wanted - set(verdicts)):
        raise Refused(
            f"{missing} of the {len(wanted)} sampled requests have no verdict.",
            "Examine each one; a sample examined in part proves nothing.",
        )
    unlawful = sum(not verdicts[request_id] for request_id in wanted)
    said = pl.DataFrame({"row": sample.rows, "lawful": [verdicts[ids[row]] for row in sample.rows]})
    log = enclosed.enclose(home, batch, VERDICTS, actor.id, said)
    with transaction.atomic():
        facts = {"list": sample.list.entry_id, "clean": unlawful == 0, "log": log}
        sample.examined = sign_act(home, actor, "examine", facts, batch.id)
        move(batch, "examined" if unlawful == 0 else "unapprovable")
        sample.unlawful = unlawful
        sample.save()
        enclosed.keep(home, batch, VERDICTS, actor.id)
    enclosed.forget(home, batch, VERDICTS, actor.id)
    entries.publish(home)
    return sample


def approve(home: Home, batch_id: str, actor: Actor) -> Approval:
    """Approve the batch's list, in writing and by key.

    Raises Refused unless the whole sample was found lawful and every eligible request has its
    (i)(6) record. The approval expires after the pack's number of days.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "approve", batch)
    check_state(batch, "examined")
    listed = list_in_force(batch)
    recorded = batch.impairments.count()
    if recorded != listed.eligible:
        raise Refused(
            f"{listed.eligible - recorded} eligible requests have no (i)(6) record.",
            "An official other than preparer and approver records them with "
            "`portcullis impairment`.",
        )
    expires = home.today() + timedelta(days=home.pack.thresholds.approval_days)
    facts = {
        "list": listed.entry_id,
        "root": listed.root,
        "expires_on": expires.isoformat(),
        "authority": actor.person.authority,
    }
    # Nobody is looked up for an approval that nobody has signed.
    signed = sign(home, actor, "approve", facts, batch.id)
    _look_again(home, batch)
    with transaction.atomic():
        act = record(home, signed)
        move(batch, "approved")
        approval = Approval.objects.create(list=listed, act=act, expires_on=expires)
    entries.publish(home)
    return approval


def send_back(home: Home, batch_id: str, actor: Actor, reason: str) -> None:
    """Send the batch's list back, for a reason in words: it can never be approved.

    The closed side: no other list can be made of it any more, for review has ended and the sample
    is drawn; so the batch is answered, and nothing of it is released. The reason may say anything,
    so it lies encrypted with the batch, and the ledger commits to that file.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, SEND_BACK, batch)
    check_state(batch, "examined")
    if not reason.strip():
        raise Refused("A list is sent back for a reason in words.", "Say what is wrong with it.")
    listed = list_in_force(batch)
    said = pl.DataFrame({"reason": [reason.strip()]})
    log = enclosed.enclose(home, batch, SENT_BACK, actor.id, said)
    with transaction.atomic():
        facts = {"list": listed.entry_id, "root": listed.root, "log": log}
        sign_act(home, actor, SEND_BACK, facts, batch.id)
        move(batch, "unapprovable")
        enclosed.keep(home, batch, SENT_BACK, actor.id)
    enclosed.forget(home, batch, SENT_BACK, actor.id)
    entries.publish(home)


def reason_sent_back(home: Home, batch: Batch) -> str:
    """Return why the approver sent the batch's list back; empty where none did.

    Without the file that the ledger commits to, it cannot be said.
    """
    act = Act.objects.filter(batch=batch.id, kind=SEND_BACK).select_related("entry").first()
    if act is None:
        return ""
    path = home.batch(batch.id) / SENT_BACK
    said = entries.body(act.entry)["log"]
    if not path.exists() or sha256_hex([path.read_bytes()]) != said:
        return "The reason is not in this home any more."
    return str(tables.read_table(path, batch_key(home, batch))["reason"][0])


def _look_again(home: Home, batch: Batch) -> None:
    """Look up what would leave, if another index is in use than the list's; refuse without one.

    The list is approved as it stands; what has changed is held when the batch is released, and
    what is found here is not looked up again then.
    """
    if looking_again.is_another(home, batch):
        rows = packing.disclosable(home, batch)["row"].to_list()
        unmet = no_longer_met(home, batch, rows)
        looking_again.changed(home, batch, [row for row in rows if row not in unmet])

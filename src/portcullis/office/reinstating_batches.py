"""Batches and packages put back as the ledger says they stand, as far as their files are there.

A package's entry does not say whose it is, but commits to its row and officer with the random
bytes of its request: so with the batch's folder from the backup each is found again. What was
sealed after the backup can be opened by nobody any more, for the holder's half of its key is gone;
that it was delivered is known, and it is not sent again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

import polars as pl

from portcullis import ledger, tables
from portcullis.determination import draw, sample_size
from portcullis.errors import Misuse, Refused
from portcullis.office import (
    accounting,
    approval,
    conclusion,
    files,
    packing,
    review_journal,
)
from portcullis.office.home import Home
from portcullis.office.listing import list_leaves
from portcullis.office.losses import Loss
from portcullis.office.models import (
    Approval,
    Batch,
    DeterminationList,
    History,
    Package,
    Sample,
)
from portcullis.office.nonces import read_nonces
from portcullis.office.rebuilding import LOST, Facts, Recorded
from portcullis.office.rebuilding import Batch as Said
from portcullis.office.rebuilding import Package as SaidOfPackage
from portcullis.office.reinstating import act_at

_BRING = (
    "If the old home's disk can be read, copy the folder batches/{0} from it and catch up again; "
    "else two people accept the loss."
)


@dataclass(frozen=True)
class PutBack:
    """What came of it: what is lost, and what is to be done again."""

    losses: tuple[Loss, ...]
    again: tuple[str, ...]


def reinstate_batches(home: Home, recorded: Recorded) -> PutBack:
    """Put back batches, lists, samples, approvals, packages and histories."""
    losses: list[Loss] = []
    again: list[str] = []
    for batch_id, said in recorded.batches.items():
        if f"batch:{batch_id}" in recorded.lost:
            _keep_lost(batch_id, said)
        else:
            losses += _lists(home, batch_id, said, recorded)
    _find_packages(home, recorded)
    _conclude_packages(recorded)
    _reseal_packages(recorded)
    losses += _packages_lost(recorded)
    missing = {each.id for each in losses}
    for batch_id, said in recorded.batches.items():
        if said.state != LOST and f"batch:{batch_id}" not in missing:
            losses += _onwards(home, batch_id, said, recorded)
            again += _impairment_again(batch_id, said)
            again += _review_again(home, batch_id)
    losses += _histories(recorded)
    return PutBack(tuple(sorted(losses)), tuple(again))


def _keep_lost(batch_id: str, said: Said) -> None:
    """Keep a lost batch by its id and manifest: it is never taken in again under them."""
    Batch.objects.update_or_create(
        id=batch_id,
        defaults={"state": LOST},
        create_defaults={
            "state": LOST,
            "manifest_digest": said.facts["manifest"],
            "received_on": date.fromisoformat(said.facts["at"][:10]),
            "received_entry_id": said.received,
            "taken": said.facts["taken"],
            "quarantined": said.facts["quarantined"],
            "wrapped_key": b"",
        },
    )


def _lists(home: Home, batch_id: str, said: Said, recorded: Recorded) -> Iterator[Loss]:
    """Put back the batch's own list, supplementary ones, its sample and its approval."""
    row = Batch.objects.filter(id=batch_id).first()
    if row is None:
        yield _lost(batch_id, "It was received after the backup was made", _SEND_AGAIN)
        return
    have = set(row.lists.values_list("number", flat=True))
    erased = ("batch", batch_id) in recorded.erased
    for number, position in sorted(said.lists.items()):
        if number in have:
            continue
        if erased:
            _bare_list(row, number, recorded.bodies[position], position)
        elif not _list_again(home, row, position, recorded):
            yield _lost(batch_id, "It was determined after the backup was made")
            return
    if erased:
        return
    if said.sample is not None:
        _sample_again(home, row, said, recorded)
    if said.approved is not None:
        listed = files.list_in_force(row)
        expires = recorded.bodies[said.approved]["expires_on"]
        Approval.objects.get_or_create(
            list=listed,
            defaults={"act": act_at(said.approved), "expires_on": date.fromisoformat(expires)},
        )


_SEND_AGAIN = (
    "Tell the requester, who sends its requests again under another id; two people accept the loss."
)


def _lost(batch_id: str, why: str, remedy: str = "") -> Loss:
    return Loss(
        f"batch:{batch_id}",
        f"The batch {batch_id} cannot be read. {why}, so its files or their key are not in it.",
        remedy or _BRING.format(batch_id),
    )


def _list_again(home: Home, batch: Batch, position: int, recorded: Recorded) -> bool:
    """Put back a list's row, if the batch's files make the root that is on the ledger."""
    facts = recorded.bodies[position]
    number = facts["number"]
    try:
        table = files.read_step(home, batch, files.of_list(files.DETERMINATIONS, number))
        matches = files.read_step(home, batch, files.of_list(files.MATCHES, number))
        leaves = list_leaves(home, batch, table, matches, facts)
    except (Misuse, Refused):
        return False
    if ledger.merkle_root(leaves).hex() != facts["leaves_root"]:
        return False
    DeterminationList.objects.create(
        batch=batch,
        number=number,
        root=facts["leaves_root"],
        leaves=facts["leaves"],
        eligible=table.filter(pl.col("outcome") == "eligible").height,
        as_of=date.fromisoformat(facts["basis"]["as_of"]),
        prepared_by=facts["by"],
        entry_id=position,
    )
    return True


def _sample_again(home: Home, batch: Batch, said: Said, recorded: Recorded) -> None:
    """Draw the sample again with its own seed, and put back what was found in it."""
    position = said.sample or 0
    facts = recorded.bodies[position]
    listed = files.list_in_force(batch)
    sample = Sample.objects.filter(list=listed).first()
    if sample is None:
        rows = list(approval.eligible_rows(home, batch))
        size = sample_size(len(rows), Fraction(facts["bound"]), Fraction(facts["confidence"]))
        sample = Sample.objects.create(
            list=listed,
            seed=facts["seed"],
            rows=draw(bytes.fromhex(facts["seed"]), rows, size),
            act=act_at(position),
        )
    if said.examined is not None and sample.examined is None:
        sample.examined = act_at(said.examined)
        # How many were unlawful is not on the ledger; that any was, is.
        sample.unlawful = 0 if said.clean else None
        sample.save()


def _find_packages(home: Home, recorded: Recorded) -> None:
    """Put back the packages authorised after the backup, each found again by its binding."""
    have = set(Package.objects.values_list("id", flat=True))
    missing = sorted(
        ((name, each) for name, each in recorded.packages.items() if name not in have),
        key=lambda one: one[1].authorised,
    )
    for batch_id, said in recorded.batches.items():
        row = Batch.objects.filter(id=batch_id).exclude(state=LOST).first()
        if row is None or said.transmitted is None or not missing:
            continue
        if row.packages.exists() or not row.lists.filter(number=1).exists():
            continue
        found = _own(home, row, missing)
        _put_back(home, row, found, recorded)
        taken = {name for name, _, _ in found}
        missing = [one for one in missing if one[0] not in taken]


def _own(
    home: Home, batch: Batch, missing: Sequence[tuple[str, SaidOfPackage]]
) -> list[tuple[str, int, str]]:
    """Return which of ``missing`` are the batch's: package id, row, officer.

    They were authorised all at once, in a run of positions, in the order of their rows: so the
    first is sought at the heads of runs only, and each other by going on from the one before. A row
    left out between them was barred.
    """
    try:
        rows = packing.disclosable(home, batch).select("row", "officers")
        nonces = read_nonces(home, batch)
    except (Misuse, Refused):
        return []
    pairs = [(row, officer) for row, named in rows.iter_rows() for officer in named.split(";")]

    def fits(pair: tuple[int, str], one: tuple[str, SaidOfPackage]) -> bool:
        return packing.binding(nonces, *pair, one[0]) == one[1].binding

    places = [one.authorised for _, one in missing]
    heads = [at for at, place in enumerate(places) if at == 0 or places[at - 1] + 1 != place]
    both = ((head, j) for j in range(len(pairs)) for head in heads)
    i, j = next((at for at in both if fits(pairs[at[1]], missing[at[0]])), (len(missing), 0))
    found = []
    going = iter(pairs[j:])
    for one in missing[i:]:
        pair = next((each for each in going if fits(each, one)), None)
        if pair is None:
            break
        found.append((one[0], *pair))
    return found


def _put_back(
    home: Home, batch: Batch, found: Sequence[tuple[str, int, str]], recorded: Recorded
) -> None:
    if not found:
        return
    wanted = [(row, officer, name) for name, row, officer in found]
    source = accounting.Source(accounting.BATCH, batch.id)
    if not accounting.is_there(home, source, accounting.DISCLOSURES):
        named = [row for row, _, _ in wanted]
        rows = packing.disclosable(home, batch).filter(pl.col("row").is_in(named))
        authorised_on = recorded.packages[found[0][0]].authorised_on
        packing.account(home, batch, rows, wanted, date.fromisoformat(authorised_on))
    Package.objects.bulk_create(
        Package(
            id=name,
            batch=batch,
            row=row,
            officer=officer,
            state="authorised",
            authorised_id=recorded.packages[name].authorised,
        )
        for row, officer, name in wanted
    )


def _conclude_packages(recorded: Recorded) -> None:
    """Put back what became of each package: delivered ones are not delivered again."""
    for row in Package.objects.filter(state__in=packing.WAITING):
        said = recorded.packages[row.id]
        if said.concluded is not None:
            row.state, row.reason = said.state, said.reason
            row.concluded_id = said.concluded
            row.save(update_fields=["state", "reason", "concluded"])


def _reseal_packages(recorded: Recorded) -> None:
    """Let no token be given for the former bytes of a package sealed again after the backup.

    The holder's half of the new ones is lost with the home: they are sealed once more.
    """
    resealed = {name: one.resealed for name, one in recorded.packages.items() if one.resealed}
    for row in Package.objects.in_bulk(list(resealed)).values():
        if row.digest != resealed[row.id]:
            row.digest, row.wrapped_half = resealed[row.id], None
            row.save(update_fields=["digest", "wrapped_half"])


def _packages_lost(recorded: Recorded) -> Iterator[Loss]:
    """Name the packages of which nobody can say whose they are, in runs of their positions."""
    have = set(Package.objects.values_list("id", flat=True))
    positions = sorted(
        each.authorised
        for name, each in recorded.packages.items()
        if name not in have and not recorded.is_lost(each)
    )
    for _, run in groupby(enumerate(positions), key=lambda one: one[1] - one[0]):
        places = [position for _, position in run]
        yield Loss(
            f"packages:{places[0]}-{places[-1]}",
            f"Of {len(places)} packages (entries {places[0]} to {places[-1]}) nobody can say any "
            "more which requests they answered. None of them can be opened.",
            "Bring the folder of their batch, if the old disk can be read, and catch up again; "
            "else two people accept the loss, and demand the packages back from the recipient.",
        )


def _onwards(home: Home, batch_id: str, said: Said, recorded: Recorded) -> Iterator[Loss]:
    """Put back the batch's state and what followed its approval."""
    row = Batch.objects.get(id=batch_id)
    erased = ("batch", batch_id) in recorded.erased
    if said.approved is not None and not erased and not row.packages.exists():
        if row.impairments.count() != files.list_in_force(row).eligible:
            yield _lost(batch_id, "It was approved on (i)(6) records made after the backup")
            return
        if said.state == "releasing" and _of_nobody(said, recorded):
            # Released once more, its requests might be answered twice.
            yield _lost(batch_id, "Its packages were authorised after the backup was made")
            return
    if said.final is not None and not row.lists.filter(final=True).exists():
        number, position = said.final
        _bare_list(row, number, recorded.bodies[position], position)
    if said.state == "answered" and not erased:
        _outcomes_again(home, row)
    if row.state != said.state:
        row.state, row.held_reason = said.state, " ".join(said.held_for)
        row.save(update_fields=["state", "held_reason"])


def _of_nobody(said: Said, recorded: Recorded) -> bool:
    """Whether there are packages of nobody that may be this batch's."""
    have = set(Package.objects.values_list("id", flat=True))
    since = said.transmitted or 0
    return any(
        name not in have and each.authorised > since for name, each in recorded.packages.items()
    )


def _bare_list(batch: Batch, number: int, facts: Facts, position: int) -> None:
    """Put back a list's row as the ledger has it, for the record alone."""
    first = batch.lists.filter(number=1).first()
    DeterminationList.objects.create(
        batch=batch,
        number=number,
        final="basis" not in facts,
        root=facts["leaves_root"],
        leaves=facts["leaves"],
        eligible=0,
        as_of=date.fromisoformat(facts["at"][:10]),
        prepared_by=first.prepared_by if first else facts["by"],
        entry_id=position,
    )


def _outcomes_again(home: Home, batch: Batch) -> None:
    path = home.batch(batch.id) / files.OUTCOMES
    if not path.exists():
        outcomes = conclusion.final_outcomes(home, batch)
        tables.write_table(path, outcomes, files.batch_key(home, batch))
        accounting.write_outcomes(home, batch, outcomes)


def _impairment_again(batch_id: str, said: Said) -> list[str]:
    row = Batch.objects.get(id=batch_id)
    early = row.state in ("determined", "sampled", "examined")
    if said.impairment is None or row.impairments.exists() or not early:
        return []
    return [
        f"The (i)(6) records of the batch {batch_id} are not in the backup: record them again with "
        "`portcullis impairment`."
    ]


def _review_again(home: Home, batch_id: str) -> list[str]:
    row = Batch.objects.get(id=batch_id)
    if row.state != "determined" or None not in review_journal.acts(home, row):
        return []
    return [
        f"Acts of the review of the batch {batch_id} are not in the backup: what was found before "
        "them is void. Find and confirm it again with `portcullis referral`."
    ]


def _histories(recorded: Recorded) -> Iterator[Loss]:
    have = set(History.objects.values_list("id", flat=True))
    for name in recorded.histories:
        if name not in have and f"history:{name}" not in recorded.lost:
            yield Loss(
                f"history:{name}",
                f"The history {name} was imported after the backup was made; its files are gone.",
                "Two people accept the loss; then import its file again.",
            )

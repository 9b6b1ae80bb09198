"""Erasure: holds override it, the leaf is unreadable after it, proofs and accounting outlive it."""

import json
import shutil
from datetime import date, timedelta

import polars as pl
import pytest

from portcullis import tables
from portcullis.errors import Misuse, Refused
from portcullis.keys import KeySigner
from portcullis.standing import EVERYTHING, Scope
from tests.office import acts, checks, disclosed, erasing
from tests.office import world as worlds
from tests.office.erasing import DUE_DAY, REMAINS, SAID
from tests.office.homes import reopen
from tests.office.world import BATCH


@pytest.fixture
def world(stage) -> worlds.World:
    """A world whose batch was answered, on the day its working data is due."""
    world = stage("released")
    erasing.to_day(world)
    return world


def due(world: worlds.World) -> list[tuple[str, date, list[str], bool]]:
    from portcullis.office.retention import due as run

    return [
        (each.what.name, each.due_on, [hold.id for hold in each.holds], each.begun)
        for each in run(world.home())
    ]


@pytest.mark.both_databases
def test_nothing_of_a_batch_is_left_but_leaves_proofs_and_accounting(world) -> None:
    from portcullis.office import models

    before = erasing.proofs(world), erasing.proofs(world, 2)
    keys, answers = erasing.keys_of(world)
    home = world.home()
    leaves = acts.leaves(world, 1)
    erasing.erase(world)
    erasing.nowhere(home.path, [*keys, *answers])
    assert not home.batch(BATCH).exists()
    assert not list((home.path / "window").glob("*"))
    assert [path.name for path in (home.outgoing / BATCH).iterdir()] == ["receipt.json"]
    assert not list((home.path / "keys" / "erasable").glob("*"))
    batch = models.Batch.objects.get(id=BATCH)
    assert (bytes(batch.wrapped_key), batch.state) == (b"", "answered")
    assert {each.wrapped_half for each in acts.packages(world)} == {None}
    assert models.Impairment.objects.count() == 0
    assert models.Sample.objects.get().rows == []
    # What stays: every leaf, every proof made before, every proof made now; the accounting.
    assert acts.leaves(world, 1) == leaves
    for number, made in enumerate(before, start=1):
        erasing.check_proofs(world, made)
        erasing.check_proofs(world, erasing.proofs(world, number))
    checks.ledger_verifies(home)
    assert erasing.accounted(world).height == 10
    assert erasing.accounted(world)["tin"].null_count() == 0
    assert erasing.accounted(world, name="disclosures.tbl").height == 6


def test_the_ledger_says_what_was_erased_and_under_which_schedule(world) -> None:
    erasure = erasing.erase(world)
    ((position, entry),) = checks.of_kind(world.home(), "working-data-erased")
    assert position == erasure.entry_id
    assert {**entry, "at": entry["at"][:10], "signature": ""} == {
        "kind": "working-data-erased",
        "subject": {"kind": "batch", "id": BATCH},
        "schedule": {"agreement": "irs-dhs-2025", "version": "1", "days": 2557},
        "batch": BATCH,
        "by": "records-officer",
        "at": DUE_DAY.isoformat(),
        "signature": "",
    }


def test_the_leaf_was_readable_before_and_is_not_after(world) -> None:
    from portcullis.determination import commitment, nonces_of
    from portcullis.office import files, listing, nonces

    home, batch = world.home(), acts.package_of(world, "REQ-00001").batch
    listing.check_list(home, batch)
    drawn = nonces.read_nonces(home, batch)
    answer, _ = nonces_of(drawn, 0)
    (leaf, *_) = acts.leaves(world, 1)
    assert any(
        commitment(answer, text) in leaf.values() for text in _answers_that_might_be(home, batch)
    )
    erasing.erase(world)
    for read in (
        lambda: nonces.read_nonces(home, batch),
        lambda: listing.check_list(home, batch),
        lambda: listing.check_final_list(home, batch),
        lambda: files.read_step(home, batch, files.REQUESTS),
    ):
        with pytest.raises(Refused) as refused:
            read()
        assert (refused.value.message, refused.value.remedy) == (SAID, REMAINS)


def _answers_that_might_be(home, batch) -> list[str]:
    """Return the text of the first row's public answer: who had the random bytes could guess it."""
    from portcullis import determination, release
    from portcullis.office import files

    requests = files.read_step(home, batch, files.REQUESTS, ["row", "request_id", "request_hash"])
    first = requests.head(1).with_columns(pl.col("request_hash").bin.encode("hex"))
    return [
        first.with_columns(pl.lit(answer).alias("answer"))
        .select(determination.answer_text())
        .item()
        for answer in release.answers.ANSWERS
    ]


@pytest.mark.sqlite
def test_a_backup_made_before_it_is_unreadable_too(world, tmp_path) -> None:
    from portcullis.office import files

    keys, answers = erasing.keys_of(world)
    made = erasing.proofs(world)
    taken = erasing.backup(world, tmp_path / "backups")
    before = erasing.restore(taken, world, tmp_path / "restored-before")
    home = reopen(before.home_path)
    assert files.read_step(home, files.find_batch(BATCH), files.REQUESTS).height == 10
    reopen(world.home_path)
    erasing.erase(world)
    erasing.mirror(world, taken.parent)
    erasing.nowhere(taken.parent, keys)
    # The opening of a public answer was the officer's from the day the package was delivered.
    for part in ("batches", "accounting", "keys", "trees", "window"):
        erasing.nowhere(taken / part, answers)
    after = erasing.restore(taken, world, tmp_path / "restored-after")
    home = reopen(after.home_path)
    # The old database knows of no erasure, has the wrapped key and every file: all to no avail.
    batch = files.find_batch(BATCH)
    assert len(bytes(batch.wrapped_key)) == 40
    assert (home.batch(BATCH) / files.REQUESTS).exists()
    with pytest.raises(Misuse, match="A stored key cannot be read"):
        files.read_step(home, batch, files.REQUESTS)
    for package in acts.packages(after):
        with pytest.raises(Misuse, match="A stored key cannot be read"):
            acts.token(after, package)
    erasing.check_proofs(after, made)
    checks.ledger_verifies(home)
    assert erasing.accounted(after).height == 10


@pytest.mark.sqlite
def test_a_restored_home_does_the_erasure_again_from_its_entry(world, tmp_path) -> None:
    from portcullis.office.erasure import erase_again
    from portcullis.office.models import Entry, Erasure

    taken = erasing.backup(world, tmp_path / "backups")
    reopen(world.home_path)
    erased = erasing.erase(world)
    erasing.mirror(world, taken.parent)
    entry = Entry.objects.filter(position=erased.entry_id).values().get()
    after = erasing.restore(taken, world, tmp_path / "restored")
    home = reopen(after.home_path)
    caught_up = Entry.objects.create(**entry)
    for _ in range(2):
        again = erase_again(home, caught_up)
        assert (again.on, again.days, again.finished) == (DUE_DAY, 2557, True)
    assert Erasure.objects.count() == 1
    assert not home.batch(BATCH).exists()
    with pytest.raises(Refused) as refused:
        acts.outcomes(after)
    assert refused.value.message == SAID


def test_a_restored_home_does_not_do_it_again_under_a_hold(world) -> None:
    """The secret came back: it was decided, then a hold came, and it was never carried out."""
    from portcullis.office import files
    from portcullis.office.erasure import erase_again
    from portcullis.office.models import Entry, Erasure

    def stop(step: str) -> None:
        if step == "destroy-secret":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        erasing.erase(world, announce=stop)
    erasing.hold(world)
    home = world.home()
    entry = Entry.objects.get(kind="working-data-erased")
    Erasure.objects.all().delete()
    again = erase_again(home, entry)
    assert not again.finished
    assert files.read_step(home, files.find_batch(BATCH), files.REQUESTS).height == 10


HOLDS = {
    "everything": EVERYTHING,
    "the batch": Scope(batches=("batch-0", BATCH)),
    "an officer named in it": Scope(officers=("officer-2",)),
    "the day it came in": Scope(received_from=worlds.BATCH_DAY, received_to=worlds.BATCH_DAY),
    "a reading it was judged under": Scope(readings=("address-of-record",)),
    "the authority": Scope(statutes=("26 USC 6103",)),
    "the offence": Scope(statutes=("8 USC 1253",)),
    "the agreement": Scope(agreements=("irs-dhs-2025",)),
}


@pytest.mark.parametrize("scope", HOLDS.values(), ids=HOLDS)
def test_a_hold_that_reaches_it_overrides_the_schedule(world, scope: Scope) -> None:
    erasing.hold(world, scope)
    said = acts.denied(world, "erase", "records-officer", "hold", lambda: erasing.erase(world))
    assert said.message == (
        f"The working data of the batch {BATCH} is not erased while a preservation hold reaches "
        f"it: hold-1 (dcd {acts.DOCKET})."
    )
    assert not checks.of_kind(world.home(), "working-data-erased")
    assert acts.outcomes(world)["REQ-00001"] == "released"
    assert due(world) == [(f"batch-{BATCH}", DUE_DAY, ["hold-1"], False)]
    acts.lift(world, "counsel", "hold-1")
    with pytest.raises(Refused, match="preservation hold"):
        erasing.erase(world)
    acts.lift(world, "counsel-2", "hold-1")
    assert erasing.erase(world).finished
    assert due(world) == []


def test_a_hold_on_a_package_overrides_it(world) -> None:
    package = acts.package_of(world, "REQ-00003")
    erasing.hold(world, Scope(packages=(package.id,)))
    with pytest.raises(Refused, match="hold-1"):
        erasing.erase(world)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(batches=("batch-2",)),
        Scope(officers=("officer-9",)),
        Scope(received_from=worlds.BATCH_DAY + timedelta(days=1)),
        Scope(statutes=("18 USC 1073",)),
        Scope(agreements=("irs-doj-fugitive",)),
    ],
)
def test_a_hold_that_does_not_reach_it_is_no_obstacle(world, scope: Scope) -> None:
    erasing.hold(world, scope)
    assert erasing.erase(world).finished


def test_an_order_of_court_is_no_hold(world) -> None:
    acts.place(world)
    assert erasing.erase(world).finished


@pytest.mark.both_databases
def test_a_hold_placed_after_it_was_decided_keeps_what_is_left(world) -> None:
    """The secret goes first: before it is gone nothing is, and the hold finds all of it there."""

    def then_a_hold(step: str) -> None:
        if step == "integrate-erasure":
            erasing.hold(world)

    with pytest.raises(Refused, match="hold-1"):
        erasing.erase(world, announce=then_a_hold)
    assert acts.outcomes(world)["REQ-00001"] == "released"
    assert due(world) == [(f"batch-{BATCH}", DUE_DAY, ["hold-1"], True)]
    acts.lift(world, "counsel", "hold-1")
    acts.lift(world, "counsel-2", "hold-1")
    assert due(world) == [(f"batch-{BATCH}", DUE_DAY, [], True)]
    assert erasing.erase(world).finished
    assert len(checks.of_kind(world.home(), "working-data-erased")) == 1


def test_it_is_kept_until_its_day(world) -> None:
    erasing.to_day(world, DUE_DAY - timedelta(days=1))
    assert due(world) == []
    with pytest.raises(Refused) as refused:
        erasing.erase(world)
    assert refused.value.message == (
        f"The working data of the batch {BATCH} is kept until {DUE_DAY}: 2,557 days from "
        f"{worlds.ANSWER_DAY}."
    )
    assert not checks.of_kind(world.home(), "working-data-erased")


@pytest.mark.parametrize("name", ["received", "determined", "approved", "sealed"])
def test_a_batch_that_is_not_answered_is_not_erased(stage, name: str) -> None:
    world = stage(name)
    erasing.to_day(world)
    assert due(world) == []
    with pytest.raises(Refused) as refused:
        erasing.erase(world)
    assert refused.value.message == (
        f"The batch {BATCH} is not answered; its working data is still needed."
    )


def test_what_is_not_here_or_was_erased_is_refused(world) -> None:
    with pytest.raises(Refused, match="There is no batch batch-2 here"):
        erasing.erase(world, subject="batch-2")
    with pytest.raises(Refused, match="There is no history batch-1 here"):
        erasing.erase(world, "history")
    erasing.erase(world)
    with pytest.raises(Refused) as refused:
        erasing.erase(world)
    assert (refused.value.message, refused.value.remedy) == (SAID, REMAINS)


def test_who_is_no_records_officer_is_denied_on_the_record(world) -> None:
    from portcullis.office.erasure import erase
    from portcullis.office.keystore import Erasable
    from portcullis.office.people import Actor

    home = world.home()
    counsel = Actor(home.roster.get("counsel"), KeySigner(world.key("counsel")))
    acts.denied(
        world, "erase", "counsel", "role", lambda: erase(home, counsel, Erasable.batch(BATCH))
    )


READERS = {
    "counts": acts.outcomes,
    "reasons": lambda world: _office("accounts").reasons(world.home(), BATCH),
    "the limit that halted it": lambda world: _office("accounts").halted(world.home(), BATCH),
    "the sample": acts.sampled_ids,
    "an explanation": lambda world: _explain(world, BATCH),
    "a re-examination": lambda world: disclosed.reexamine(world, batches=[BATCH]),
    "the list": lambda world: _check(world, "check_list"),
    "the final list": lambda world: _check(world, "check_final_list"),
}


def _office(name: str):
    import importlib

    return importlib.import_module(f"portcullis.office.{name}")


def _check(world, name: str) -> None:
    home = world.home()
    getattr(_office("listing"), name)(home, _office("files").find_batch(BATCH))


def _explain(world, batch: str | None = None):
    from portcullis.office.explanations import explain_request

    home = world.home()
    return explain_request(home, "REQ-00001", world.actor("counsel"), batch)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_every_reader_says_that_it_was_erased_and_when(world, read) -> None:
    erasing.erase(world)
    with pytest.raises(Refused) as refused:
        read(world)
    assert SAID in refused.value.message
    assert refused.value.remedy == REMAINS


def test_an_explanation_looks_past_what_was_erased(world) -> None:
    erasing.erase(world)
    with pytest.raises(Refused) as refused:
        _explain(world)
    assert refused.value.message == (
        "No request of that id stands in a batch that was adjudicated and can still be read. "
        f"{SAID}"
    )


def test_a_package_of_it_is_not_opened_and_the_attempt_is_on_record(world) -> None:
    package = acts.package_of(world, "REQ-00001")
    erasing.erase(world)
    with pytest.raises(Refused) as refused:
        acts.token(world, package)
    assert (refused.value.message, refused.value.remedy) == (SAID, REMAINS)
    ((_, entry),) = checks.of_kind(world.home(), "opening-refused")
    assert entry["package"] == package.id


def test_an_answered_batch_still_counts_what_was_released(world) -> None:
    erasing.erase(world)
    released = acts.release(world)
    assert (released.authorised, released.delivered, released.not_sent) == (6, 6, 0)


def test_reexamination_passes_over_what_was_erased_and_says_so(world) -> None:
    erasing.erase(world)
    with pytest.raises(Refused) as refused:
        disclosed.reexamine(world)
    assert refused.value.message == f"There is nothing left to judge again. {SAID}"
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    done = disclosed.reexamine(world)
    assert [(each.kind, each.subject, each.on) for each in done.erased] == [
        ("batch", BATCH, DUE_DAY)
    ]
    assert set(done.judged["source"]) == {disclosed.HISTORY}
    ((_, entry),) = checks.of_kind(world.home(), "reexamined")
    assert entry["sources"] == [disclosed.HISTORY]


def test_a_history_is_accounted_for_and_erased(world) -> None:
    from portcullis.office import histories

    home = world.home()
    rows = disclosed.disclosures().with_row_index()
    undated = pl.when(pl.col("index") == 1).then(None).otherwise("disclosed_on")
    file = disclosed.write(world, rows.with_columns(disclosed_on=undated).drop("index"))
    disclosed.import_(world, file)
    with pytest.raises(Refused, match="is kept until"):
        erasing.erase(world, "history", disclosed.HISTORY)
    day = DUE_DAY + timedelta(days=erasing.DAYS)
    erasing.to_day(world, day)
    assert [name for name, *_ in due(world)] == [f"batch-{BATCH}", f"history-{disclosed.HISTORY}"]
    erasing.erase(world, "history", disclosed.HISTORY)
    said = (
        f"The working data of the history {disclosed.HISTORY} was erased on {day} under the "
        "retention schedule (2,557 days)."
    )
    for read in (
        lambda: disclosed.quarantined(world),
        lambda: disclosed.compare(world),
        lambda: disclosed.reexamine(world, histories=[disclosed.HISTORY]),
    ):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.message == said
    assert not histories.folder(home, disclosed.HISTORY).exists()
    kept = erasing.accounted(world, f"history/{disclosed.HISTORY}", "disclosures.tbl")
    assert kept.height == 9
    assert set(kept["disclosed_on"]) == {disclosed.DAY.isoformat()}
    assert {"tin", "reason", "disclosed_to", "request_hash"} <= set(kept.columns)
    apart = erasing.accounted(world, f"history/{disclosed.HISTORY}", "quarantined.tbl")
    assert apart["source_row"].to_list() == [2]
    assert set(disclosed.reexamine(world).judged["source"]) == {BATCH}


def test_a_hold_in_part_reaches_a_history_that_does_not_say(world) -> None:
    """Its rows name no officer of ours, and no day of receipt: they may lie in the scope."""
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    erasing.to_day(world, DUE_DAY + timedelta(days=erasing.DAYS))
    erasing.hold(world, Scope(officers=("officer-9",)))
    with pytest.raises(Refused, match="hold-1"):
        erasing.erase(world, "history", disclosed.HISTORY)
    assert erasing.erase(world).finished


def test_a_reexamination_is_erased_unless_a_hold_reaches_what_it_judged(stage) -> None:
    from portcullis.office.reexamining import result_file

    world = stage("released")
    done = disclosed.reexamine(world)
    erasing.to_day(world)
    erasing.hold(world, Scope(batches=(BATCH,)))
    assert [(name, holds) for name, _, holds, _ in due(world)] == [
        (f"batch-{BATCH}", ["hold-1"]),
        ("reexamination-1", ["hold-1"]),
    ]
    with pytest.raises(Refused, match="reexamination 1 is not erased while a preservation hold"):
        erasing.erase(world, "reexamination", "1")
    acts.lift(world, "counsel", "hold-1")
    acts.lift(world, "counsel-2", "hold-1")
    assert result_file(world.home(), done.number).exists()
    erasing.erase(world, "reexamination", "1")
    assert not result_file(world.home(), done.number).exists()
    # The number is not given again, and the batch itself is untouched.
    assert disclosed.reexamine(world).number == 2
    assert [name for name, *_ in due(world)] == [f"batch-{BATCH}"]


def test_each_has_a_secret_of_its_own(stage) -> None:
    from portcullis.office.keystore import Erasable

    world = stage("released")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.reexamine(world)
    home = world.home()
    folder = home.path / "keys" / "erasable"
    names = {f"batch-{BATCH}.key", f"history-{disclosed.HISTORY}.key", "reexamination-1.key"}
    assert {path.name for path in folder.iterdir()} == names
    assert {len(path.read_bytes()) for path in folder.iterdir()} == {32}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    one, other = Erasable.batch(BATCH), Erasable.history(disclosed.HISTORY)
    wrapped = home.wrap(b"k" * 32, one)
    assert home.unwrap(wrapped, one) == b"k" * 32
    with pytest.raises(Misuse, match="A stored key cannot be read"):
        home.unwrap(wrapped, other)
    with pytest.raises(Misuse, match="A stored key cannot be read"):
        home.wrap(b"k" * 32, Erasable.batch("batch-2"))
    # Neither the home's own key alone nor the secret alone opens it.
    (home.path / "keys" / "root.key").write_bytes(bytes(32))
    with pytest.raises(Misuse, match="A stored key cannot be read"):
        home.unwrap(wrapped, one)


def test_a_batch_half_erased_does_not_stop_the_next(stage) -> None:
    from tests.office.test_window import again, looked_up, send

    world = stage("released")

    def stop(step: str) -> None:
        if step == "destroy-files":
            raise InterruptedError

    erasing.to_day(world)
    with pytest.raises(InterruptedError):
        erasing.erase(world, announce=stop)
    worlds.attest(world, worlds.ANSWER_DAY)
    send(world, [again(2001)])
    # The person was not asked about in what is still remembered, and nobody is of that name.
    assert looked_up(world) == {"AGAIN-02001"}


def test_an_older_home_gives_each_thing_its_secret(stage) -> None:
    """A home of the version before wrapped every key under one key of its own."""
    from cryptography.hazmat.primitives.keywrap import aes_key_wrap
    from django.core.management import call_command

    from portcullis.office import files, models, start
    from portcullis.office.keystore import Erasable

    world = stage("sealed")
    home = world.home()
    what, old = Erasable.batch(BATCH), home.derived_key("wrapping")
    for name, column in (("Batch", "wrapped_key"), ("Package", "wrapped_half")):
        for row in getattr(models, name).objects.all():
            setattr(row, column, aes_key_wrap(old, home.unwrap(bytes(getattr(row, column)), what)))
            row.save()
    window = home.path / "window" / f"{BATCH}.tbl"
    remembered = tables.read_table(window, _key_under(old))
    tables.write_table(window, remembered, home.derived_key("window-files"))
    shutil.rmtree(home.path / "keys" / "erasable")
    call_command("migrate", "office", "0002", verbosity=0)
    with pytest.raises(Misuse, match="portcullis upgrade"):
        reopen(world.home_path)
    start(home)
    home = reopen(world.home_path)
    batch = files.find_batch(BATCH)
    assert files.read_step(home, batch, files.REQUESTS).height == 10
    assert tables.read_table(window, files.batch_key(home, batch)).equals(remembered)
    assert acts.release(world).delivered == 6
    acts.token(world, acts.package_of(world, "REQ-00001"))


def _key_under(old: bytes) -> bytes:
    from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

    from portcullis.office.models import Batch

    return aes_key_unwrap(old, bytes(Batch.objects.get(id=BATCH).wrapped_key))


def test_no_entry_or_row_of_an_erasure_names_anybody(world) -> None:
    from portcullis.office.models import Erasure

    erasing.erase(world)
    (row,) = Erasure.objects.values()
    text = json.dumps([row, *checks.entries(world.home())], default=str)
    for secret in ("REQ-00001", "Specimen St", "900-00-", "90000000", "Familyk"):
        assert secret not in text

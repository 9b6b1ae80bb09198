"""A transmittal at the office's door: taken in with a receipt, or refused whole and recorded."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portcullis import agreements, intake, keys, tables
from portcullis.errors import Refused
from portcullis.intake import TransmittalRefused
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import reopen


def refused(world: worlds.World, path: Path, code: str, *, rows: int = 0) -> None:
    """Assert that the file is refused whole with ``code``, and that the refusal is recorded."""
    from portcullis.office.models import Batch

    home = world.home()
    entries = len(checks.of_kind(home, "transmittal-refused"))
    batches = Batch.objects.count()
    with pytest.raises(TransmittalRefused) as told:
        acts.receive(world, path)
    assert told.value.code == code
    found = checks.of_kind(home, "transmittal-refused")
    assert len(found) == entries + 1
    _, entry = found[-1]
    assert set(entry) == {"kind", "at", "code", "file"}
    assert (entry["code"], entry["file"]) == (code, acts.sha256(path.read_bytes()))
    assert Batch.objects.count() == batches == rows
    checks.ledger_verifies(home)


def nothing_stands(world: worlds.World) -> None:
    """Assert that a refused batch left no batch: no row, no readable file, no receipt."""
    home = world.home()
    for folder in (home.batch(worlds.BATCH), home.path / "accounting" / worlds.BATCH):
        assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert not (home.outgoing / worlds.BATCH).exists()
    assert not checks.of_kind(home, "batch-received")


def test_the_same_file_sent_again_is_a_replay(stage) -> None:
    world = stage("received")
    receipt = world.home().outgoing / worlds.BATCH / "receipt.json"
    kept = receipt.read_bytes()
    refused(world, world.batch_file, "replay", rows=1)
    assert receipt.read_bytes() == kept
    # What was taken in the first time is still there and still decided.
    assert acts.adjudicate(world).outcomes["eligible"] == 6


def test_a_batch_id_used_before_is_a_replay_whatever_it_holds(stage) -> None:
    world = stage("received")
    other = world.folder / "other" / "batch.csv"
    other.parent.mkdir()
    worlds.batch_rows(2).write_csv(other)
    worlds.sign(world, other, worlds.BATCH)
    refused(world, other, "replay", rows=1)
    assert acts.adjudicate(world).outcomes["eligible"] == 6


def test_the_same_requests_signed_anew_are_another_batch(stage) -> None:
    """Not a replay of the file: the window is what finds the persons asked about again."""
    world = stage("received")
    worlds.sign(world, world.batch_file, "batch-2")
    assert acts.receive(world)["batch_id"] == "batch-2"


@dataclass(frozen=True)
class Tampering:
    code: str
    change: Callable[[worlds.World], None]


def _bytes_of_the_file(world: worlds.World) -> None:
    data = world.batch_file.read_bytes()
    world.batch_file.write_bytes(data.replace(b"101 Specimen", b"901 Specimen"))


def _a_row_more(world: worlds.World) -> None:
    lines = world.batch_file.read_text().splitlines()
    world.batch_file.write_text("\n".join([*lines, lines[1].replace("REQ-00001", "REQ-9")]))


def _manifest(world: worlds.World) -> tuple[Path, dict[str, Any]]:
    path = intake.manifest_path(world.batch_file)
    return path, json.loads(path.read_text())


def _a_member_of_the_manifest(world: worlds.World) -> None:
    path, whole = _manifest(world)
    whole["manifest"]["created_on"] = "2025-06-26"
    path.write_text(json.dumps(whole))


def _anothers_signature(world: worlds.World) -> None:
    path, whole = _manifest(world)
    whole["signatures"]["signatory"] = whole["signatures"]["preparer"]
    path.write_text(json.dumps(whole))


def _an_unknown_signatory(world: worlds.World) -> None:
    _resign(world, signatory="nobody-enrolled")


def _one_who_is_no_agency_head(world: worlds.World) -> None:
    person = {"authority": "delegated", "determination": "a memorandum"}
    acts.change_person(world, "head", **person)


def _preparer_and_signatory_in_one(world: worlds.World) -> None:
    acts.change_person(world, "head", roles=("signatory", "preparer"))
    _resign(world, preparer="head")


def _no_manifest(world: worlds.World) -> None:
    intake.manifest_path(world.batch_file).unlink()


def _resign(
    world: worlds.World, preparer: str = "preparer", signatory: str = "head", **changes: Any
) -> None:
    """Sign the world's batch by whoever is named, with changes to what the manifest says."""
    pack = agreements.load_pack(agreements.builtin_pack())
    draft = intake.draft_manifest(
        world.batch_file, pack, worlds.BATCH, worlds.BATCH_DAY, preparer, signatory
    )
    manifest = draft.model_copy(update=changes)
    of = {"nobody-enrolled": keys.generate()}
    intake.write_manifest(
        world.batch_file,
        manifest,
        keys.sign(
            intake.approval(manifest, "signatory"), of.get(signatory) or world.key(signatory)
        ),
        keys.sign(intake.approval(manifest, "preparer"), world.key(preparer)),
        {
            officer.id: intake.attest(manifest, officer.id, world.key(officer.id), pack)
            for officer in manifest.officers
        },
    )


def _a_root_that_is_not_the_files(world: worlds.World) -> None:
    _resign(world, requests_root="00" * 32)


def _a_count_that_is_not_the_files(world: worlds.World) -> None:
    pack = agreements.load_pack(agreements.builtin_pack())
    draft = intake.draft_manifest(
        world.batch_file, pack, worlds.BATCH, worlds.BATCH_DAY, "preparer", "head"
    )
    _resign(world, file=draft.file.model_copy(update={"rows": draft.file.rows + 1}))


TAMPERINGS = {
    "bytes of the file": Tampering("digest", _bytes_of_the_file),
    "a row more": Tampering("digest", _a_row_more),
    "a member of the manifest": Tampering("signature", _a_member_of_the_manifest),
    "another's signature": Tampering("signature", _anothers_signature),
    "an unknown signatory": Tampering("unknown-signer", _an_unknown_signatory),
    "R10: no head of the agency": Tampering("not-agency-head", _one_who_is_no_agency_head),
    "one person for both": Tampering("prepared-by-signatory", _preparer_and_signatory_in_one),
    "no manifest": Tampering("manifest", _no_manifest),
    "another root": Tampering("root", _a_root_that_is_not_the_files),
    "another count": Tampering("count", _a_count_that_is_not_the_files),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_tampered_with_is_refused_whole_and_leaves_nothing(stage, what: str) -> None:
    world = stage("new")
    TAMPERINGS[what].change(world)
    refused(world, world.batch_file, TAMPERINGS[what].code)
    nothing_stands(world)


def test_after_a_refusal_the_true_file_is_taken_in(stage) -> None:
    world = stage("new")
    data = world.batch_file.read_bytes()
    _bytes_of_the_file(world)
    refused(world, world.batch_file, "digest")
    world.batch_file.write_bytes(data)
    assert acts.receive(world)["taken"] == 10


@pytest.fixture
def malformed(stage) -> worlds.World:
    """Return a new world whose file has defective rows and a column nobody asked for."""
    world = stage("new")
    rows = worlds.batch_rows(6).with_columns(date_of_birth=pl.lit("1980-02-03"))
    lines = rows.write_csv().splitlines()
    formula = lines[2].replace("REQ-00002", "REQ-00801").replace(",IL,", ",=HYPERLINK(1),")
    twice = lines[1]
    world.batch_file.write_text("\n".join([*lines, "REQ-00802,too,short", formula, twice]) + "\n")
    worlds.sign(world, world.batch_file, worlds.BATCH)
    return world


def test_rows_in_are_rows_accounted_for_and_for_ever(malformed: worlds.World) -> None:
    world = malformed
    receipt = acts.receive(world)
    home = world.home()
    assert (receipt["rows"], receipt["taken"], receipt["quarantined"]) == (13, 10, 3)
    key = home.derived_key("accounting")
    folder = home.path / "accounting" / worlds.BATCH
    taken = tables.read_table(folder / "requests.tbl", key)
    quarantined = tables.read_table(folder / "quarantined.tbl", key)
    assert (taken.height, quarantined.height) == (10, 3)
    numbers = sorted([*taken["source_row"], *quarantined["source_row"]])
    assert numbers == list(range(1, 14))
    assert set(quarantined["reason"]) == {"ragged", "formula", "duplicate-request-id"}
    # Reasons and persons are there: what the permanent record must tell of a request.
    assert taken["reason"].null_count() == 0
    assert taken["tin"].null_count() == 0
    ((_, entry),) = checks.of_kind(home, "batch-received")
    assert {name: entry[name] for name in ("rows", "taken", "quarantined")} == {
        name: receipt[name] for name in ("rows", "taken", "quarantined")
    }


def test_the_accounting_outlives_the_batchs_own_key(malformed: worlds.World) -> None:
    world = malformed
    acts.receive(world)
    from portcullis.office.models import Batch

    home = world.home()
    Batch.objects.update(wrapped_key=b"")
    folder = home.path / "accounting" / worlds.BATCH
    assert tables.read_table(folder / "requests.tbl", home.derived_key("accounting")).height == 10


def test_columns_nobody_asked_for_are_dropped_before_storage(malformed: worlds.World) -> None:
    world = malformed
    receipt = acts.receive(world)
    assert receipt["dropped_columns"] == ["date_of_birth"]
    from portcullis.office import files

    home = world.home()
    batch = files.find_batch(worlds.BATCH)
    assert "date_of_birth" not in files.read_step(home, batch, files.REQUESTS).columns
    for name in (files.REQUESTS, files.QUARANTINE):
        table = files.read_step(home, batch, name)
        assert table.height
        assert "1980-02-03" not in str(table.rows())


def test_the_receipt_is_signed_and_names_its_place_on_the_ledger(stage) -> None:
    world = stage("new")
    from portcullis.office.public import FILE, read_public
    from portcullis.office.reception import read_receipt

    receipt = acts.receive(world)
    home = world.home()
    outside = json.loads((home.outgoing / worlds.BATCH / "receipt.json").read_text())
    assert outside == receipt
    statement = read_receipt(outside, home)
    assert statement == {k: v for k, v in receipt.items() if k not in {"checkpoint", "signature"}}
    # The requester needs no more than the holder's public keys.
    holder = read_public(home.path / FILE).holder
    assert keys.verify(receipt["signature"], holder) == statement
    entry = checks.entries(home)[statement["ledger_position"]]
    assert entry["kind"] == "batch-received"
    assert entry["batch"] == statement["batch_id"] == worlds.BATCH
    assert entry["manifest"] == statement["manifest_digest"]
    size = int(receipt["checkpoint"].split("\n")[1])
    assert statement["ledger_position"] < size
    assert receipt["checkpoint"] == (home.ledger / "checkpoint").read_text()


def test_a_receipt_that_a_crash_kept_back_is_given_once_the_file_is_sent_again(stage) -> None:
    world = stage("new")
    done = subprocess.run(
        [sys.executable, "-m", "tests.office.child", str(world.folder), "receive",
         "integrate-received:1"],
        cwd=Path(__file__).parents[2], capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == -9
    home = reopen(world.home_path)
    assert not (home.outgoing / worlds.BATCH).exists()
    # Not to who sends something else under its name.
    other = world.folder / "other" / "batch.csv"
    other.parent.mkdir()
    worlds.batch_rows(2).write_csv(other)
    worlds.sign(world, other, worlds.BATCH)
    with pytest.raises(TransmittalRefused, match="received before"):
        acts.receive(world, other)
    from portcullis.office.reception import read_receipt

    receipt = acts.receive(world)
    statement = read_receipt(receipt, home)
    ((position, entry),) = checks.of_kind(home, "batch-received")
    assert statement["ledger_position"] == position
    assert (statement["rows"], statement["taken"]) == (entry["rows"], entry["taken"])
    assert statement["manifest_digest"] == entry["manifest"]
    refused(world, world.batch_file, "replay", rows=1)
    assert acts.adjudicate(world).outcomes["eligible"] == 6


def test_a_receipt_of_another_holder_is_refused(stage) -> None:
    world = stage("received")
    from portcullis.office.reception import read_receipt

    home = world.home()
    receipt = json.loads((home.outgoing / worlds.BATCH / "receipt.json").read_text())
    other = keys.generate()
    with pytest.raises(Refused):
        read_receipt(receipt | {"signature": keys.sign(read_receipt(receipt, home), other)}, home)


def test_another_file_under_a_manifest_sent_before_is_refused_on_the_record(stage) -> None:
    world = stage("received")
    world.batch_file.write_bytes(world.batch_file.read_bytes() + b"\n")
    refused(world, world.batch_file, "replay", rows=1)

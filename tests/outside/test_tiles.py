"""Go's checksum-database code over the ledger's folder itself: tiles, bundles, checkpoint."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.ledger import Log
from portcullis.ledger.statements import make_statement
from portcullis.ledger.tiles import tile_names
from tests.outside import corruptions
from tests.outside.conftest import (
    DAY,
    KEY,
    ORIGIN,
    OTHER_KEY,
    SIZES,
    TRUST,
    Ledger,
    make_witnesses,
)
from tests.outside.shown import Folder

pytestmark = pytest.mark.xdist_group("outside")


def counted(entries: list[bytes], by: str) -> dict[str, int]:
    said = [json.loads(entry) for entry in entries]
    return Counter(entry["kind"] for entry in said if entry["at"][: len(by)] <= by)


@pytest.mark.parametrize("day", ["2025-04-06", DAY, "2025-04-08"])
def test_go_reads_every_tile_and_counts_every_entry(ledger, go, day):
    """What was done up to a day, counted from the entries alone: the rest is proven to be later."""
    folder = replace(ledger.folder, by=day)
    assert go.refusal(folder) is None
    assert go.counts(folder) == counted(ledger.entries, day)


def test_go_counts_what_a_statement_says(ledger, go):
    """The witnesses saw all of it later: the statement must call every one of them backdated."""
    folder = Path(ledger.folder.folder)
    trust = ledger.folder.trust
    statement = make_statement(
        folder, *vars(trust).values(), kind="package-sent", by=date.fromisoformat(DAY)
    )
    counts = go.counts(replace(ledger.folder, by=DAY))
    assert statement.count + len(statement.backdated) == counts["package-sent"] > 0


def test_go_names_the_entries_that_cannot_be_read_as_a_statement_does(go, tmp_path):
    at = f'"at":"{DAY}T12:00:00Z"'
    bodies = [
        f'{{{at},"kind":"note"}}',
        f'{{{at},"kind":"note","n":{"9" * 5000}}}',
        f'{{{at},"kind":"note","n":{"9" * 4300}}}',
        f'{{{at},"kind":"note","n":[1.5]}}',
        f'{{{at},"kind":"note","n":-0}}',
        f'{{"kind":"note",{at}}}',
        f'{{{at},"kind":"other","kind":"note"}}',
        f'{{{at},"kind":"note","n":"\\ud800"}}',
        f'{{{at},"kind":"note","n":"\u2028<\\b\\\\u2028\\u001f"}}',
        '["note"]',
        "null",
    ]
    witnesses = make_witnesses(tmp_path, TRUST.keys)
    log = Log.create(tmp_path / "log", ORIGIN, KEY, witnesses)
    log.append([body.encode() for body in bodies], witnesses)
    statement = make_statement(
        tmp_path / "log", *vars(TRUST).values(), kind="note", by=date.fromisoformat(DAY)
    )
    folder = Folder(TRUST, str(tmp_path / "log"), by=DAY)
    assert go.unreadable(folder) == list(statement.unreadable) == [1, 3, 4, 5, 6, 7, 9, 10]
    assert go.counts(folder)["note"] == statement.count + len(statement.backdated) == 3


@settings(deadline=None)
@given(data=st.data())
def test_go_makes_the_same_proofs_from_our_tiles(ledger, go, data):
    old, size = sorted(
        data.draw(st.tuples(*[st.sampled_from(SIZES) | st.integers(1, SIZES[-1])] * 2))
    )
    index = data.draw(st.integers(0, size - 1))
    assert go.prove(ledger.folder, index, size) == ledger.log.inclusion_proof(index, size)
    assert go.prove_grown(ledger.folder, old, size) == ledger.log.consistency_proof(old, size)


def files(ledger: Ledger) -> list[Path]:
    log = Path(ledger.folder.folder)
    return [log / "checkpoint", *(log / name.path for name in tile_names(len(ledger.entries)))]


@contextmanager
def kept(file: Path) -> Iterator[bytes]:
    """Give a file's bytes, and write them back whatever is done to it."""
    whole = file.read_bytes()
    try:
        yield whole
    finally:
        file.write_bytes(whole)


@settings(deadline=None)
@given(data=st.data())
def test_go_refuses_a_folder_with_any_file_altered(small, go, data):
    assert go.refusal(small.folder) is None
    here = files(small)
    file = data.draw(st.sampled_from(here))
    with kept(file) as whole:
        kinds = ["altered", "cut", "longer", "another's", "missing"]
        kind = data.draw(st.sampled_from(kinds))
        if kind == "altered":
            # A checkpoint's last letters have bits that base64 gives no meaning to.
            last = len(whole) - 4 if file.name == "checkpoint" else None
            file.write_bytes(corruptions.flipped(data.draw, whole, 0, last))
        elif kind == "cut":
            file.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        elif kind == "longer":
            file.write_bytes(whole + data.draw(st.binary(min_size=1, max_size=64)))
        elif kind == "another's":
            file.write_bytes(
                data.draw(st.sampled_from([f for f in here if f != file])).read_bytes()
            )
        else:
            file.unlink()
        refused = go.refusal(small.folder)
    assert refused is not None


def test_go_refuses_another_checkpoint_over_our_tiles(small, fork, go):
    checkpoint = Path(small.folder.folder) / "checkpoint"
    with kept(checkpoint):
        checkpoint.write_text(fork.notes[1000])
        assert go.refusal(small.folder) == "downloaded inconsistent tile"
        checkpoint.write_text(corruptions.signed_by_other(small.notes[1000], OTHER_KEY))
        assert "invalid signature" in go.refusal(small.folder)


def test_a_cosignature_too_few_is_refused(small, go):
    more = replace(small.folder.trust, quorum=3)
    assert go.refusal(Folder(more, small.folder.folder)) == "2 of 3 witnesses have cosigned"

"""Another agreement's fields walk through the same rooms: intake, screening, matching."""

from pathlib import Path

import polars as pl
import pytest

from portcullis.agreements import FieldRule, Pack, builtin_pack, load_pack
from portcullis.intake import TransmittalRefused, read_batch
from portcullis.law import Basis
from portcullis.matching import match
from portcullis.screening import measure, prepare
from tests.intake.conftest import DAY, FORMATS, write
from tests.records.small import index_of, taxpayer

FIELDS = (
    "request_id", "family_name", "given_name", "address_line1", "city", "state", "zip",
    "finality_event", "status_checked_on", "statute", "reason",
)  # fmt: skip
KEY = b"a key of the window, for testing"
REQUEST = {
    "request_id": "R-1", "family_name": "Lopez", "given_name": "Ana", "address_line1": "12 Oak St",
    "city": "Springfield", "state": "IL", "zip": "62701", "finality_event": "appeal-waived",
    "status_checked_on": "2025-06-01", "statute": "8 USC 1253(a)(1)(A)", "reason": "Said in full.",
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The built-in agreement with fewer fields, in another order."""
    whole = load_pack(builtin_pack())
    rules = tuple(FieldRule(name=name, max_length=60, required=True) for name in FIELDS)
    request = whole.request.model_copy(update={"fields": rules})
    return whole.model_copy(update={"request": request})


def taken(folder: Path, pack: Pack, *requests: dict, form: str = "csv") -> pl.DataFrame:
    frame = pl.DataFrame([REQUEST | each for each in requests])
    chunks = list(read_batch(write(frame, folder / f"batch.{form}"), pack))
    return pl.concat(chunk.taken for chunk in chunks)


@pytest.mark.parametrize("form", FORMATS)
def test_a_batch_has_the_agreements_fields_and_no_others(
    tmp_path: Path, pack: Pack, form: str
) -> None:
    rows = taken(tmp_path, pack, {"tin": "910000001"}, form=form)
    assert rows.columns == ["row", "source_row", *FIELDS, "request_hash"]
    assert rows["finality_event"].to_list() == ["appeal-waived"]


def test_defects_are_told_in_its_fields(tmp_path: Path, pack: Pack) -> None:
    frame = pl.DataFrame(
        [
            REQUEST | {"request_id": "R-2", "zip": "2139"},
            REQUEST | {"request_id": "R-3", "finality_event": "=1+1"},
            REQUEST | {"request_id": "R-4", "status_checked_on": "45812"},
            REQUEST | {"request_id": "R-5", "reason": "- a point of the list"},
            REQUEST | {"request_id": "R-5"},
            REQUEST | {"request_id": "R-6", "finality_event": "P" * 61},
        ]
    )
    chunks = list(read_batch(write(frame, tmp_path / "batch.csv"), pack))
    found = pl.concat(chunk.quarantined for chunk in chunks)
    assert found.select("source_row", "reason", "field").rows() == [
        (1, "spreadsheet-mangled", "zip"),
        (2, "formula", "finality_event"),
        (3, "spreadsheet-mangled", "status_checked_on"),
        (5, "duplicate-request-id", "request_id"),
        (6, "oversize", "finality_event"),
    ]


def test_a_column_it_requires_is_missed(tmp_path: Path, pack: Pack) -> None:
    path = write(pl.DataFrame([REQUEST]).drop("finality_event"), tmp_path / "batch.csv")
    with pytest.raises(TransmittalRefused, match="finality_event"):
        read_batch(path, pack)


def test_typed_columns_are_made_of_its_fields_only(tmp_path: Path, pack: Pack) -> None:
    rows = taken(tmp_path, pack, {})
    frame = prepare(rows, pack)
    made = [name for name in frame.columns if name not in rows.columns]
    assert [name for name in made if name[:2] not in {"a_", "n_"}] == [
        "d_status_checked_on",
        "c_statute",
    ]
    assert frame.select("a_absent", "n_absent").row(0) == (False, False)


def test_an_agreement_without_addresses_states_none(tmp_path: Path, pack: Pack) -> None:
    rules = tuple(rule for rule in pack.request.fields if rule.name in {"request_id", "reason"})
    request = pack.request.model_copy(update={"fields": rules})
    bare = pack.model_copy(update={"request": request})
    frame = prepare(taken(tmp_path, bare, {}), bare)
    assert frame.select("a_absent", "n_absent").row(0) == (True, True)
    assert "address_line1" not in frame.columns


def test_what_it_has_no_field_for_is_measured_as_not_stated(tmp_path: Path, pack: Pack) -> None:
    others = {"request_id": "R-2", "given_name": "Luis", "address_line1": "7 Elm Ave"}
    again = {"request_id": "R-3"}
    frame = prepare(taken(tmp_path, pack, {}, others, again), pack)
    found = measure([frame], None, KEY, Basis.from_pack(pack, DAY), DAY, batch_id="B-1")
    assert found.measures.drop("row").to_dict(as_series=False) == {
        "m_officer_load_max": [0, 0, 0],
        "m_identical_reasons": [3, 3, 3],
        "m_shared_address": [1, 1, 1],
        "m_repeat": [0, 0, 1],
        "m_repeat_cited": [False, False, False],
        "m_duplicate_investigation": [0, 0, 0],
        "m_officer_in_all": [False, False, False],
        "m_batch_halt": [False, False, False],
        "m_window_volume": [3, 3, 3],
    }
    assert set(found.digests["kind"]) == {"person", "reason", "address", "volume"}


def test_it_is_matched_by_name_and_address(tmp_path: Path, pack: Pack) -> None:
    nowhere = {"request_id": "R-2", "address_line1": "7 Elm Ave"}
    frame = prepare(taken(tmp_path, pack, {}, nowhere), pack)
    with index_of([taxpayer("t", "Ana||Lopez", "000-12-3456")], tmp_path) as index:
        found = match(frame, index, Basis.from_pack(pack, DAY))
    assert found.select("result", "route", "cause", "lka_line1").rows() == [
        ("one", "name-address", None, "12 Oak St"),
        ("none", None, "no-record", None),
    ]

"""What is quarantined, and what must not be."""

import hashlib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.agreements import template_rows
from portcullis.intake import DEFECTS, defects, open_batch
from tests.intake.conftest import DAY, write
from tests.thorough import examples

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def judged(tmp_path, pack, rows):
    """Returns what becomes of one value: None if taken, else the code."""

    def judge(field, value):
        batch = open_batch(write(rows(1, **{field: [value]}), tmp_path / "b.parquet"), pack)
        quarantined = pl.concat([chunk.quarantined for chunk in batch.chunks()])
        if quarantined.is_empty():
            return None
        assert quarantined["field"].item() == field
        return quarantined["reason"].item()

    return judge


def test_the_messages_are_those_agreed():
    text = "".join(f"{code}: {words}\n" for code, words in DEFECTS.items())
    assert text == (GOLDEN / "defects.txt").read_text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "- Subject was served; see file"),
        ("reason", "+ two witnesses"),
        ("middle_name", "-"),
        ("suffix", "--"),
        ("reason", "a = b"),
        ("address_line1", "12 Main St"),
        ("address_line2", "#4B"),
        ("address_line2", "# 12"),
        ("zip", "00000"),
        ("zip", "02139-0001"),
        ("zip", "Unknown"),
        ("tin", "912345678"),
        ("tin", "912-34-5678"),
        ("order_date", "05/01/2024"),
        ("order_number", "12E5"),
        ("given_name", "Nguyễn"),
        ("family_name", "O'Neil-Ruiz"),
        ("reason", "x" * 2000),
        ("reason", "é" * 2000),
    ],
)
def test_what_is_taken(judged, field, value):
    assert judged(field, value) is None


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("reason", "=HYPERLINK(1)", "formula"),
        ("reason", " =1+1", "formula"),
        ("reason", "@SUM(A1)", "formula"),
        ("reason", "-2+3+cmd|' /C calc'!A0", "formula"),
        ("reason", "- a|b", "formula"),
        ("reason", "+ run(x)", "formula"),
        ("reason", "+1 617 555 0100", "formula"),
        ("reason", "\tx", "formula"),
        ("reason", "＝1", "formula"),
        ("family_name", "-Smith", "formula"),
        ("zip", "-1", "formula"),
        ("given_name", "A\x00na", "control-character"),
        ("given_name", "A\nna", "control-character"),
        ("given_name", "A\x1fna", "control-character"),
        ("given_name", "Ana\t", "control-character"),
        ("given_name", "A\u200bna", "control-character"),
        ("given_name", "A\u202ena", "control-character"),
        ("given_name", "A\x85na", "control-character"),
        ("given_name", "A\ufffdna", "encoding"),
        ("reason", "x" * 2001, "oversize"),
        ("suffix", "é" * 21, "oversize"),
        ("request_id", None, "missing-request-id"),
        ("request_id", " ", "missing-request-id"),
        ("request_id", "1.2E+08", "spreadsheet-mangled"),
        ("order_number", "2.1E+08", "spreadsheet-mangled"),
        ("zip", "2139", "spreadsheet-mangled"),
        ("zip", "501", "spreadsheet-mangled"),
        ("zip", "21390001", "spreadsheet-mangled"),
        ("zip", "2139-0001", "spreadsheet-mangled"),
        ("zip", "62701.0", "spreadsheet-mangled"),
        ("tin", "12345678", "spreadsheet-mangled"),
        ("tin", "912345678.0", "spreadsheet-mangled"),
        ("tin", "9.12E+08", "spreadsheet-mangled"),
        ("order_date", "45413", "spreadsheet-mangled"),
        ("city", "#REF!", "spreadsheet-mangled"),
        ("city", "#N/A", "spreadsheet-mangled"),
        ("city", " #name? ", "spreadsheet-mangled"),
        ("city", "#DIV/0!", "spreadsheet-mangled"),
        ("order_date", "########", "spreadsheet-mangled"),
    ],
)
def test_what_is_quarantined(judged, field, value, code):
    assert judged(field, value) == code


def test_a_defective_identifier_is_never_repeated(tmp_path, pack, rows):
    frame = rows(2, request_id=["=cmd", "R-1"], given_name=["A\ufffd", "A\ufffd"])
    (chunk, *_) = open_batch(write(frame, tmp_path / "b.parquet"), pack).chunks()
    assert chunk.quarantined["reason"].to_list() == ["encoding", "encoding"]
    assert chunk.quarantined["request_id"].to_list() == [None, "R-1"]


def test_no_message_repeats_a_value(tmp_path, pack, rows):
    frame = rows(3, given_name=["=SECRET", "SEC\x00RET", "SECRET" * 50])
    (chunk, *_) = open_batch(write(frame, tmp_path / "b.parquet"), pack).chunks()
    shown = chunk.quarantined.drop("row_digest")
    assert shown.height == 3
    assert "SECRET" not in shown.write_csv()


def test_the_first_of_repeated_identifiers_is_kept(tmp_path, pack, rows):
    frame = rows(
        7,
        request_id=["a", "b", "a ", "c", "a", "d", "c"],
        zip=["62701", "62701", "62701", "2139", "62701", "62701", "62701"],
    )
    chunks = list(open_batch(write(frame, tmp_path / "b.csv"), pack).chunks())
    taken = pl.concat([chunk.taken for chunk in chunks])
    quarantined = pl.concat([chunk.quarantined for chunk in chunks])
    assert taken["request_id"].to_list() == ["a", "b", "d"]
    assert quarantined.select("source_row", "reason", "request_id").rows() == [
        (3, "duplicate-request-id", None),
        (4, "spreadsheet-mangled", "c"),
        (5, "duplicate-request-id", None),
        (7, "duplicate-request-id", None),
    ]


ANY = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("=+-@#. \t\x1f0123456789E!")
    ),
    max_size=10,
)


@settings(max_examples=examples(100), deadline=None)
@given(
    field=st.sampled_from(["request_id", "zip", "tin", "reason", "order_date", "items", "suffix"]),
    value=st.one_of(ANY, st.sampled_from([" 2139", "x" * 64 + "é", "1E+1"]), st.none()),
)
def test_every_defective_row_is_suspected(pack, rows, field, value):
    frame = rows(1, **{field: [value]}).with_columns(source_row=pl.lit(1, pl.UInt32))
    found = defects.examine(frame, pack)
    mended = frame.with_columns(defects.trimmed(pack.fields))
    untouched = frame.with_columns(defects.absent_if_empty(pack.fields))
    text = defects.canonical_text(pack.fields)
    suspect = frame.select(defects.is_suspect(pack, text)).item()
    assert suspect or (found.is_empty() and mended.equals(untouched))


def test_the_request_hash_is_over_label_and_fields_in_order(tmp_path, pack, rows):
    frame = rows(1, given_name=[" Ana "])
    (chunk, *_) = open_batch(write(frame, tmp_path / "b.csv"), pack).chunks()
    values = [(frame[name].item() or "").strip() for name in pack.fields]
    text = "\x1f".join(["portcullis/request/1", *values])
    assert chunk.taken["request_hash"].item() == hashlib.sha256(text.encode()).digest()


def test_the_request_hash_of_the_example_is_what_it_always_was(tmp_path, pack):
    frame = template_rows(pack, DAY)
    (chunk, *_) = open_batch(write(frame, tmp_path / "b.csv"), pack).chunks()
    known = "b4fe10081e218ddf4bf275b38b55e14825d1843c7f401ad54b427e9ac4ab15ce"
    assert chunk.taken["request_hash"].item().hex() == known

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis import keys
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.release import (
    ANSWERS,
    answer_rows,
    public_answer,
    public_answers,
    read_answers,
    write_answers,
)

OUTCOMES = {
    "returned": "returned",
    "refused": "returned",
    "referred": "no disclosure",
    "no_disclosure": "no disclosure",
    "eligible": "no disclosure",
    "approved": "no disclosure",
    "held": "no disclosure",
    "released": "disclosed",
}
# Every private cause that the rooms of the way know, and those of the gate.
CAUSES = [
    ("no_disclosure", "no-record"),
    ("no_disclosure", "name-disagrees"),
    ("no_disclosure", "address-not-of-record"),
    ("no_disclosure", "ambiguous"),
    ("no_disclosure", "not-unique-point"),
    ("no_disclosure", "no-last-known-address"),
    ("no_disclosure", "period-not-requested"),
    ("no_disclosure", "protected"),
    ("referred", "near-miss"),
    ("referred", None),
    ("eligible", "impairment-adverse"),
    ("eligible", "not-approved"),
    ("approved", "order-stands"),
    ("held", "safeguards"),
    ("released", None),
]
FINDINGS = {
    "source_row": pl.UInt32,
    "element": pl.String,
    "citation": pl.String,
    "field": pl.String,
    "message": pl.String,
}
FINDING = ("address-present", "26 USC 6103(i)(2)(B)(i)", "address_line1", "Give the address.")


def table(*rows):
    schema = {"source_row": pl.UInt32, "request_id": pl.String, "answer": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def findings(*rows):
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def test_every_outcome_has_its_answer():
    frame = pl.DataFrame({"outcome": list(OUTCOMES)})
    assert {one: public_answer(one) for one in OUTCOMES} == OUTCOMES
    assert frame.select(public_answers())["answer"].to_list() == list(OUTCOMES.values())


@pytest.mark.parametrize("outcome", ["", "open", "Released"])
def test_an_unknown_outcome_has_none(outcome):
    with pytest.raises(Misuse):
        public_answer(outcome)
    with pytest.raises(pl.exceptions.PolarsError):
        pl.DataFrame({"outcome": [outcome]}, schema={"outcome": pl.String}).select(public_answers())


def test_no_cause_can_be_told_from_another():
    """One and the same request, through every private cause, with private reasons standing by."""
    records = {}
    for outcome, cause in CAUSES:
        private = findings((1, cause, "private", "private", f"private {cause}"))
        (record,) = answer_rows(table((1, "r-1", public_answer(outcome))), private)
        records.setdefault(public_answer(outcome), set()).add(record.encode())
    assert set(records) == {"disclosed", "no disclosure"}
    assert all(len(same) == 1 for same in records.values())
    (disclosed,), (nothing,) = records["disclosed"], records["no disclosure"]
    assert len(disclosed) == len(nothing)
    shape = json.loads(disclosed)
    assert {k: type(v) for k, v in shape.items()} == {
        k: type(v) for k, v in json.loads(nothing).items()
    }
    assert b"private" not in disclosed + nothing


def test_a_returned_request_is_told_why_and_only_from_its_face():
    face = findings((1, *FINDING), (2, *FINDING), (1, "tin", "c", "tin", "Nine digits."))
    one, two = answer_rows(table((1, "r-1", "returned"), (2, "r-2", "no disclosure")), face)
    assert json.loads(one)["findings"] == [
        {
            "element": "address-present",
            "citation": "26 USC 6103(i)(2)(B)(i)",
            "field": "address_line1",
            "message": "Give the address.",
        },
        {"element": "tin", "citation": "c", "field": "tin", "message": "Nine digits."},
    ]
    assert json.loads(two)["findings"] == []
    again = answer_rows(table((1, "r-1", "returned")), face)
    assert again[0] == one


def test_a_row_that_was_not_legible_is_answered_by_its_place():
    quarantined = findings((7, "encoding", None, None, "The row is not UTF-8."))
    (record,) = answer_rows(table((7, None, "returned")), quarantined)
    read = json.loads(record)
    assert (read["source_row"], read["request_id"]) == (7, None)
    assert read["findings"][0]["element"] == "encoding"


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=("C",)), max_size=20),
            st.sampled_from(ANSWERS),
        ),
        max_size=6,
    )
)
def test_records_are_canonical_and_in_order(rows):
    asked = table(*((row, *each) for row, each in enumerate(rows)))
    said = findings(*((row, f'é"\\{row}', None, "f", each[0]) for row, each in enumerate(rows)))
    records = answer_rows(asked, said)
    for (row, (request_id, answer)), record in zip(enumerate(rows), records, strict=True):
        read = json.loads(record)
        assert json_bytes(read) == record.encode()
        assert (read["source_row"], read["request_id"], read["answer"]) == (row, request_id, answer)


@pytest.mark.parametrize("answer", ["held", None, ""])
def test_a_fourth_answer_is_not_written(answer):
    with pytest.raises(Misuse, match="none of the three"):
        answer_rows(table((1, "r-1", answer)), findings())


def test_the_file_is_read_back_only_as_the_holder_signed_it(tmp_path):
    holder = keys.generate()
    jwk = keys.public_jwk(holder)
    path = tmp_path / "answers.jsonl"
    rows = answer_rows(
        table((1, "r-1", "returned"), (2, "r-2", "disclosed"), (3, "r-3", "no disclosure")),
        findings((1, *FINDING)),
    )
    digest = write_answers(path, {"batch_id": "b-1"}, [rows[:2], rows[2:0], rows[2:]], holder)
    read = read_answers(path, jwk)
    assert read["answer"].to_list() == ["returned", "disclosed", "no disclosure"]
    assert read["findings"].to_list()[0][0]["field"] == "address_line1"
    assert path.read_bytes().startswith(b'{"batch_id":"b-1","format":"portcullis-answers/1"}\n')
    assert write_answers(tmp_path / "again", {"batch_id": "b-1"}, [rows], holder) == digest

    with pytest.raises(Refused, match="does not verify"):
        read_answers(path, keys.public_jwk(keys.generate()))
    path.write_bytes(path.read_bytes().replace(b"r-3", b"r-9"))
    with pytest.raises(Refused, match="another answer file"):
        read_answers(path, jwk)
    path.unlink()
    with pytest.raises(Misuse, match="not there"):
        read_answers(path, jwk)

import hashlib
import json
import os
import time

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.canonical import json_bytes
from portcullis.determination.leaves import (
    DETERMINATION_FIELDS,
    NONCES_BYTES,
    answer_text,
    commitment,
    determination_text,
    leaf,
    leaves,
    nonces_of,
    one_answer_text,
)

texts = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=8)


@given(texts, st.data())
def test_a_leaf_commits_to_each_text_under_its_own_nonce(pairs, data):
    size = len(pairs) * NONCES_BYTES
    nonces = data.draw(st.binary(min_size=size, max_size=size))
    answers = pl.Series([a for a, _ in pairs], dtype=pl.String)
    determinations = pl.Series([d for _, d in pairs], dtype=pl.String)
    made = leaves(answers, determinations, nonces)
    for row, ((answer, determination), one) in enumerate(zip(pairs, made, strict=True)):
        first, second = nonces_of(nonces, row)
        read = json.loads(one)
        assert json_bytes(read) == one
        assert read == {
            "answer": hashlib.sha256(first + answer.encode()).hexdigest(),
            "determination": hashlib.sha256(second + determination.encode()).hexdigest(),
        }
        assert one == leaf(commitment(first, answer), commitment(second, determination))


def test_the_texts_are_pinned():
    frame = pl.DataFrame(
        {
            "request_id": ["r-1"],
            "request_hash": ["ab"],
            "outcome": ["no_disclosure"],
            "route": [None],
            "cause": ["name-disagrees"],
            "reasons": ["x;y"],
            "taxpayer_id": [None],
            "disclosure": [None],
            "basis": ["cd"],
            "answer": ["no disclosure"],
        },
        schema_overrides={"route": pl.String},
    )
    got = frame.select(answer_text(), determination_text()).row(0)
    assert got == (
        "portcullis/answer/1\x1fr-1\x1fno disclosure",
        "portcullis/determination/1\x1fr-1\x1fab\x1fno_disclosure\x1f\x1fname-disagrees\x1fx;y"
        "\x1f\x1f\x1fcd",
    )
    assert one_answer_text("r-1", "no disclosure") == got[0]


def test_lengths_that_differ_are_an_error():
    one = pl.Series(["a"])
    for answers, determinations, nonces in [
        (one, one, b""),
        (one, one, bytes(63)),
        (one, pl.Series(["a", "b"]), bytes(64)),
    ]:
        with pytest.raises(ValueError, match="one length"):
            leaves(answers, determinations, nonces)
    with pytest.raises(ValueError, match="nonces"):
        nonces_of(bytes(64), 1)
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"", "a")


@pytest.mark.long
def test_a_batch_of_1_280_000_is_committed_to_in_seconds():
    rows = 1_280_000
    frame = pl.select(request_id=pl.int_range(rows).cast(pl.String)).with_columns(
        *(pl.lit("x" * 20).alias(name) for name in DETERMINATION_FIELDS[1:]),
        answer=pl.lit("no disclosure"),
    )
    nonces = os.urandom(rows * NONCES_BYTES)
    start = time.perf_counter()
    written = frame.select(answer_text(), determination_text())
    made = leaves(written["answer_text"], written["determination_text"], nonces)
    seconds = time.perf_counter() - start
    assert len(made) == rows
    assert seconds < 30

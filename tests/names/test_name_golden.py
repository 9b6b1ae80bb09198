"""The golden cases: `golden.csv` (one name a row) and `pairs.csv` (two names a row)."""

from pathlib import Path

import polars as pl

from portcullis import names

HERE = Path(__file__).parent
FIELDS = ("given", "middle", "family", "suffix")
GOLDEN = pl.read_csv(HERE / "golden.csv", infer_schema=False).fill_null("")
PAIRS = pl.read_csv(HERE / "pairs.csv", infer_schema=False).fill_null("")


def normal(frame, prefix="n_", fields=FIELDS):
    named = dict(zip(FIELDS, fields, strict=True))
    return names.normalise(
        frame.with_columns(pl.col(fields).replace("", None)), **named, prefix=prefix
    )


def test_golden_names():
    found = normal(GOLDEN).with_columns(
        absent_found=pl.when("n_absent").then(pl.lit("yes")).otherwise(pl.lit("no")),
        key_found=pl.col("n_key").fill_null(""),
    )
    expected = GOLDEN.rename({name: f"{name}_expected" for name in GOLDEN.columns})
    rows = pl.concat([found, expected], how="horizontal")
    present = pl.col("absent_expected") == "no"
    wrong = rows.filter(
        (pl.col("absent_found") != pl.col("absent_expected"))
        | (pl.col("key_found") != pl.col("key_expected"))
        | (present & (pl.col("n_middle") != pl.col("middle_normal_expected")))
        | (present & (pl.col("n_suffix") != pl.col("suffix_normal_expected")))
    )
    assert wrong.select(*FIELDS, "absent_found", "key_found", "n_middle", "n_suffix").rows() == []


def test_golden_pairs_both_ways():
    other = [f"other_{field}" for field in FIELDS]
    sides = normal(normal(PAIRS, prefix="l_"), prefix="r_", fields=other)
    answers = sides.with_columns(
        there=names.agreement("l_", "r_"), back=names.agreement("r_", "l_")
    )
    wrong = answers.filter((pl.col("there") != pl.col("code")) | (pl.col("back") != pl.col("code")))
    assert wrong.select("l_key", "r_key", "code", "there", "back").rows() == []
    # The name-address route joins on the key: every agreeing pair must have one.
    agreeing = answers.filter(pl.col("code").is_in(names.AGREES))
    assert (agreeing["l_key"] == agreeing["r_key"]).all()


def test_every_code_has_its_sentence_and_one_consequence():
    assert set(PAIRS["code"]) == set(names.REASONS)
    assert set(names.AGREES) | set(names.REFERS) < set(names.REASONS)
    assert not set(names.AGREES) & set(names.REFERS)
    assert "nickname" not in names.AGREES

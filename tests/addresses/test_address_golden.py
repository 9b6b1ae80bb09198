"""The golden cases: one address a row, or two and what their agreement is.

`golden.csv`: the parse of one. `pairs.csv`: two in Miami FL. `hard.csv`: pairs of the kinds that
parsers fail on, by kind; two doors that are `same` there would be somebody else's address.
"""

from pathlib import Path

import polars as pl
import pytest

from portcullis import addresses

HERE = Path(__file__).parent
GOLDEN = pl.read_csv(HERE / "golden.csv", infer_schema=False).fill_null("")
HARD = pl.read_csv(HERE / "hard.csv", infer_schema=False)
PAIRS = pl.read_csv(HERE / "pairs.csv", infer_schema=False).fill_null("")
FIELDS = ("line1", "line2", "city", "state", "zip")


def normal(frame):
    return addresses.normalise(frame, line1="line1", line2="line2")


def compared(pairs):
    sides = []
    for prefix, line, code in (("l_", "line1", "zip"), ("r_", "other_line1", "other_zip")):
        side = pairs.select(
            line1=line, line2=pl.lit(None), city=pl.lit("Miami"), state=pl.lit("FL"), zip=code
        )
        side = addresses.normalise(side, line1="line1", line2="line2", prefix=prefix)
        sides.append(side.drop(FIELDS))
    return pl.concat(sides, how="horizontal")


@pytest.fixture(scope="module")
def found():
    received = GOLDEN.with_columns(pl.col(FIELDS).replace("", None))
    return normal(received).with_columns(
        pl.col("a_absent_reason").fill_null(""),
        a_unique=pl.when("a_unique_point").then(pl.lit("yes")).otherwise(pl.lit("no")),
    )


@pytest.mark.parametrize(
    "column", ["absent_reason", "kind", "number", "street", "unit", "box", "unique"]
)
def test_golden_addresses(found, column):
    wrong = found.filter(pl.col(f"a_{column}") != pl.col(column))
    assert wrong.select(*FIELDS, column, f"a_{column}").rows() == []


def test_golden_pairs_both_ways():
    sides = compared(PAIRS)
    answers = sides.select(
        there=addresses.agreement("l_", "r_"), back=addresses.agreement("r_", "l_")
    ).with_columns(PAIRS)
    wrong = answers.filter((pl.col("there") != pl.col("code")) | (pl.col("back") != pl.col("code")))
    assert wrong.rows() == []


@pytest.mark.parametrize("kind", HARD["kind"].unique(maintain_order=True))
def test_hard_pairs_both_ways(kind):
    some = HARD.filter(pl.col("kind") == kind)
    sides = []
    for prefix, first, second in (("l_", "line1", "line2"), ("r_", "other_line1", "other_line2")):
        side = some.select("city", "state", "zip", line1=first, line2=second)
        sides.append(
            addresses.normalise(side, line1="line1", line2="line2", prefix=prefix).drop(FIELDS)
        )
    answers = pl.concat(sides, how="horizontal").select(
        there=addresses.agreement("l_", "r_"),
        back=addresses.agreement("r_", "l_"),
        one_point=(pl.col("l_point") == pl.col("r_point")).fill_null(value=False),
    )
    wrong = pl.concat([some, answers], how="horizontal").filter(
        (pl.col("there") != pl.col("code"))
        | (pl.col("back") != pl.col("code"))
        | (pl.col("one_point") != (pl.col("code") == "same"))
    )
    assert wrong.rows() == []


def test_the_point_is_one_for_same_addresses_and_only_for_them():
    sides = compared(PAIRS).with_columns(PAIRS)
    with_zip = sides.filter(pl.col("zip") != "", pl.col("other_zip") != "")
    same_point = pl.col("l_point") == pl.col("r_point")
    wrong = with_zip.filter(same_point.fill_null(value=False) != (pl.col("code") == "same"))
    assert wrong.select("line1", "other_line1").rows() == []


def test_every_code_has_its_sentence():
    assert set(GOLDEN["absent_reason"]) - {""} == set(addresses.ABSENCE_REASONS)
    assert set(PAIRS["code"]) == set(addresses.REASONS)
    assert set(GOLDEN["kind"]) == set(addresses.KINDS)
    assert set(addresses.AGREES) == {"same"}


@pytest.mark.parametrize(
    ("line1", "zip_code"),
    [
        ("Failed to Provide", "33101"),
        ("Unknown Address", "33101"),
        ("Don't Care 12345", "33101"),
        ("Don't Care", "12345"),
        ("00000", "00000"),
        ("", "12345"),
    ],
)
def test_what_the_2025_script_let_pass_is_absent(line1, zip_code):
    """R1 and R2: beside a ZIP Code, and with no more than digits."""
    row = pl.DataFrame(
        {"line1": [line1], "line2": [None], "city": [None], "state": [None], "zip": [zip_code]}
    )
    assert normal(row)["a_absent"].to_list() == [True]
    assert normal(row)["a_point"].to_list() == [None]

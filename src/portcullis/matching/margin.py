"""How far everybody else is from a request: the margin of the one person it would match.

A TIN never tells two people apart, for members of a household borrow each other's. So a match
stands only where every other person near it fails even to nearly agree on the name, or on every
address of record. Looked at are those who have the TIN, whoever bears the name in the street or at
the house number of the locality, whoever shares a given or family name in the building,
everybody at the same unique delivery point, and, where there is no TIN to go by, whoever bears the
name and has no address of record. Not looked at is one whose name and house number, or name and
street, both differ by a slip.

Whoever is matched must be among those found near, for the very keys that found the match find them
there. Where they are not, the index does not answer as it should, and nothing has a margin.
"""

from datetime import date

import polars as pl

from portcullis import progress
from portcullis.matching import codes
from portcullis.matching.compare import compare
from portcullis.records import Index

NO_MARGIN = 0
_MARGINS = {
    "nobody": 2, "number": 2, "address": 1, "name": 1, "name-and-address": NO_MARGIN,
}  # fmt: skip

MARGIN: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "margin": pl.UInt32(),
    "runner_up": pl.String(),
    "several_answer": pl.Boolean(),
}
_SUFFIX_MISSING = codes.NAME.index("suffix-missing")
_SLIP = codes.NAME.index("near")
_NEAR_NAME = pl.col("name") < len(codes.AGREEING_NAME) + len(codes.NEAR_NAME)
_NEAR_ADDRESS = pl.col("address") <= len(codes.NEAR_ADDRESS)
_OTHER_DOOR = pl.col("address").is_in([codes.ADDRESS.index(code) for code in codes.OTHER_DOOR])

_NOWHERE = pl.col("address").is_null() | (pl.col("address") == codes.ADDRESS.index("absent"))


def margins(
    asked: pl.DataFrame,
    standing: pl.DataFrame,
    compared: pl.DataFrame,
    index: Index,
    as_of: date,
    *,
    show: progress.Show = progress.unseen,
) -> pl.DataFrame:
    """Return one row a row of ``standing``: ``MARGIN``.

    ``asked``: all requests, as for ``compare``. ``standing``: ``row``, ``matched``, ``by_tin`` of
    those that would have a match or a near miss (``seen``). ``compared``: their candidates and
    neighbours (``compare.COMPARED``).

    ``margin``: of the two elements name and address, how many the closest other person does not
    even nearly agree on; 0 is none. ``runner_up``: what that person shares (``codes.RUNNER_UP``).
    ``several_answer``: more than one person has that name, but for a suffix, at that address.
    Nobody is ranked: where two people are close, neither has a margin.

    Three rules bend what is close. Where the TIN is in no record, one of the name behind another
    door of the building or the street is close too, and one who has no address of record at all:
    nothing but the address tells them apart. Where the suffix asked for is the match's own, one who
    has none is not close: he is the other. And where the number and the very name are the match's
    own, one of another number whose name differs by a slip of the pen is not close: it took two
    errors that agree to mean that one.
    """
    unnumbered = standing.filter(~pl.col("by_tin"))
    with progress.step(show, "Look for namesakes without an address"):
        namesakes = index.namesakes(asked.join(unnumbered, on="row", how="semi"))
    others = namesakes.join(compared, on=["row", "person"], how="anti", maintain_order="left")
    with progress.step(show, "Compare with namesakes", others.height, "pairs") as advance:
        # An index that was appended to still lists who has been given an address since.
        nowhere = compare(asked, others, index, as_of, advance).filter(_NOWHERE)
    compared = pl.concat([compared, nowhere])
    suffix_said = asked.select("row", (pl.col("n_suffix") != "").alias("suffix_said"))
    no_suffix = pl.col("name") == _SUFFIX_MISSING
    misspelt = (pl.col("name") == _SLIP) & pl.col("by_tin") & pl.col("tin_contradicts")
    another = pl.col("matched") & ((pl.col("suffix_said") & no_suffix) | misspelt)
    name = _NEAR_NAME & ~another
    nearby_or_nowhere = _NEAR_ADDRESS | (~pl.col("by_tin") & (_OTHER_DOOR | _NOWHERE))
    address = nearby_or_nowhere.fill_null(value=False)
    answers = ((pl.col("name") < len(codes.AGREEING_NAME)) | no_suffix) & (pl.col("address") == 0)
    shares = (
        pl.when("close")
        .then(pl.lit("name-and-address"))
        .when("name_near")
        .then(pl.lit("name"))
        .when("address_near")
        .then(pl.lit("address"))
        .when("tin_equal")
        .then(pl.lit("number"))
        .otherwise(pl.lit("nobody"))
    )
    ranks = {code: rank for rank, code in enumerate(codes.RUNNER_UP)}
    return (
        compared.lazy()
        .join(standing.join(suffix_said, on="row").lazy(), on="row")
        .with_columns(name_near=name, address_near=address, answers=answers)
        .with_columns(close=pl.col("name_near") & pl.col("address_near"))
        .with_columns(rank=shares.replace_strict(ranks, return_dtype=pl.UInt8))
        .group_by("row")
        .agg(
            # The match, or near miss, is itself close: the closest other person comes next.
            pl.when(pl.col("close").any())
            .then(pl.col("rank").sort(descending=True).get(1, null_on_oob=True).fill_null(0))
            .otherwise(max(ranks.values()))
            .alias("rank"),
            (pl.col("answers").fill_null(value=False).sum() > 1).alias("several_answer"),
        )
        .with_columns(
            pl.col("rank").replace_strict(dict(enumerate(codes.RUNNER_UP))).alias("runner_up")
        )
        .select(
            "row",
            pl.col("runner_up").replace_strict(_MARGINS, return_dtype=pl.UInt32).alias("margin"),
            "runner_up",
            "several_answer",
        )
        .collect()
        .cast(MARGIN)  # type: ignore[arg-type]
    )


def seen(standing: pl.DataFrame, near: pl.DataFrame) -> pl.DataFrame:
    """Return those of ``standing`` whose match is among the neighbours, and the near misses.

    ``standing``: see ``routes.standing``. ``near``: ``row, person`` of the neighbours, as the index
    found them.
    """
    found = standing.join(near, on=["row", "person"], how="semi")
    return pl.concat([found, standing.filter(~pl.col("matched"))]).unique().drop("person")

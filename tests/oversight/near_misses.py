"""One near miss as a reviewer sees it, made of invented people compared and weighed in earnest.

``python -m tests.oversight.near_misses FILE.html`` writes it, as in ``docs/review.md``.
"""

import random
import sys
from pathlib import Path

import polars as pl

from portcullis import addresses, names
from portcullis.matching import Near
from portcullis.oversight import likelihood
from portcullis.oversight.near_miss import Picture, Waterfall, picture

_GIVEN = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Niklaus", "Frances", "Kathleen"]
_FAMILY = ["Specimen", "Sampleton", "Exemplar", "Placeholder", "Testworth", "Mockingham"]
_STREETS = ["Marigold Ave", "Juniper Rd", "Foundry Ln", "Larkspur Ct", "Hawthorn Blvd"]


def sample(people: int = 200) -> pl.DataFrame:
    """Return the filings of invented people, as a model is trained on: two addresses each."""
    draw = random.Random(6103)  # noqa: S311 - invented people
    named = [(n, draw.choice(_GIVEN), "", draw.choice(_FAMILY), "") for n in range(people)]
    placed = [
        (n, f"{draw.randint(1, 400)} {draw.choice(_STREETS)}", f"{draw.randint(10001, 10020)}")
        for n in range(people)
        for _ in range(2)
    ]
    placed += [(n, line.replace("a", "e"), code) for n, line, code in placed[:: people // 20]]
    return likelihood.records(_names(named), _addresses(placed), "r_")


def street_slip() -> Picture:
    """Return the picture of a request whose street is a keystroke off the record's."""
    asked = _asked()
    named = _names([(5, "Grace", "Mabel", "Sampleton", ""), (5, "Grace", "", "Exemplar", "")])
    placed = _addresses([(5, "31 Foundry Ln Apt 4", "10007"), (5, "7 Marigld Ave", "10001")])
    model = likelihood.train(sample())
    own = asked.select(pl.lit(0, pl.Int64).alias("person"), "^n_.*$", "^a_.*$")
    drawn = likelihood.waterfall(
        model,
        likelihood.records(own.select("person", "^n_.*$"), own.select("person", "^a_.*$"), ""),
        likelihood.records(named.head(1), placed.tail(1), "r_"),
    )
    return _picture(asked, named, placed, drawn)


def another_town() -> Picture:
    """Return the picture of an address of record under another town's name, with no likelihood."""
    placed = _addresses([(5, "7 Marigold Ave", "10001")], city="Colonie")
    named = _names([(5, "Grace", "Mabel", "Sampleton", "")])
    return _picture(_asked(), named, placed, None)


def _asked() -> pl.DataFrame:
    asked = _names([(0, "Grace", "M", "Sampleton", "")], "").join(
        _addresses([(0, "7 Marigold Ave", "10001")], ""), on="person"
    )
    return asked.select(
        pl.lit(0, pl.UInt32).alias("row"), pl.lit("900123456").alias("tin"), "^n_.*$", "^a_.*$"
    )


def _picture(
    asked: pl.DataFrame, named: pl.DataFrame, placed: pl.DataFrame, drawn: Waterfall | None
) -> Picture:
    seen = Near(
        asked,
        named.with_columns(
            pl.lit("900123456").alias("r_tin"),
            code=_code(asked, named, names.agreement("n_", "r_n_")),
        ),
        placed.with_columns(
            number=pl.int_range(1, pl.len() + 1),
            code=_code(asked, placed, addresses.agreement("a_", "r_a_")),
        ),
    )
    return picture(
        request_id="REQ-00042",
        batch="2025-06",
        asked=asked,
        shown=seen,
        household={"agrees": 0, "does not agree": 1},
        barred="",
        waterfall=drawn,
        model="4f" * 32,
        found="",
    )


def _code(asked: pl.DataFrame, found: pl.DataFrame, agreement: pl.Expr) -> pl.Series:
    return asked.join(found, how="cross").select(agreement).to_series()


def _names(rows: list[tuple], prefix: str = "r_") -> pl.DataFrame:
    columns = ["person", "given_name", "middle_name", "family_name", "suffix"]
    frame = names.normalise(pl.DataFrame(rows, columns, orient="row"), prefix=f"{prefix}n_")
    return frame.select("person", f"^{prefix}n_.*$")


def _addresses(rows: list[tuple], prefix: str = "r_", city: str = "Albany") -> pl.DataFrame:
    frame = pl.DataFrame(rows, ["person", "line1", "zip"], orient="row").with_columns(
        line2=None, city=pl.lit(city), state=pl.lit("NY")
    )
    frame = addresses.normalise(frame, line1="line1", line2="line2", prefix=f"{prefix}a_")
    return frame.select("person", f"^{prefix}a_.*$")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(street_slip().as_html(), encoding="utf-8")

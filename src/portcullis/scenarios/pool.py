"""Taxpayers of the records whom requests can be about, with the addresses they can be asked at."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from portcullis.errors import Misuse
from portcullis.scenarios.population import ADDRESSES, CAST, TAXPAYERS

PLAIN = ("single", "couple", "partners")
_PAIRED = ("father-son", "father-son-suffix", "twins", "itin-then-ssn")
_ALONE = ("shared-tin", "information-return-only", "protected", "general-delivery")
LINES = ("line1", "line2", "city", "state", "zip")

# Several times as many as are needed, so that the rare sorts among them are there too.
_SPARE = 2
_LEAST_PLAIN = 20_000
_OF_EACH_ROLE = 10_000


@dataclass(frozen=True)
class Pool:
    """``plain``: one taxpayer a household, for most requests. ``others``: of the other roles.

    Columns: the taxpayer's, ``role``, and ``line1, line2, city, state, zip, period, protected`` of
    the last known address (for ``_PAIRED`` roles and information returns: of an address that
    serves); ``plain`` has ``prior_line1 ...`` of an earlier home besides, null where there is none.
    """

    plain: pl.DataFrame
    others: pl.DataFrame

    def of_role(self, *roles: str) -> pl.DataFrame:
        """Return the taxpayers of households of these roles."""
        return self.others.filter(pl.col("role").is_in(roles))


def load_pool(records: Path, wanted: int, seed: int) -> Pool:
    """Draw taxpayers from ``records`` for about ``wanted`` requests, in an order of ``seed``.

    Raises Misuse where the folder holds no records of the scenario.
    """
    cast = _scan_cast(records)
    plain = (
        cast.filter(pl.col("role").is_in(PLAIN), _one_of_each_household())
        .collect()
        .sample(fraction=1.0, shuffle=True, seed=seed)
        .head(max(_LEAST_PLAIN, _SPARE * wanted))
    )
    alone = cast.filter(pl.col("role").is_in(_ALONE)).filter(
        (pl.col("place") == 1) | (pl.col("role") != "shared-tin")
    )
    paired = cast.filter(pl.col("role").is_in(_PAIRED))
    some = [_first(alone, _OF_EACH_ROLE), _first(paired, 2 * _OF_EACH_ROLE)]
    chosen = pl.concat([plain, *pl.collect_all(some)])
    people = _of(records / TAXPAYERS, chosen).join(chosen, on="taxpayer_id", maintain_order="left")
    addresses = _of(records / ADDRESSES, chosen).with_columns(_home().alias("home"))
    known = _last_known(addresses)
    hearsay = _first_of_each(addresses, "taxpayer_id")
    together = _homes_of_two(addresses.join(chosen, on="taxpayer_id"))
    only_told = pl.col("role") == "information-return-only"
    shuffled = plain.select("taxpayer_id").join(
        people, on="taxpayer_id", how="left", maintain_order="left"
    )
    return Pool(
        plain=shuffled.join(known, on="taxpayer_id", maintain_order="left").join(
            _earlier(addresses, known), on="taxpayer_id", how="left", maintain_order="left"
        ),
        others=pl.concat(
            [
                people.filter(pl.col("role").is_in(_ALONE), ~only_told)
                .join(known, on="taxpayer_id", maintain_order="left"),
                people.filter(only_told)
                .join(hearsay, on="taxpayer_id", maintain_order="left"),
                people.filter(pl.col("role").is_in(_PAIRED), pl.col("place") == 1)
                .join(together, on="household", maintain_order="left"),
            ],
            how="diagonal",
        ),
    )  # fmt: skip


def _scan_cast(records: Path) -> pl.LazyFrame:
    if not (records / CAST).is_file():
        raise Misuse(
            "These records are not the scenario's own: nobody knows who in them is who.",
            "Make them with the scenario first.",
        )
    return pl.scan_parquet(records / CAST)


def _one_of_each_household() -> pl.Expr:
    """Return whether a member is the one to ask about: of a couple now the one, now the other."""
    alone = pl.col("role") == "single"
    return pl.col("place") == pl.when(alone).then(0).otherwise(pl.col("household") % 2)


def _first(cast: pl.LazyFrame, count: int) -> pl.LazyFrame:
    return cast.filter(pl.int_range(pl.len()).over("role") < count)


def _of(table: Path, chosen: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``table`` about the ``chosen``, in the table's order."""
    ids = chosen.lazy().select("taxpayer_id")
    return (
        pl.scan_parquet(table)
        .join(ids, on="taxpayer_id", how="semi", maintain_order="left")
        .collect(engine="streaming")
    )


def _home() -> pl.Expr:
    """Return what tells homes apart however they are written: all digits, and the ZIP code."""
    lines = pl.concat_str("line1", pl.col("line2").fill_null(""), separator=" ")
    return pl.concat_str(lines.str.replace_all(r"[^0-9]", ""), pl.col("zip").str.slice(0, 5),
                         separator="/")  # fmt: skip


def _last_known(addresses: pl.DataFrame) -> pl.DataFrame:
    """Return the last known address of each: 26 CFR 301.6212-2, told apart by day alone.

    Taxpayers with two candidates of one day are left out.
    """
    able = addresses.filter(pl.col("source_kind") != "information-return")
    latest = able.filter(pl.col("processed_on") == pl.col("processed_on").max().over("taxpayer_id"))
    return _columns(latest.unique("taxpayer_id", keep="none", maintain_order=True))


def _first_of_each(addresses: pl.DataFrame, key: str) -> pl.DataFrame:
    return _columns(addresses.unique(key, keep="first", maintain_order=True))


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("taxpayer_id", *LINES, pl.col("taxable_period").alias("period"), "protected",
                       "home")  # fmt: skip


def _earlier(addresses: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return an address of record of each that is of another home than the last known one."""
    able = addresses.filter(pl.col("source_kind") != "information-return")
    others = able.join(known.select("taxpayer_id", last="home"), on="taxpayer_id").filter(
        pl.col("home") != pl.col("last")
    )
    first = others.unique("taxpayer_id", keep="first", maintain_order=True)
    return first.select("taxpayer_id", *[pl.col(line).alias(f"prior_{line}") for line in LINES])


def _homes_of_two(addresses: pl.DataFrame) -> pl.DataFrame:
    """Return, for each household of two of one name, an address that both have of record."""
    pairs = addresses.filter(pl.col("role").is_in(_PAIRED)).filter(
        pl.col("taxpayer_id").n_unique().over("household", "home") == 2  # noqa: PLR2004 - a pair
    )
    rows = pairs.unique("household", keep="first", maintain_order=True)
    return rows.select("household", *LINES, pl.col("taxable_period").alias("period"), "protected",
                       "home")  # fmt: skip

"""What an index holds of persons who were found, in the form in which they are compared.

Engines give the rows as the holder wrote them; their normal forms are made here, for all engines.
"""

import polars as pl

from portcullis.records import normal


def names_beside(pairs: pl.DataFrame, taxpayers: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, person, r_tin, r_n_*`` of ``pairs``, a row for each name, present or prior.

    ``pairs``: ``row, person``. ``taxpayers``: ``person`` and the row as the holder wrote it.
    """
    tins = taxpayers.select("person", normal.tin_digits("tin").alias("r_tin"))
    forms = [f"n_{part}" for part in normal.NAME_FORM]
    named = normal.all_names(taxpayers).rename({name: f"r_{name}" for name in forms})
    return pairs.join(tins.join(named, on="person"), on="person")


def addresses_beside(pairs: pl.DataFrame, addresses: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, person, address, may_be_last, r_a_*`` of ``pairs`` (``row, person``).

    ``addresses``: ``person, place, may_be_last`` and the lines as the holder wrote them.
    """
    forms = [f"a_{part}" for part in normal.ADDRESS_FORM]
    placed = normal.addresses_of_record(addresses).select(
        "person",
        pl.col("place").alias("address"),
        "may_be_last",
        *[pl.col(name).alias(f"r_{name}") for name in forms],
    )
    return pairs.join(placed, on="person")

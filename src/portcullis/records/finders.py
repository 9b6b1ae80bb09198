"""How a record is found: 64-bit keys over the normal forms, the same for a request and a record.

A key may be shared by chance: what is found is only a candidate, and always compared in full. The
hash is Polars' own with a fixed seed; ``MARK`` tells whether two programs hash alike.

``tin``     the number itself
``place``   the name at the delivery line; unit and locality are left to the comparison
``house``   the name at the house or box number in the ZIP code: the street may be misspelt
``street``  the name in the street and ZIP code: the number may be
``point``   anybody at the unique delivery point
``unplaced``  the name, of those only who have no address of record at all
"""

from functools import cache

import polars as pl

from portcullis.records.normal import ADDRESS, TIN_DIGITS

_SEED = 6103
_KEY = pl.UInt64()
_WHEREABOUTS = (
    pl.when(pl.col("a_zip5") != "")
    .then("a_zip5")
    .otherwise(pl.concat_str("a_city", "a_state", separator=","))
)

_PLACES: dict[str, tuple[list[str | pl.Expr], pl.Expr]] = {
    "place": (["a_number", "a_street", "a_box"], pl.lit(value=True)),
    "house": (
        ["a_number", "a_box", "a_zip5"],
        (pl.concat_str("a_number", "a_box") != "") & (pl.col("a_zip5") != ""),
    ),
    "street": (["a_street", "a_zip5"], (pl.col("a_street") != "") & (pl.col("a_zip5") != "")),
}
"""The finders of a name at a place: the parts of the place, and where there is a key at all."""

_POINT: list[str | pl.Expr] = ["a_number", "a_street", "a_unit", "a_box", _WHEREABOUTS]
FINDERS = ("tin", *_PLACES, "point", "unplaced")


def _hash(parts: list[str | pl.Expr]) -> pl.Expr:
    return pl.concat_str(parts, separator="\x1f").hash(_SEED)


@cache
def mark() -> str:
    """Return the hash of fixed texts: keys made by another hash find nothing here."""
    texts = pl.Series(["", "portcullis", "x" * 100, "Ñ"])
    return "-".join(str(value) for value in texts.hash(_SEED))


def _tin(column: str = "tin") -> pl.Expr:
    whole = pl.col(column).str.len_bytes() == TIN_DIGITS
    return pl.when(whole).then(pl.col(column)).cast(_KEY, strict=False)


def _keys_of_places() -> list[pl.Expr]:
    there = ~pl.col("a_absent")
    named = [
        pl.when(there & where).then(_hash(parts)).alias(name)
        for name, (parts, where) in _PLACES.items()
    ]
    return [*named, pl.when(there & pl.col("a_unique_point")).then(_hash(_POINT)).alias("point")]


def of_places(places: pl.DataFrame) -> pl.DataFrame:
    """Return ``places`` with the keys of each address in place of its lines and normal form (a_*).

    ``somewhere``: whether it is an address at all.
    """
    return places.select(
        pl.exclude("^a_.*$", *ADDRESS),
        (~pl.col("a_absent")).alias("somewhere"),
        *_keys_of_places(),
    )


def _key_of_name() -> pl.Expr:
    return pl.when(~pl.col("n_absent")).then(pl.col("n_key").hash(_SEED + 1)).alias("named")


def of_requests(requests: pl.DataFrame) -> pl.DataFrame:
    """Return ``row`` and a key for each finder, null where the request has none.

    ``requests``: ``row``, ``tin`` (digits), ``n_*``, ``a_*``.
    """
    return requests.select("row", _tin().alias("tin"), _key_of_name(), *_keys_of_places()).select(
        "row",
        "tin",
        *[(pl.col("named") ^ pl.col(name)).alias(name) for name in _PLACES],
        "point",
        pl.col("named").alias("unplaced"),
    )


def of_records(
    taxpayers: pl.DataFrame,
    names: pl.DataFrame,
    placed: pl.DataFrame,
    known_names: pl.DataFrame,
    known_placed: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Return the tables ``find_*`` (``key, person``, in order of person) of a block.

    ``taxpayers``: person, tin; ``names``: person, n_*; ``placed``: person and ``of_places``. The
    known names and places are those an index already holds of the same persons: each new name is
    found at the known places too, and each known name at the new ones.
    """
    named, known_named = (
        frame.select("person", _key_of_name()).filter(pl.col("named").is_not_null())
        for frame in (names, known_names)
    )
    somewhere = pl.concat(
        [frame.filter("somewhere").select("person") for frame in (placed, known_placed)]
    )
    pairs = pl.concat(
        [
            named.join(placed, on="person"),
            named.join(known_placed, on="person"),
            known_named.join(placed, on="person"),
        ]
    )
    tables = {
        "find_tin": taxpayers.select(_tin().alias("key"), "person"),
        **{
            f"find_{name}": pairs.select((pl.col("named") ^ pl.col(name)).alias("key"), "person")
            for name in _PLACES
        },
        "find_point": placed.select(pl.col("point").alias("key"), "person"),
        "find_unplaced": named.join(somewhere, on="person", how="anti").select(
            pl.col("named").alias("key"), "person"
        ),
    }
    return {
        name: table.filter(pl.col("key").is_not_null()).unique().sort("person", "key")
        for name, table in tables.items()
    }

"""How a record is found: 64-bit keys over the normal forms, the same for a request and a record.

A key may be shared by chance: what is found is only a candidate, and always compared in full. The
hash is Polars' own with a fixed seed; ``mark`` tells whether two programs hash alike.

``tin``       the number itself
``place``     the name at the delivery line; unit and locality are left to the comparison
``house``     the name at the house or box number in the locality: the street may be misspelt
``street``    the name in the street of the locality: the number may be
``kin``       whoever shares the given or the family name, in either place, in the building
``point``     anybody at the unique delivery point
``unplaced``  the name, of those only who have no address of record at all

A locality is the ZIP Code and, apart from it, city and state: comparison goes by the town where
either side has no ZIP Code, so each address is found by both.
"""

from functools import cache

import polars as pl

from portcullis.records.normal import ADDRESS, TIN_DIGITS

_SEED = 6103
_KEY = pl.UInt64()
_TOWN = pl.concat_str("a_city", "a_state", separator=",")
_LOCALITIES: dict[str, tuple[pl.Expr, pl.Expr]] = {
    "zip": (pl.col("a_zip5"), pl.col("a_zip5") != ""),
    "town": (_TOWN, (pl.col("a_city") != "") & (pl.col("a_state") != "")),
}
"""Where an address lies, each with when it says so."""

_NUMBERED = pl.concat_str("a_number", "a_box") != ""
_IN_LOCALITY: dict[str, tuple[list[str], pl.Expr]] = {
    "house": (["a_number", "a_box"], _NUMBERED),
    "street": (["a_street"], pl.col("a_street") != ""),
    "building": (["a_number", "a_street", "a_box"], _NUMBERED),
    "point": (["a_number", "a_street", "a_unit", "a_box"], pl.col("a_unique_point")),
}
"""The parts of a place that are sought in its locality, and where there is a key at all."""

_AT: dict[str, list[tuple[str, str]]] = {
    "place": [("named", "place")],
    "house": [("named", f"house_{where}") for where in _LOCALITIES],
    "street": [("named", f"street_{where}") for where in _LOCALITIES],
    "kin": [(part, f"building_{where}") for part in ("given", "family") for where in _LOCALITIES],
}
"""The finders of a name at a place: which key of a name is joined with which of a place."""

FINDERS = ("tin", *_AT, "point", "unplaced")
CANDIDATES = ("tin", "place")
NEIGHBOURS = (*_AT, "point")
NAMESAKES = ("unplaced",)
"""The finders that each look-up asks, whatever engine keeps the index."""


def _hash(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str(*parts, separator="\x1f").hash(_SEED)


@cache
def mark() -> str:
    """Return the hash of fixed texts: keys made by another hash find nothing here."""
    texts = pl.Series(["", "portcullis", "x" * 100, "Ñ"])
    return "-".join(str(value) for value in texts.hash(_SEED))


def _tin() -> pl.Expr:
    whole = pl.col("tin").str.len_bytes() == TIN_DIGITS
    return pl.when(whole).then("tin").cast(_KEY, strict=False)


def _keys_of_places() -> list[pl.Expr]:
    there = ~pl.col("a_absent")
    keys = [pl.when(there).then(_hash("a_number", "a_street", "a_box")).alias("place")]
    for finder, (parts, where) in _IN_LOCALITY.items():
        for name, (locality, said) in _LOCALITIES.items():
            key = pl.when(there & where & said).then(_hash(*parts, locality))
            keys.append(key.alias(f"{finder}_{name}"))
    return keys


def _keys_of_names() -> list[pl.Expr]:
    named = ~pl.col("n_absent")
    keys = {"named": "n_key", "given": "n_given", "family": "n_family_set"}
    # Given and family names hash alike: who wrote each in the other's place is found too.
    return [
        pl.when(named).then(pl.col(part).hash(_SEED + 1)).alias(key) for key, part in keys.items()
    ]


def of_places(places: pl.DataFrame) -> pl.DataFrame:
    """Return ``places`` with the keys of each address in place of its lines and normal form (a_*).

    ``somewhere``: whether it is an address at all.
    """
    return places.select(
        pl.exclude("^a_.*$", *ADDRESS),
        (~pl.col("a_absent")).alias("somewhere"),
        *_keys_of_places(),
    )


def of_requests(requests: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return for each finder the keys of ``requests``: ``row, key``, several a request or none.

    ``requests``: ``row``, ``tin`` (digits), ``n_*``, ``a_*``.
    """
    row = pl.col("row").cast(pl.UInt32)
    keys = requests.select(row, _tin().alias("tin"), *_keys_of_names(), *_keys_of_places())
    return {
        "tin": _listed(keys.select("row", pl.col("tin").alias("key"))),
        **_at_places(keys, "row"),
        "point": _at_points(keys, "row"),
        "unplaced": _listed(keys.select("row", pl.col("named").alias("key"))),
    }


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
        frame.filter(~pl.col("n_absent")).select("person", *_keys_of_names()).unique()
        for frame in (names, known_names)
    )
    # One address written in several ways has the same keys.
    there, known_there = (
        frame.filter("somewhere").drop("somewhere").unique() for frame in (placed, known_placed)
    )
    somewhere = pl.concat([there.select("person"), known_there.select("person")])
    pairs = pl.concat(
        [
            named.join(there, on="person"),
            named.join(known_there, on="person"),
            known_named.join(there, on="person"),
        ]
    )
    unplaced = named.join(somewhere, on="person", how="anti")
    tables = {
        "tin": _listed(taxpayers.select("person", _tin().alias("key"))),
        **_at_places(pairs, "person"),
        "point": _at_points(there, "person"),
        "unplaced": _listed(unplaced.select("person", pl.col("named").alias("key"))),
    }
    return {
        f"find_{finder}": table.select("key", "person").sort("person")
        for finder, table in tables.items()
    }


def _at_places(keys: pl.DataFrame, who: str) -> dict[str, pl.DataFrame]:
    """Return for each finder of a name at a place ``who, key``, each pair once."""
    return {
        finder: _listed(
            pl.concat(
                [
                    keys.select(who, (pl.col(name) ^ pl.col(place)).alias("key"))
                    for name, place in joined
                ]
            )
        )
        for finder, joined in _AT.items()
    }


def _at_points(keys: pl.DataFrame, who: str) -> pl.DataFrame:
    """Return ``who, key`` of the unique delivery points of ``keys``, each pair once."""
    points = [keys.select(who, pl.col(f"point_{where}").alias("key")) for where in _LOCALITIES]
    return _listed(pl.concat(points))


def _listed(keys: pl.DataFrame) -> pl.DataFrame:
    return keys.filter(pl.col("key").is_not_null()).unique()

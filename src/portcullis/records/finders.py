"""How a record is found: hashed keys over the normal forms, the same for a request and a record.

A key may be shared by chance: what is found is only a candidate, and always compared in full. Keys
have 64 bits, or 32 beside the mark of a locality, so that chance is rare among hundreds of
millions. The hash is Polars' own with a fixed seed; ``mark`` tells whether two programs hash alike.

``tin``       the number itself
``place``     the name at the delivery line; unit and locality are left to the comparison
``house``     the name at the house or box number in the locality: the street may be misspelt
``street``    the name in the street of the locality: the number may be
``kin``       whoever shares the given or the family name, in either place, in the building
``point``     anybody at the unique delivery point
``unplaced``  the name, of those only who have no address of record at all

A locality is the ZIP Code or, apart from it, city and state: comparison goes by the town where
either side has no ZIP Code, so whoever shares one of the two is found.
"""

from functools import cache

import polars as pl

from portcullis.records.normal import ADDRESS, TIN_DIGITS

_SEED = 6103
_SHORT = pl.UInt32()

_NUMBERED = pl.concat_str("a_number", "a_box") != ""
_PLACES: dict[str, tuple[list[str], pl.Expr]] = {
    "place": (["a_number", "a_street", "a_box"], ~pl.col("a_absent")),
    "house": (["a_number", "a_box"], _NUMBERED),
    "street": (["a_street"], pl.col("a_street") != ""),
    "building": (["a_number", "a_street", "a_box"], _NUMBERED),
    "point": (["a_number", "a_street", "a_unit", "a_box"], pl.col("a_unique_point")),
}
"""The parts of an address that a key is made of, and where there is one at all."""

_AT: dict[str, tuple[str | None, str]] = {
    "place": ("named", "place"),
    "house": ("named", "house"),
    "street": ("named", "street"),
    "given": ("given", "building"),
    "family": ("family", "building"),
    "point": (None, "point"),
}
"""The keys of a resident: which part of a name is joined with which of a place."""

_RESIDENT = "find_resident"
_KIN = ("given", "family")
TABLES = ("find_tin", _RESIDENT, "find_unplaced")
"""The tables of finders. ``find_tin`` and ``find_unplaced``: ``key, person``. ``find_resident``: a
row for each name of a person at each address, with the keys of ``_AT`` and the marks of its
locality (``zip``, ``town``); what it does not have is null."""

CANDIDATES = ("tin", "place")
NEIGHBOURS = ("place", "house", "street", "kin", "point")
NAMESAKES = ("unplaced",)
"""The finders that each look-up asks, whatever engine keeps the index."""

_ANYWHERE = ("tin", "place", "unplaced")
_LOCALITY = ("zip", "town")


def keyed(table: str) -> tuple[str, ...]:
    """Return the columns by which ``table`` is asked."""
    return tuple(_AT) if table == _RESIDENT else ("key",)


def question(wanted: tuple[str, ...]) -> str:
    """Return the SQL that finds ``row, person`` by the finders ``wanted``, each pair once.

    It reads ``asked_*`` (see ``of_requests``) and ``TABLES``.
    """
    near = " OR ".join(f"f.{mark} = a.{mark}" for mark in _LOCALITY)
    parts = []
    for finder in wanted:
        own = f"find_{finder}" in TABLES
        table = f"find_{finder}" if own else _RESIDENT
        within = "" if finder in _ANYWHERE else f" AND ({near})"
        parts += [
            f"SELECT a.row, f.person FROM asked_{finder} a "  # noqa: S608
            f"JOIN {table} f ON f.{'key' if own else column} = a.key{within}"
            for column in _columns(finder)
        ]
    return " UNION ".join(parts)


def _columns(finder: str) -> tuple[str, ...]:
    return _KIN if finder == "kin" else (finder,)


@cache
def mark() -> str:
    """Return the hash of fixed texts: keys made by another hash find nothing here."""
    texts = pl.Series(["", "portcullis", "x" * 100, "Ñ"])
    return "-".join(str(value) for value in texts.hash(_SEED))


def _tin() -> pl.Expr:
    whole = pl.col("tin").str.len_bytes() == TIN_DIGITS
    return pl.when(whole).then("tin").cast(_SHORT, strict=False)


def _keys_of_places() -> list[pl.Expr]:
    there = ~pl.col("a_absent")
    return [
        pl.when(there & where).then(pl.concat_str(*parts, separator="\x1f").hash(_SEED)).alias(key)
        for key, (parts, where) in _PLACES.items()
    ]


def _localities() -> list[pl.Expr]:
    """Return the marks of the ZIP Code and the town, where the address says them."""
    there = ~pl.col("a_absent")
    town = pl.concat_str("a_city", "a_state", separator=",")
    said = {
        "zip": (pl.col("a_zip5"), pl.col("a_zip5") != ""),
        "town": (town, (pl.col("a_city") != "") & (pl.col("a_state") != "")),
    }
    return [
        pl.when(there & where).then(_short(text.hash(_SEED))).alias(mark)
        for mark, (text, where) in said.items()
    ]


def _short(key: pl.Expr) -> pl.Expr:
    return (key & 0xFFFF_FFFF).cast(_SHORT)


def _keys_of_names() -> list[pl.Expr]:
    named = ~pl.col("n_absent")
    keys = {"named": "n_key", "given": "n_given", "family": "n_family_set"}
    # Given and family names hash alike: who wrote each in the other's place is found too.
    return [
        pl.when(named).then(pl.col(part).hash(_SEED + 1)).alias(f"n_{key}")
        for key, part in keys.items()
    ]


def _at_places() -> list[pl.Expr]:
    """Return the keys of a name at a place (``_AT``): 64 bits, and 32 where the locality counts."""
    keys = {
        key: pl.col(place) if name is None else pl.col(f"n_{name}") ^ pl.col(place)
        for key, (name, place) in _AT.items()
    }
    return [
        (whole if key in _ANYWHERE else _short(whole)).alias(key) for key, whole in keys.items()
    ]


def of_places(places: pl.DataFrame) -> pl.DataFrame:
    """Return ``places`` with the keys of each address in place of its lines and normal form (a_*).

    ``somewhere``: whether it is an address at all.
    """
    return places.select(
        pl.exclude("^a_.*$", *ADDRESS),
        (~pl.col("a_absent")).alias("somewhere"),
        *_keys_of_places(),
        *_localities(),
    )


def of_requests(requests: pl.DataFrame, wanted: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """Return the tables ``asked_*`` of the finders ``wanted``, by their names.

    ``row, key`` and, where the finder is bound to a locality, its marks; several rows a request, or
    none. ``requests``: ``row``, ``tin`` (digits), ``n_*``, ``a_*``.
    """
    row = pl.col("row").cast(pl.UInt32)
    keys = (
        requests.select(
            row, _tin().alias("tin"), *_keys_of_names(), *_keys_of_places(), *_localities()
        )
        .with_columns(_at_places())
        .with_columns(unplaced="n_named")
    )
    asked = {}
    for finder in wanted:
        marks = [] if finder in _ANYWHERE else _LOCALITY
        parts = [
            keys.select("row", pl.col(column).alias("key"), *marks) for column in _columns(finder)
        ]
        asked[f"asked_{finder}"] = _listed(pl.concat(parts))
    return asked


def of_records(
    taxpayers: pl.DataFrame,
    names: pl.DataFrame,
    placed: pl.DataFrame,
    known_names: pl.DataFrame,
    known_placed: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Return ``TABLES`` of a block, each in order of person.

    ``taxpayers``: person, tin; ``names``: person, n_*; ``placed``: person and ``of_places``. The
    known names and places are those an index already holds of the same persons: each new name is
    found at the known places too, and each known name at the new ones.
    """
    named, known_named = (
        frame.select("person", *_keys_of_names()).unique() for frame in (names, known_names)
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
    residents = (
        pairs.select("person", *_at_places(), *_LOCALITY)
        .filter(pl.any_horizontal(pl.col(list(_AT)).is_not_null()))
        .unique()
    )
    unplaced = named.join(somewhere, on="person", how="anti")
    tables = {
        "find_tin": _listed(taxpayers.select(_tin().alias("key"), "person")),
        _RESIDENT: residents,
        "find_unplaced": _listed(unplaced.select(pl.col("n_named").alias("key"), "person")),
    }
    return {name: table.sort("person") for name, table in tables.items()}


def _listed(keys: pl.DataFrame) -> pl.DataFrame:
    return keys.filter(pl.col("key").is_not_null()).unique()

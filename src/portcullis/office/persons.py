"""Sealed sets of persons: whom an order or a hold names, compared without anybody reading who.

A court names persons under seal. Of each only keyed digests are kept: of the TIN's nine digits,
and of the name in normal form (first given name and surnames, in any order), under a key of the
home's own. The digests lie encrypted in ``orders/``; the ledger's scope names the set by a digest
bound to its order. A request lies in the set if its TIN does, or its name, so that neither a
mistyped TIN nor an old address opens the gate: who bears the name of one of them is stopped too.
Where the set knows somebody by the TIN alone, every request without a TIN lies in it, for it may be
of that person; so does one without a name where the set knows somebody by the name alone. A request
that states neither, and every request where the set is missing (the home was put back from an older
backup), lies in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from portcullis import names, screening, tables
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import files
from portcullis.office.erased import erasure_of, file_key
from portcullis.office.home import Home
from portcullis.office.keystore import HISTORY, Erasable
from portcullis.office.models import History, Placed

FORMAT = "portcullis-sealed-persons/1"
LONGEST = 64 * 1024 * 1024
"""Bytes of a file of persons: a million of them."""
# Gzip, Zstandard and zlib: what is read of such a file may be a thousand times as long.
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_STATED = ("tin", "given_name", "middle_name", "family_name", "suffix")
# What is digested, of the columns that screening prepares.
_DIGESTED = {"tin_digits": "sealed-tin", "n_key": "sealed-name"}
# The row of a set that says: it knows somebody by this alone.
_ALONE = {kind: f"{kind}-alone" for kind in _DIGESTED}


@dataclass(frozen=True)
class Reached:
    """Which sets each request lies in: ``by_row`` (those in none are left out), ``always`` for all.

    ``always``: the sets that are not here, so that nobody can say who is not in them.
    """

    by_row: dict[int, frozenset[str]]
    always: frozenset[str] = frozenset()

    def of(self, row: int) -> frozenset[str]:
        """Return the sets that the request of ``row`` lies in."""
        return self.by_row.get(row, frozenset()) | self.always

    @property
    def any(self) -> frozenset[str]:
        """The sets that any request lies in."""
        return self.always.union(*self.by_row.values())


NOBODY = Reached({})


@dataclass(frozen=True)
class Named:
    """Persons under seal, digested: by what a scope names them, and how many rows they were."""

    name: str
    count: int
    digests: pl.DataFrame


def digested(home: Home, placed_id: str, sent: bytes) -> Named | None:
    """Return the persons in a CSV, digested for the order or hold ``placed_id``; nothing is kept.

    Its columns: ``tin`` and the name's, as a batch has them. None where the file cannot be read, is
    longer than ``LONGEST``, or has another column, or a row states neither a TIN nor a name, or a
    TIN that is none: whom it means is not known then. What is compressed is no CSV.
    """
    if len(sent) > LONGEST or sent.startswith(_COMPRESSED):
        return None
    try:
        named = pl.read_csv(sent, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError):
        return None
    stated = set(named.columns)
    if named.is_empty() or not {"tin", "family_name"} & stated or stated - set(_STATED):
        return None
    digests = _digests(home, named)
    if digests.select(pl.all_horizontal(pl.col(list(_DIGESTED)).is_null()).any()).item():
        return None
    if (
        "tin" in named.columns
        and (named["tin"].is_not_null() & digests["tin_digits"].is_null()).any()
    ):
        return None
    kept = digests.unpivot(list(_DIGESTED), variable_name="kind", value_name="digest")
    kept = pl.concat([kept.drop_nulls(), _alone(digests)]).unique().sort("kind", "digest")
    return Named(_name(placed_id, kept), named.height, kept)


def keep(home: Home, named: Named) -> None:
    """Keep the digests of persons. Done with the order or hold that names them, and not before."""
    key = home.derived_key("sealed-persons-files")
    tables.write_table(_path(home, named.name), named.digests, key)


def read(home: Home, placed_id: str, path: Path) -> Named | None:
    """Return the persons in the CSV at ``path``, digested; None as ``digested``."""
    try:
        with path.open("rb") as file:
            sent = file.read(LONGEST + 1)
    except OSError:
        return None
    return digested(home, placed_id, sent)


def seal_again(home: Home, placed_id: str, found: Named | None) -> None:
    """Keep again the digests of the very persons that an order or hold names.

    For a home put back from a backup made before it. Raises Refused where they are not the same:
    then the set stays missing, and its order reaches every request.
    """
    row = Placed.objects.filter(id=placed_id).first()
    if row is None or found is None or found.name not in row.entry["scope"].get("persons", ()):
        raise Refused(
            f"Those are not the persons that {placed_id} names.",
            "Give the very file that it was filed with, under the same id.",
        )
    keep(home, found)
    _in_accounting.cache_clear()


def known(home: Home) -> list[str]:
    """Return the names of the sets that are here."""
    return [path.stem for path in sorted((home.path / "orders").glob("*.tbl"))]


def named() -> tuple[str, ...]:
    """Return the sets that any order or hold names, lifted ones too."""
    scopes = (row.entry.get("scope") or {} for row in Placed.objects.order_by("act_id"))
    return tuple(dict.fromkeys(name for scope in scopes for name in scope.get("persons", ())))


def missing(home: Home) -> list[str]:
    """Return the orders and holds that stand and whose persons are not here."""
    here = set(known(home))
    return [
        row.id
        for row in Placed.objects.filter(standing=True).order_by("act_id")
        if set((row.entry.get("scope") or {}).get("persons", ())) - here
    ]


def in_batch(home: Home, batch_id: str, sets: Iterable[str]) -> Reached:
    """Return which requests of a batch lie in which of ``sets``.

    Read from the accounting, which is there for ever.
    """
    wanted = tuple(sets)
    return _in_accounting(str(home.path), batch_id, wanted) if wanted else NOBODY


def in_history(home: Home, history: History, sets: Iterable[str]) -> Reached:
    """Return which requests of an imported history lie in which of ``sets``."""
    wanted = tuple(sets)
    if not wanted:
        return NOBODY
    what = Erasable.history(history.id)
    if erasure_of(home, what) is None:
        path = files.history(home, history.id) / files.REQUESTS
        key = file_key(home, what, history.wrapped_key)
    else:
        path = files.accounting(home, f"{HISTORY}/{history.id}", "disclosures.tbl")
        key = home.derived_key("accounting")
    return _reached(home, tables.scan_table(path, key), wanted)


@lru_cache(maxsize=16)
def _in_accounting(home: str, batch_id: str, sets: tuple[str, ...]) -> Reached:
    # What is in the accounting of a batch never changes, nor does a set: its name is its digest.
    opened = Home(Path(home))
    path = files.accounting(opened, batch_id, "requests.tbl")
    return _reached(opened, tables.scan_table(path, opened.derived_key("accounting")), sets)


def _reached(home: Home, requests: Iterator[pl.DataFrame], sets: tuple[str, ...]) -> Reached:
    known_sets, missing = _read(home, sets)
    if known_sets.is_empty():
        return Reached({}, missing)
    found = pl.concat(_lying_in(home, part, known_sets) for part in requests)
    by_row = {
        row: frozenset(names)
        for row, names in found.group_by("row").agg(pl.col("set").unique()).iter_rows()
    }
    return Reached(by_row, missing)


def _lying_in(home: Home, requests: pl.DataFrame, sets: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, set`` for each request and each set that it lies in, or may lie in."""
    digests = _digests(home, requests).with_columns(requests["row"])
    stated = digests.unpivot(
        list(_DIGESTED), index="row", variable_name="kind", value_name="digest"
    )
    met = stated.drop_nulls().join(sets, on=["kind", "digest"]).select("row", "set")
    nothing = pl.all_horizontal(pl.col(list(_DIGESTED)).is_null())
    in_all = digests.filter(nothing).select("row").join(sets.select("set").unique(), how="cross")
    without = [
        digests.filter(pl.col(kind).is_null())
        .select("row")
        .join(sets.filter(pl.col("kind") == alone).select("set"), how="cross")
        for kind, alone in _ALONE.items()
    ]
    return pl.concat([met, in_all, *without])


def _alone(digests: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each kind by which alone somebody is known, with no digest."""
    by_one = digests.filter(pl.any_horizontal(pl.col(list(_DIGESTED)).is_null()))
    kinds = [alone for kind, alone in _ALONE.items() if by_one[kind].is_not_null().any()]
    return pl.DataFrame(
        {"kind": kinds, "digest": [b""] * len(kinds)},
        schema={"kind": pl.String, "digest": pl.Binary},
    )


def _read(home: Home, sets: tuple[str, ...]) -> tuple[pl.DataFrame, frozenset[str]]:
    """Return ``kind, digest, set`` of the sets that are here, and those that are not."""
    key = home.derived_key("sealed-persons-files")
    found, missing = [], set()
    for name in sets:
        try:
            found.append(tables.read_table(_path(home, name), key).with_columns(set=pl.lit(name)))
        except (Misuse, Refused, OSError):
            missing.add(name)
    schema = {"kind": pl.String, "digest": pl.Binary, "set": pl.String}
    return pl.concat([pl.DataFrame(schema=schema), *found]), frozenset(missing)


def _digests(home: Home, requests: pl.DataFrame) -> pl.DataFrame:
    """Return the digests of TIN and name of each request; null where it states none."""
    absent = [name for name in _STATED if name not in requests.columns]
    stated = requests.select(
        *[pl.col(name).cast(pl.String) for name in _STATED if name in requests.columns],
        *[pl.lit(None, pl.String).alias(name) for name in absent],
    )
    prepared = names.normalise(stated).with_columns(_tin())
    key = home.derived_key("sealed-persons")
    return pl.DataFrame(
        {
            name: screening.digest_column(prepared[name], label, key)
            for name, label in _DIGESTED.items()
        }
    )


def _tin() -> pl.Expr:
    digits = pl.col("tin").str.replace_all(r"[^0-9]", "")
    return pl.when(digits.str.contains(r"^[0-9]{9}$")).then(digits).alias("tin_digits")


def _name(placed_id: str, kept: pl.DataFrame) -> str:
    digests = [f"{kind}:{digest.hex()}" for kind, digest in kept.iter_rows()]
    return sha256_hex([json_bytes({"format": FORMAT, "of": placed_id, "digests": digests})])


def _path(home: Home, name: str) -> Path:
    return home.path / "orders" / f"{name}.tbl"

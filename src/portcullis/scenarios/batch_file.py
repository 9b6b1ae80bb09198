"""A batch's file, written a slice at a time, and its truth, kept apart from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl

from portcullis.agreements import builtin_pack, load_pack
from portcullis.scenarios import malformed
from portcullis.scenarios.case_facts import AS_OF, draw_facts
from portcullis.scenarios.casting import cast_requests
from portcullis.scenarios.defects import as_filed, clock_days, spoil
from portcullis.scenarios.draws import Bools, Floats, digits, generator
from portcullis.scenarios.people import ASSISTANT_DIRECTOR, People
from portcullis.scenarios.truth import MALFORMED, Cell
from portcullis.scenarios.truth_table import truth_of
from portcullis.scenarios.variants import AS_FILED, PER_PERSON, Variant
from portcullis.scenarios.vocabulary import Ints

EXCESS = ("date_of_birth", "fingerprint_id")
COLUMNS = (*load_pack(builtin_pack()).fields, *EXCESS)
TRUTH_FOLDER = "scenario"

_SLICE = 16_384
_ORDER, _FACTS = 4, 5
_SECOND_OFFICER = 0.01
_DUPLICATES = ("duplicate-uncited", "duplicate-cited")


@dataclass(frozen=True)
class Batch:
    """A batch of the scenario: its file, its people, and where its truth lies.

    ``batch_id`` and ``day`` are for the manifest; ``rows`` counts every row of the file, malformed
    ones too; ``signing`` are the officers who attest.
    """

    path: Path
    batch_id: str
    rows: int
    people: People
    signing: tuple[str, ...]
    truth: Path
    day: date = AS_OF


def write_batch(
    folder: Path,
    records: Path,
    cells: Sequence[Cell],
    people: People,
    *,
    name: str,
    seed: int,
    variant: Variant = PER_PERSON,
) -> Batch:
    """Write the batch of ``cells`` as ``<name>.csv`` and its truth under ``scenario/``.

    The same records, cells and seed give the same file. Raises Misuse where the records hold too
    few taxpayers.
    """
    cast = cast_requests(records, cells, seed)
    return write_cast(folder, cast, people, name=name, seed=(seed,), variant=variant)


def write_cast(
    folder: Path,
    cast: pl.DataFrame,
    people: People,
    *,
    name: str,
    seed: tuple[int, ...],
    variant: Variant = PER_PERSON,
    on: date = AS_OF,
    before: int = 0,
) -> Batch:
    """Write a batch of the identities in ``cast``, made on the day ``on``.

    ``before``: how many requests about other persons were written earlier, so that no order of
    removal is cited for two of them.
    """
    identities = _in_order(cast, generator(*seed, _ORDER), on)
    path = folder / f"{name}.csv"
    truth = folder / TRUTH_FOLDER / f"{name}.parquet"
    truth.parent.mkdir(parents=True, exist_ok=True)
    bad = 0
    with path.open("wb") as out:
        out.write(",".join(COLUMNS).encode() + b"\n")
        for part in _filled(identities, people, variant, seed, on, before):
            bad += _write(part, out, bad)
    truth_of(identities, variant).write_parquet(truth)
    filed = variant == AS_FILED
    signing = (ASSISTANT_DIRECTOR,) if filed else (*people.officers, people.overloaded)
    batch_id = f"ICE-{on:%Y-%m-%d}-{name}"
    return Batch(path, batch_id, identities.height, people, signing, truth, on)


def _in_order(identities: pl.DataFrame, random: np.random.Generator, on: date) -> pl.DataFrame:
    """Return the identities in the file's order, with ``position`` (from 0) and ``request_id``.

    A duplicate is given another's identity, and stands below it. The malformed rows stand in
    the middle of each slice.
    """
    size = identities.height
    classes = identities["truth_class"]
    place = random.random(size)
    source = np.arange(size)
    _pair_duplicates(classes, place, source, random)
    order = np.argsort(place, kind="stable")
    order = order[_malformed_in_the_middle((classes == MALFORMED.name).to_numpy()[order])]
    position = np.empty(size, dtype=np.int64)
    position[order] = np.arange(size)
    own = identities.select("truth_class", "standing")[order]
    rest = identities.drop("truth_class", "standing")[source[order]]
    cited = pl.Series(source[order] != order) & (own["truth_class"] == "duplicate-cited")
    return pl.concat([own, rest], how="horizontal").with_columns(
        pl.Series("position", np.arange(size)),
        _request_id(np.arange(size), on).alias("request_id"),
        pl.when(cited).then(_request_id(position[source[order]], on)).alias("supersedes"),
    )


def _malformed_in_the_middle(bad: Bools) -> Ints:
    """Return the order that puts the malformed rows of each slice together, in its middle."""
    rows = np.arange(len(bad))
    slices = rows // _SLICE
    sizes = np.minimum(_SLICE, len(bad) - slices * _SLICE)
    within = np.where(bad, sizes // 2 - 0.5, rows % _SLICE)
    return np.lexsort((within, slices))


def _pair_duplicates(
    classes: pl.Series, place: Floats, source: Ints, random: np.random.Generator
) -> None:
    """Let each duplicate take its identity from a request about nobody that stands above it."""
    duplicates = np.flatnonzero(classes.is_in(_DUPLICATES).to_numpy())
    ordinary = np.flatnonzero((classes == "no-record").to_numpy())
    originals = random.choice(ordinary, len(duplicates), replace=False)
    place[originals] = random.random(len(duplicates)) * 0.4
    place[duplicates] = 0.6 + random.random(len(duplicates)) * 0.4
    source[duplicates] = originals


def _request_id(positions: Ints, on: date) -> pl.Series:
    return digits(positions + 1, 7).str.replace(r"^", f"ICE-{on:%Y%m%d}-")


def _filled(  # noqa: PLR0917 - what a whole batch is made of
    identities: pl.DataFrame,
    people: People,
    variant: Variant,
    seed: tuple[int, ...],
    on: date,
    before: int,
) -> Iterator[pl.DataFrame]:
    """Yield the requests a slice at a time, all their fields filled in and each class's defect."""
    for number, part in enumerate(identities.iter_slices(_SLICE)):
        random = generator(*seed, _FACTS, number)
        classes, positions = part["truth_class"], part["position"].to_numpy()
        facts = draw_facts(clock_days(classes, random), before + positions, random, on)
        whole = pl.concat([part, facts], how="horizontal").with_columns(
            _change(part),
            _officers(part, people, random),
            *_excess(part.height, random),
            pl.lit(on).alias("day"),
        )
        spoiled = spoil(whole, random)
        yield as_filed(spoiled, ASSISTANT_DIRECTOR) if variant == AS_FILED else spoiled


def _change(part: pl.DataFrame) -> pl.Expr:
    said = pl.lit("The order number was mistyped in the earlier request.")
    return pl.when(pl.Series(part["supersedes"].is_not_null())).then(said).alias("change")


def _officers(part: pl.DataFrame, people: People, random: np.random.Generator) -> pl.Expr:
    """Return each request's officers: in turn, here and there two, the class's own where it has."""
    turn = part["position"].to_numpy() % len(people.officers)
    ids = pl.Series(list(people.officers), dtype=pl.String)
    one, other = ids.gather(turn), ids.gather((turn + 1) % len(ids))
    two = pl.Series(random.random(part.height) < _SECOND_OFFICER)
    named = pl.when(two).then(pl.concat_str(one, pl.lit(";"), other)).otherwise(one)
    return (
        pl.when(pl.col("truth_class") == "officer-overloaded")
        .then(pl.lit(people.overloaded))
        .when(pl.col("truth_class") == "officer-unsigned")
        .then(pl.lit(people.unsigned))
        .otherwise(named)
        .alias("officers")
    )


def _excess(size: int, random: np.random.Generator) -> list[pl.Series]:
    """Return the columns that no agreement knows: R12."""
    born = pl.Series(random.integers(-7_000, 13_000, size).astype(np.int32)).cast(pl.Date)
    prints = digits(random.integers(0, 10**9, size), 9).str.replace(r"^", "FIN")
    return [born.cast(pl.String).alias(EXCESS[0]), prints.alias(EXCESS[1])]


def _write(part: pl.DataFrame, out: BinaryIO, before: int) -> int:
    """Write the rows of one slice, and return how many of them are malformed.

    ``before``: how many malformed rows stand above.
    """
    bad = np.flatnonzero((part["truth_class"] == MALFORMED.name).to_numpy())
    rows = part.select(COLUMNS)
    first, last = (int(bad[0]), int(bad[-1]) + 1) if len(bad) else (part.height, part.height)
    rows[:first].write_csv(out, include_header=False)
    if len(bad):
        out.write(malformed.lines(rows[first:last], before, part["request_id"][0]))
        rows[last:].write_csv(out, include_header=False)
    return len(bad)

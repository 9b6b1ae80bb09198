"""What new records may have changed: whoever is about to leave is looked up anew, if need be.

A determination list names the index it was made with. Where another is in use since, a filing in
it may protect an address, be the newer last known one, or bring a second person of that name. So
its rows are looked up again, once for each index, logged first as every look-up is. Held is what an
order keeps from being looked up, and what is not answered as on the list: one by review's finding
too, which is of one index.
"""

from pathlib import Path

import polars as pl
from django.db import transaction

from portcullis import matching, progress, records, screening, tables
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.law import MET, Phase, applicable, judge
from portcullis.office import entries, files, locks, look_ups, readings
from portcullis.office.home import Home
from portcullis.office.models import Batch

CHANGED = "match-changed"
SAME = (
    "taxpayer_id", "route", "result", "cause", "lka_line1", "lka_line2", "lka_city", "lka_state",
    "lka_zip", "lka_period", "protected",
)  # fmt: skip
"""What of a match must be as on the list."""

_WAITS = 600.0  # seconds a second process may wait for the first


def index_in_use(home: Home) -> str:
    """Return the digest of the index in use. Raises Refused where there is none to be used."""
    try:
        return records.index_in_use(home.index).digest
    except Misuse as problem:
        raise _closed(problem) from None


def is_another(home: Home, batch: Batch) -> bool:
    """Whether the index in use is not the one that the list in force names. Raises Refused."""
    return index_in_use(home) != _listed(batch)


def index_looked_at(home: Home, batch: Batch) -> str:
    """Return the digest of the index in use, which the list names or was compared with.

    Raises Refused where it is neither, or there is none to be used.
    """
    digest = index_in_use(home)
    if digest != _listed(batch) and not _path(home, batch, files.MATCHES, digest).exists():
        raise _indexed_anew()
    return digest


def check_still(home: Home, digest: str) -> None:
    """Raise Refused where the index of that digest is not in use any more."""
    if index_in_use(home) != digest:
        raise _indexed_anew()


def changed(
    home: Home, batch: Batch, rows: list[int], show: progress.Show = progress.unseen
) -> dict[int, str]:
    """Return which of ``rows`` the index in use does not answer as the list does, and why.

    Why: the first element of the match not met today, ``CHANGED``, or that an order stops the
    look-up. Nobody is looked up where the index is the list's own, or all of ``rows`` were looked
    up in this one before. Raises Refused where no index can be used, or the recipient may not
    receive: then nothing may leave.
    """
    if not rows or not is_another(home, batch):
        return {}
    barred = set(look_ups.stopped(home, batch)) & set(rows)
    return {
        **dict.fromkeys(sorted(barred), look_ups.ORDER_STANDS),
        **_changed(home, batch, [row for row in rows if row not in barred], show),
    }


def _changed(home: Home, batch: Batch, rows: list[int], show: progress.Show) -> dict[int, str]:
    if not rows:
        return {}
    wanted = pl.Series("row", rows, dtype=pl.UInt32)
    asked = _asked(home, batch, wanted)
    # One process at a time: none looks up what another just did.
    with locks.alone(home, home.batch(batch.id) / "looking-again.lock", _WAITS):
        found = _found(home, batch, asked, show)
    return _otherwise(home, batch, asked, found)


def _listed(batch: Batch) -> str:
    return str(entries.body(files.list_in_force(batch).entry)["index"])


def _asked(home: Home, batch: Batch, wanted: pl.Series) -> pl.DataFrame:
    """Return what matching needs of the requests ``wanted``."""
    stored = tables.scan_table(home.batch(batch.id) / files.REQUESTS, files.batch_key(home, batch))
    requests = pl.concat(part.filter(pl.col("row").is_in(wanted.implode())) for part in stored)
    return screening.prepare(requests, home.pack).select(
        "row", "^tin$", "^periods$", "^n_.*$", "^a_.*$"
    )


def _found(home: Home, batch: Batch, asked: pl.DataFrame, show: progress.Show) -> pl.DataFrame:
    """Return the matches in the index in use: as looked up before, or looked up now."""
    try:
        with records.open_index(home.index, home.derived_key("index")) as index:
            digest, key = index.info.digest, files.batch_key(home, batch)
            path = _path(home, batch, files.MATCHES, digest)
            if path.exists():
                before = tables.read_table(path, key)
                if asked["row"].is_in(before["row"].implode()).all():
                    return before
            with look_ups.looking_up(home, batch, asked["row"]):
                _log(home, batch, asked["row"], digest)
            basis = readings.basis_on(home, home.today())
            found = matching.match(asked, index, basis, show=show)
    except Misuse as problem:
        raise _closed(problem) from None
    tables.write_table(path, found, key)
    return found


def _log(home: Home, batch: Batch, rows: pl.Series, digest: str) -> None:
    """Log which requests are about to be looked up: the file first, then its digest's entry."""
    path = _path(home, batch, files.LOOKUPS, digest)
    tables.write_table(path, rows.to_frame(), files.batch_key(home, batch))
    facts = {
        "batch": batch.id,
        "index": digest,
        "log": sha256_hex([path.read_bytes()]),
        "statute": "26 USC 7213A",
        "purpose": "release",
    }
    with transaction.atomic():
        entries.record("looked-up", facts, batch=batch.id, at=home.now().isoformat())


def _otherwise(
    home: Home, batch: Batch, asked: pl.DataFrame, found: pl.DataFrame
) -> dict[int, str]:
    """Return which requests ``found`` answers otherwise than the list in force, and why."""
    listed = files.read_step(home, batch, files.in_force(batch, files.MATCHES), ["row", *SAME])
    today = readings.basis_on(home, home.today())
    elements = applicable(today, Phase.MATCH)
    frame = asked.select("row", "^periods$").join(
        found, on="row", how="left", maintain_order="left"
    )
    both = (
        frame.join(judge(frame, elements, today), on="row", how="left", maintain_order="left")
        # A request that no index knows of stands beside nulls, which no taxpayer's match is.
        .join(listed, on="row", how="left", maintain_order="left", suffix="_listed")
    )
    why = pl.coalesce(
        *[pl.when(pl.col(each.id) != MET).then(pl.lit(each.id)) for each in elements],
        pl.when(~_same()).then(pl.lit(CHANGED)),
    )
    return dict(both.select("row", why=why).drop_nulls().iter_rows())


def _same() -> pl.Expr:
    one = pl.col("taxpayer_id").is_not_null()
    return one & pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(f"{name}_listed")) for name in SAME
    )


def _path(home: Home, batch: Batch, name: str, digest: str) -> Path:
    """Return the file of ``name`` (LOOKUPS or MATCHES) of the look-ups in one other index."""
    return home.batch(batch.id) / files.of_index(name, digest)


def _indexed_anew() -> Refused:
    return Refused(
        "The records were indexed anew while packages went out; the others stay sealed.",
        "Run `portcullis release` again; it compares them with the new records.",
    )


def _closed(problem: Misuse) -> Refused:
    return Refused(
        "Nothing leaves: whether the records still are as on the list cannot be seen. "
        f"{problem.message}",
        f"{problem.remedy} Then run the same command again.".strip(),
    )

"""Which disclosures a recall covers: packages of ours, and requests of imported histories."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from portcullis import law, oversight, tables
from portcullis.errors import Misuse, Refused
from portcullis.office import erased, files, histories, incidents, reexamining
from portcullis.office.home import Home
from portcullis.office.keystore import HISTORY, Erasable
from portcullis.office.models import Batch, History, Package, Reexamination
from portcullis.oversight.recall_statement import COVERED

CAUSES = ("unlawful-disclosure", "reading-changed", "order", "incident")

_UNNUMBERED = {name: kind for name, kind in COVERED.items() if name != "lot"}
_LOT = ("of", "source", "custodian", "recipient")
_CAUSE_OF = {
    "reexamination": "unlawful-disclosure",
    "reading": "reading-changed",
    "agreement-version": "reading-changed",
    "incident": "incident",
}


@dataclass(frozen=True)
class Ground:
    """Why something is recalled: a ``kind`` of ``oversight.recall.GROUNDS``, and ``of`` what.

    That is a re-examination's number, a reading's id, a version of the agreement, an incident's
    id, or, for what is simply ``named``, one of ``CAUSES``.
    """

    kind: str
    of: str

    @property
    def cause(self) -> str:
        """The cause under which packages are closed."""
        return _CAUSE_OF.get(self.kind, self.of)


@dataclass(frozen=True)
class Named:
    """What is named to be recalled: packages, whole batches and whole histories, by id."""

    packages: Sequence[str] = ()
    batches: Sequence[str] = ()
    histories: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether anything is named."""
        return bool(self.packages or self.batches or self.histories)


NOTHING = Named()


def cover(home: Home, ground: Ground, named: Named) -> pl.DataFrame:
    """Return the list of what is covered, of the columns ``COVERED``, its lots numbered from 1.

    A re-examination covers what left and closes; a reading or version what was made under it; what
    is ``named`` narrows neither, and is asked for by the other grounds alone. Raises Misuse for a
    ground that is none, Refused where it covers nothing or names what is not here.
    """
    find = _FINDERS.get(ground.kind)
    if find is None:
        raise Misuse("There is no such ground.", f"Grounds: {', '.join(_FINDERS)}.")
    if named and ground.kind not in ("incident", "named"):
        raise Misuse(
            "That ground says itself what it covers.", "Name packages or histories without it."
        )
    parts = find(home, ground.of, named)
    found = pl.concat([pl.DataFrame(schema=_UNNUMBERED), *parts]).unique(maintain_order=True)
    if found.is_empty():
        raise Refused(
            "Nothing that left falls under this ground.",
            "See `portcullis reexamine` and `portcullis history list`.",
        )
    return _numbered(found)


def _numbered(found: pl.DataFrame) -> pl.DataFrame:
    lots = found.select(_LOT).unique().sort(_LOT).with_row_index("number", offset=1)
    return (
        found.join(lots, on=_LOT, how="left", nulls_equal=True)
        .sort("number", "row", "package")
        .select(pl.col("number").cast(pl.String).alias("lot"), *_UNNUMBERED)
    )


def _by_reexamination(home: Home, number: str, _named: Named) -> list[pl.DataFrame]:
    row = Reexamination.objects.filter(number=number).first() if number.isdecimal() else None
    if row is None:
        raise Refused("There is no re-examination of that number.", "Run `portcullis reexamine`.")
    what = Erasable.reexamination(row.number)
    key = erased.file_key(home, what, row.wrapped_key)
    results = tables.read_table(reexamining.result_file(home, row.number), key)
    unlawful = results.filter(pl.col("left"), verdict=oversight.CLOSES)
    parts = []
    for (source,), part in unlawful.group_by("source", maintain_order=True):
        rows = part["row"].implode()
        batch = Batch.objects.filter(id=source).first()
        if batch is not None:
            parts.append(_batch(home, batch).filter(pl.col("row").is_in(rows)))
        else:
            history = histories.find_history(str(source))
            parts.append(_history(home, history).filter(pl.col("row").is_in(rows)))
    return parts


def _by_reading(home: Home, reading: str, _named: Named) -> list[pl.DataFrame]:
    law.reading(reading)
    parts = [
        _batch(home, batch)
        for batch in Batch.objects.filter(packages__state="delivered").distinct()
        if reading in files.basis_of(batch).readings
    ]
    return parts + [
        _history(home, history)
        for history in History.objects.order_by("id")
        if reading in history.made_under
    ]


def _by_version(home: Home, version: str, _named: Named) -> list[pl.DataFrame]:
    """Return what was determined under the version, whichever was in force at the receipt."""
    return [
        _batch(home, batch)
        for batch in Batch.objects.filter(packages__state="delivered").distinct()
        if files.basis_of(batch).agreement_version == version
    ]


def _by_incident(home: Home, incident: str, named: Named) -> list[pl.DataFrame]:
    incidents.find(incident)
    return _by_name(home, "incident", named)


def _by_name(home: Home, cause: str, named: Named) -> list[pl.DataFrame]:
    if cause not in CAUSES:
        raise Refused(f"There is no cause {cause}.", f"The causes are: {', '.join(CAUSES)}.")
    wanted = sorted(set(named.packages))
    parts = [_batch(home, files.find_batch(batch)) for batch in dict.fromkeys(named.batches)]
    parts += [_history(home, histories.find_history(one)) for one in dict.fromkeys(named.histories)]
    if wanted:
        batches = Batch.objects.filter(packages__id__in=wanted).distinct()
        chosen = [_batch(home, each).filter(pl.col("package").is_in(wanted)) for each in batches]
        if sum(part.height for part in chosen) != len(wanted):
            raise Refused("Not every package named was delivered.", "Name delivered packages only.")
        parts += chosen
    return parts


def _batch(home: Home, batch: Batch) -> pl.DataFrame:
    """Return a batch's delivered packages. Read from the accounting, which is there for ever."""
    delivered = Package.objects.filter(batch=batch, state="delivered").order_by("row", "officer")
    packages = pl.DataFrame(
        list(delivered.values_list("row", "id", "officer")),
        {"row": pl.UInt32, "package": pl.String, "custodian": pl.String},
        orient="row",
    )
    path = files.accounting(home, batch.id, "requests.tbl")
    requests = tables.read_table(path, home.derived_key("accounting"), ["row", "request_id"])
    named = packages.join(requests.cast({"row": pl.UInt32}), on="row", how="left")
    return named.select(
        pl.lit("batch").alias("of"),
        pl.lit(batch.id).alias("source"),
        "row",
        "request_id",
        "package",
        "custodian",
        pl.lit(home.pack.agreement.requester.name).alias("recipient"),
    )


def _history(home: Home, history: History) -> pl.DataFrame:
    """Return a history's disclosures: from its working data, or, where erased, its accounting."""
    if erased.erasure_of(home, Erasable.history(history.id)) is None:
        found = histories.disclosed(home, history)
    else:
        path = files.accounting(home, f"{HISTORY}/{history.id}", "disclosures.tbl")
        columns = ["row", "request_id", *histories.DISCLOSED]
        found = tables.read_table(path, home.derived_key("accounting"), columns)
    return found.select(
        pl.lit("history").alias("of"),
        pl.lit(history.id).alias("source"),
        pl.col("row").cast(pl.UInt32),
        "request_id",
        pl.lit("").alias("package"),
        pl.lit("").alias("custodian"),
        pl.col("disclosed_to").fill_null(reexamining.NOBODY_NAMED).alias("recipient"),
    )


Finder = Callable[[Home, str, Named], list[pl.DataFrame]]

_FINDERS: dict[str, Finder] = {
    "reexamination": _by_reexamination,
    "reading": _by_reading,
    "agreement-version": _by_version,
    "incident": _by_incident,
    "named": _by_name,
}

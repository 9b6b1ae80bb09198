"""The oversight export: asked for in writing, under a law, by a body that oversees; on the ledger.

An inspector makes it for the body. Return information is in it only where that body's law gives it
and the request asks for it; then every disclosure it is told of is put in the accounting first.
"""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from portcullis import progress, release, standing
from portcullis.errors import Misuse, Refused
from portcullis.office import accounting, entries
from portcullis.office.accounting import BATCH, HISTORY, REFUSED, Source
from portcullis.office.counting import count
from portcullis.office.home import Home
from portcullis.office.models import Act
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.reporting import Made, record
from portcullis.oversight import reports
from portcullis.oversight.reports import Counted

KIND = "oversight-export"
OVERSIGHT = "oversight"
SEEN = "seen.tbl"

_SOURCE = ("kind", "source", "row")
_FOUND = ("route", "cause")
_PERSON = ("request_id", "given_name", "middle_name", "family_name", "suffix", "tin", "taxpayer")


def export(
    home: Home,
    actor: Actor,
    body: str,
    request: str,
    by: date,
    *,
    persons: bool,
    show: progress.Show = progress.unseen,
) -> Made:
    """Make the export for ``body`` (of OVERSEERS) as of the end of ``by``.

    ``request``: digest (hex) of its written request. ``persons``: with the return information of
    every disclosure made. Raises Refused where that body's law gives it none, or the ledger and the
    accounting do not agree.
    """
    check_role(home, actor, KIND)
    standing.check_digest(request)
    overseer = reports.OVERSEERS.get(body)
    if overseer is None:
        raise Misuse(
            f"Nothing is exported for {body!r}.", f"Say one of: {', '.join(reports.OVERSEERS)}."
        )
    if persons and not overseer.sees:
        raise Refused(
            f"The law gives no return information to this body: {overseer.name}.",
            "Export it without.",
        )
    entries.integrate(home)
    counted = count(home, by, show)
    seen = _persons(home, counted) if persons else None
    document = reports.export(counted, overseer, request, None if seen is None else seen.height)
    _put_on_record(home, actor, body, request, by, seen)
    record(home, [document])
    frames = {"traces": traces(home, counted, open_=persons)}
    return Made((document,), {}, frames=frames if seen is None else {**frames, "persons": seen})


def traces(home: Home, counted: Counted, *, open_: bool) -> pl.DataFrame:
    """Return one line for every row received: how it was answered, and under which list.

    A row is named by its batch and its place in the file received; no value of it is there. Why is
    told of what was returned: that is on the request's face. ``open_``: with what the records said
    of what was disclosed, and its packages. Of what was looked up and not disclosed no more is told
    to anybody: any cause told would show by its absence what is barred under (i)(6).
    """
    lists = {
        body["batch"]: (position, body["basis"]["agreement_version"])
        for position, body in counted.told("determination-list")
        if "basis" in body
    }
    answered = {body["batch"] for _, body in counted.told("answered")}
    lost = set(counted.requests.filter(kind=BATCH, outcome=reports.LOST)["source"])
    parts = [
        _batch(home, Source(BATCH, body["batch"]), body["batch"] in answered).with_columns(
            received_entry=pl.lit(position),
            list_entry=pl.lit(lists.get(body["batch"], (None,))[0], pl.Int64),
            agreement_version=pl.lit(lists.get(body["batch"], (None, None))[1], pl.String),
        )
        for position, body in counted.told("batch-received")
        if body["batch"] not in lost
    ]
    parts += [
        _refused(home, body)
        for _, body in counted.told(accounting.KIND)
        if body["of"]["kind"] == REFUSED and body["file"] == accounting.REQUESTS
    ]
    made = counted.instances.filter(pl.col("kind") == BATCH)
    packages = made.group_by(_SOURCE).agg(
        pl.len().alias("packages_delivered"), pl.col("position").min().alias("first_delivered")
    )
    if not parts:
        return pl.DataFrame(schema={"kind": pl.String, "source": pl.String, "row": pl.UInt32})
    told = pl.concat(parts, how="diagonal_relaxed")
    if open_:
        told = told.join(packages, on=_SOURCE, how="left", maintain_order="left")
    return _answers(told, open_=open_).drop("row")


def _answers(rows: pl.DataFrame, *, open_: bool) -> pl.DataFrame:
    """Return the rows with their public answers, and only what may be told beside them."""
    answers = {each: reports.answer_of(each) for each in rows["outcome"].unique()}
    rows = rows.with_columns(pl.col("outcome").replace_strict(answers, return_dtype=pl.String))
    returned = pl.col("outcome") == release.RETURNED
    disclosed = (pl.col("outcome") == release.DISCLOSED) if open_ else pl.lit(value=False)
    rows = rows.with_columns(
        pl.when(returned | disclosed).then(pl.col(each)).alias(each)
        for each in ("reasons", *_FOUND)
        if each in rows.columns
    )
    return rows if open_ else rows.drop(_FOUND, strict=False)


def _batch(home: Home, source: Source, answered: bool) -> pl.DataFrame:
    taken = accounting.read(home, source, accounting.REQUESTS, ["row", "source_row"])
    if answered:
        became = accounting.read(
            home, source, accounting.OUTCOMES, ["row", "outcome", "route", "cause", "reasons"]
        )
        taken = taken.join(became, on="row", how="left", maintain_order="left")
    else:
        taken = taken.with_columns(outcome=pl.lit(reports.PENDING))
    return _named(source, pl.concat([taken, _apart(home, source)], how="diagonal_relaxed"))


def _refused(home: Home, body: Mapping[str, Any]) -> pl.DataFrame:
    source = Source(REFUSED, body["of"]["id"])
    rows = accounting.read(home, source, accounting.REQUESTS, ["source_row"])
    rows = pl.concat([rows, _apart(home, source).select("source_row")], how="diagonal_relaxed")
    rows = rows.with_columns(
        row=pl.lit(None, pl.UInt32),
        outcome=pl.lit(reports.REFUSED_WHOLE),
        received_entry=pl.lit(body["refused"], pl.Int64),
    )
    return _named(source, rows)


def _apart(home: Home, source: Source) -> pl.DataFrame:
    apart = accounting.read(home, source, accounting.QUARANTINED, ["source_row", "reason"])
    return apart.rename({"reason": "reasons"}).with_columns(outcome=pl.lit(reports.QUARANTINED))


def _named(source: Source, rows: pl.DataFrame) -> pl.DataFrame:
    named = rows.sort("source_row").with_columns(kind=pl.lit(source.kind), source=pl.lit(source.id))
    return named.select("kind", "source", "source_row", pl.exclude("kind", "source", "source_row"))


def _persons(home: Home, counted: Counted) -> pl.DataFrame:
    """Return whose every disclosure counted was, as far as the accounting was not lost."""
    parts = []
    known = counted.instances.drop_nulls("row")
    for kind, source in known.select("kind", "source").unique().sort("kind", "source").iter_rows():
        table = accounting.read(home, Source(kind, source), accounting.DISCLOSURES)
        mine = counted.instances.filter(
            (pl.col("kind") == kind) & (pl.col("source") == source)
        ).select(*_SOURCE, "taxpayer", "officer", "package", "on", "position")
        keys = ["row"] if kind == HISTORY else ["row", "officer", "package"]
        told = [name for name in _PERSON if name in table.columns and name not in mine.columns]
        parts.append(mine.join(table.select(*keys, *told), on=keys, how="left"))
    empty = pl.DataFrame(schema=dict.fromkeys((*_SOURCE, *_PERSON), pl.String))
    return pl.concat(parts, how="diagonal_relaxed") if parts else empty


def _put_on_record(  # noqa: PLR0917 - as ``export``
    home: Home, actor: Actor, body: str, request: str, by: date, seen: pl.DataFrame | None
) -> None:
    """Account for what the body sees, and put the export on the ledger, both at once."""
    source = Source(OVERSIGHT, secrets.token_hex(16))
    overseer = reports.OVERSEERS[body]
    if seen is not None:
        accounting.write(home, source, SEEN, seen)
    facts = {
        "body": body,
        "authority": overseer.authority,
        "request": request,
        "as_of": by.isoformat(),
        "disclosures_seen": 0 if seen is None else seen.height,
        "return_information": seen is not None,
    }
    with transaction.atomic():
        act = sign_act(home, actor, KIND, facts)
        # An attempt that stood still, and was taken over, may come after the one that was.
        if Act.objects.filter(kind=KIND, signature=act.signature).exclude(id=act.id).exists():
            raise Refused("That export is made, and on the ledger.", "Order it again, if need be.")
        if seen is not None:
            accounting.commit(home, source, SEEN, at=home.now().isoformat(), body=body)

"""What reports count: the ledger's entries by a day, joined with the permanent accounting.

Two sources, and no third: nothing is read of the batches' own files, which are erased in time, nor
of the database. Wherever both say a number they must say the same, else no report is made.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from portcullis import ledger, progress
from portcullis.errors import Refused
from portcullis.office import accounting, histories, losses
from portcullis.office.accounting import BATCH, HISTORY, REFUSED, Source
from portcullis.office.home import Home
from portcullis.oversight import reports
from portcullis.oversight.reports import Check, Counted, Heading

_DELIVERED = pl.Schema({"package": pl.String, "on": pl.Date, "position": pl.Int64})
_DISCLOSED = ("package", "row", "officer", "taxpayer", "statute")


def count(home: Home, by: date, show: progress.Show = progress.unseen) -> Counted:
    """Count everything by the end of the day ``by`` (UTC).

    Raises Refused where that day has not come, or naming each number on which the ledger and the
    accounting do not agree; Misuse where a file of the accounting is missing or damaged.
    """
    if by > home.today():
        raise Refused("That day has not come.", "Name today or an earlier day with --as-of.")
    entries, source, lost = _read_ledger(home, by)
    files = len(entries.get(accounting.KIND, []))
    with progress.step(show, "Count from the accounting", files, "files") as advance:
        counting = _Counting(home, entries, lost, advance)
        counting.batches()
        counting.refused()
        counting.histories()
        counting.disclosures()
    reports.refuse_unless_agreed(counting.checks)
    return Counted(
        by,
        heading(home),
        source,
        entries,
        _frame(reports.REQUESTS, counting.requests),
        _frame(reports.INSTANCES, counting.instances).sort("position", "source", "row"),
        _frame(reports.ELEMENTS, counting.elements),
        _frame(reports.ROUTES, counting.routes),
        tuple(counting.checks),
    )


def heading(home: Home) -> Heading:
    """Return what stands at the head of every report of this home."""
    agreement = home.pack.agreement
    return Heading(
        f"{agreement.title} ({home.pack.id}, version {home.pack.version})",
        agreement.holder.name,
        agreement.requester.name,
        agreement.requester.agency,
        agreement.legal_basis,
        agreement.in_force_from,
    )


def _read_ledger(
    home: Home, by: date
) -> tuple[dict[str, list[tuple[int, Mapping[str, Any]]]], reports.Source, losses.Accepted]:
    """Return the published entries that claim a day up to ``by``, by kind, and what they are of.

    And what was accepted as lost, on whatever day: it can be counted of no day any more.
    """
    log = ledger.Log.open(home.ledger)
    told: dict[str, list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
    lost: list[tuple[int, Mapping[str, Any]]] = []
    for position, entry in enumerate(log.entries()):
        body = json.loads(entry)
        if body["kind"] == losses.ACCEPTED:
            lost.append((position, body))
        if date.fromisoformat(body["at"][:10]) <= by:
            told[body["kind"]].append((position, body))
    counted = sum(map(len, told.values()))
    source = reports.Source(log.origin, log.size, log.root.hex(), log.checkpoint.strip(), counted)
    return dict(told), source, losses.accepted(lost)


@dataclass
class _Counting:
    """The count as it grows: frames to be put together, and what was compared."""

    home: Home
    entries: Mapping[str, list[tuple[int, Mapping[str, Any]]]]
    lost: losses.Accepted
    advance: progress.Advance
    requests: list[pl.DataFrame] = field(default_factory=list)
    instances: list[pl.DataFrame] = field(default_factory=list)
    elements: list[pl.DataFrame] = field(default_factory=list)
    routes: list[pl.DataFrame] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._accounted = {
            (body["of"]["kind"], body["of"]["id"], body["file"]): body
            for position, body in self._told(accounting.KIND)
            if body["of"]["kind"] != HISTORY
            or not self.lost.has(HISTORY, body["of"]["id"], position)
        }
        self._released: dict[str, int] = {}

    def batches(self) -> None:
        """Count the rows of every batch received, and what became of those answered."""
        answered = {body["batch"]: _day(body) for _, body in self._told("answered")}
        for position, body in self._told("batch-received"):
            source = Source(BATCH, body["batch"])
            if self.lost.has(BATCH, source.id, position):
                self._add_alike(source, body["rows"], reports.LOST, _day(body), None)
                continue
            taken = self._read(source, accounting.REQUESTS, *self._with_statute("row"))
            apart = self._read(source, accounting.QUARANTINED, "source_row")
            self._same(f"requests of batch {source.id}", body["taken"], taken.height)
            self._same(f"quarantined rows of batch {source.id}", body["quarantined"], apart.height)
            on, until = _day(body), answered.get(source.id)
            if until is None:
                taken = taken.with_columns(outcome=pl.lit(reports.PENDING))
            else:
                taken = self._with_outcomes(source, taken, until)
            self._add(source, taken, on, until)
            # A row that could not be read is answered with its batch; it is no secret before.
            self._add_alike(source, apart.height, reports.QUARANTINED, on, until)

    def _with_outcomes(self, source: Source, taken: pl.DataFrame, on: date) -> pl.DataFrame:
        became = self._read(source, accounting.OUTCOMES, "row", "outcome", "route", "reasons")
        self._same(f"outcomes of batch {source.id}", taken.height, became.height)
        self._released[source.id] = became.filter(pl.col("outcome") == "released").height
        matched = became.filter(pl.col("route").is_not_null()).group_by("route", "outcome")
        self.routes.append(
            matched.len("count").with_columns(source=pl.lit(source.id), answered_on=pl.lit(on))
        )
        kept_out = became.filter(~pl.col("outcome").is_in(["released", "held", "eligible"]))
        self.elements.append(
            kept_out.filter(pl.col("reasons") != "")
            .select("outcome", pl.col("reasons").str.split(";").alias("element"))
            .explode("element")
            .group_by("element", "outcome")
            .len("count")
            .with_columns(source=pl.lit(source.id), answered_on=pl.lit(on))
        )
        return taken.join(became.select("row", "outcome"), on="row", how="left")

    def refused(self) -> None:
        """Count the rows of transmittals refused whole, as far as they could be read."""
        days = {position: _day(body) for position, body in self._told("transmittal-refused")}
        kept = {
            body["refused"]: body
            for _, body in self._told(accounting.KIND)
            if body["of"]["kind"] == REFUSED
        }
        self._same("transmittals refused whole", len(days), len(kept))
        for position, body in kept.items():
            if not body["file"] or position not in days:
                continue
            source = Source(REFUSED, body["of"]["id"])
            rows = self._read(source, accounting.REQUESTS, *self._with_statute("source_row"))
            apart = self._read(source, accounting.QUARANTINED, "source_row")
            on = days[position]
            refused = rows.with_columns(outcome=pl.lit(reports.REFUSED_WHOLE))
            self._add(source, refused, on, on)
            self._add_alike(source, apart.height, reports.REFUSED_WHOLE, on, on)

    def histories(self) -> None:
        """Count the disclosures made elsewhere: each is a request and a disclosure of its day."""
        newest = {body["history"]: position for position, body in self._told("history-imported")}
        for position, body in self._told("history-imported"):
            source = Source(HISTORY, body["history"])
            if self.lost.has(HISTORY, source.id, position):
                # Imported again, it is lost no more.
                if newest[source.id] == position:
                    self._add_alike(source, body["rows"], reports.LOST, _day(body), None)
                continue
            columns = self._with_statute("row", *histories.DISCLOSED[:1])
            made = self._read(source, accounting.DISCLOSURES, *columns)
            apart = self._read(source, accounting.QUARANTINED, "source_row")
            self._same(f"disclosures of history {source.id}", body["taken"], made.height)
            self._same(f"quarantined of history {source.id}", body["quarantined"], apart.height)
            made = made.with_columns(on=pl.col("disclosed_on").str.to_date("%Y-%m-%d"))
            if (HISTORY, source.id, accounting.RESOLVED) in self._accounted:
                whose = self._read(source, accounting.RESOLVED, "row", "taxpayer")
                made = made.join(whose, on="row", how="left")
            named = made.with_columns(kind=pl.lit(HISTORY), source=pl.lit(source.id))
            self.instances.append(named)
            counted = named.group_by("kind", "source", "statute", "on").len("count")
            self.requests.append(
                counted.rename({"on": "received_on"}).with_columns(
                    answered_on="received_on", outcome=pl.lit(reports.IMPORTED)
                )
            )
            # Of what could not be read no day is known but that of its import.
            on = _day(body)
            self._add_alike(source, apart.height, reports.QUARANTINED, on, on)

    def disclosures(self) -> None:
        """Join what was made available, by the ledger, with whose it was, by the accounting."""
        delivered = pl.DataFrame(
            [(body["package"], _day(body), at) for at, body in self._told("delivered")],
            schema=_DELIVERED,
            orient="row",
        )
        columns = self._with_statute(*(name for name in _DISCLOSED if name != "statute"))
        known = [
            self._read(Source(kind, each), file, *columns).with_columns(
                kind=pl.lit(BATCH), source=pl.lit(each)
            )
            for kind, each, file in self._accounted
            if (kind, file) == (BATCH, accounting.DISCLOSURES)
            and accounting.is_there(self.home, Source(kind, each), file)
        ]
        named = pl.concat(known) if known else pl.DataFrame(schema=dict(reports.INSTANCES))
        authorised, of_nobody = self._authorised()
        gone = delivered.filter(pl.col("package").is_in(of_nobody))
        delivered = delivered.filter(~pl.col("package").is_in(of_nobody))
        self.instances.append(gone.with_columns(kind=pl.lit(BATCH), source=pl.lit(reports.LOST)))
        both = authorised & set(named["package"])
        self._same("packages authorised", len(authorised), len(both))
        self._same("packages authorised and accounted for", len(both), named.height)
        found = named.drop("on", "position", strict=False).join(delivered, on="package")
        self._same("packages made available", delivered.height, found.height)
        self.instances.append(found)
        rows = dict(
            found.group_by("source").agg(pl.col("row").n_unique().cast(pl.Int64)).iter_rows()
        )
        for batch, released in self._released.items():
            self._same(f"requests disclosed of batch {batch}", rows.get(batch, 0), released)

    def _authorised(self) -> tuple[set[str], list[str]]:
        """Return the packages authorised, and apart those whose accounting was lost.

        Two people have accepted such a loss: it is on the ledger which entries it is of.
        """
        lost = [
            body["package"]
            for position, body in self._told("release-authorised")
            if self.lost.has_package(position)
        ]
        every = {body["package"] for _, body in self._told("release-authorised")}
        return every - set(lost), lost

    def _add(self, source: Source, rows: pl.DataFrame, on: date, until: date | None) -> None:
        self.requests.append(
            rows.group_by("statute", "outcome")
            .len("count")
            .with_columns(
                kind=pl.lit(source.kind),
                source=pl.lit(source.id),
                received_on=pl.lit(on),
                answered_on=pl.lit(until, pl.Date),
            )
        )

    def _add_alike(
        self, source: Source, number: int, outcome: str, on: date, until: date | None
    ) -> None:
        """Add rows of which no more is kept than that they came."""
        if number:
            facts = {
                "kind": source.kind,
                "source": source.id,
                "received_on": on,
                "answered_on": until,
                "outcome": outcome,
                "count": number,
            }
            self.requests.append(pl.DataFrame([facts]))

    def _read(self, source: Source, name: str, *columns: str) -> pl.DataFrame:
        """Return a file of the accounting, if it says what the ledger has committed it to say."""
        said = self._accounted.get((source.kind, source.id, name))
        what = f"{name} of {source.kind} {source.id}"
        if said is None:
            raise Refused(
                f"No report is made: the ledger commits to no accounting {what} by that day.",
                "It was taken in by an earlier version, or its act is not finished: run it again.",
            )
        rows, digest = accounting.commitment(self.home, source, name)
        self._same(f"rows in {what}", said["rows"], rows)
        self._same(f"content of {what}", said["commitment"][:16], digest[:16])
        self.advance(1)
        # The first column is there even where another agreement's requests have no statute.
        held = [each for each in columns if each != "statute" or "statute" in self.home.pack.fields]
        table = accounting.read(self.home, source, name, held)
        if "statute" in columns and "statute" not in held:
            return table.with_columns(statute=pl.lit(None, pl.String))
        return table

    def _same(self, what: str, told: int | str, found: int | str) -> None:
        self.checks.append(Check(what, told, found))

    def _told(self, kind: str) -> list[tuple[int, Mapping[str, Any]]]:
        return self.entries.get(kind, [])

    @staticmethod
    def _with_statute(*columns: str) -> tuple[str, ...]:
        return (*columns, "statute")


def _frame(schema: pl.Schema, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the parts as one frame of ``schema``; a column that a part lacks is null in it."""
    return pl.concat(list(_shaped(schema, parts)))


def _shaped(schema: pl.Schema, parts: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    yield pl.DataFrame(schema=schema)
    for part in parts:
        yield part.select(
            (pl.col(name) if name in part.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in schema.items()
        )


def _day(body: Mapping[str, Any]) -> date:
    return date.fromisoformat(body["at"][:10])

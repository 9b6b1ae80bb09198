"""``reexamine``: every stored request judged again, and the result kept and signed for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import polars as pl
from django.db import transaction

from portcullis import law, oversight, screening, tables
from portcullis.agreements import Pack
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.law import Basis, Phase, judge
from portcullis.office import entries, files, histories, readings
from portcullis.office.home import Home
from portcullis.office.models import Batch, History, Package, Reexamination
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.oversight import Demand, Question

ROLE = "counsel"
RESULTS = "results.tbl"
_RESULT = ("source", "row", "request_id", "verdict", "unmet", "changed", "left", "on", "to")


@dataclass(frozen=True)
class Asked:
    """What is asked: which readings are taken too, under which version, of which sources.

    ``batches`` and ``histories``: ids; None: all there are.
    """

    named: Sequence[str] = ()
    version: str | None = None
    batches: Sequence[str] | None = None
    histories: Sequence[str] | None = None


@dataclass(frozen=True)
class Reexamined:
    """What came of it.

    ``judged``: requests by source and verdict (``source, verdict, count``). ``others``: every
    request whose verdict is not ``same``, with whether it ``left``, on which day and to whom.
    ``readings``: ids of those it was judged under.
    """

    number: int
    judged: pl.DataFrame
    others: pl.DataFrame
    readings: tuple[str, ...]
    pack: Pack
    seconds: dict[str, float] = field(default_factory=dict)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Requests by verdict, over all sources."""
        counted = dict(self.judged.group_by("verdict").agg(pl.col("count").sum()).iter_rows())
        return {verdict: counted.get(verdict, 0) for verdict in oversight.VERDICTS}

    @property
    def unlawful(self) -> pl.DataFrame:
        """The disclosures that should not have been made: they left, and close now."""
        return self.others.filter(pl.col("left"), verdict=oversight.CLOSES)

    def by_element(self, verdict: str) -> pl.DataFrame:
        """Return ``element, requests, newly, alone`` of the requests of one verdict."""
        return oversight.by_element(self.others, verdict)


def reexamine(home: Home, actor: Actor, asked: Asked) -> Reexamined:
    """Judge stored requests again: under the readings in force today, and those named.

    Each is judged as of the day it was judged, or disclosed, on. Nobody is looked up. The result
    is kept under a key of its own, and its digest goes on the ledger with the basis. Raises Misuse
    for unknown readings or two that conflict, Refused for a batch or version that is not here.
    """
    check_role(home, actor, ROLE, "reexamine")
    pack = home.pack_of(asked.version)
    held = readings.in_force(pack, home.today())
    nominal = Basis.from_pack(pack, home.today(), held).re_examined(asked.named)
    parts = [*_batches(home, asked, pack, held), *_histories(home, asked, pack, held)]
    if not parts:
        raise Refused("Nothing was judged or imported yet.", "Adjudicate or import first.")
    every = pl.concat(parts)
    judged = every.group_by("source", "verdict").agg(pl.len().alias("count"))
    others = every.filter(pl.col("verdict") != oversight.SAME).select(_RESULT)
    number = _keep(home, actor, asked, nominal, others)
    return Reexamined(number, judged.sort("source", "verdict"), others, nominal.readings, pack)


def demands(home: Home, done: Reexamined) -> dict[str, str]:
    """Return the draft of a recall demand for each recipient of a disclosure that closes."""
    unlawful = done.unlawful
    basis = Basis.from_pack(done.pack, home.today())
    elements = {each.id: each for each in law.applicable(basis)}
    drafts = {}
    for (recipient,), part in sorted(unlawful.group_by("to"), key=lambda group: str(group[0])):
        grounds = oversight.by_element(part, oversight.CLOSES)
        drafts[str(recipient)] = oversight.demand_text(
            Demand(
                holder=done.pack.agreement.holder.name,
                recipient=str(recipient),
                agreement=done.pack.agreement.title,
                drafted_on=home.today(),
                due_on=home.today() + timedelta(days=done.pack.safeguards.disposal_days),
                requests=part["request_id"].to_list(),
                readings=[law.reading(each) for each in done.readings],
                grounds=[
                    (elements[name], count)
                    for name, count in grounds.select("element", "requests").iter_rows()
                ],
            )
        )
    return drafts


def _batches(home: Home, asked: Asked, pack: Pack, held: Sequence[str]) -> Iterator[pl.DataFrame]:
    wanted = asked.batches
    if wanted is None and asked.histories is None:
        wanted = list(Batch.objects.filter(lists__number=1).values_list("id", flat=True))
    for batch_id in wanted or ():
        batch = files.find_batch(batch_id)
        listed = batch.lists.filter(number=1).first()
        if listed is None:
            raise Refused(f"The batch {batch_id} was not judged yet.", "Adjudicate it first.")
        before = Basis.from_json(entries.body(listed.entry)["basis"])
        after = Basis.from_pack(pack, before.as_of, held).re_examined(asked.named)
        question = Question(before, after)
        for part in _stored(home, batch, question, pack):
            found = oversight.reexamine(part, question)
            yield _placed(found, batch.id).with_columns(_left(home, batch))


def _left(home: Home, batch: Batch) -> list[pl.Expr]:
    """Return whether, when and to whom each row of the batch left."""
    delivered = Package.objects.filter(batch=batch, state="delivered")
    rows = sorted(set(delivered.values_list("row", flat=True)))
    left = pl.col("row").is_in(pl.Series(rows, dtype=pl.UInt32).implode())
    answered = batch.lists.filter(number=2).values_list("as_of", flat=True).first()
    day = answered.isoformat() if answered else None
    recipient = home.pack.agreement.requester.name
    return [
        left.alias("left"),
        pl.when(left).then(pl.lit(day, pl.String)).alias("on"),
        pl.when(left).then(pl.lit(recipient)).alias("to"),
    ]


def _stored(home: Home, batch: Batch, question: Question, pack: Pack) -> Iterator[pl.DataFrame]:
    """Yield what is stored of a batch, with what the changed elements read."""
    folder, key = home.batch(batch.id), files.batch_key(home, batch)
    columns = ["row", "request_id", *_fields(question, pack)]
    matches = _flags(files.read_step(home, batch, files.MATCHES), question)
    outcomes = files.read_step(home, batch, files.DETERMINATIONS, ["row", "outcome"])
    opened = outcomes.select("row", (pl.col("outcome") == "eligible").alias("was_open"))
    measures = None
    if any(name.startswith("m_") for name in question.columns):
        measures = files.read_step(home, batch, files.MEASURES)
    requests = tables.scan_table(folder / files.REQUESTS, key, columns)
    findings = tables.scan_table(folder / files.FINDINGS, key)
    for part, found in zip(requests, findings, strict=True):
        frame = screening.prepare(part, pack, question.columns)
        frame = frame.hstack(found.select(pl.exclude("row", "face_outcome").name.prefix("was_")))
        yield _joined(frame, matches, opened, measures)


def _joined(
    frame: pl.DataFrame,
    matches: pl.DataFrame,
    opened: pl.DataFrame,
    measures: pl.DataFrame | None,
) -> pl.DataFrame:
    span = pl.col("row").is_between(frame["row"].min(), frame["row"].max())
    for table in (matches, opened, measures):
        if table is not None:
            frame = frame.join(table.filter(span), on="row", how="left", maintain_order="left")
    return frame.with_columns(
        pl.col("looked_up").fill_null(value=False), pl.col("was_open").fill_null(value=False)
    )


def _flags(matches: pl.DataFrame, question: Question) -> pl.DataFrame:
    """Return the flags that changed elements read, and the match elements' stored results."""
    ids = [each.id for each in law.applicable(question.before, Phase.MATCH)]
    wanted = sorted((question.columns | {"lka_found"}) & set(matches.columns))
    return matches.select(
        "row",
        pl.lit(value=True).alias("looked_up"),
        *wanted,
        *[pl.col(name).alias(f"was_{name}") for name in ids if name in matches.columns],
    )


def _fields(question: Question, pack: Pack) -> list[str]:
    """Return the stored columns behind what the changed elements read."""
    kept = (*pack.fields, *histories.TRANSMITTAL)
    forms = {name[0] for name in question.columns if name.startswith(("a_", "n_"))}
    wanted = set(question.fields)
    if forms:
        wanted |= {field.name for field in (*law.NAME, *law.ADDRESS)}
    return [name for name in kept if name in wanted and name != "request_id"]


def _histories(home: Home, asked: Asked, pack: Pack, held: Sequence[str]) -> Iterator[pl.DataFrame]:
    wanted = asked.histories
    if wanted is None and asked.batches is None:
        wanted = list(History.objects.values_list("id", flat=True))
    for history_id in wanted or ():
        history = histories.find_history(history_id)
        key = home.unwrap(bytes(history.wrapped_key))
        folder = histories.folder(home, history.id)
        measures = tables.read_table(folder / files.MEASURES, key)
        matches = None
        if history.compared is not None:
            matches = tables.read_table(folder / files.MATCHES, key).with_columns(
                pl.lit(value=True).alias("looked_up")
            )
        for part in tables.scan_table(folder / files.REQUESTS, key):
            for (day,), of_day in part.group_by("disclosed_on", maintain_order=True):
                as_of = date.fromisoformat(str(day))
                yield _of_history(of_day, matches, measures, history, as_of, asked, pack, held)


def _of_history(  # noqa: PLR0917 - what one day's disclosures are judged by
    part: pl.DataFrame,
    matches: pl.DataFrame | None,
    measures: pl.DataFrame,
    history: History,
    as_of: date,
    asked: Asked,
    pack: Pack,
    held: Sequence[str],
) -> pl.DataFrame:
    """Judge what was disclosed elsewhere on one day: then, as it was made, and now."""
    today = Basis.from_pack(pack, as_of, held)
    question = Question(today.re_examined(history.made_under), today.re_examined(asked.named))
    frame = screening.prepare(part, pack).join(
        measures, on="row", how="left", maintain_order="left"
    )
    before = law.applicable(question.before, Phase.FACE)
    if matches is None:
        frame = frame.with_columns(
            pl.lit(value=False).alias("looked_up"), pl.lit(None, pl.Boolean).alias("lka_found")
        )
    else:
        names = [each.id for each in law.applicable(question.before, Phase.MATCH)]
        frame = frame.join(
            matches.drop(names, strict=False), on="row", how="left", maintain_order="left"
        ).with_columns(pl.col("looked_up").fill_null(value=False))
        before = (*before, *law.applicable(question.before, Phase.MATCH))
    was = judge(frame, before, question.before).drop("row")
    frame = frame.hstack(was.rename(lambda name: f"was_{name}")).with_columns(
        pl.lit(value=True).alias("was_open")
    )
    found = oversight.reexamine(frame, question)
    return _placed(found, history.id).with_columns(
        pl.lit(value=True).alias("left"),
        pl.lit(as_of.isoformat()).alias("on"),
        part["disclosed_to"].alias("to"),
    )


def _placed(found: pl.DataFrame, source: str) -> pl.DataFrame:
    return found.select(pl.lit(source).alias("source"), pl.all())


def _keep(home: Home, actor: Actor, asked: Asked, basis: Basis, others: pl.DataFrame) -> int:
    """Write the result's file, then act and row; a file without its row counts for nothing."""
    number = Reexamination.objects.count() + 1
    folder = home.path / "reexaminations" / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    key = tables.new_key()
    tables.write_table(folder / RESULTS, others, key)
    # Encrypted under a fresh key, the file's digest commits to it and tells nothing of it.
    digest = sha256_hex([(folder / RESULTS).read_bytes()])
    facts = {
        "number": number,
        "named": list(asked.named),
        "basis": basis.as_json(),
        "result": digest,
    }
    with transaction.atomic():
        act = sign_act(home, actor, "reexamined", facts)
        Reexamination.objects.create(
            number=number,
            basis=basis.as_json(),
            digest=digest,
            wrapped_key=home.wrap(key),
            act=act,
        )
    entries.integrate(home)
    return number

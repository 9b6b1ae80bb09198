"""Single requests: kept when they come, taken in together a moment later, through the same rooms.

A request that came is durable before it is acknowledged: a row, its content encrypted. The
collector takes whatever waits, a second after it came at most where nothing else is being done,
and makes a batch of the gateway's own of it: one for each pair of signatory and preparer. Each
request was signed for by itself, and is refused by itself. A crash leaves requests waiting, or
taken in with their batch; never between.

Whoever sends one that is refused is told so at once, and waits for nothing: it is kept, and the
collector puts the refusal on record as that of any transmittal.
"""

import hmac
import json
import logging
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from pydantic import TypeAdapter, ValidationError

from portcullis import intake, tables
from portcullis.agreements import Person, ordering
from portcullis.errors import PortcullisError, Refused
from portcullis.office import acting, entries, signers
from portcullis.office.adjudication import adjudicate
from portcullis.office.home import Home
from portcullis.office.models import Batch, SingleRequest, SinglesOrder
from portcullis.office.permissions import may
from portcullis.office.reception import receive, receive_singles, refuse

LEFT = "singles-"
"""How the folders are named in the home that hold requests while they are read from files."""
_REFUSED = "refused:"
_LOG = logging.getLogger("portcullis.work")
AT_ONCE = 20_000
"""Requests taken in together at most."""

_SIGNED = TypeAdapter(intake.SignedManifest)


def read(content: bytes) -> intake.Single:
    """Return the single request that ``content`` holds: ``{"request", "manifest", "signatures"}``.

    Raises TransmittalRefused where it holds none.
    """
    try:
        said = json.loads(content)
        request = said["request"]
        whole = all(isinstance(each, str | None) for each in request.values())
        signed = _SIGNED.validate_json(
            json.dumps({"manifest": said["manifest"], "signatures": said["signatures"]})
        )
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError, RecursionError):
        whole = False
    if not whole:
        raise intake.TransmittalRefused("manifest", "Concerned: the single request's three parts.")
    return intake.Single(signed, intake.single_line(request))


def keep(home: Home, client: str, content: bytes) -> SingleRequest:
    """Keep a single request that came from ``client`` (a roster id) until it is taken in.

    It is signed for by who may, or refused here, to be put on record: a name is taken by nobody
    else. The same content again is the same request. Raises TransmittalRefused with the reason's
    code.
    """
    single = read(content)
    digest, claimed = single.manifest.digest, single.manifest.batch_id
    _check(home, client, content, single)
    if _is_batch(claimed):
        raise intake.TransmittalRefused("replay")
    try:
        return SingleRequest.objects.create(
            client=client,
            manifest_digest=digest,
            claimed=claimed,
            sealed=_seal(home, content, digest),
        )
    except IntegrityError:
        found = SingleRequest.objects.filter(manifest_digest=digest, client=client).first()
        if found is None:
            raise intake.TransmittalRefused("replay") from None
        return found


def collect(home: Home) -> list[str]:
    """Take in what waits, then record what was refused; return the ids of the batches made."""
    waiting = list(SingleRequest.objects.filter(state=SingleRequest.WAITING)[:AT_ONCE])
    groups: dict[tuple[str, str], list[tuple[SingleRequest, intake.Single]]] = {}
    for row in waiting:
        single = read(_unseal(home, row))
        groups.setdefault(single.signers, []).append((row, single))
    made = []
    for group in groups.values():
        with _folder(home) as folder:
            made += _take_in(home, Path(folder), group)
    _record_refused(home)
    return made


def is_due() -> bool:
    """Say whether single requests wait to be taken in, accounted for, or adjudicated by order."""
    waits = SingleRequest.WAITING, SingleRequest.REFUSING
    if SingleRequest.objects.filter(state__in=waits).exists():
        return True
    days = SinglesOrder.objects.values("day")
    return _received().filter(received_on__in=days).exists()


def order(home: Home, person: Person, moment: datetime, token: str) -> SinglesOrder:
    """Keep a specialist's signed order to adjudicate the single requests received today.

    ``token`` signs ``acting.order_statement("adjudicate", person, moment, SINGLES of today)``.
    Raises Refused where it does not, where the person is no specialist today, or another's order
    stands.
    """
    wanted = acting.order_statement(
        "adjudicate", person, moment, ordered(home), ledger=signers.origin()
    )
    if person.verify(token) != wanted or not may(person, "adjudicate", home.today()):
        raise Refused("That is no specialist's order of today.", "Begin it again.")
    with transaction.atomic():
        made, fresh = SinglesOrder.objects.get_or_create(
            day=home.today(), defaults={"person": person.id, "moment": moment, "token": token}
        )
    if not fresh:
        raise Refused("The single requests of today are ordered to be adjudicated already.")
    return made


def ordered(home: Home) -> dict[str, str]:
    """Return what the order of today says."""
    return {ordering.SINGLES_RECEIVED_ON: home.today().isoformat()}


def adjudicate_waiting(home: Home) -> list[str]:
    """Adjudicate the batches of singles that wait and whose day's order stands; return their ids.

    Its specialist must hold the role still, on the day it is done. What of one batch is refused or
    held stops no other.
    """
    standing = {each.day: each for each in SinglesOrder.objects.all()}
    done = []
    for batch in _received().order_by("received_entry_id"):
        order = standing.get(batch.received_on)
        person = home.roster.get(order.person) if order else None
        if order is None or person is None or not may(person, "adjudicate", home.today()):
            continue
        actor = acting.by_order(person, order.moment, order.token)
        try:
            adjudicate(home, batch.id, actor)
        except PortcullisError as error:
            _LOG.warning("Single requests wait to be adjudicated (%s).", type(error).__name__)
        else:
            done.append(batch.id)
    return done


def receipt(row: SingleRequest) -> dict[str, object]:
    """Return the facts of the receipt of a request that was taken in or quarantined."""
    if row.batch is None:
        raise Refused("The request has not been taken in yet.", "Ask again in a moment.")
    return {
        "format": "portcullis-single-receipt/1",
        "id": row.claimed,
        "manifest_digest": row.manifest_digest,
        "state": row.state,
        "batch": row.batch_id,
        "received_on": row.batch.received_on.isoformat(),
        "ledger_position": row.batch.received_entry_id,
    }


def _take_in(
    home: Home, folder: Path, group: Iterable[tuple[SingleRequest, intake.Single]]
) -> list[str]:
    """Take in the singles of one signatory and preparer; return the batch's id, if one was made."""
    good = []
    ids: set[str] = set()
    pack, roster, today = home.pack, home.roster, home.today()
    for row, single in group:
        name = json.loads(single.line).get("request_id")
        if name in ids:
            continue  # two of one name are two batches' business: the next time
        ids.add(name)
        try:
            attested = intake.check_single(single, pack, roster, today)
        except intake.TransmittalRefused:
            _refuse(home, folder, row, single)
        else:
            good.append((row, single, attested))
    if not good:
        return []
    batch_id = _name(home, good[0][0])
    signatory = roster.person(good[0][1].manifest.signatory)
    engagement = intake.engagement(signatory, frozenset(), pack, roster, today)
    pairs = [(single, attested) for _, single, attested in good]
    collected = intake.Collected(batch_id, pairs, engagement, folder / f"{batch_id}.jsonl", pack)
    rows = [row for row, _, _ in good]
    receive_singles(home, collected, lambda batch: _mark(rows, collected, batch))
    for place in collected.refused:
        _refuse(home, folder, rows[place], good[place][1])
    return [batch_id]


def _mark(rows: list[SingleRequest], collected: intake.Collected, batch: Batch) -> None:
    """Say of each single what became of it. Run in the transaction that makes the batch."""
    for place, row in enumerate(rows):
        if place in collected.refused:
            continue
        row.batch = batch
        row.row = collected.rows_of.get(place)
        row.state = SingleRequest.QUARANTINED if row.row is None else SingleRequest.TAKEN
        row.sealed = b""
    # As rows that are there already: told in one statement, where an update takes a case for each.
    SingleRequest.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["batch", "row", "state", "sealed"],
    )


def _refuse(home: Home, folder: Path, row: SingleRequest, single: intake.Single) -> None:
    """Have one refused as every transmittal is: on the ledger and in the accounting."""
    try:
        receive(home, _written(folder / f"{row.number}.jsonl", single), seen=_seen)
    except intake.TransmittalRefused as refused:
        SingleRequest.objects.filter(number=row.number).update(
            state=SingleRequest.REFUSED,
            code=refused.code,
            sealed=b"",
            claimed=f"{_REFUSED}{row.number}",
        )


def _check(home: Home, client: str, content: bytes, single: intake.Single) -> None:
    """Raise TransmittalRefused unless it is signed for as a transmittal must be.

    What is refused is kept, under no name that another may need, for ``collect`` to record.
    """
    try:
        intake.check_single(single, home.pack, home.roster, home.today())
    except intake.TransmittalRefused as refused:
        name = secrets.token_hex(32)
        SingleRequest.objects.create(
            client=client,
            manifest_digest=name,
            claimed=f"{_REFUSED}{name}",
            sealed=_seal(home, content, name),
            state=SingleRequest.REFUSING,
            code=refused.code,
        )
        raise


def _record_refused(home: Home) -> None:
    """Put on record what was refused when it came, as every transmittal that is refused whole."""
    refused = SingleRequest.objects.filter(state=SingleRequest.REFUSING)[:AT_ONCE]
    for row in list(refused):
        with _folder(home) as folder:
            path = _written(Path(folder) / "one.jsonl", read(_unseal(home, row)))
            refuse(home, path, row.code, row.delete)
    if refused:
        entries.integrate(home)


def _written(path: Path, single: intake.Single) -> Path:
    """Write a single request with its manifest beside it, and return its path."""
    path.write_bytes(single.line)
    signatures = single.signed.signatures
    intake.write_manifest(
        path,
        single.signed.manifest,
        signatures.signatory,
        signatures.preparer,
        signatures.officers,
    )
    return path


def _name(home: Home, first: SingleRequest) -> str:
    """Return the name of the batch that ``first`` begins: always the same, and never guessed."""
    told = hmac.digest(home.derived_key("singles-names"), first.id.bytes, "sha256").hex()
    return f"{ordering.singles_batches(home.today().isoformat())}{told[:16]}"


def _received() -> QuerySet[Batch]:
    return Batch.objects.filter(state="received", id__startswith=intake.GATHERED)


def _folder(home: Home) -> TemporaryDirectory[str]:
    """Return a folder for what is read from files; one that a kill left is removed by time."""
    return TemporaryDirectory(dir=home.path, prefix=LEFT)


def _seal(home: Home, content: bytes, digest: str) -> bytes:
    return tables.seal(home.derived_key("singles"), content, digest)


def _unseal(home: Home, row: SingleRequest) -> bytes:
    return tables.unseal(home.derived_key("singles"), bytes(row.sealed), row.manifest_digest)


def _seen(_digest: str, claimed: str) -> bool:
    return _is_batch(claimed)


def _is_batch(claimed: str) -> bool:
    return Batch.objects.filter(id=claimed).exists()

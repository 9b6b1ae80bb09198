"""What an order freezes, or a hold preserves, with the recipient: notices, and who has attested.

Filing comes first, and closes the gate at once; the notice follows. It lists every package already
delivered in scope for the officer it was sealed to, and every imported disclosure for the agency.
It stands signed in ``notices/`` for the recipient to fetch; its digest is on the ledger. A
custodian's attestation counts for the list it was given to: of what was delivered in scope after,
under an order that leaves releases open, the custodian attests anew. All of it is done when nobody
is outstanding; nothing of it lifts the order.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl
from django.db import transaction

from portcullis import keys, standing, tables
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.custody import CLOCKS_MAY_DIFFER
from portcullis.errors import PortcullisError, Refused
from portcullis.office import entries, files, locks, orders, persons, subjects
from portcullis.office.erased import erasure_of, file_key
from portcullis.office.home import Home
from portcullis.office.keystore import HISTORY, Erasable
from portcullis.office.models import Act, Batch, Entry, History, Opening, Package, Placed
from portcullis.office.people import Actor, check_role, record, sign, sign_act
from portcullis.office.permissions import may
from portcullis.standing import AGENCY, USE, Attestation, Custodian, Frozen, Hold, Order
from portcullis.tables import publish

ISSUE, ISSUED, ATTESTED = "notice-issue", "notice-issued", "custodian-attested"


@dataclass(frozen=True)
class Duty:
    """One custodian's duty to attest: for how many disclosures, and who attested when, if anybody.

    ``last_delivered_at``: of their packages; ISO 8601, empty where only history is listed.
    ``attested_at``: when it was signed, by its own words; ``entered_at``: when it came on record.
    """

    custodian: str
    disclosures: int
    last_delivered_at: str
    attested_at: str = ""
    signed_by: str = ""
    entered_at: str = ""


@dataclass(frozen=True)
class Tracked:
    """An order or hold and its custodians: what it is, whether it stands, and each one's duty.

    ``since_effect``: how many packages were delivered after it took effect, before it was filed.
    """

    placed: Order | Hold
    by: str
    filed_at: str
    standing: bool
    approvals: int
    expired: bool
    notice: Path | None
    since_effect: int
    duties: tuple[Duty, ...]

    @property
    def outstanding(self) -> tuple[str, ...]:
        """The custodians who have not attested to what they hold now."""
        return tuple(each.custodian for each in self.duties if not each.attested_at)


def file(
    home: Home, actor: Actor, placed: Order | Hold, sealed: persons.Named | None = None
) -> Placed:
    """File an order or place a hold; then tell the recipient what is in its scope.

    ``sealed``: the persons that its scope names under seal. The recipient is told though the ledger
    must wait, for witnesses say. Raises OnRecord where either must wait; it is in force then.
    """
    row = orders.enact(home, actor, placed, sealed)
    _tell(home, placed.id, notice=tells(placed))
    return row


def lift(home: Home, actor: Actor, placed_id: str, docket: str, document: str) -> orders.Lifting:
    """Approve the lifting of an order or hold; once lifted tell the recipient, as ``file``."""
    state = orders.approve_lift(home, actor, placed_id, docket, document)
    notice = state.lifted and tells(standing.read_placed(_row(placed_id).entry))
    _tell(home, placed_id, notice=notice)
    return state


def _tell(home: Home, placed_id: str, *, notice: bool) -> None:
    """Write the ``notice``, if there is to be one, and publish what is done.

    Raises OnRecord where either must wait: what was filed or lifted stands.
    """
    unwritten = None
    try:
        if notice:
            _write(home, placed_id)
    except PortcullisError as error:
        unwritten = error
    entries.publish(home)
    if unwritten is not None:
        raise entries.OnRecord(
            "It is on record, and in force. The recipient is not told of it yet: "
            f"{unwritten.message}",
            "Mend that, and have the notice written anew.",
        ) from unwritten


def tells(placed: Order | Hold) -> bool:
    """Whether the recipient has something to do: freeze under an order on its use, or preserve."""
    return isinstance(placed, Hold) or USE in placed.stops


def written_at(home: Home, placed_id: str) -> datetime | None:
    """Return when the newest notice of an order or hold was written; None where none is here."""
    if not _notice(home, placed_id).exists():
        return None
    for entry in Entry.objects.filter(kind=ISSUED).order_by("-position"):
        body = entries.body(entry)
        if body["of"] == placed_id:
            return datetime.fromisoformat(body["at"])
    return None


def issue(home: Home, actor: Actor, placed_id: str) -> Path:
    """Write the notice of an order or hold, or of its lift, anew: in the place of the last.

    Who had it written stands on the ledger, and the notice's digest. Raises Refused where it leaves
    the recipient nothing to do.
    """
    check_role(home, actor, ISSUE)
    _telling(placed_id)
    signed = sign(home, actor, ISSUE, {"of": placed_id})
    path = _write(home, placed_id)
    with transaction.atomic():
        record(home, signed)
    entries.publish(home)
    return path


def _write(home: Home, placed_id: str) -> Path:
    """Write the notice, and leave the entry of its digest waiting for the ledger."""
    row, placed = _telling(placed_id)
    statement = standing.notice_statement(
        placed,
        custodians(home, placed),
        agreement=home.pack.id,
        at=home.now(),
        lifted=not row.standing,
    )
    notice = keys.sign(statement, home.service_key())
    path = _notice(home, placed_id)
    publish(path, notice.encode())
    facts = {"of": placed_id, "says": statement["says"], "notice": standing.notices.digest(notice)}
    with transaction.atomic():
        entries.record(ISSUED, facts, at=home.now().isoformat())
    return path


def _telling(placed_id: str) -> tuple[Placed, Order | Hold]:
    row = _row(placed_id)
    placed = standing.read_placed(row.entry)
    if not tells(placed):
        raise Refused(
            f"The {row.kind} {placed_id} asks nothing of the recipient.",
            "A notice is of an order on the recipient's use, or of a hold.",
        )
    return row, placed


def attested(home: Home, actor: Actor, attestation: str) -> Attestation:
    """Record a custodian's attestation; return what it says.

    It is signed by the custodian, or by a signatory of the requester for any of them. Raises
    Refused where it is signed by nobody on the roster in force who may, is of an older list,
    answers a notice that was never issued, or bears a time before that notice or still to come.
    """
    check_role(home, actor, ATTESTED)
    said = _checked(home, attestation)
    row = _row(said.of)
    now = {each.id: each for each in custodians(home, standing.read_placed(row.entry))}
    mine = now.get(said.custodian)
    if mine is None or not hmac.compare_digest(mine.list, said.list):
        raise Refused(
            f"The attestation is not to what the custodian {said.custodian} holds now.",
            "Send the custodian the newest notice: write it anew, and have it attested to.",
        )
    _check_time(home, said)
    token = attestation.strip().encode()
    facts = {
        "of": said.of,
        "custodian": said.custodian,
        "signed_by": said.by,
        "signed_at": said.at.isoformat(),
        "notice": said.notice,
        "list": said.list,
        "attestation": sha256_hex([token]),
    }
    with locks.alone(home, home.path / "notices.lock"), transaction.atomic():
        if (said.custodian, mine.list) in _attestations(said.of):
            raise Refused("That custodian has attested to this already.", "See who has attested.")
        sign_act(home, actor, ATTESTED, facts)
        publish(_folder(home) / "attested" / said.of / f"{facts['attestation']}.jws", token)
    entries.publish(home)
    return said


def _check_time(home: Home, said: Attestation) -> None:
    """Raise Refused where an attestation's own time cannot be, or it answers no notice of ours."""
    issued = [
        body["at"]
        for body in (entries.body(each) for each in Entry.objects.filter(kind=ISSUED))
        if (body["of"], body["notice"]) == (said.of, said.notice)
    ]
    if not issued:
        raise Refused(
            "The attestation answers a notice that was never issued here.",
            "Send the custodian the newest notice, and have it attested to.",
        )
    # The custodian's clock and ours differ a little.
    first = datetime.fromisoformat(min(issued)) - CLOCKS_MAY_DIFFER
    if not first <= said.at <= _latest(home) + CLOCKS_MAY_DIFFER:
        raise Refused(
            "By its own words the attestation was signed before its notice was issued, or is of a "
            "time to come.",
            "Have the custodian set the clock and sign again.",
        )


def _latest(home: Home) -> datetime:
    """Return the time now; where a demonstration's date is set, the later of its clock and ours.

    The custodian signs by a clock of their own, which nobody has set.
    """
    return max(home.now(), datetime.now(UTC)) if home.date_is_set else home.now()


def tracked(home: Home, placed_id: str) -> Tracked:
    """Return an order or hold with every custodian's duty. Raises Refused where there is none."""
    row = _row(placed_id)
    placed = standing.read_placed(row.entry)
    holding = custodians(home, placed) if tells(placed) else []
    given = _attestations(placed_id)
    path = _notice(home, placed_id)
    return Tracked(
        placed=placed,
        by=row.act.person,
        filed_at=row.act.at.isoformat(),
        standing=row.standing,
        approvals=row.lifts.count(),
        expired=isinstance(placed, Order) and placed.expired(home.today()),
        notice=path if path.exists() else None,
        since_effect=_since_effect(home, placed, row, holding),
        duties=tuple(_duty(each, given.get((each.id, each.list))) for each in holding),
    )


def custodians(home: Home, placed: Order | Hold) -> list[Custodian]:
    """Return who holds what was disclosed in scope, and what each holds, by their ids."""
    held: dict[str, list[Frozen]] = defaultdict(list)
    for package, frozen in _delivered(home, placed):
        held[package.officer].append(frozen)
    for history in History.objects.order_by("id"):
        held[AGENCY] += _imported(home, placed, history)
    key = home.derived_key("notices")
    return [
        Custodian(name, _list(key, placed.id, frozen), tuple(frozen))
        for name, frozen in sorted(held.items())
        if frozen
    ]


def _delivered(home: Home, placed: Order | Hold) -> Iterator[tuple[Package, Frozen]]:
    opened = set(Opening.objects.values_list("package_id", flat=True))
    for batch in Batch.objects.order_by("id"):
        packages = batch.packages.filter(state="delivered").select_related("concluded")
        reached = [
            package
            for package, asked in subjects.of_packages(
                home, batch, packages.order_by("concluded_id")
            )
            if placed.scope.covers(asked)
        ]
        names = _request_ids(home, batch) if reached else {}
        for package in reached:
            yield (
                package,
                Frozen(
                    batch.id,
                    names.get(package.id, ""),
                    package.id,
                    _at(package.concluded),
                    package.id in opened,
                ),
            )


def _imported(home: Home, placed: Order | Hold, history: History) -> Iterator[Frozen]:
    asked = subjects.of_history(home, history)
    if not placed.scope.covers(asked):
        return
    requests = _history_requests(home, history)
    if not placed.scope.covers(replace(asked, persons=subjects.NONE)):
        sets = persons.in_history(home, history, placed.scope.persons)
        if not sets.always:
            requests = requests.filter(pl.col("row").is_in(list(sets.by_row)))
    for name in requests["request_id"].fill_null(""):
        yield Frozen(history.id, name)


def _history_requests(home: Home, history: History) -> pl.DataFrame:
    what, columns = Erasable.history(history.id), ["row", "request_id"]
    if erasure_of(home, what) is None:
        path = files.history(home, history.id) / files.REQUESTS
        return tables.read_table(path, file_key(home, what, history.wrapped_key), columns)
    path = files.accounting(home, f"{HISTORY}/{history.id}", "disclosures.tbl")
    return tables.read_table(path, home.derived_key("accounting"), columns)


def _request_ids(home: Home, batch: Batch) -> dict[str, str]:
    path = files.accounting(home, batch.id, "disclosures.tbl")
    table = tables.read_table(path, home.derived_key("accounting"), ["package", "request_id"])
    return dict(table.iter_rows())


def _list(key: bytes, placed_id: str, frozen: Iterable[Frozen]) -> str:
    """Return by what a custodian's list is known: keyed, for package ids stand on the ledger."""
    said = {"of": placed_id, "list": sorted(f"{each.source} {each.package} {each.request_id}"
                                            for each in frozen)}  # fmt: skip
    return hmac.digest(key, json_bytes(said), "sha256").hex()


def _duty(custodian: Custodian, given: Mapping[str, str] | None) -> Duty:
    last = max((each.delivered_at for each in custodian.frozen), default="")
    count = len(custodian.frozen)
    if given is None:
        return Duty(custodian.id, count, last)
    return Duty(custodian.id, count, last, given["signed_at"], given["signed_by"], given["at"])


def _attestations(placed_id: str) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return what was attested to of an order or hold first, by custodian and list."""
    acts = Act.objects.filter(kind=ATTESTED).order_by("-entry_id").select_related("entry")
    said = (entries.body(act.entry) for act in acts)
    return {(each["custodian"], each["list"]): each for each in said if each["of"] == placed_id}


def _checked(home: Home, attestation: str) -> Attestation:
    """Return the attestation, signed by somebody in force today who may attest to it."""
    by = standing.notices.signed_by(attestation)
    person = home.roster.get(by)
    today = home.today()
    if person is None or not person.in_force(today):
        raise Refused("The attestation is signed by nobody on the roster in force.")
    said = standing.read_attestation(attestation, partial(person.verify, on=today))
    act = "notice-attest" if said.custodian == person.id else "notice-attest-for"
    if not may(person, act, today):
        raise Refused(
            "Only the custodian, or a signatory of the requester, attests to what one holds.",
            "Have one of them sign it.",
        )
    return said


def _since_effect(
    home: Home, placed: Order | Hold, row: Placed, holding: Iterable[Custodian]
) -> int:
    """Count what was delivered in scope between the order's effect and its filing."""
    if not isinstance(placed, Order) or placed.effective_at is None:
        return 0
    after, until = placed.effective_at.isoformat(), row.act.at.isoformat()
    found = (
        (frozen for custodian in holding for frozen in custodian.frozen if frozen.package)
        if tells(placed)
        else (frozen for _, frozen in _delivered(home, placed))
    )
    return sum(1 for frozen in found if after <= frozen.delivered_at <= until)


def _at(entry: Entry | None) -> str:
    return str(entries.body(entry)["at"]) if entry else ""


def _row(placed_id: str) -> Placed:
    row = Placed.objects.filter(id=placed_id).select_related("act").first()
    if row is None:
        raise Refused(
            f"There is no order or hold of the id {placed_id}.", "See `portcullis order list`."
        )
    return row


def _folder(home: Home) -> Path:
    return home.path / "notices"


def _notice(home: Home, placed_id: str) -> Path:
    return _folder(home) / f"{placed_id}.jws"

"""What the state must be, by the ledger alone: its entries folded, in order, from the first.

A pure fold: it reads no database. ``reinstating`` puts into the database what it lacks of this,
``comparing`` says where the two disagree.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portcullis.errors import Misuse
from portcullis.oversight.act_signing import ACT_OF

Facts = Mapping[str, Any]

LOST = "lost"
_PLACED = ("kind", "id", "docket", "court", "on", "document", "scope")
_OF_AN_ORDER = ("stops", "effective_at", "expires_on")
_BY_THE_THOUSAND = ("release-authorised", "delivered", "not-sent", "opening-refused", "resealed")
_NOT_SAID = ("kind", "at", "approvals")


@dataclass(frozen=True)
class Act:
    """A person's act: the ledger has the digest of the signature, not the signature."""

    kind: str
    person: str
    batch: str
    at: str
    signature_digest: str


@dataclass
class Batch:
    """A batch: positions of what happened to it, the state it came to.

    ``lists``: by their numbers, those of determinations; ``final``: number and position of the one
    that says what became of them.
    """

    facts: Facts
    received: int
    state: str = "received"
    lists: dict[int, int] = field(default_factory=dict)
    final: tuple[int, int] | None = None
    held_for: tuple[str, ...] = ()
    impairment: int | None = None
    sample: int | None = None
    examined: int | None = None
    clean: bool = False
    approved: int | None = None
    transmitted: int | None = None


@dataclass
class Package:
    """A package: which batch and row is not said, but its ``binding`` commits to them.

    ``resealed``: the digest of its bytes, where it was sealed again.
    """

    authorised: int
    authorised_on: str
    binding: str
    state: str = "authorised"
    concluded: int | None = None
    reason: str = ""
    resealed: str = ""


@dataclass
class Placed:
    """A court order or preservation hold, and the position of its lift."""

    position: int
    entry: Facts
    lifted: int | None = None


@dataclass
class History:
    """A history imported, and the position of its comparison with the records."""

    position: int
    compared: int | None = None


@dataclass
class Recorded:
    """All that the entries say of the state, by their positions.

    ``bodies``: what each entry says, but for those that come by the thousand and are known whole.
    """

    bodies: dict[int, Facts] = field(default_factory=dict)
    acts: dict[int, Act] = field(default_factory=dict)
    denied: list[int] = field(default_factory=list)
    batches: dict[str, Batch] = field(default_factory=dict)
    packages: dict[str, Package] = field(default_factory=dict)
    placed: dict[str, Placed] = field(default_factory=dict)
    readings: list[int] = field(default_factory=list)
    rosters: list[int] = field(default_factory=list)
    openings: dict[int, str] = field(default_factory=dict)
    recalls: dict[str, int] = field(default_factory=dict)
    safeguards: int | None = None
    histories: dict[str, History] = field(default_factory=dict)
    reexaminations: dict[int, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    indexed: int | None = None
    erased: dict[tuple[str, str], int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def statement(self, position: int) -> dict[str, Any]:
        """Return what two people approved in the entry at ``position``."""
        return {k: v for k, v in self.bodies[position].items() if k not in _NOT_SAID}

    def is_lost(self, package: Package) -> bool:
        """Whether the loss of ``package`` was accepted, in a run of positions."""
        runs = [each.partition(":")[2] for each in self.lost if each.startswith("packages:")]
        return any(
            int(first) <= package.authorised <= int(last)
            for first, _, last in (run.partition("-") for run in runs)
        )


def fold(entries: Iterable[tuple[int, Facts]]) -> Recorded:
    """Return what ``entries`` (position and body, in order) say of the state.

    Entries of kinds that change no state are passed by. Raises Misuse for one that is not whole.
    """
    recorded = Recorded()
    for position, body in entries:
        try:
            if body["kind"] not in _BY_THE_THOUSAND:
                recorded.bodies[position] = body
            if "by" in body and "signature" in body:
                recorded.acts[position] = _act(body)
            step = _STEPS.get(str(body["kind"]))
            if step is not None:
                step(recorded, position, body)
        except (KeyError, TypeError, ValueError):
            raise _unreadable(position) from None
    return recorded


def read(position: int, entry: bytes) -> Facts:
    """Return what the entry's bytes say. Raises Misuse where they are none of an office's."""
    try:
        body = json.loads(entry)
    except ValueError:
        body = None
    if not isinstance(body, dict) or "kind" not in body:
        raise _unreadable(position)
    return body


def _unreadable(position: int) -> Misuse:
    return Misuse(
        f"Entry {position} of the ledger does not say what its kind must.",
        "It was written by another version: upgrade first.",
    )


def _act(body: Facts) -> Act:
    kind = str(body["kind"])
    return Act(
        ACT_OF.get(kind, kind), body["by"], body.get("batch", ""), body["at"], body["signature"]
    )


def _denied(recorded: Recorded, position: int, _body: Facts) -> None:
    recorded.denied.append(position)


def _received(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.batches[body["batch"]] = Batch(body, position)


def _held(recorded: Recorded, _position: int, body: Facts) -> None:
    batch = recorded.batches[body["batch"]]
    batch.state, batch.held_for = "held", tuple(body["reasons"])


def _listed(recorded: Recorded, position: int, body: Facts) -> None:
    batch = recorded.batches[body["batch"]]
    if "basis" in body:
        batch.lists[body["number"]], batch.state = position, "determined"
    else:
        batch.final = body["number"], position


def _impairment(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.batches[body["batch"]].impairment = position


def _sampled(recorded: Recorded, position: int, body: Facts) -> None:
    batch = recorded.batches[body["batch"]]
    batch.sample, batch.state = position, "sampled"


def _examined(recorded: Recorded, position: int, body: Facts) -> None:
    batch = recorded.batches[body["batch"]]
    batch.examined, batch.clean = position, body["clean"]
    batch.state = "examined" if batch.clean else "unapprovable"


def _sent_back(recorded: Recorded, _position: int, body: Facts) -> None:
    recorded.batches[body["batch"]].state = "unapprovable"


def _approved(recorded: Recorded, position: int, body: Facts) -> None:
    batch = recorded.batches[body["batch"]]
    batch.approved, batch.state = position, "approved"


def _transmitted(recorded: Recorded, position: int, body: Facts) -> None:
    batch = recorded.batches[body["batch"]]
    batch.transmitted = position
    if batch.state == "approved":
        # A batch of which nothing can be released is transmitted too, and only answered.
        batch.state = "releasing"


def _answered(recorded: Recorded, _position: int, body: Facts) -> None:
    recorded.batches[body["batch"]].state = "answered"


def _authorised(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.packages[body["package"]] = Package(position, body["at"][:10], body["binding"])


def _concluded(recorded: Recorded, position: int, body: Facts) -> None:
    package = recorded.packages[body["package"]]
    package.state, package.concluded = body["kind"], position
    package.reason = body.get("reason", "")


def _resealed(recorded: Recorded, _position: int, body: Facts) -> None:
    recorded.packages[body["package"]].resealed = body["new"]


def _placed(recorded: Recorded, position: int, body: Facts) -> None:
    said = {name: body[name] for name in _PLACED}
    said |= {name: body[name] for name in _OF_AN_ORDER if name in body}
    recorded.placed[body["id"]] = Placed(position, said)


def _lifted(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.placed[body["id"]].lifted = position


def _reading(recorded: Recorded, position: int, _body: Facts) -> None:
    recorded.readings.append(position)


def _roster(recorded: Recorded, position: int, _body: Facts) -> None:
    recorded.rosters.append(position)


def _opened(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.openings[position] = body["package"]


def _recalled(recorded: Recorded, position: int, body: Facts) -> None:
    for package in body["packages"]:
        recorded.recalls.setdefault(package, position)


def _safeguards(recorded: Recorded, position: int, _body: Facts) -> None:
    recorded.safeguards = position


def _imported(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.histories[body["history"]] = History(position)
    recorded.lost.discard(f"history:{body['history']}")


def _compared(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.histories[body["history"]].compared = position


def _reexamined(recorded: Recorded, position: int, body: Facts) -> None:
    recorded.reexaminations[body["number"]] = position


def _version(recorded: Recorded, _position: int, body: Facts) -> None:
    recorded.versions[body["version"]] = body["pack"]


def _indexed(recorded: Recorded, position: int, _body: Facts) -> None:
    recorded.indexed = position


def _erased(recorded: Recorded, position: int, body: Facts) -> None:
    subject = body["subject"]
    recorded.erased.setdefault((subject["kind"], subject["id"]), position)


def _loss_accepted(recorded: Recorded, _position: int, body: Facts) -> None:
    for loss in body["losses"]:
        recorded.lost.add(loss)
        what, _, name = loss.partition(":")
        if what == "batch":
            recorded.batches[name].state = LOST


Step = Callable[[Recorded, int, Facts], None]

_STEPS: dict[str, Step] = {
    "denied": _denied,
    "batch-received": _received,
    "held": _held,
    "determination-list": _listed,
    "impairment": _impairment,
    "sample": _sampled,
    "examine": _examined,
    "approve": _approved,
    "send-back": _sent_back,
    "transmit": _transmitted,
    "answered": _answered,
    "release-authorised": _authorised,
    "delivered": _concluded,
    "not-sent": _concluded,
    "resealed": _resealed,
    "order-filed": _placed,
    "hold-placed": _placed,
    "order-lifted": _lifted,
    "hold-lifted": _lifted,
    "reading-in-force": _reading,
    "reading-out-of-force": _reading,
    "roster-changed": _roster,
    "opening-granted": _opened,
    "recall": _recalled,
    "safeguards": _safeguards,
    "finding-accepted": _safeguards,
    "history-imported": _imported,
    "history-compared": _compared,
    "reexamined": _reexamined,
    "agreement-added": _version,
    "records-indexed": _indexed,
    "working-data-erased": _erased,
    "loss-accepted": _loss_accepted,
}

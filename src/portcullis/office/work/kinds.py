"""The kinds of work done in the background: what each is called, whose act it is, what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from portcullis import progress
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.office.people import Actor
    from portcullis.office.web.deployment import Deployment


@dataclass(frozen=True)
class Work:
    """One attempt at a task: by whom and with what, and to whom it reports.

    ``id`` is the task's, ``token`` its person's signature, ``again`` whether an earlier attempt was
    cut off. ``kept`` are facts that a step of the work left for a later attempt; ``keep`` leaves
    them.
    """

    id: str
    deployment: "Deployment"
    batch: str
    data: Mapping[str, Any]
    actor: "Actor | None"
    token: str
    moment: datetime
    again: bool
    show: progress.Show
    kept: Mapping[str, Any]
    keep: Callable[[Mapping[str, Any]], None]

    @property
    def acting(self) -> "Actor":
        """The person in whose name it is done."""
        if self.actor is None:
            raise RuntimeError("this work is in nobody's name")
        return self.actor


@dataclass(frozen=True)
class Outcome:
    """What work came to: in words for a person, and as facts (counts and ids only)."""

    said: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One kind of work.

    ``act`` is its line in ``permissions.PERMISSIONS``. ``signed`` says what its person signed:
    ``order``, an order to do it (``acting.order_statement`` with the task's data as its facts);
    ``act``, the act's own statement; ``""``, nothing: what is done proves itself. ``most``: how
    many of it one person may have under way, those that failed a moment ago among them; 0: any
    number, where it is signed or of one batch. ``first``: whether it is done before what is not.
    """

    name: str
    title: str
    act: str
    run: Callable[[Work], Outcome]
    signed: str = "order"
    most: int = 0
    first: bool = True


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind of work known; its name must be new."""
    if kind.name in _KINDS:
        raise RuntimeError(f"the work {kind.name} is registered twice")
    _KINDS[kind.name] = kind


def find(name: str) -> Kind:
    """Return the kind of that name. Raises Misuse where this side has none."""
    if name not in _KINDS:
        raise Misuse(f"There is no such work as {name}.", "Begin it again from its desk.")
    return _KINDS[name]


def ordering(batch: str, data: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return batch and facts of the order that a person signs for work on ``batch`` with ``data``.

    What was signed is what is done: the facts are the data.
    """
    return batch, dict(data)

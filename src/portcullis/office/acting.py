"""Signing an act where the person's key is: in their browser, or on their own machine.

The office never holds a person's key, so an act begun in the browser is run twice. The first time
its signer has nothing, and stops it at the statement to be signed (``Proposed``): whatever was
written in its transaction is undone. The person signs that statement, and the act is run again
with the token at hand. Work that takes long, or signs in several steps, is signed for beforehand
by an order to do it: then that one token stands behind every entry the work writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portcullis.agreements import Person, ordering
from portcullis.errors import Misuse, Refused
from portcullis.office.people import Actor


class Proposed(Exception):  # noqa: N818 - nothing went wrong
    """The act stops here until the person has signed ``statement``."""

    def __init__(self, statement: Mapping[str, Any]) -> None:
        super().__init__()
        self.statement = dict(statement)


@dataclass(frozen=True)
class Gathered:
    """A signer that has the tokens which the person signed so far, and no key.

    A statement is signed where one of the tokens is of exactly it.
    """

    person: Person
    tokens: Sequence[str] = ()

    def sign(self, statement: Mapping[str, Any]) -> str:
        """Return the token of ``statement``; raise Proposed where there is none yet."""
        wanted = dict(statement)
        for token in self.tokens:
            if self.person.verify(token) == wanted:
                return token
        raise Proposed(wanted)


@dataclass(frozen=True)
class Ordered:
    """A signer whose one token is the person's order to do some work, and stands for all of it.

    What it may stand behind, ``agreements.ordering`` says.
    """

    person: Person
    token: str

    def sign(self, statement: Mapping[str, Any]) -> str:
        """Return the order's token. Raises Refused for a statement it does not stand behind."""
        order = self.person.verify(self.token)
        if unfit := ordering.unfit(order, statement):
            raise Refused(unfit, "Begin the act again.")
        return self.token


def order_statement(  # noqa: PLR0917 - what an order says
    act: str,
    person: Person,
    at: datetime,
    facts: Mapping[str, Any],
    batch: str = "",
    ledger: str = "",
) -> dict[str, Any]:
    """Return what a person signs who orders ``act`` to be done as ``facts`` say.

    ``ledger``: the name of the office's; "" in the requester's, which has none.
    """
    return {
        "act": act,
        "person": person.id,
        "at": at.isoformat(),
        "batch": batch,
        "ledger": ledger,
        ordering.ORDERED: dict(facts),
    }


def rehearsing(person: Person, moment: datetime, tokens: Sequence[str] = ()) -> Actor:
    """Return the actor who has signed ``tokens`` so far, at ``moment``."""
    return Actor(person, Gathered(person, tuple(tokens)), moment)


def ordered(actor: Actor) -> Mapping[str, Any]:
    """Return what the actor has ordered, as it was signed. Raises Misuse where it is no order."""
    if not isinstance(actor.signer, Ordered):
        raise Misuse("This is ordered by a signature of its own.", "Begin it again from its desk.")
    return dict(actor.person.verify(actor.signer.token)[ordering.ORDERED])


def by_order(person: Person, moment: datetime, token: str) -> Actor:
    """Return the actor who ordered what is now done, at ``moment``."""
    return Actor(person, Ordered(person, token), moment)

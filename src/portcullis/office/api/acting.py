"""Acts of the holder's own staff over the API, orders among them: the same as at their desks.

A client sends what the form says; the answer is the statement to be signed and its moment. It
signs that with the person's own key, sends the same with the token, and the act is done.

An act that binds takes a passkey's assertion here too. A signature by a key file counts for it only
on the holder's own machine: the roster has one key of each person, and cannot tell one that lies in
a file from one that a browser keeps.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Router
from polars.exceptions import PolarsError

from portcullis.agreements import Person
from portcullis.errors import Misuse, Refused, place_of
from portcullis.office import acting, entries, orders
from portcullis.office.api.once import once
from portcullis.office.api.people import check, sender
from portcullis.office.api.problems import NotFound
from portcullis.office.api.schemas import ActIn, ActOut, OrderOut, Problem
from portcullis.office.web import acts
from portcullis.office.web.deployment import deployment
from portcullis.office.web.signing import LASTS, check_binding
from portcullis.office.web.spent import spending

router = Router(tags=["acting"])
_LOG = logging.getLogger("portcullis.web")
_MISFITS = (KeyError, TypeError, AttributeError, ValueError, PolarsError)
_AHEAD = timedelta(seconds=5)


@router.get("/orders", response={200: list[OrderOut], "4XX": Problem})
def list_orders(request: HttpRequest) -> list[dict[str, Any]]:
    """List the court orders and preservation holds, lifted ones too."""
    check(request, "see-orders")
    return [
        {"id": each["id"], "kind": each["kind"], "standing": each["standing"], "says": each}
        for each in orders.listing()
    ]


class Said(dict[str, Any]):
    """What a client says of an act; it remembers which field was read last, to name it."""

    last = ""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - what JSON holds
        """Return a field; raise Misuse where it is not there."""
        self.last = name
        return super().__getitem__(name)

    def __missing__(self, name: str) -> Any:  # noqa: ANN401
        """Say which field is missing."""
        raise Misuse(f"data.{name}: it is missing.", "Give every field of the act's form.")

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401
        """Return a field, or ``default``."""
        self.last = name
        return super().get(name, default)


def _named(name: str, body: ActIn) -> str:  # noqa: ARG001 - the operation's own arguments
    return _find(name).act


def _find(name: str) -> acts.WebAct:
    found = acts.find(name)
    if found.browser_only:
        raise NotFound("That act is done in the browser only.", "Sign in at the office.")
    return found


@router.post("/acts/{name}", response={200: ActOut, 202: ActOut, "4XX": Problem})
@once(named=_named, keep=False)
def act(request: HttpRequest, name: str, body: ActIn) -> tuple[int, Any]:
    """Do the act ``name`` of a desk: 202 with what is to be signed next, 200 once it is done."""
    wanted, person, here = _find(name), sender(request), deployment()
    moment = body.moment or here.now()
    if not -_AHEAD <= here.now() - moment <= LASTS:
        raise Misuse("The time in which to sign this act has passed.", "Begin it again.")
    for token in body.tokens:
        check_binding(wanted, token)
    data = Said(body.data)
    try:
        with _reading(data), spending(person, body.tokens):
            done = _perform(wanted, person, moment, body.tokens, data)
    except acting.Proposed as proposed:
        return 202, {"to_sign": proposed.statement, "moment": moment.isoformat()}
    except entries.OnRecord as told:
        return 200, {"done": str(told)}
    except _MISFITS as error:
        # At the desk a form has checked the data. Whatever was begun is undone.
        _LOG.warning("An act's data did not fit (%s in %s).", type(error).__name__, place_of(error))
        raise Misuse(
            f"data: the act {name} needs other members, or other values in them.",
            "Send what its form at the desk says.",
        ) from None
    return 200, {"done": done.message}


@contextmanager
def _reading(data: Said) -> Iterator[None]:
    """Have a field of another kind than its form's told as the client's mistake."""
    try:
        yield
    except (TypeError, ValueError, AttributeError):
        raise Misuse(
            f"data.{data.last}: that cannot be read as what the act's form holds.",
            "Give it as the form of the act's desk does.",
        ) from None


def _perform(
    wanted: acts.WebAct, person: Person, moment: datetime, tokens: list[str], data: Said
) -> acts.Done:
    here = deployment()
    if wanted.order is None:
        return wanted.perform(here, acting.rehearsing(person, moment, tokens), data)
    batch, facts = wanted.order(here, data)
    statement = acting.order_statement(wanted.act, person, moment, facts, batch, here.ledger)
    if not tokens:
        raise acting.Proposed(statement)
    if person.verify(tokens[0], on=here.today()) != statement:
        raise Refused("Something else was signed than what was asked.", "Begin the act again.")
    return wanted.perform(here, acting.by_order(person, moment, tokens[0]), data)

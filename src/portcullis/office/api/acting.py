"""Acts of the holder's own staff over the API, orders among them: the same as at their desks.

A client sends what the form says; the answer is the statement to be signed and its moment. It
signs that with the person's own key, sends the same with the token, and the act is done.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Router
from polars.exceptions import PolarsError

from portcullis.agreements import Person
from portcullis.errors import Misuse, Refused, place_of
from portcullis.office import acting, orders
from portcullis.office.api.once import once
from portcullis.office.api.people import check
from portcullis.office.api.schemas import ActIn, ActOut, OrderOut, Problem
from portcullis.office.web import acts
from portcullis.office.web.deployment import Deployment, deployment
from portcullis.office.web.signing import LASTS

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


@router.post("/acts/{name}", response={200: ActOut, 202: ActOut, "4XX": Problem})
@once
def act(request: HttpRequest, name: str, body: ActIn) -> tuple[int, Any]:
    """Do the act ``name`` of a desk: 202 with what is to be signed next, 200 once it is done."""
    wanted = acts.find(name)
    person, here = check(request, wanted.act), deployment()
    moment = body.moment or here.now()
    if not -_AHEAD <= here.now() - moment <= LASTS:
        raise Misuse("The time in which to sign this act has passed.", "Begin it again.")
    try:
        done = _perform(here, wanted, person, body, moment)
    except acting.Proposed as proposed:
        return 202, {"to_sign": proposed.statement, "moment": moment.isoformat()}
    except _MISFITS as error:
        # At the desk a form has checked the data. Whatever was begun is undone.
        _LOG.warning("An act's data did not fit (%s in %s).", type(error).__name__, place_of(error))
        raise Misuse(
            f"data: the act {name} needs other members, or other values in them.",
            "Send what its form at the desk says.",
        ) from None
    return 200, {"done": done.message}


def _perform(
    here: Deployment, wanted: acts.WebAct, person: Person, body: ActIn, moment: datetime
) -> acts.Done:
    if wanted.order is None:
        actor = acting.rehearsing(person, moment, body.tokens)
        return wanted.perform(here, actor, body.data)
    batch, facts = wanted.order(here, body.data)
    statement = acting.order_statement(wanted.act, person, moment, facts, batch)
    if not body.tokens:
        raise acting.Proposed(statement)
    if person.verify(body.tokens[0]) != statement:
        raise Refused("Something else was signed than what was asked.", "Begin the act again.")
    return wanted.perform(here, acting.by_order(person, moment, body.tokens[0]), body.data)

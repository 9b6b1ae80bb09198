"""Acts of the holder's own staff over the API, orders among them: the same as at their desks.

Each has an address of its own, and takes what its desk's form says, field by field. The answer is
the statement to be signed and its moment. The client signs that with the person's own key, sends
the same with the token, and the act is done. Long work goes on then; its task is told.

An act that binds takes a passkey's assertion here too. A signature by a key file counts for it only
on the holder's own machine: the roster has one key of each person, and cannot tell one that lies in
a file from one that a browser keeps.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Router
from polars.exceptions import PolarsError
from pydantic import BaseModel, create_model

from portcullis.agreements import Person
from portcullis.errors import Misuse, Refused, place_of
from portcullis.office import acting, entries, orders
from portcullis.office.api.once import Undone, once
from portcullis.office.api.people import check, sender
from portcullis.office.api.schemas import ActIn, ActOut, OrderOut, Problem
from portcullis.office.permissions import PERMISSIONS
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


def offer() -> None:
    """Give each act that the desks offer its address, under which its fields are in the document.

    Called once the desks are loaded.
    """
    for wanted, takes in acts.offered():
        router.add_api_operation(
            f"/acts/{wanted.name}",
            ["POST"],
            _operation(wanted, takes),
            response={200: ActOut, 202: ActOut, "4XX": Problem},
            operation_id=f"act_{wanted.name.replace('-', '_')}",
            summary=wanted.title,
            description=_describe(wanted),
        )


def _describe(wanted: acts.WebAct) -> str:
    permission = PERMISSIONS[wanted.act]
    signed = "a passkey" if permission.binding else "the person's key, or a passkey"
    return (
        f"{permission.says}. For: {permission.held_by}; signed with {signed}. 202 with what is to "
        "be signed next, 200 once it is done."
    )


def _operation(wanted: acts.WebAct, takes: type[BaseModel]) -> Callable[..., Any]:
    name = "".join(part.capitalize() for part in wanted.name.split("-"))
    told = create_model(f"{name}Act", __base__=ActIn, data=(takes, ...))

    def act(request: HttpRequest, body: Any) -> tuple[int, Any]:  # noqa: ANN401 - of type `told`
        return do(wanted, request, body, body.data)

    # The type of its body is made here, so it cannot stand in the signature above.
    act.__annotations__["body"] = told
    return once(wanted.act, keep=False)(act)


def do(
    wanted: acts.WebAct, request: HttpRequest, body: ActIn, told: BaseModel
) -> tuple[int, dict[str, Any]]:
    """Do the act as the sender: 202 with what is to be signed next, 200 once it is done."""
    person, here = sender(request), deployment()
    moment = body.moment or here.now()
    if not -_AHEAD <= here.now() - moment <= LASTS:
        raise Misuse("The time in which to sign this act has passed.", "Begin it again.")
    for token in body.tokens:
        check_binding(wanted, token)
    data = told.model_dump(mode="json")
    try:
        with spending(person, body.tokens):
            done = _perform(wanted, person, moment, body.tokens, data)
    except acting.Proposed as proposed:
        return 202, Undone(to_sign=proposed.statement, moment=moment.isoformat())
    except entries.OnRecord as recorded:
        return 200, {"done": str(recorded), "task": None}
    except _MISFITS as error:
        # Each field is of its kind; a text within may still be none that it should be. Whatever
        # was begun is undone.
        _LOG.warning("An act's data did not fit (%s in %s).", type(error).__name__, place_of(error))
        raise Misuse(
            f"data: the act {wanted.name} needs other values in its fields.",
            "Send what its form at the desk takes.",
        ) from None
    return 200, {"done": done.message, "task": done.task or None}


def _perform(
    wanted: acts.WebAct, person: Person, moment: datetime, tokens: list[str], data: dict[str, Any]
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

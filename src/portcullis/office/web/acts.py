"""The acts that pages offer: by name, what each does and how it is signed.

A desk registers its acts when it is loaded. An act is an ordinary function of the office; what is
here only says how a person comes to do it, in the browser or over the API, and what it is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ValidationError

from portcullis.agreements import Person
from portcullis.errors import Misuse
from portcullis.office.people import Actor
from portcullis.office.web.deployment import Deployment

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """What an act came to: where the person goes next, and what they are told there.

    ``show``, where what was done is a reading: the page of what was read. It is shown once, in
    answer to the signature, and is kept nowhere; to read it again is another act. ``task``: the id
    of the work that it began.
    """

    url: str
    message: str
    show: Callable[[HttpRequest], HttpResponse] | None = None
    task: str = ""


Perform = Callable[[Deployment, Actor, Data], Done]
Ordering = Callable[[Deployment, Data], tuple[str, Mapping[str, Any]]]
"""Returns the batch ("" for none) and the facts of the order that is signed, in the words of the
ledger."""
StandsFor = Callable[[Deployment, Person, Data], Sequence[tuple[str, object]]]
"""Returns what the person who signs is shown beside the statement, as they saw it at the desk."""


@dataclass(frozen=True)
class WebAct:
    """One act that pages offer.

    ``name`` is unique; ``act`` its line in ``permissions.PERMISSIONS``; ``title`` what the Sign
    page calls it. ``perform`` does it. With ``order``, the person signs an order to do it before
    anything is done; without, what the act itself would sign. ``takes``: what it is told, field by
    field (``web.said``): of a desk's form as of a request over the API. ``browser_only``: the API
    does not offer it, for what it is about is made, or shown, on the desk's own pages.
    ``stands_for``: what digests and ids of the statement stand for, in words.
    """

    name: str
    act: str
    title: str
    perform: Perform
    order: Ordering | None = None
    takes: type[BaseModel] | None = None
    browser_only: bool = False
    stands_for: StandsFor | None = None


_ACTS: dict[str, WebAct] = {}


def register(act: WebAct) -> WebAct:
    """Add an act; its name must be new."""
    if act.name in _ACTS:
        raise RuntimeError(f"the act {act.name} is registered twice")
    _ACTS[act.name] = act
    return act


def find(name: str) -> WebAct:
    """Return the act of that name; raise Misuse where there is none."""
    if name not in _ACTS:
        raise Misuse("There is no such act.", "Begin it again from its desk.")
    return _ACTS[name]


def offered() -> Iterator[tuple[WebAct, type[BaseModel]]]:
    """Yield each act that the API offers, with what it takes.

    One whose fields are not typed is not offered.
    """
    for act in _ACTS.values():
        if act.takes is not None and not act.browser_only:
            yield act, act.takes


def typed(act: WebAct, said: Data) -> dict[str, Any]:
    """Return what a desk's form ``said``, each field that the act takes checked, as JSON has it.

    What else the form has goes along as it is: it is of the desk's own pages. Raises Misuse naming
    the first field that is not what the act takes.
    """
    if act.takes is None:
        return dict(said)
    known = {name: value for name, value in said.items() if name in act.takes.model_fields}
    try:
        return {**said, **act.takes.model_validate(known).model_dump(mode="json")}
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise Misuse(
            f"The field {field} is not what this act takes.", "Mend it, and begin again."
        ) from None

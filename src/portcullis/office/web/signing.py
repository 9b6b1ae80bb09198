"""The signing of acts by people in their browsers: begun at a desk, signed on a page, then done.

1. ``begin``: the act is rehearsed without a signature; what it would have signed is kept, with the
   form's data, as a pending act, and the person goes to its page;
2. the page shows the statement in words; the browser signs exactly that;
3. the token is checked against the person's enrolled keys and the very statement; the act is run
   with it, and asks for a further statement or is done.

An act that binds (``permissions``) takes a passkey's assertion only, made with user verification.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portcullis import passkeys
from portcullis.agreements import Person
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.office import acting
from portcullis.office.permissions import PERMISSIONS
from portcullis.office.web import acts, spent, words
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.models import PendingAct
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import NotInTime

LASTS = timedelta(minutes=10)
"""How long a person may read before they sign; then the act is begun again."""

_AGAIN = "Begin it again from its desk."


def begin(request: HttpRequest, name: str, data: acts.Data) -> HttpResponse:
    """Begin the act ``name`` with the form's ``data`` (what JSON holds), and go on to sign it.

    Raises what the act raises: then nothing was begun.
    """
    visitor = visitor_of(request)
    act = acts.find(name)
    said = acts.typed(act, data)
    moment = visitor.deployment.now()
    statement = _first(visitor.deployment, act, visitor.person, said, moment)
    PendingAct.objects.filter(begun_at__lt=timezone.now() - LASTS).delete()
    pending = PendingAct(person=visitor.person.id, name=name, moment=moment, statement=statement)
    pending.data = said
    pending.save()
    return redirect("sign", pending.id)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, pending_id: str) -> HttpResponse:
    """Show what is to be signed; on POST, take the token and do the act."""
    visitor = visitor_of(request)
    pending = _find(visitor, pending_id)
    if request.method == "GET":
        return _page(request, visitor, pending)
    token = str(request.POST.get("token", ""))
    try:
        _check(pending, visitor.person, token)
    except PortcullisError as error:
        return _page(request, visitor, pending, error)
    return _act(request, visitor, pending, token)


def _first(
    deployment: Deployment, act: acts.WebAct, person: Person, data: acts.Data, moment: datetime
) -> dict[str, Any]:
    """Return the first statement that the act has its person sign."""
    if act.order is not None:
        batch, facts = act.order(deployment, data)
        return acting.order_statement(act.act, person, moment, facts, batch, deployment.ledger)
    try:
        act.perform(deployment, acting.rehearsing(person, moment), data)
    except acting.Proposed as proposed:
        return proposed.statement
    raise RuntimeError(f"the act {act.name} was done unsigned")


def _find(visitor: Visitor, pending_id: str) -> PendingAct:
    """Return the person's own pending act; raise Misuse where there is none or it is too old."""
    found = PendingAct.objects.filter(id=pending_id, person=visitor.person.id).first()
    if found is None:
        raise Misuse("This act was done already, or never begun.", _AGAIN)
    if visitor.deployment.now() - found.moment > LASTS:
        found.delete()
        raise Misuse("The time in which to sign this act has passed. Nothing was done.", _AGAIN)
    return found


def _check(pending: PendingAct, person: Person, token: str) -> None:
    """Raise Refused unless ``token`` is the person's signature of what the act asks for."""
    if not token:
        raise Refused("Nothing was signed.", "Use your passkey or key when the browser asks.")
    if person.verify(token) != pending.statement:
        raise Refused("Something else was signed than what is shown.", _AGAIN)
    check_binding(acts.find(pending.name), token)


def check_binding(act: acts.WebAct, token: str) -> None:
    """Raise Refused where ``act`` binds and ``token`` is no passkey's assertion."""
    if PERMISSIONS[act.act].binding and not passkeys.is_passkey(token):
        raise Refused("This act binds, and is signed with a passkey.", "Use your passkey.")


def _act(request: HttpRequest, visitor: Visitor, pending: PendingAct, token: str) -> HttpResponse:
    """Do the act once, whoever presses twice; or go on to the next statement it asks for."""
    if not _take(pending):
        raise Misuse("This act is being done already.", "Wait a moment, and look at its desk.")
    act = acts.find(pending.name)
    tokens = [*pending.tokens, token]
    if act.order is not None:
        actor = acting.by_order(visitor.person, pending.moment, token)
    else:
        actor = acting.rehearsing(visitor.person, pending.moment, tokens)
    try:
        with spent.spending(visitor.person, tokens):
            done = act.perform(visitor.deployment, actor, pending.data)
    except acting.Proposed as proposed:
        PendingAct.objects.filter(id=pending.id).update(
            statement=proposed.statement, tokens=tokens, state=PendingAct.WAITING
        )
        return redirect("sign", pending.id)
    except NotInTime as error:
        PendingAct.objects.filter(id=pending.id).update(state=PendingAct.WAITING)
        return _page(request, visitor, pending, error)
    except BaseException:
        pending.delete()
        raise
    pending.delete()
    if done.show is not None:
        return done.show(request)
    visitor.tell(request, done.message)
    return redirect(done.url)


def _take(pending: PendingAct) -> bool:
    waiting = PendingAct.objects.filter(id=pending.id, state=PendingAct.WAITING)
    return bool(waiting.update(state=PendingAct.ACTING))


def _page(
    request: HttpRequest,
    visitor: Visitor,
    pending: PendingAct,
    error: PortcullisError | None = None,
) -> HttpResponse:
    act = acts.find(pending.name)
    person = visitor.person
    context = {
        "title": act.title,
        "says": PERMISSIONS[act.act].says,
        "statement": pending.statement,
        "facts": words.facts(pending.statement),
        "stands_for": _stands_for(act, visitor, pending),
        "digest": sha256_hex([json_bytes(pending.statement)]),
        "kind": "passkey" if PERMISSIONS[act.act].binding else "any",
        "credentials": [each.id for each in person.passkeys],
        "thumbprint": visitor.thumbprint,
        "error": error,
        "back": reverse("home"),
        "number": len(pending.tokens) + 1,
    }
    return render(request, "office/sign.html", context, status=400 if error else 200)


def _stands_for(
    act: acts.WebAct, visitor: Visitor, pending: PendingAct
) -> Sequence[tuple[str, object]]:
    if act.stands_for is None:
        return ()
    return act.stands_for(visitor.deployment, visitor.person, pending.data)

"""The home's own keys: how old they are, and the change of those that may change while served."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Misuse
from portcullis.office import key_ages, ledger_keys, service_keys
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of

SERVICE, WITNESS = service_keys.ACT, "witness-key-rotate"
_ACTS = {"service": SERVICE, "witness": WITNESS}
_KINDS = {
    key_ages.ROOT: "Root key: everything stored lies under it",
    key_ages.SERVICE: "Service key: signs receipts, answers, notices, tokens",
    key_ages.LEDGER: "Signs the ledger",
    key_ages.WITNESS: "Of the witness in this home",
}


@at_desk("administration")
def state(request: HttpRequest) -> HttpResponse:
    """Show the home's own keys with their age, and what changes each."""
    visitor = visitor_of(request)
    found = key_ages.ages(visitor.deployment.holder)
    rows = [
        [
            Cell(_KINDS[each.kind], note=each.id),
            batches.day(each.since),
            f"{each.days(visitor.today):,} of {key_ages.GOOD_FOR[each.kind].days:,} days",
            Cell("Too old", tag="bad") if each.is_old(visitor.today) else Cell("Good", tag="good"),
        ]
        for each in found
    ]
    listed = table(
        "Keys in force, by the ledger",
        ["Key", "Since", "Age", "State"],
        rows,
        stacked=True,
        quiet=True,
    )
    parts = [
        Part("How old they are", table=listed),
        Part(
            "Change the service key",
            "From then on receipts, answers, notices and tokens are signed with the new one. Hand "
            "out public.json at once, by a way that is trusted: the requester’s office takes "
            "tokens and notices by it alone.",
            post=_url("service"),
            submit="Go on to sign the change of the service key",
        ),
        Part(
            "Change the root key",
            "Everything stored is encrypted anew, so nothing else may have the home open: it is "
            "done where this office runs, with the office stopped.",
            commands=(f"{key_ages.CHANGED_BY[key_ages.ROOT]} --as PERSON --key KEY",),
        ),
    ]
    if any(each.kind == key_ages.WITNESS for each in found):
        witness = Part(
            "Change the key of the witness in this home",
            "It goes on under the new key from what it has seen.",
            post=_url("witness"),
            submit="Go on to sign the change of the witness’s key",
        )
        parts.insert(2, witness)
    head = Head(
        "administration",
        "The home’s own keys",
        "Each change is an entry of the ledger. People’s keys are on the roster.",
        actions=[(reverse("administration:ledger"), "The ledger’s keys")],
    )
    return pages.page(request, head, parts)


@at_desk("administration")
@require_POST
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Begin the change of a key."""
    if key not in _ACTS:
        raise Misuse("There is no such key to change here.", "Begin it from the page of the keys.")
    return signing.begin(request, _ACTS[key], {})


def _url(key: str) -> str:
    return reverse("administration:rotate-key", args=[key])


def _service(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    service_keys.rotate(deployment.holder, actor)
    told = "The new service key is in force. Hand out public.json now."
    return Done(reverse("administration:keys"), told)


def _witness(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    ledger_keys.rotate_witness(deployment.holder, actor)
    return Done(reverse("administration:keys"), "The witness in this home has a new key.")


register(WebAct(SERVICE, SERVICE, "Put a new service key in force", _service))
register(
    WebAct(WITNESS, ledger_keys.WITNESSES_ACT, "Give the witness in this home a new key", _witness)
)

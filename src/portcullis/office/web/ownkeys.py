"""The page on a person's own keys: what the roster has, what they have, and how to enrol it.

A passkey with which somebody signs in signs no act until the roster has it, by two other people's
decision. Here its owner asks for that; the request waits for an administrator.
"""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from portcullis.agreements import Passkey, enrolment
from portcullis.errors import Misuse
from portcullis.office import enrolments
from portcullis.office.web import batches
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor, visitor_of

_ES256, _P256 = -7, 1  # of COSE (RFC 9053): the algorithm, and the curve
_ALGORITHM, _CURVE, _X, _Y = 3, -1, -2, -3


@dataclass(frozen=True)
class Own:
    """A passkey with which the person signs in: its name there, and its credential id.

    ``statement``: what asks for its enrolment; None where the roster has it, or it is of another
    kind than acts are signed with.
    """

    name: str
    id: str
    enrolled: bool
    statement: dict[str, Any] | None

    @property
    def place(self) -> str:
        """The id of the page's element that holds the statement."""
        return f"passkey-{self.id}"


@require_GET
def shown(request: HttpRequest) -> HttpResponse:
    """Show the person's keys: on the roster, in their account, and those that wait."""
    visitor = visitor_of(request)
    mine = [
        each
        for each in enrolments.waiting(visitor.deployment.path)
        if each.person == visitor.person.id
    ]
    in_force = [each for each in visitor.person.passkeys if each.in_force(visitor.today)]
    context = {
        "person": visitor.person,
        "thumbprint": visitor.thumbprint,
        "key_in_force": visitor.person.key_in_force(visitor.today),
        "enrolled": _enrolled(visitor),
        "own": _own(request, visitor),
        "credentials": " ".join(each.id for each in in_force),
        "waiting": table(
            "Requests that wait for an administrator",
            ["Request", "Made (UTC)", "File"],
            [
                [
                    "A passkey" if each.is_passkey else "A key of a browser",
                    f"{each.at:%-d %B %Y, %H:%M}",
                    Cell("Download it", url=reverse("own-request", args=[each.name])),
                ]
                for each in mine
            ],
            stacked=True,
            empty="No request of yours waits.",
            quiet=True,
        ),
        "handed": visitor.deployment.role == "holder",
    }
    return render(request, "office/ownkeys.html", context)


@require_POST
def ask(request: HttpRequest) -> HttpResponseRedirect:
    """Keep a request that the person's browser made; its keys have signed it."""
    visitor = visitor_of(request)
    text = request.POST.get("request", "")
    enrolments.keep(visitor.deployment.path, visitor.person.id, text)
    visitor.tell(request, "Your request is kept. An administrator proposes it, another approves.")
    return redirect("own-keys")


@require_GET
def download(request: HttpRequest, name: str) -> HttpResponse:
    """Give a person their own request, as a file."""
    visitor = visitor_of(request)
    text = enrolments.read(visitor.deployment.path, name)
    if enrolment.read_request(text).person != visitor.person.id:
        raise Misuse("That request does not wait any more.", "See the requests that do.")
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="enrolment-request.json"'
    return response


def _enrolled(visitor: Visitor) -> object:
    person = visitor.person
    state = "In force" if person.key_in_force(visitor.today) else "Out of force"
    rows: list[list[object]] = [["Key", Cell(visitor.thumbprint, mono=True), state]]
    rows += [["Passkey", Cell(each.id, mono=True), _days(each)] for each in person.passkeys]
    return table("Keys on the roster", ["Kind", "Id", "In force"], rows, stacked=True, quiet=True)


def _days(passkey: Passkey) -> str:
    first = f"From {batches.day(passkey.in_force_from)}"
    return f"{first} to {batches.day(passkey.in_force_to)}" if passkey.in_force_to else first


def _own(request: HttpRequest, visitor: Visitor) -> list[Own]:
    known = {each.id for each in visitor.person.passkeys}
    rows = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    found = []
    for row in rows.order_by("id"):
        made = row.wrap()
        data = made.authenticator_data.credential_data
        if data is None:
            continue
        name = websafe_encode(data.credential_id)
        jwk = _jwk(data)
        asked = None if name in known or jwk is None else _statement(visitor, name, jwk)
        found.append(Own(str(made.name), name, name in known, asked))
    return found


def _statement(visitor: Visitor, name: str, jwk: dict[str, str]) -> dict[str, Any]:
    passkey = {
        "id": name,
        "jwk": jwk,
        "rp_id": settings.ORIGIN.partition("://")[2].partition(":")[0],
        "origins": [settings.ORIGIN],
    }
    return enrolment.statement(visitor.person.id, visitor.deployment.now(), passkey=passkey)


def _jwk(data: AttestedCredentialData) -> dict[str, str] | None:
    """Return the passkey's public key as the roster has it; None for another kind of key."""
    key = data.public_key
    if key.get(_ALGORITHM) != _ES256 or key.get(_CURVE) != _P256:
        return None
    return {"crv": "P-256", "kty": "EC", "x": websafe_encode(key[_X]), "y": websafe_encode(key[_Y])}


urlpatterns = [
    path("", shown, name="own-keys"),
    path("ask/", ask, name="ask-enrolment"),
    path("requests/<str:name>/", download, name="own-request"),
]

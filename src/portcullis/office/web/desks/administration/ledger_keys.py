"""The ledger's keys and witnesses: what is in force, and the acts that change it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST
from pydantic import Field

from portcullis import ledger
from portcullis.errors import Misuse
from portcullis.office import ledger_keys, signers
from portcullis.office.people import Actor
from portcullis.office.web import pages, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.oversight.ledger import facts
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.said import Nothing, Said
from portcullis.office.web.visitors import visitor_of

ANNOUNCE, RETIRE = "ledger-key-announce", "ledger-key-retire"
WITNESSES, RECOSIGN = "ledger-witnesses", "ledger-recosign"
_ACTS = {"announce": ANNOUNCE, "retire": RETIRE, "recosign": RECOSIGN}


class WitnessesForm(pages.Form):
    """The witnesses, as a file."""

    witnesses = TextFileField(
        label="witnesses.toml", help_text="As the agreement writes it; no fewer than are asked now."
    )


class OfKey(Said):
    """A key of the ledger, by its id: the second part of its verifier key."""

    key: Annotated[str, Field(min_length=1, max_length=80, description="The key's id.")]


class Witnesses(Said):
    """The witnesses: the text of a file witnesses.toml."""

    witnesses: Annotated[str, Field(min_length=1, max_length=1 << 20)]


@at_desk("administration")
def state(request: HttpRequest) -> HttpResponse:
    """Show the ledger's keys and witnesses in force, and what may be changed."""
    home = visitor_of(request).deployment.holder
    said = signers.now_in_force()
    two = len(said.signed_by) > 1
    rows = [
        *(("Signs the log", vkey) for vkey in said.signed_by),
        *(("Witness", vkey) for vkey in said.witnesses),
    ]
    listed = table(
        "Verifier keys in force",
        ["Name", "Does", "Verifier key"],
        [(ledger.parse_vkey(vkey).name, does, Cell(vkey, mono=True)) for does, vkey in rows],
        stacked=True,
        quiet=True,
    )
    parts = [Part("Now", facts=facts(home)), Part("Who signs and cosigns", table=listed)]
    if two:
        parts += [
            Part(
                f"Retire the key {_id(vkey)}",
                "Checkpoints are signed by the other alone from then on, and its private half is "
                "destroyed. First let everybody who verifies take the new one.",
                post=_url("retire"),
                fields={"key": _id(vkey)},
                submit=f"Go on to sign that {_id(vkey)} is retired",
            )
            for vkey in said.signed_by
        ]
    else:
        parts.append(
            Part(
                "Announce a new key",
                "Checkpoints are signed by both from then on, so that all who trust the old one "
                "can follow; retire the old one later.",
                post=_url("announce"),
                submit="Go on to sign the announcement",
            )
        )
    parts.append(
        Part(
            "Have the checkpoint cosigned again",
            "Only after this machine’s clock was wrong and has been put right.",
            post=_url("recosign"),
            submit="Go on to sign it",
        )
    )
    head = Head(
        "administration",
        "The ledger’s keys",
        "Each change is an entry of the ledger itself, so that everybody can follow it.",
        actions=[(reverse("administration:witnesses"), "Change the witnesses")],
    )
    return pages.page(request, head, parts)


@at_desk("administration")
def witnesses(request: HttpRequest) -> HttpResponse:
    """Have other witnesses cosign the ledger from here on."""
    head = Head(
        "administration",
        "Change the witnesses",
        "From then on these cosign, and as many of them as the file asks for.",
        [(reverse("administration:ledger"), "The ledger’s keys")],
    )
    form = WitnessesForm(request.POST or None, request.FILES or None)
    return pages.ask(request, head, form, WITNESSES)


@at_desk("administration")
@require_POST
def begin(request: HttpRequest, act: str) -> HttpResponse:
    """Begin one of the acts that need nothing more than a button."""
    if act not in _ACTS:
        raise Misuse("There is no such act.", "Begin it from the page of the ledger’s keys.")
    data = {"key": request.POST.get("key", "")} if act == "retire" else {}
    return signing.begin(request, _ACTS[act], data)


def _id(vkey: str) -> str:
    return vkey.split("+")[1]


def _url(act: str) -> str:
    return reverse("administration:ledger-act", args=[act])


def _done(told: str) -> Done:
    return Done(reverse("administration:ledger"), told)


def _announce(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    vkey = ledger_keys.announce_key(deployment.holder, actor)
    return _done(f"The key {_id(vkey)} is in force beside the other.")


def _retire(deployment: Deployment, actor: Actor, data: Data) -> Done:
    ledger_keys.retire_key(deployment.holder, actor, data["key"])
    return _done(f"The key {data['key']} is out of force, and destroyed.")


def _adopt(deployment: Deployment, actor: Actor, data: Data) -> Done:
    with TemporaryDirectory() as folder:
        path = Path(folder) / ledger_keys.WITNESSES
        path.write_text(data["witnesses"], "utf-8")
        said = ledger_keys.adopt_witnesses(deployment.holder, actor, path)
    return _done(f"{said.k:,} of {len(said.witnesses):,} witnesses cosign from here on.")


def _recosign(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    ledger_keys.recosign(deployment.holder, actor)
    return _done("The checkpoint is cosigned again.")


register(WebAct(ANNOUNCE, ANNOUNCE, "Announce a new key of the ledger", _announce, takes=Nothing))
register(WebAct(RETIRE, RETIRE, "Retire a key of the ledger", _retire, takes=OfKey))
register(WebAct(WITNESSES, WITNESSES, "Change the ledger's witnesses", _adopt, takes=Witnesses))
register(WebAct(RECOSIGN, RECOSIGN, "Have the ledger cosigned again", _recosign, takes=Nothing))

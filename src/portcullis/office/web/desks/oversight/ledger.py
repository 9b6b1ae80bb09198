"""The ledger as an inspector sees it: how long, who cosigns it, and how to verify it oneself."""

from datetime import UTC, datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis import ledger
from portcullis.errors import Misuse, PortcullisError
from portcullis.office import public as public_files
from portcullis.office import signers
from portcullis.office.freshness import ledger_standing
from portcullis.office.home import Home
from portcullis.office.web import pages, reasons
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import visitor_of

_CHECKPOINT = "checkpoint"


@at_desk("oversight")
def state(request: HttpRequest) -> HttpResponse:
    """Show the ledger's size, its newest checkpoint, its witnesses, and how to verify it."""
    home = visitor_of(request).deployment.holder
    head = Head(
        "oversight",
        "The ledger",
        "Everything done here is an entry of an append-only log. Witnesses cosign its checkpoints, "
        "so that nobody can show you another log than they show others.",
    )
    parts = [
        Part("Now", _said(home), facts=facts(home)),
        Part("Who signs and cosigns", table=_keys()),
        Part(
            "Verify it yourself",
            "You need nobody’s word for any of this. Copy the folders ledger and trees of the home "
            "to a machine of your own, and take the public keys by a way you trust, once. Every "
            "tile, checkpoint and signature, and every batch’s tree, is computed again; every "
            "fault is named with its place. No database and no secret is needed.",
            commands=("portcullis verify COPY --keys public.json",),
        ),
        Part(
            "Public files",
            links=[
                (reverse("oversight:public-keys"), "public.json: the holder’s public keys"),
                (reverse("oversight:policy"), "policy: the same, for other tools"),
                (reverse("oversight:checkpoint"), "checkpoint: the newest, with its signatures"),
            ],
        ),
    ]
    return pages.page(request, head, parts)


@at_desk("oversight")
def public(request: HttpRequest) -> HttpResponse:
    """Give the holder's public keys."""
    home = visitor_of(request).deployment.holder
    return _file(home.path / public_files.FILE, "public.json")


@at_desk("oversight")
def policy(request: HttpRequest) -> HttpResponse:
    """Give the public keys in the form that other tools read."""
    home = visitor_of(request).deployment.holder
    return _file(home.path / public_files.POLICY, "policy")


@at_desk("oversight")
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Give the newest checkpoint."""
    home = visitor_of(request).deployment.holder
    return _file(home.ledger / _CHECKPOINT, "checkpoint")


def facts(home: Home) -> list[tuple[str, object]]:
    """Return what the newest checkpoint says; that it cannot be read, where it cannot."""
    try:
        log = ledger.Log.open(home.ledger)
        said = signers.in_force(log.size)
        signed = ledger.open_checkpoint(log.checkpoint, said.signed_by, said.witnesses, said.k)
    except PortcullisError as error:
        return [("Newest checkpoint", Cell("It cannot be read", tag="bad", note=str(error)))]
    cosigned = [
        f"{name}, {datetime.fromtimestamp(at, UTC):%-d %B %Y, %H:%M} UTC"
        for name, at in signed.cosigned.items()
    ]
    return [
        ("Log", log.origin),
        ("Entries", f"{log.size:,}"),
        ("Root", Cell(log.root.hex(), mono=True)),
        ("Cosigned by", "; ".join(cosigned) or "Nobody"),
        ("Cosignatures asked for", f"{said.k:,} of {len(said.witnesses):,}"),
        ("Signatures of the newest checkpoint", Cell("They verify", tag="good")),
    ]


def _said(home: Home) -> str:
    found = ledger_standing(home)
    if found.met:
        return "The ledger lets the office act: it is written, cosigned in time, and no other copy."
    return "The gate is closed. " + " ".join(reasons.sentence(each) for each in found.reasons)


def _keys() -> Table:
    said = signers.now_in_force()
    rows = [
        *(("Signs the log", vkey) for vkey in said.signed_by),
        *(("Witness", vkey) for vkey in said.witnesses),
    ]
    return table(
        "Verifier keys in force",
        ["Name", "Does", "Verifier key"],
        [(ledger.parse_vkey(vkey).name, does, Cell(vkey, mono=True)) for does, vkey in rows],
        stacked=True,
        quiet=True,
    )


def _file(path: Path, name: str) -> HttpResponse:
    if not path.is_file():
        raise Misuse(f"The file {name} is not here.", "Have the administrator run the doctor.")
    response = HttpResponse(path.read_bytes(), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""Packages that came: taken in against the requester's own requests, opened, said what became."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from portcullis.agreements.enrolment import read_request
from portcullis.canonical import sha256_hex
from portcullis.custody import CLOCKS_MAY_DIFFER, RESEALED_PROOF, Case, Visit
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.office.requesting import acts, drafts, manifests, sending
from portcullis.office.requesting.home import PLACE
from portcullis.office.requesting.models import Draft, Opening, Stated
from portcullis.release import Parcel, read_package

if TYPE_CHECKING:
    from portcullis.agreements import Person
    from portcullis.custody import Opened
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome

LASTS = timedelta(minutes=15)
"""How long after it was asked for an opening may still be of use."""
STATUS, CERTIFICATE, ENROLMENT = "status", "certificate", "enrolment"


def visit(home: "RequesterHome", person: "Person") -> Visit:
    """Let in a person whom this office's sign-in has proven."""
    return Visit.signed_in(home.recipient, person.id, at=home.now(), place=PLACE)


def take_in(home: "RequesterHome", visited: Visit, data: bytes, proofs: Mapping[str, bytes]) -> str:
    """Take a package in, unopened; return its id. Taken in again, it changes nothing.

    ``proofs``, by the names of their files: one whose name is the package's shows that it was
    sealed again, and then it takes the former one's place. Raises Refused where it answers no
    request of this office, or the ledger does not bear it out.
    """
    parcel = read_package(data).parcel
    case = case_of(home, parcel)
    proof = proofs.get(f"{parcel.package_id}{RESEALED_PROOF}")
    if proof is not None:
        check_entry = sending.holder_keys(home).check_entry
        visited.replace_resealed(data, proof.decode(errors="replace"), check_entry)
    return visited.receive(data, case, sending.holder_keys(home).check_proof)


def case_of(home: "RequesterHome", parcel: Parcel) -> Case:
    """Return what this office's own batch says of the package's request."""
    draft = Draft.objects.filter(id=parcel.batch_id).exclude(manifest=None).first()
    found = None if draft is None else drafts.row_named(home, draft, parcel.request_id)
    if draft is None or found is None:
        raise Refused(
            "The package answers no request of this office.",
            "Nothing was stored. Report it to the holder.",
        )
    return Case(
        request_id=parcel.request_id,
        taxable_periods=tuple(str(found.get("taxable_periods") or "").split(";")),
        items=tuple(str(found["items"]).split(";")),
        statute=str(found["statute"]),
        requested_on=date.fromisoformat(str(manifests.manifest_of(draft).created_on)),
        access=tuple(each.strip() for each in str(found["officers"]).split(";")),
    )


def ask(home: "RequesterHome", actor: "Actor", statement: dict[str, Any]) -> Opening:
    """Have the officer sign the request to open a package, and keep it for the holder's answer."""
    acts.check_may(home, actor.person, "ask")
    if statement.get("officer") != actor.id:
        acts.deny(home, actor.person, "ask", "Only the officer named may ask for this opening.")
    if home.now() - datetime.fromisoformat(str(statement["at"])) > CLOCKS_MAY_DIFFER:
        raise Refused(
            "The holder takes no request that was begun more than five minutes ago.",
            "Ask for the opening again, and sign it then.",
        )
    token = acts.signed(home, actor, statement)
    return Opening.objects.create(
        package=statement["package_id"],
        person=actor.id,
        at=home.now(),
        statement=statement,
        request=token,
    )


def opening(home: "RequesterHome", person: "Person", opening_id: UUID) -> Opening:
    """Return the person's own opening. Raises Misuse where there is none of that id.

    That it is another's is on record.
    """
    found = Opening.objects.filter(id=opening_id, person=person.id).first()
    if found is None:
        home.denied(person.id, "open")
        raise Misuse("There is no such opening of yours.", "Ask to open the package again.")
    return found


def hand_out(
    home: "RequesterHome", visited: Visit, asked: Opening, signed: str, person: "Person"
) -> tuple[str, "Opened"]:
    """Return the sealed package's text, and what opens it in the officer's own browser.

    ``signed``: the opening's statement, signed once more by whoever is at the browser now. Raises
    Refused where it is not signed, and as ``Visit.hand_out``.
    """
    if not asked.token:
        raise Refused("This token was used before, or is over.", "Ask for a new one.")
    if person.verify(signed, on=home.now().date()) != asked.statement:
        raise Refused("Something else was signed than this opening.", "Ask for it again.")
    opened = visited.hand_out(
        asked.package,
        asked.request,
        asked.token,
        holder_jwk=sending.holder_keys(home).holder,
        check_proof=sending.holder_keys(home).check_proof,
    )
    data = (home.recipient.packages / f"{asked.package}.json").read_bytes()
    forget([asked.id])
    if sha256_hex([data]) != opened.package.digest:
        raise Refused("The package was replaced in the meantime.", "Ask to open it again.")
    return data.decode(), opened


def forget(openings: Sequence[UUID]) -> None:
    """Forget token and request of openings: half of the package's key lies in the token.

    It is of no more use once the package was handed out, or the token's few minutes have passed.
    """
    Opening.objects.filter(id__in=openings).update(token="", request="")


def forget_old(home: "RequesterHome") -> None:
    """Forget what belongs to openings that nobody can use any more."""
    old = Opening.objects.filter(at__lt=home.now() - LASTS).exclude(request="")
    forget(list(old.values_list("id", flat=True)))


def state(home: "RequesterHome", actor: "Actor", packages: list[str], status: str) -> Stated:
    """Have the officer state what became of their cases; it is kept for the holder."""
    visited = _acting(home, actor)
    with transaction.atomic():
        text = visited.state(packages, status)
        return _keep(home, actor.person, STATUS, f"{status}: {len(packages)} packages", text)


def certify(
    home: "RequesterHome", actor: "Actor", packages: list[str], kind: str, method: str
) -> Stated:
    """Have the custodian certify return, destruction or continued safeguard; kept likewise."""
    kept: list[Stated] = []
    about = f"{kind}: {len(packages)} packages"

    def keep(text: str) -> None:
        kept.append(_keep(home, actor.person, CERTIFICATE, about, text))

    # Kept first, then logged, then removed: cut off anywhere, nothing is gone uncertified.
    try:
        _acting(home, actor).certify(packages, kind, method, keep)
    except PortcullisError:
        # Nothing was logged, and nothing removed.
        Stated.objects.filter(id__in=[each.id for each in kept]).delete()
        raise
    return kept[0]


def enrolment(home: "RequesterHome", person: "Person", text: str) -> Stated:
    """Keep a person's own request to enrol a browser's key, for whoever changes the rosters.

    Raises Refused unless its new key signed it, for that person.
    """
    if read_request(text).person != person.id:
        raise Refused("The request is another person's.", "Make it under your own sign-in.")
    return _keep(home, person, ENROLMENT, "request to enrol a browser's key", text)


def stated(home: "RequesterHome", person: "Person", stated_id: UUID) -> Stated:
    """Return what the person signed for the holder. Raises Misuse where there is no such thing.

    That it is another's is on record.
    """
    found = Stated.objects.filter(id=stated_id, person=person.id).first()
    if found is None:
        home.denied(person.id, "visit")
        raise Misuse("You signed no such thing.", "Look for it on your desk.")
    return found


def _acting(home: "RequesterHome", actor: "Actor") -> Visit:
    return Visit.signed_in(
        home.recipient,
        actor.id,
        at=home.now(),
        place=PLACE,
        signer=actor.signer,
        signed_at=actor.moment,
    )


def _keep(home: "RequesterHome", person: "Person", kind: str, about: str, text: str) -> Stated:
    return Stated.objects.create(kind=kind, person=person.id, at=home.now(), about=about, text=text)

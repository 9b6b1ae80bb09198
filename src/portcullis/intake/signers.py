"""Who signed a transmittal, and whether each may: refused whole, or officers left unattested."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portcullis.agreements import PERMISSIONS, Pack, Person, Roster, may, who_may
from portcullis.errors import Refused
from portcullis.intake.manifest import (
    GATHERED,
    Manifest,
    SignedManifest,
    approval,
    attestation,
)
from portcullis.intake.officers import Engagement
from portcullis.intake.refusals import TransmittalRefused


def check_signed(signed: SignedManifest, pack: Pack, roster: Roster, on: date) -> None:
    """Refuse what would be refused, on the day ``on``, of who signed and under what agreement."""
    check_agreement(signed.manifest, pack, on)
    check_signers(signed, pack, roster, on)
    attested_officers(signed, pack, roster, on)


def check_signers(signed: SignedManifest, pack: Pack, roster: Roster, on: date) -> Person:
    """Return the signatory; refuse unless a lawful one, and another as preparer, signed."""
    manifest, signatures = signed.manifest, signed.signatures
    if manifest.prepared_by == manifest.signatory:
        raise TransmittalRefused("prepared-by-signatory")
    signatory = _who_may(roster, manifest.signatory, "sign", on)
    if not _may_sign(signatory, pack):
        offices = ", ".join(pack.signing_authorities)
        raise TransmittalRefused("not-agency-head", f"{pack.authority.citation}: {offices}.")
    preparer = _who_may(roster, manifest.prepared_by, "prepare", on)
    if not pack.agreement.requester.employs(preparer.agency):
        raise TransmittalRefused("unknown-signer", "The preparer is not of the requesting agency.")
    _verify(signatures.signatory, signatory, approval(manifest, "signatory"), "signatory", on)
    _verify(signatures.preparer, preparer, approval(manifest, "preparer"), "preparer", on)
    return signatory


def engagement(
    signatory: Person, attested: frozenset[str], pack: Pack, roster: Roster, on: date
) -> Engagement:
    """Return what may be said of the officers on the roster, on the day ``on``."""
    officers = who_may(roster, "attest", on)
    employs = pack.agreement.requester.employs
    return Engagement(
        signed_by=signatory.authority or "",
        employed=frozenset(person.id for person in officers if employs(person.agency)),
        same_agency=frozenset(
            person.id for person in roster.people if person.agency == signatory.agency
        ),
        attested=attested,
    )


def attested_officers(
    signed: SignedManifest, pack: Pack, roster: Roster, on: date
) -> frozenset[str]:
    """Return the officers whose attestation is validly signed, by what is in force on ``on``.

    One from a stranger, or one that does not verify, refuses the transmittal.
    """
    shares = {officer.id: officer for officer in signed.manifest.officers}
    for officer_id, signature in signed.signatures.officers.items():
        person, share = roster.get(officer_id), shares.get(officer_id)
        if person is None or share is None:
            raise TransmittalRefused("unknown-signer", "An attestation is by a stranger.")
        _verify(signature, person, attestation(signed.manifest, share, pack), "officer", on)
    return frozenset(signed.signatures.officers)


def check_agreement(manifest: Manifest, pack: Pack, on: date) -> None:
    """Refuse the transmittal unless it is made under ``pack``, in force, and not of the future.

    Refused too is one that bears a name which the holder gives itself.
    """
    if manifest.batch_id.startswith(GATHERED):
        raise TransmittalRefused("reserved")
    if (manifest.agreement, manifest.agreement_version) != (pack.id, pack.version):
        raise TransmittalRefused("agreement")
    if not pack.in_force(on):
        raise TransmittalRefused("not-in-force")
    if manifest.created_on > on:
        raise TransmittalRefused("manifest", "It is dated after the day of receipt.")
    if manifest.file.rows > pack.request.max_rows:
        raise TransmittalRefused("too-many-rows")


def _who_may(roster: Roster, person_id: str, act: str, on: date) -> Person:
    person = roster.get(person_id)
    if person is None or not may(person, act, on):
        raise TransmittalRefused("unknown-signer", f"Concerned: the {PERMISSIONS[act].held_by}.")
    return person


def _may_sign(person: Person, pack: Pack) -> bool:
    agreement = pack.agreement
    delegate = agreement.accept_delegation and person.authority == "delegated"
    of_the_agency = person.agency == agreement.requester.agency
    return of_the_agency and (person.authority in pack.signing_authorities or delegate)


def _verify(
    signature: str, person: Person, statement: Mapping[str, Any], role: str, on: date
) -> None:
    try:
        signed = person.verify(signature, on=on)
    except Refused:
        signed = None
    if signed != statement:
        raise TransmittalRefused("signature", f"Concerned: the {role}.")

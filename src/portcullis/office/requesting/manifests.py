"""The manifest of a draft: drafted once, then signed by preparer, signatory and each officer."""

import json
from typing import TYPE_CHECKING

import polars as pl
from django.db import transaction

from portcullis import intake, progress
from portcullis.agreements import Person, who_may
from portcullis.errors import Misuse, Refused
from portcullis.intake import Manifest
from portcullis.office.requesting import acts, checking, drafts
from portcullis.office.requesting.models import Draft

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portcullis.intake.manifest import OfficerPart
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome
    from portcullis.office.requesting.models import DraftAct

PREPARED, SIGNED, SENT_BACK, ATTESTED = "prepared", "signed", "sent back", "attested"


def signatories(home: "RequesterHome", draft: Draft, preparer: Person) -> list[Person]:
    """Return who may sign the draft that ``preparer`` prepares: agency head, inspector general.

    Nobody who prepared a part of it.
    """
    agreement = home.pack.agreement
    authorities = {*home.pack.signing_authorities}
    if agreement.accept_delegation:
        authorities.add("delegated")
    return [
        person
        for person in who_may(home.roster, "sign", home.now().date())
        if person.id not in {preparer.id, *acts.apart(draft, "sign")}
        and person.agency == agreement.requester.agency
        and person.authority in authorities
    ]


def draft_manifest(
    home: "RequesterHome",
    draft: Draft,
    person: Person,
    signatory: str,
    *,
    show: progress.Show = progress.unseen,
) -> Manifest:
    """Draft the manifest that ``person``, its preparer, and ``signatory`` are to sign; keep it.

    Its salt is drawn now and stays. Raises Refused unless the draft is checked, Misuse for a
    signatory who may not sign it.
    """
    acts.check_may(home, person, "prepare")
    with drafts.held(home, draft):
        _check_ready(home, draft, person, signatory)
        return _draft_manifest(home, draft, person, signatory, show)


def _check_ready(home: "RequesterHome", draft: Draft, person: Person, signatory: str) -> None:
    if draft.state != "checked":
        raise Refused(
            "The batch is not checked, or requests of it would come back.",
            "Mend what the check found, and check again.",
        )
    _check_fresh(home, draft)
    if signatory not in {each.id for each in signatories(home, draft, person)}:
        raise Misuse(
            "That person cannot sign this batch.",
            "Name the head of the agency or its inspector general; nobody who prepared it.",
        )


def _draft_manifest(
    home: "RequesterHome", draft: Draft, person: Person, signatory: str, show: progress.Show
) -> Manifest:
    on = home.now().date()
    with drafts.as_file(home, draft) as path:
        made = intake.draft_manifest(path, home.pack, draft.id, on, person.id, signatory, show=show)
    if made.file.rows != draft.rows:
        raise RuntimeError("the file does not have the rows of its draft")
    named = _index(home, draft)
    officers = {officer.id: [named[officer.id], officer.count] for officer in made.officers}
    drafts.keep(draft, manifest=made.content(), signatory=signatory, officers=officers)
    return made


def _check_fresh(home: "RequesterHome", draft: Draft) -> None:
    why = checking.lapsed(home, draft)
    if why:
        raise Refused(why, "Check it again, and make it ready then.")


def manifest_of(draft: Draft) -> Manifest:
    """Return the draft's manifest. Raises Refused where none was drafted."""
    if draft.manifest is None:
        raise Refused("The batch has no manifest yet.", "Its preparer makes it ready first.")
    return Manifest.model_validate_json(json.dumps(draft.manifest))


def prepare(home: "RequesterHome", actor: "Actor", draft: Draft, digest: str) -> None:
    """Have the preparer sign the manifest of that ``digest``; then the signatory's turn begins."""
    acts.check_may(home, actor.person, "prepare")
    with drafts.held(home, draft), transaction.atomic():
        manifest = manifest_of(draft)
        if manifest.digest != digest or manifest.prepared_by != actor.id:
            raise Refused("The batch was made ready anew in the meantime.", "Look at it again.")
        _check_fresh(home, draft)
        _check_rows(home, draft, manifest)
        acts.move(home, draft, "prepared")
        token = acts.signed(home, actor, intake.approval(manifest, "preparer"))
        acts.note(home, draft, actor.person, "prepare", PREPARED, token)


def sign(home: "RequesterHome", actor: "Actor", draft: Draft, digest: str) -> None:
    """Have the signatory sign the manifest of that ``digest``, the one that they read.

    Whoever prepared it is denied, on the record.
    """
    with drafts.held(home, draft), transaction.atomic():
        acts.check_apart(home, actor.person, "sign", draft)
        manifest = _to_be_signed(home, actor, draft)
        if manifest.digest != digest:
            raise Refused("The batch was prepared anew since you read it.", "Read it again.")
        _check_rows(home, draft, manifest)
        acts.move(home, draft, "signed")
        token = acts.signed(home, actor, intake.approval(manifest, "signatory"))
        acts.note(home, draft, actor.person, "sign", SIGNED, token)
        if not manifest.officers:
            acts.move(home, draft, "attested")


def send_back(home: "RequesterHome", actor: "Actor", draft: Draft, reason: str) -> None:
    """Have the signatory send the batch back, with a reason, to be changed and prepared again."""
    if not reason.strip():
        raise Misuse("Say why it is sent back.", "The preparer reads it.")
    said = acts.statement(home, actor, draft, "send-back", reason=reason)
    with drafts.held(home, draft), transaction.atomic():
        _to_be_signed(home, actor, draft)
        drafts.unsign(home, draft)
        token = acts.signed(home, actor, said)
        acts.note(home, draft, actor.person, "sign", SENT_BACK, token, reason)


def share_of(draft: Draft, person: Person) -> "OfficerPart":
    """Return the officer's share of the draft. Raises Misuse where no request names them."""
    for officer in manifest_of(draft).officers:
        if officer.id == person.id:
            return officer
    raise Misuse("No request of that batch names you.", "Look at your desk again.")


def attest(home: "RequesterHome", actor: "Actor", draft: Draft) -> None:
    """Have an officer attest over the root of exactly the requests that name them."""
    acts.check_may(home, actor.person, "attest")
    with drafts.held(home, draft), transaction.atomic():
        manifest, share = manifest_of(draft), share_of(draft, actor.person)
        given = have_attested(draft)
        if draft.state != "signed" or actor.id in given:
            raise Refused(
                "There is nothing of that batch to attest now.", "Look at your desk again."
            )
        token = acts.signed(home, actor, intake.attestation(manifest, share, home.pack))
        acts.note(home, draft, actor.person, "attest", ATTESTED, token)
        if {officer.id for officer in manifest.officers} <= {*given, actor.id}:
            acts.move(home, draft, "attested")


def have_attested(draft: Draft) -> set[str]:
    """Return the officers who have attested since the draft was last signed."""
    return set(_given(draft).values_list("person", flat=True))


def attestations(draft: Draft) -> dict[str, str]:
    """Return the attestations given since the draft was last signed: officer to signature."""
    return dict(_given(draft).values_list("person", "signature"))


def signatures(draft: Draft) -> tuple[str, str]:
    """Return the signatory's and the preparer's signatures. Raises Refused where one is missing."""
    signatory, preparer = _last(draft, SIGNED), _last(draft, PREPARED)
    if signatory is None or preparer is None:
        raise Refused("The batch is not signed.", "Its preparer and its signatory sign it first.")
    return signatory[1], preparer[1]


def check_signed(home: "RequesterHome", draft: Draft) -> None:
    """Raise TransmittalRefused where the holder would refuse what was signed, as of today.

    So it is where a key or an office that somebody signed under has ended since.
    """
    signatory, preparer = signatures(draft)
    content = {
        "manifest": manifest_of(draft).content(),
        "signatures": {
            "signatory": signatory,
            "preparer": preparer,
            "officers": attestations(draft),
        },
    }
    signed = intake.SignedManifest.model_validate_json(json.dumps(content))
    intake.check_signed(signed, home.pack, home.roster, home.now().date())


def _check_rows(home: "RequesterHome", draft: Draft, manifest: Manifest) -> None:
    """Raise Refused unless the requests that are shown are those that are signed for.

    Of a large batch it takes too long while somebody waits: there it is looked at when it is sent.
    """
    if draft.rows > checking.AT_ONCE:
        return
    if drafts.file_digest(home, draft) != manifest.file.sha256:
        raise Refused(
            "The batch's requests are not those that its manifest was made for.",
            "Have its preparer take it back, check it and make it ready again.",
        )


def _given(draft: Draft) -> "QuerySet[DraftAct]":
    since = _last(draft, SIGNED)
    if since is None:
        return draft.acts.none()
    return draft.acts.filter(what=ATTESTED, id__gt=since[0])


def _to_be_signed(home: "RequesterHome", actor: "Actor", draft: Draft) -> Manifest:
    acts.check_may(home, actor.person, "sign")
    if draft.state != "prepared":
        raise Refused("That batch is not waiting for a signature.", "Look at your desk again.")
    manifest = manifest_of(draft)
    if manifest.signatory != actor.id:
        acts.deny(home, actor.person, "sign", "The batch was prepared for another signatory.")
    return manifest


def _last(draft: Draft, what: str) -> tuple[int, str] | None:
    found = draft.acts.filter(what=what).order_by("-id").first()
    return None if found is None else (found.id, found.signature)


def _index(home: "RequesterHome", draft: Draft) -> dict[str, int]:
    """Write which rows name which officer, and which row is of which id.

    Return where each officer's rows begin.
    """
    parts, ids, first = [], [], 0
    for sheet in drafts.rows_of(home, draft):
        numbered = sheet.with_columns(row=pl.int_range(first, first + pl.len(), dtype=pl.UInt32))
        parts.append(intake.named_officers(numbered))
        ids.append(numbered.select("request_id", "row"))
        first += sheet.height
    named = pl.concat(parts).sort("officer", "row")
    drafts.sheets(home, draft, drafts.NAMED).write([named])
    drafts.sheets(home, draft, drafts.IDS).write([pl.concat(ids).sort("request_id", "row")])
    starts = named.with_row_index("start").group_by("officer").agg(pl.col("start").min())
    return dict(starts.iter_rows())

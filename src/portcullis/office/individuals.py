"""The accounting for the person concerned: 26 U.S.C. 6103(p)(3)(A), 5 U.S.C. 552a(c)(3).

Four acts, by people of different duties, each on the ledger, none with anybody's name in it:

1. a disclosure specialist records that the person's identity was proven, how and when;
2. an inspector counts the accounting again from the ledger, independently of what makes reports;
3. counsel determines, for a batch or history, whether 5 U.S.C. 552a(b)(7) reaches its disclosures;
   until then, and where it does, they are not told of;
4. the specialist has the letter written. It is keyed on the taxpayer whom the determination found,
   not on what a request called somebody.
"""

import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from portcullis import ledger, progress, standing
from portcullis.errors import Misuse, Refused
from portcullis.office import accounting, entries, files, losses, packing
from portcullis.office.accounting import BATCH, HISTORY, Source
from portcullis.office.counting import heading
from portcullis.office.home import Home
from portcullis.office.models import Act, Batch, Entry, History
from portcullis.office.nonces import read_nonces
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.oversight import reports
from portcullis.oversight.reports import Document, Told

PROVEN, DETERMINED, ATTESTED, GIVEN = (
    "identity-proven",
    "b7-determined",
    "accounting-attested",
    "account-given",
)

HOW = {
    "in-person": "in person, with an identity document bearing a photograph",
    "notarised": "by a notarised statement of identity",
    "declared": "by a statement under penalty of perjury (28 U.S.C. 1746)",
    "online": "by an identity service at NIST SP 800-63A level 2",
}
"""How a person's identity may be proven."""

PROOF_DAYS = 30
"""Days for which a proof of identity may be used. No source settles it; the closed side."""


_SALT_BYTES = 16
_SALT = re.compile(rf"[0-9a-f]{{{2 * _SALT_BYTES}}}")
_COUNTED = ("delivered", "history-imported", "history-compared", losses.ACCEPTED)
_CHANGED = (
    "Find out what was changed: `portcullis verify` checks the ledger; the backups have the "
    "accounting's files."
)


@dataclass(frozen=True)
class Recounted:
    """What an auditor's count found: ``size`` of the ledger counted, and the disclosures on it.

    ``bound``: of how many the ledger's own commitment to row and officer was opened again;
    ``resolved``: for how many the taxpayer was compared with the determination. Both only while the
    batch's working data is kept. ``imported``: disclosures made elsewhere. ``lost``: those of both
    kinds whose accounting was lost with a home that was restored, as two people accepted.
    """

    size: int
    delivered: int
    bound: int
    resolved: int
    imported: int
    lost: int


@dataclass
class _Told:
    """What the ledger says of disclosures: ``kept`` are the newest commitments, by source, file."""

    bindings: dict[str, str] = field(default_factory=dict)
    authorised: dict[str, int] = field(default_factory=dict)
    delivered: list[str] = field(default_factory=list)
    imported: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept: dict[tuple[str, str, str], tuple[int, Mapping[str, Any]]] = field(default_factory=dict)
    accepted: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)

    def take(self, position: int, body: Mapping[str, Any]) -> None:
        """Take in one entry."""
        kind = body["kind"]
        if kind == "release-authorised":
            self.bindings[body["package"]] = body["binding"]
            self.authorised[body["package"]] = position
        elif kind == "delivered":
            self.delivered.append(body["package"])
        elif kind == "history-imported":
            self.imported[body["history"]] = position, body["taken"]
        elif kind == accounting.KIND and body["file"]:
            of = body["of"]["kind"], body["of"]["id"], body["file"]
            self.kept[of] = position, body
        elif kind == losses.ACCEPTED:
            self.accepted.append((position, body))


def prove_identity(home: Home, actor: Actor, taxpayer: str, how: str, salt: str = "") -> Act:
    """Record that an official has proven who asks to be the taxpayer, how, and when.

    ``salt``: 16 random bytes (hex), where the statement is made twice, to be signed between; else
    they are drawn here. Raises Misuse where they are no such bytes.
    """
    check_role(home, actor, PROVEN)
    if how not in HOW:
        raise Misuse("Identity is not proven by that.", f"Say one of: {', '.join(HOW)}.")
    salt = salt or secrets.token_hex(_SALT_BYTES)
    if not _SALT.fullmatch(salt):
        raise Misuse("The salt is not 16 bytes in hexadecimal.", "Begin the act again.")
    with transaction.atomic():
        facts = {"subject": _subject(home, taxpayer, salt), "salt": salt, "how": how}
        act = sign_act(home, actor, PROVEN, facts)
    entries.publish(home)
    return act


def determine(home: Home, actor: Actor, of: str, *, reached: bool, document: str) -> Act:
    """Record whether 552a(b)(7) reaches the disclosures of a batch or history.

    ``document``: digest (hex) of the written determination. The newest counts.
    """
    check_role(home, actor, DETERMINED)
    standing.check_digest(document)
    source = _source(of)
    with transaction.atomic():
        facts = {
            "of": {"kind": source.kind, "id": source.id},
            "reached": reached,
            "document": document,
        }
        act = sign_act(home, actor, DETERMINED, facts)
    entries.publish(home)
    return act


def determinations() -> dict[Source, Mapping[str, Any]]:
    """Return the newest determination of each batch and history that there is one of."""
    said = (entries.body(each) for each in _entries(DETERMINED))
    return {Source(each["of"]["kind"], each["of"]["id"]): each for each in said}


def attest(home: Home, actor: Actor, show: progress.Show = progress.unseen) -> Recounted:
    """Count the accounting again from the ledger's own entries, and put the result on the ledger.

    Raises Refused, naming what is wrong, where a disclosure of the ledger is not in the accounting
    exactly once, or is there as another's.
    """
    check_role(home, actor, ATTESTED)
    entries.integrate(home)
    with progress.step(show, "Count the accounting again"):
        found = recount(home)
    with transaction.atomic():
        facts = {
            "size": found.size,
            "delivered": found.delivered,
            "bound": found.bound,
            "resolved": found.resolved,
            "imported": found.imported,
            "lost": found.lost,
        }
        sign_act(home, actor, ATTESTED, facts)
    entries.publish(home)
    return found


def recount(home: Home) -> Recounted:
    """Count every disclosure on the ledger, one by one, and find each in the accounting.

    Every file of the accounting must say what the ledger has committed it to say, but what two
    people accepted as lost. It shares nothing with what makes reports but the files. Raises Refused
    where it does not agree.
    """
    log = ledger.Log.open(home.ledger)
    told = _Told()
    for position, entry in enumerate(log.entries()):
        told.take(position, json.loads(entry))
    lost = losses.accepted(told.accepted)
    for (kind, of, name), (position, body) in told.kept.items():
        if not _lost_file(home, lost, Source(kind, of), name, position):
            wrong = _unlike_its_commitment(home, Source(kind, of), body)
            if wrong:
                raise _unlike(wrong)
    left = set(told.delivered)
    if len(left) != len(told.delivered):
        raise _unlike("a package was delivered twice")
    gone = {each for each in left if lost.has_package(told.authorised.get(each, -1))}
    left -= gone
    bound = resolved = 0
    for kind, of, name in told.kept:
        if (kind, name) == (BATCH, accounting.DISCLOSURES):
            rows, whose, opened = _batch_again(home, of, told.bindings, left)
            left -= rows
            resolved += whose
            bound += opened
    if left:
        raise _unlike(f"{len(left):,} disclosures of the ledger are not in the accounting")
    imported, elsewhere = _histories_again(told, lost)
    return Recounted(
        log.size, len(told.delivered), bound, resolved, imported, len(gone) + elsewhere
    )


def _histories_again(told: _Told, lost: losses.Accepted) -> tuple[int, int]:
    """Return how many disclosures made elsewhere are accounted for, and how many were lost."""
    imported = gone = 0
    for history, (position, taken) in told.imported.items():
        if lost.has(HISTORY, history, position):
            gone += taken
            continue
        _, body = told.kept.get((HISTORY, history, accounting.DISCLOSURES), (0, {"rows": None}))
        if body["rows"] != taken:
            raise _unlike(f"the disclosures of history {history} are not all accounted for")
        imported += taken
    return imported, gone


def _lost_file(home: Home, lost: losses.Accepted, source: Source, name: str, position: int) -> bool:
    """Whether a file of the accounting, committed to at ``position``, was accepted as lost.

    That of a batch's packages follows their entries: where it is missing it went with the last.
    """
    if lost.has(source.kind, source.id, position):
        return True
    of_packages = (source.kind, name) == (BATCH, accounting.DISCLOSURES)
    missing = not accounting.is_there(home, source, name)
    return of_packages and missing and lost.has_package(position - 1)


def _unlike_its_commitment(home: Home, source: Source, said: Mapping[str, Any]) -> str:
    """Return what is wrong with a file of the accounting, in words; nothing where nothing is."""
    name = said["file"]
    what = f"{name} of {source.kind} {source.id}"
    if not accounting.is_there(home, source, name):
        # No letter rests on those of what was refused, or shown to an overseer.
        return f"{what} is missing" if source.kind in {BATCH, HISTORY} else ""
    if accounting.commitment(home, source, name) != (said["rows"], said["commitment"]):
        return f"{what} does not say what the ledger has committed it to say"
    return ""


def account(home: Home, actor: Actor, taxpayer: str, language: str) -> Document:
    """Return the letter to the taxpayer, once identity is proven and the accounting attested.

    Raises Refused where one of the two is missing or too old. The ledger gets that a letter was
    given, not to whom, nor what is in it.
    """
    check_role(home, actor, GIVEN)
    if language not in reports.LANGUAGES:
        raise Misuse(f"There is no letter in {language!r}.", "Say en or es.")
    proof = _proof(home, taxpayer)
    counted = attested()
    if counted is None:
        raise Refused(
            "The accounting has not been counted again since the last disclosure, import, "
            "comparison or loss.",
            "An inspector does so: at the oversight desk, or with `portcullis account attest`.",
        )
    told = _told(home, taxpayer)
    said = entries.body(counted)
    with transaction.atomic():
        facts = {"proof": proof, "attested": counted.position, "language": language}
        sign_act(home, actor, GIVEN, facts)
    entries.integrate(home)
    return reports.letter(
        heading(home),
        told,
        attested_on=date.fromisoformat(said["at"][:10]),
        lost=said.get("lost", 0),
        on=home.today(),
        language=language,
    )


def attested() -> Entry | None:
    """Return the newest attestation, if it has counted every disclosure there is, and whose."""
    newest = Entry.objects.filter(kind=ATTESTED).order_by("-position").first()
    last = Entry.objects.filter(kind__in=_COUNTED).order_by("-position").first()
    if newest and (last is None or last.position < entries.body(newest)["size"]):
        return newest
    return None


def _batch_again(
    home: Home, batch_id: str, bindings: dict[str, str], left: set[str]
) -> tuple[set[str], int, int]:
    """Return which of the disclosures ``left`` a batch accounts for; how many were compared."""
    source = Source(BATCH, batch_id)
    if not accounting.is_there(home, source, accounting.DISCLOSURES):
        return set(), 0, 0
    table = accounting.read(home, source, accounting.DISCLOSURES).select(
        "package", "row", "officer", "taxpayer"
    )
    found: set[str] = set()
    kept = _kept(home, batch_id)
    opened = whose = 0
    for package, row, officer, taxpayer in table.iter_rows():
        if package not in left:
            continue
        if package in found or not taxpayer:
            raise _unlike(f"a disclosure of batch {batch_id} is accounted for twice, or to nobody")
        found.add(package)
        if kept is None:
            continue
        nonces, taxpayers = kept
        if packing.binding(nonces, row, officer, package) != bindings[package]:
            raise _unlike(f"a disclosure of batch {batch_id} is accounted for as another's")
        if taxpayers.get(row) != taxpayer:
            raise _unlike(f"a disclosure of batch {batch_id} is accounted for to another taxpayer")
        opened, whose = opened + 1, whose + 1
    return found, whose, opened


def _kept(home: Home, batch_id: str) -> tuple[bytes, dict[int, str]] | None:
    """Return a batch's random bytes and whom it found; None once its working data is erased."""
    batch = Batch.objects.filter(id=batch_id).first()
    if batch is None:
        return None
    try:
        nonces = read_nonces(home, batch)
        matches = files.read_step(
            home, batch, files.in_force(batch, files.MATCHES), ["row", "taxpayer_id"]
        )
    except (Misuse, Refused):
        return None
    return nonces, dict(matches.select("row", "taxpayer_id").iter_rows())


def _told(home: Home, taxpayer: str) -> list[Told]:
    """Return what the taxpayer may be told of: only what counsel determined may be.

    Everything is read whatever may be told, so that the time it takes tells nothing either.
    """
    newest = determinations()
    told: list[Told] = []
    for source, rows in _disclosures(home, taxpayer):
        said = newest.get(source)
        if said is not None and not said["reached"]:
            told += rows
    return told


def _disclosures(home: Home, taxpayer: str) -> list[tuple[Source, list[Told]]]:
    requester = home.pack.agreement.requester
    delivered = {
        said["package"]: date.fromisoformat(said["at"][:10])
        for said in (entries.body(each) for each in _entries("delivered"))
    }
    found = []
    committed = _committed(home)
    for kind, of, name in sorted(committed):
        if name != accounting.DISCLOSURES:
            continue
        source = Source(kind, of)
        table = accounting.read(home, source, accounting.DISCLOSURES)
        if kind == HISTORY:
            if (kind, of, accounting.RESOLVED) not in committed:
                continue
            whose = accounting.read(home, source, accounting.RESOLVED)
            mine = table.join(whose, on="row").filter(pl.col("taxpayer") == taxpayer)
            rows = [
                Told(
                    date.fromisoformat(each["disclosed_on"]),
                    ";".join(home.pack.disclosure.items),
                    home.pack.agreement.legal_basis,
                    each["disclosed_to"] or requester.name,
                )
                for each in mine.iter_rows(named=True)
            ]
        else:
            mine = table.filter(pl.col("taxpayer") == taxpayer)
            rows = [
                Told(
                    delivered[each["package"]],
                    each["nature"],
                    each["authority"],
                    ", ".join(filter(None, (each["recipient"], requester.address))),
                )
                for each in mine.iter_rows(named=True)
                if each["package"] in delivered
            ]
        found.append((source, rows))
    return found


def _committed(home: Home) -> set[tuple[str, str, str]]:
    """Return the files of disclosures that letters rest on: kind and id of their source, name.

    Raises Refused where one is missing or is not what the ledger has committed it to be.
    """
    told = _Told()
    for kind in (accounting.KIND, losses.ACCEPTED):
        for entry in _entries(kind):
            told.take(entry.position, entries.body(entry))
    lost = losses.accepted(told.accepted)
    found = set()
    for (kind, of, name), (position, body) in told.kept.items():
        rests = name in {accounting.DISCLOSURES, accounting.RESOLVED}
        if not rests or _lost_file(home, lost, Source(kind, of), name, position):
            continue
        wrong = _unlike_its_commitment(home, Source(kind, of), body)
        if wrong:
            raise Refused(f"No letter is written: {wrong}.", _CHANGED)
        found.add((kind, of, name))
    return found


def _proof(home: Home, taxpayer: str) -> int:
    """Return the position of a proof of the taxpayer's identity that may still be used."""
    since = home.today() - timedelta(days=PROOF_DAYS)
    for entry in reversed(_entries(PROVEN)):
        said = entries.body(entry)
        fits = hmac.compare_digest(said["subject"], _subject(home, taxpayer, said["salt"]))
        if fits and date.fromisoformat(said["at"][:10]) >= since:
            return entry.position
    raise Refused(
        f"No proof of this person's identity was recorded in the last {PROOF_DAYS} days.",
        "Prove it, and record it with `portcullis account prove`.",
    )


def _source(of: str) -> Source:
    if Batch.objects.filter(id=of).exists():
        return Source(BATCH, of)
    if History.objects.filter(id=of).exists():
        return Source(HISTORY, of)
    raise Refused("There is no batch and no history of that id.", "See `portcullis batches`.")


def _entries(kind: str) -> list[Entry]:
    return list(Entry.objects.filter(kind=kind).order_by("position"))


def _subject(home: Home, taxpayer: str, salt: str) -> str:
    """Return the keyed digest that stands for a taxpayer in one entry, and in no other."""
    key = home.derived_key("account-subject")
    return hmac.new(key, f"{salt}\n{taxpayer}".encode(), "sha256").hexdigest()


def _unlike(what: str) -> Refused:
    return Refused(f"The accounting is not attested: {what}.", _CHANGED)

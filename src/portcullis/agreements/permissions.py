"""Who may do what, in both homes: one table, and the one question asked of it.

What is not in the table is denied. A role is held by the roster alone, on a day on which the person
is in office. Which state a thing must be in for an act is another matter: the office's ``stages``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from portcullis.agreements.person import HOLDER_ROLES, REQUESTER_ROLES, Person, Role
from portcullis.agreements.roster import Roster

Side = Literal["holder", "requester"]


@dataclass(frozen=True)
class Permission:
    """One act, or one right to see something, and who has it.

    ``says`` what it is, as a lawyer would say it. ``roles``: any one of them will do. ``binding``:
    in the browser it takes a passkey with the person verified. ``apart``: who has done one of these
    to a batch may not do this to the same batch. ``people`` must do it before it is done, each on
    their own; ``among``: the role that one of them must hold. ``reads``: it shows and changes
    nothing.
    """

    says: str
    roles: tuple[Role, ...]
    binding: bool = False
    apart: tuple[str, ...] = ()
    people: int = 1
    among: Role | None = None
    reads: bool = False

    @property
    def held_by(self) -> str:
        """The roles, in words."""
        return " or ".join(self.roles)

    @property
    def side(self) -> Side:
        """In whose home it is done."""
        return "requester" if set(self.roles) <= set(REQUESTER_ROLES) else "holder"


_LIST_READERS: tuple[Role, ...] = ("specialist", "sampler", "approver", "counsel", "inspector")
_SEALED_READERS: tuple[Role, ...] = ("safeguards", "counsel", "inspector")

_HOLDER: dict[str, Permission] = {
    "holder-sign-in": Permission("Come into the holder's office", HOLDER_ROLES, reads=True),
    # A batch, from its receipt to its answer.
    "take-in": Permission("Take in a transmittal, which proves itself", ("specialist",)),
    "adjudicate": Permission(
        "Screen, match and decide a batch, and list what reviewers confirmed",
        ("specialist",),
        apart=("review", "impairment", "sample", "examine", "approve", "send-back", "transmit"),
    ),
    "model-training": Permission("Train the model behind a reviewer's picture", ("reviewer",)),
    "review": Permission(
        "Look at near misses, find, and confirm what another found",
        ("reviewer",),
        apart=("adjudicate", "impairment", "sample", "examine", "approve", "send-back", "transmit"),
        people=2,
    ),
    "impairment": Permission(
        "Record whether 26 U.S.C. § 6103(i)(6) bars each eligible request",
        ("impairment-official",),
        apart=("adjudicate", "review", "approve", "send-back"),
    ),
    "sample": Permission(
        "Draw the sample of a list",
        ("sampler",),
        apart=("adjudicate", "review", "approve", "send-back", "transmit"),
    ),
    "examine": Permission(
        "Say of each sampled request whether it is lawful",
        ("sampler",),
        apart=("adjudicate", "review", "approve", "send-back", "transmit"),
    ),
    "approve": Permission(
        "Approve a determination list",
        ("approver",),
        binding=True,
        apart=("adjudicate", "review", "impairment", "sample", "examine", "transmit"),
    ),
    "send-back": Permission(
        "Send a determination list back, with the reason: it is never approved",
        ("approver",),
        binding=True,
        apart=("adjudicate", "review", "impairment", "sample", "examine", "transmit"),
    ),
    "transmit": Permission(
        "Release what is approved, and answer a batch",
        ("transmitter",),
        binding=True,
        apart=("adjudicate", "review", "sample", "examine", "approve", "send-back"),
    ),
    # Orders, holds and readings.
    "order-file": Permission("File an order of court", ("counsel",), binding=True),
    "hold-file": Permission("Place a preservation hold", ("counsel",), binding=True),
    "lift": Permission("Lift an order or a hold", ("counsel",), binding=True, people=2),
    "destruction-cleared": Permission(
        "Clear the destruction of what a preservation hold keeps", ("counsel",), binding=True
    ),
    "notice-issue": Permission(
        "Write the recipient's notice of an order or hold anew", ("counsel", "safeguards")
    ),
    "custodian-attested": Permission("Enter a custodian's attestation", ("safeguards",)),
    "reading": Permission(
        "Put a reading of the law in force, or out of it", ("counsel",), binding=True, people=2
    ),
    "agreement-add": Permission("Keep another version of the agreement", ("counsel",)),
    "history-import": Permission("Import disclosures made elsewhere or before", ("counsel",)),
    "history-compare": Permission("Compare an imported history with the records", ("counsel",)),
    "reexamine": Permission("Judge the past again under other readings", ("counsel",)),
    # The recipient.
    "safeguards": Permission("Put the recipient's safeguard record in force", ("safeguards",)),
    "finding-accepted": Permission("Accept a finding of that record for a time", ("safeguards",)),
    "recipient-statement": Permission(
        "Enter a recipient's signed status or certificate", ("specialist", "safeguards")
    ),
    "recall": Permission("Recall disclosed packages", ("safeguards",)),
    "recall-demand": Permission("Demand back what a recall covers", ("counsel",)),
    "recall-attest": Permission("Enter what a custodian says of recalled lots", ("safeguards",)),
    "recall-close": Permission("Close a recall", ("safeguards",)),
    "incident": Permission("Open an incident on suspicion", ("safeguards",)),
    "incident-report": Permission("Report an incident", ("safeguards",)),
    "incident-notice": Permission("Record who was told of an incident", ("safeguards",)),
    "incident-close": Permission("Close an incident", ("safeguards",)),
    "notice-7431e": Permission(
        "Record that a notice under 26 U.S.C. § 7431(e) is due, or was given", ("counsel",)
    ),
    # The persons concerned, and the overseers.
    "identity-proven": Permission("Record that a person's identity was proven", ("specialist",)),
    "b7-determined": Permission(
        "Determine whether 5 U.S.C. 552a(b)(7) reaches disclosures", ("counsel",)
    ),
    "accounting-attested": Permission("Count the accounting again, and attest", ("inspector",)),
    "account-given": Permission("Give a person the accounting", ("specialist",)),
    "report": Permission(
        "Make a report, counted anew", ("approver", "counsel", "safeguards", "inspector")
    ),
    "oversight-export": Permission("Make an export for an overseer", ("inspector",)),
    "watched": Permission("Watch over the office", ("inspector", "safeguards")),
    "alarm-acknowledged": Permission("Acknowledge an alarm", ("inspector", "safeguards")),
    # The home itself.
    "erase": Permission("Dispose of working data under the schedule", ("records-officer",)),
    "roster-proposed": Permission(
        "Propose a change of who may act, and with which key", ("administrator",), binding=True
    ),
    "roster-changed": Permission(
        "Approve such a change of another's, or put somebody's key out of force",
        ("administrator", "counsel"),
        binding=True,
    ),
    "account-invite": Permission(
        "Give a person an account; a lost one anew, once a second person says so too",
        ("administrator", "counsel"),
        binding=True,
    ),
    "ledger-key-announce": Permission("Announce a new key of the ledger", ("administrator",)),
    "ledger-key-retire": Permission("Retire a key of the ledger", ("administrator",)),
    "ledger-witnesses": Permission("Change the ledger's witnesses", ("administrator",)),
    "ledger-recosign": Permission("Have the ledger cosigned again", ("administrator",)),
    "ledger-catch-up": Permission("Bring a restored home up to its ledger", ("administrator",)),
    "accept-loss": Permission(
        "Accept a loss after a restore",
        ("administrator", "counsel"),
        binding=True,
        people=2,
        among="administrator",
    ),
    # What is on the ledger once it is read.
    "explain": Permission(
        "Read the explanation of a request", (*_LIST_READERS, "impairment-official"), reads=True
    ),
    "explain-records": Permission(
        "Read in it what the records and the gate said", _LIST_READERS, reads=True
    ),
    "explain-impairment": Permission(
        "Read in it what was found under § 6103(i)(6)", ("impairment-official",), reads=True
    ),
    "incident-show": Permission("Read an incident's report", _SEALED_READERS, reads=True),
    "recall-drafts": Permission(
        "Read the drafts of a recall's demands", _SEALED_READERS, reads=True
    ),
    "recall-statement": Permission("Read whom a recall covers", _SEALED_READERS, reads=True),
    "notice-draft": Permission(
        "Read whose a notice under § 7431(e) is", ("counsel", "inspector"), reads=True
    ),
    # Desks, and what stands on them.
    "specialist-desk": Permission("Use the specialist's desk", ("specialist",), reads=True),
    "reviewer-desk": Permission("Use the reviewer's desk", ("reviewer",), reads=True),
    "impairment-desk": Permission(
        "Use the impairment official's desk", ("impairment-official",), reads=True
    ),
    "sampler-desk": Permission("Use the sampler's desk", ("sampler",), reads=True),
    "approver-desk": Permission("Use the approver's desk", ("approver",), reads=True),
    "transmitter-desk": Permission("Use the transmitter's desk", ("transmitter",), reads=True),
    "counsel-desk": Permission("Use counsel's desk", ("counsel",), reads=True),
    "safeguards-desk": Permission("Use the safeguards desk", ("safeguards",), reads=True),
    "oversight-desk": Permission("Use the oversight desk", ("inspector",), reads=True),
    "administrator-desk": Permission(
        "Use the administrator's desk", ("administrator",), reads=True
    ),
    "records-desk": Permission("Use the records officer's desk", ("records-officer",), reads=True),
    "see-batches": Permission(
        "See the batches, their states and whose turn it is", HOLDER_ROLES, reads=True
    ),
    "see-intake": Permission(
        "See receipts and what was quarantined", ("specialist", "inspector"), reads=True
    ),
    "see-list": Permission(
        "See a batch's list, request by request, and its counts", _LIST_READERS, reads=True
    ),
    "see-referrals": Permission(
        "See which requests wait as near misses; nothing of a record",
        ("specialist", "reviewer", "inspector"),
        reads=True,
    ),
    "see-impairment": Permission(
        "See the eligible requests, and the (i)(6) records made of them",
        ("impairment-official",),
        reads=True,
    ),
    "see-sample": Permission(
        "See the sample, its verdicts and the bound it reaches",
        ("sampler", "approver", "inspector"),
        reads=True,
    ),
    "see-packages": Permission(
        "See which packages were delivered, held or not sent",
        ("transmitter", "safeguards", "counsel", "inspector"),
        reads=True,
    ),
    "see-orders": Permission(
        "See orders and holds, as the ledger has them", HOLDER_ROLES, reads=True
    ),
    "see-custodians": Permission(
        "See who has attested to an order or hold", _SEALED_READERS, reads=True
    ),
    "see-readings": Permission("See the readings and the agreement", HOLDER_ROLES, reads=True),
    "see-histories": Permission(
        "See imported histories and re-examinations", ("counsel", "inspector"), reads=True
    ),
    "see-standing": Permission(
        "See whether the recipient may receive, and why not",
        ("specialist", "approver", "transmitter", "counsel", "safeguards", "inspector"),
        reads=True,
    ),
    "see-owed": Permission(
        "See what the recipient owes of each disclosure",
        ("specialist", *_SEALED_READERS),
        reads=True,
    ),
    "see-incidents": Permission("See incidents and their dates", _SEALED_READERS, reads=True),
    "see-recalls": Permission("See recalls and their dates", _SEALED_READERS, reads=True),
    "see-accounting": Permission("See the accounting's counts", ("inspector",), reads=True),
    "see-denials": Permission(
        "See which attempts were denied", ("safeguards", "inspector", "administrator"), reads=True
    ),
    "see-retention": Permission(
        "See which working data is due", ("records-officer", "counsel", "inspector"), reads=True
    ),
    "see-ledger": Permission("See the ledger and its witnesses", HOLDER_ROLES, reads=True),
    "see-people": Permission(
        "See the roster and its keys", ("administrator", "counsel", "inspector"), reads=True
    ),
    "see-health": Permission(
        "See the home's health, its keys and its tasks", ("administrator",), reads=True
    ),
}

_REQUESTER: dict[str, Permission] = {
    "requester-sign-in": Permission(
        "Come into the requester's office", REQUESTER_ROLES, reads=True
    ),
    # A batch, until it is sent.
    "prepare": Permission("Prepare a batch, and sign as its preparer", ("preparer",)),
    "sign": Permission(
        "Sign a batch as agency head or inspector general",
        ("signatory",),
        binding=True,
        apart=("prepare",),
    ),
    "attest": Permission("Attest to being engaged in one's requests of a batch", ("officer",)),
    "send": Permission("Send a signed batch to the holder", ("preparer",)),
    "answers-keep": Permission("Take in the holder's receipt and answers", ("preparer",)),
    # What came back.
    "receive": Permission("Take a sealed package in, unopened", ("officer", "custodian")),
    "ask": Permission("Ask to open one's own package, for a purpose", ("officer",)),
    "open": Permission("Open one's own package", ("officer",)),
    "state": Permission("State what became of one's own case", ("officer",)),
    "certify": Permission("Certify return, destruction or continued safeguard", ("custodian",)),
    "log-mend": Permission(
        "Set a torn end of the FTI log apart, or enter that its clock was wrong", ("custodian",)
    ),
    "notice-keep": Permission("Keep the holder's notice of an order or hold", ("custodian",)),
    "notice-attest": Permission(
        "Attest that one's own part of a notice is frozen or kept",
        ("officer", "custodian", "signatory"),
    ),
    "notice-attest-for": Permission("Attest to a notice for another custodian", ("signatory",)),
    # The holder's keys, by which all that comes from there is checked.
    "holder-keys-propose": Permission(
        "Propose the holder's public keys for this home",
        ("custodian", "signatory"),
        binding=True,
    ),
    "holder-keys-accept": Permission(
        "Put the holder's public keys that another proposed in force",
        ("custodian", "signatory"),
        binding=True,
    ),
    "requester-account-invite": Permission(
        "Give a person of the requester an account; a lost one anew, once a second person says so",
        ("custodian", "signatory"),
        binding=True,
    ),
    # Desks, and what stands on them.
    "preparer-desk": Permission("Use the preparer's desk", ("preparer",), reads=True),
    "signatory-desk": Permission("Use the signatory's desk", ("signatory",), reads=True),
    "officer-desk": Permission("Use the officer's desk", ("officer",), reads=True),
    "custodian-desk": Permission("Use the custodian's desk", ("custodian",), reads=True),
    "see-drafts": Permission(
        "See batches being made, and their findings", ("preparer", "signatory"), reads=True
    ),
    "see-own-requests": Permission(
        "See the requests of a batch that name oneself", ("officer",), reads=True
    ),
    "see-answers": Permission(
        "See a batch's receipt and public answers", ("preparer", "signatory"), reads=True
    ),
    "visit": Permission(
        "See one's own packages, what is owed of them, and their log",
        ("officer", "custodian"),
        reads=True,
    ),
    "see-all-packages": Permission(
        "See identifiers and dates of everybody's packages; no content",
        ("custodian",),
        reads=True,
    ),
    "see-own-notices": Permission(
        "See the holder's notices of orders and holds, and what they list for oneself",
        ("officer", "custodian", "signatory"),
        reads=True,
    ),
    "see-all-notices": Permission(
        "See what a notice lists for everybody, and who has attested to it",
        ("custodian", "signatory"),
        reads=True,
    ),
}

PERMISSIONS: Mapping[str, Permission] = MappingProxyType({**_HOLDER, **_REQUESTER})
"""Every act, and every right to see, of both homes."""


def may(person: Person, act: str, on: date) -> bool:
    """Say whether the roster lets ``person`` do ``act`` on the day ``on``; not if it is no act."""
    permission = PERMISSIONS.get(act)
    return permission is not None and any(person.holds(role, on) for role in permission.roles)


def is_among(person: Person, act: str, on: date) -> bool:
    """Say whether ``person`` is such a one as must be among those who do ``act``; True for all."""
    among = PERMISSIONS[act].among
    return may(person, act, on) and (among is None or person.holds(among, on))


def who_may(roster: Roster, act: str, on: date) -> tuple[Person, ...]:
    """Return everybody who may do ``act`` on the day ``on``, in roster order."""
    return tuple(person for person in roster.people if may(person, act, on))

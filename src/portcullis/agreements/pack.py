"""The parts of an agreement pack, as the engine reads them: strict, frozen, nothing extra.

Shares and probabilities are text (``"0.50"``), never floats: they are hashed and signed.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from portcullis import law

T = TypeVar("T")

_STATUTE = re.compile(r"[1-9]\d? USC [1-9]\d*[a-z]*(\([A-Za-z0-9]+\))+")
_SHARE = re.compile(r"0\.\d{1,6}|1\.0{1,6}")
_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
# Elsewhere than in the United States Code: an act, its year where it has one, and the section.
_ACT = re.compile(r"[A-Z][A-Za-z,&' -]+( \d{4})? (s|ss|art|reg|sch) \d+[A-Z]*(\([A-Za-z0-9]+\))*")


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _statute(value: str) -> str:
    if not _STATUTE.fullmatch(value) and not _ACT.fullmatch(value):
        raise ValueError(
            "This is not a citation to a subdivision of the United States Code, or of an act.|"
            "Write title, USC, section and subdivision: 8 USC 1253(a)(1)(A); or act, year, s and "
            "section: Immigration Act 1971 s 24(1)(b)."
        )
    return value


def _share(value: str) -> str:
    if not _SHARE.fullmatch(value) or Decimal(value) == 0:
        raise ValueError(
            "This is not a share between 0 and 1, written as text.|"
            'Write it with a point and quotation marks: "0.50".'
        )
    return value


def _identifier(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(
            "This is not an identifier.|Use small letters, digits, hyphens and points."
        )
    return value


def _key_name(value: str) -> str:
    if not value or "+" in value or any(letter.isspace() for letter in value):
        raise ValueError(
            "This is not a key's name.|Write it without spaces or plus signs: example.gov/witness."
        )
    return value


def _positive(value: int) -> int:
    if value <= 0:
        raise ValueError("This must be more than zero.|Write a positive whole number.")
    return value


Many = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
Text = Annotated[str, StringConstraints(min_length=1)]
Statute = Annotated[str, AfterValidator(_statute)]
Share = Annotated[str, AfterValidator(_share)]
Identifier = Annotated[str, AfterValidator(_identifier)]
KeyName = Annotated[str, AfterValidator(_key_name)]
Positive = Annotated[int, AfterValidator(_positive)]


class Part(BaseModel):
    """A part of a pack: strict types, no unknown keys, never changed after loading."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Party(Part):
    """One side: ``agency`` as the roster writes it, and those ``components`` that count as it.

    ``address``: where it is reached; an accounting names it (5 USC 552a(c)(1)(B)).
    """

    agency: Text
    name: Text
    components: Many[str] = ()
    address: str = ""

    def employs(self, agency: str) -> bool:
        """Say whether a person of ``agency`` is an officer or employee of this party."""
        return agency == self.agency or agency in self.components


class Signatory(Part):
    """Who signed the agreement, in which office, under which authority."""

    name: Text
    office: Text
    party: Literal["holder", "requester"]
    authority: Text


class Determination(Part):
    """A written legal determination: by whom, on which day, under which citation."""

    by: Text
    on: date
    citation: Text


class Agreement(Part):
    """``agreement.toml``: the parties, the law it rests on, who signed, when it is in force.

    ``accept_delegation``: whether a delegate of the requester's head may sign a batch; only
    with a cited ``delegation_determination``. 26 USC 6103(i)(2)(A) names the head, no delegate.
    ``terminated_on``: the first day a terminated agreement is in force no more; one that does not
    say it counts as never in force.
    """

    id: Identifier
    version: Annotated[Text, StringConstraints(max_length=40)]
    title: Text
    state: Literal["draft", "in-force", "suspended", "terminated"]
    legal_basis: Statute
    signed_on: date
    in_force_from: date
    in_force_to: date | None = None
    terminated_on: date | None = None
    accept_delegation: bool
    delegation_determination: Determination | None = None
    holder: Party
    requester: Party
    signatories: Many[Signatory]


class FieldRule(Part):
    """One field of a request: most characters allowed; whether a file must have the column."""

    name: Text
    max_length: Positive
    required: bool


class Provisions(Part):
    """``provisions.toml``: which provisions of the law every request must meet.

    ``provisions``: ids as in ``law.PROVISIONS``; ``tightened``: ids of elements whose "for a
    person" this agreement takes for not met.
    """

    provisions: Many[Text]
    tightened: Many[Text] = ()


class Request(Part):
    """``request.toml``: which statutes may be cited, how large a batch may be, the fields.

    ``taxable_years_back``: how many calendar years before the year of the request a taxable
    period may lie.
    """

    statutes: Many[Statute]
    max_rows: Positive
    taxable_years_back: Positive
    fields: Many[FieldRule]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns a file must have."""
        return tuple(field.name for field in self.fields if field.required)


class Disclosure(Part):
    """``disclosure.toml``: the items that may leave. Nothing else can."""

    items: Many[str]


class ReadingInForce(Part):
    """A reading of the law the parties work under, and from when to when (None: no end)."""

    id: Identifier
    in_force_from: date
    in_force_to: date | None = None


class Readings(Part):
    """``readings.toml``."""

    readings: Many[ReadingInForce]


class Thresholds(Part):
    """``thresholds.toml``: limits on batches and windows, ages of facts, the sample's bound.

    Days and minutes are whole numbers; shares and probabilities are text.
    """

    window_days: Positive
    batch_volume: Positive
    officer_load: Positive
    identical_reasons: Positive
    shared_address: Positive
    batch_halt_officer_share: Share
    batch_halt_reason_share: Share
    halt_minimum_rows: Positive
    status_age_days: Positive
    max_periods: Positive
    approval_days: Positive
    sample_bound_unlawful: Share
    sample_confidence: Share
    checkpoint_age_minutes: Positive


class Condition(Part):
    """What must stand before anything is received: its identifier, words and source."""

    id: Identifier
    statement: Text
    source: Text


class Safeguards(Part):
    """``safeguards.toml``: conditions before receipt, deadlines, retention (26 USC 6103(p)(4)).

    ``status_days``: days from a delivery, and from each status that the case goes on, by which its
    officer states a status. ``disposal_days``: days from the end of a case, or from the day on
    which a status was due and not stated, to return, destruction or certified safeguarding.
    ``continued_days``: how long a certificate of continued safeguarding is good. The first and
    last, where a pack does not say them, are one day.
    """

    conditions: Many[Condition]
    report_valid_days: Positive
    attestation_age_days: Positive
    incident_report_hours: Positive
    recipient_audit_years: Positive
    disposal_days: Positive
    status_days: Positive = 1
    continued_days: Positive = 1


class Retention(Part):
    """``retention.toml``: how long working data is kept; the accounting is kept for ever.

    ``working_data_days``: days after a batch was answered, a history imported or a re-examination
    made, on which its working data becomes due for erasure.
    """

    working_data_days: Positive


class WitnessNamed(Part):
    """One witness: its key's name, and, where somebody else runs it, its vkey and address.

    Without ``vkey`` and ``url`` it runs in the holder's own home, and proves nothing to a stranger.
    """

    name: KeyName
    vkey: Text | None = None
    url: Text | None = None

    @property
    def local(self) -> bool:
        """Whether it runs in the holder's own home."""
        return self.url is None


class Witnesses(Part):
    """``witnesses.toml``: how many (``k``) of the named witnesses must cosign a checkpoint.

    ``wait_seconds``: how long an act waits for enough of them before it stops, to be resumed.
    """

    k: Positive
    wait_seconds: Positive
    witness: Many[WitnessNamed]

    @property
    def names(self) -> tuple[str, ...]:
        """The witnesses' names."""
        return tuple(one.name for one in self.witness)


class Answers(Part):
    """``answers.toml``: when a batch is answered, and the only three answers there are."""

    answer_days: Positive
    returned: Text
    disclosed: Text
    no_disclosure: Text


class Pack(Part):
    """A whole agreement pack. ``digest``: SHA-256 (hex) over its file names and bytes."""

    digest: str
    agreement: Agreement
    provisions: tuple[str, ...]
    tightened: tuple[str, ...]
    request: Request
    disclosure: Disclosure
    readings: tuple[ReadingInForce, ...]
    thresholds: Thresholds
    safeguards: Safeguards
    retention: Retention
    witnesses: Witnesses
    answers: Answers

    @property
    def id(self) -> str:
        """The agreement's identifier, e.g. ``irs-dhs-2025``."""
        return self.agreement.id

    @property
    def version(self) -> str:
        """The pack's version, as manifests name it."""
        return self.agreement.version

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of a request, in the order in which they are hashed."""
        return tuple(rule.name for rule in self.request.fields)

    def fields_of(self, *kinds: str) -> tuple[str, ...]:
        """Return the names of the fields of any of ``kinds``, in the order of ``fields``."""
        known = law.fields(self.provisions)
        return tuple(name for name in self.fields if name in known and known[name].kind in kinds)

    @property
    def authority(self) -> law.Authority:
        """The authority the agreement rests on."""
        return law.AUTHORITIES[self.agreement.legal_basis]

    @property
    def signing_authorities(self) -> tuple[str, ...]:
        """The offices under which the law lets a signatory sign a batch, the first first."""
        return self.authority.signatories

    @property
    def accept_delegation(self) -> bool:
        """Whether a delegate of the requester's head may sign a batch."""
        return self.agreement.accept_delegation

    def in_force(self, on: date) -> bool:
        """Say whether the agreement is in force on the day ``on``."""
        agreement = self.agreement
        ended = agreement.terminated_on
        before_its_end = agreement.state == "terminated" and ended is not None and on < ended
        return (
            (agreement.state == "in-force" or before_its_end)
            and agreement.in_force_from <= on
            and (agreement.in_force_to is None or on <= agreement.in_force_to)
        )

    def readings_on(self, on: date) -> tuple[str, ...]:
        """Return the identifiers of the readings in force on the day ``on``."""
        return tuple(
            reading.id
            for reading in self.readings
            if reading.in_force_from <= on
            and (reading.in_force_to is None or on <= reading.in_force_to)
        )

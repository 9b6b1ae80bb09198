"""What each request of the scenario is meant to be, and what must become of it.

Counts are those of the whole batch of June 2025, 1,280,000 requests; smaller batches hold the
same in proportion. A request may be about ``nobody`` (no taxpayer has that TIN, or that name at
that address), about a taxpayer by TIN and name with an address ``of_record``, or by TIN and name
with an address that is not that taxpayer's (``elsewhere``). Together they give the figures that
are known: the 2025 script would release about 47,289, of those 42,695 on TIN and name with no
address of record behind them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

WHOLE = 1_280_000
NAIVE_RELEASES = 47_289
NAIVE_WITHOUT_ADDRESS = 42_695

# From so many requests on, every class has its least number.
_LEAST_IN = 5_000
OVERLOAD = 600
IDENTICAL = 40

NAME_AND_ADDRESS = "26 U.S.C. § 6103(i)(2)(B)(i)"
_PERIODS = "26 U.S.C. § 6103(i)(2)(B)(ii)"
_AUTHORITY = "26 U.S.C. § 6103(i)(2)(B)(iii)"
_REASONS = "26 U.S.C. § 6103(i)(2)(B)(iv)"
_ENGAGED = "26 U.S.C. § 6103(i)(2)(A)"
_IMPAIRMENT = "26 U.S.C. § 6103(i)(6)"
_LAST_KNOWN = "26 CFR 301.6212-2"
_OFFENCE = "8 U.S.C. § 1253(a)(1)"
# The 90 days run from the order, or from release; either may be the one that has not passed.
_CLOCKS = "ninety-days|removal-period-run"
_CLOCK = "8 U.S.C. § 1253(a)(1)(A); § 1231(a)(1)(B)"


@dataclass(frozen=True)
class TruthClass:
    """One sort of request, what must become of it, and how many of each standing there are.

    ``outcome`` is what the gate must answer inside the office. ``element`` is the id of an
    element that must be among its reasons (one of several, ``|`` between), ``cause`` the private
    cause after look-up. ``why`` and ``citation`` say why a release would be unlawful; both are
    empty for lawful classes.
    """

    name: str
    outcome: str
    why: str
    citation: str
    nobody: int = 0
    of_record: int = 0
    elsewhere: int = 0
    element: str | None = None
    cause: str | None = None
    least: int = 2

    @property
    def lawful(self) -> bool:
        """Whether the request meets every element, so that it must be released."""
        return self.outcome == RELEASED


RELEASED, REFUSED, RETURNED, REFERRED, NO_DISCLOSURE, QUARANTINED = (
    "released", "refused", "returned", "referred", "no_disclosure", "quarantined",
)  # fmt: skip
# An adverse finding under (i)(6) keeps a request from ever being approved: whether it is shown
# inside as held or as no disclosure, it stays unreleased.
WITHHELD = "held|no_disclosure"
IMPAIRMENT_ADVERSE = "impairment-adverse"
STANDINGS = ("nobody", "of_record", "elsewhere")

NO_RECORD = TruthClass(
    "no-record", NO_DISCLOSURE, "Nobody in the records is the person named.", NAME_AND_ADDRESS,
    cause="no-record",
)  # fmt: skip
MALFORMED = TruthClass(
    "malformed", QUARANTINED, "The row cannot be read as a request.", NAME_AND_ADDRESS, nobody=300,
    least=11,
)  # fmt: skip


def _lawful(name: str, count: int) -> TruthClass:
    return TruthClass(name, RELEASED, "", "", of_record=count)


LAWFUL = (
    _lawful("lawful-tin", 1_400),
    _lawful("lawful-prior-address", 450),
    _lawful("lawful-other-format", 550),
    _lawful("lawful-apartment", 200),
    _lawful("lawful-puerto-rico", 60),
    _lawful("lawful-rural-route", 60),
    _lawful("lawful-po-box", 80),
    _lawful("lawful-day-91", 100),
    _lawful("lawful-name-address", 250),
    _lawful("lawful-name-address-other-format", 50),
    _lawful("lawful-prior-name", 100),
    _lawful("lawful-reordered-surnames", 150),
    _lawful("lawful-hyphen", 50),
    _lawful("lawful-diacritics", 100),
)


def _face(
    name: str, outcome: str, element: str, citation: str, why: str, *counts: int
) -> TruthClass:
    nobody, of_record, elsewhere = counts
    return TruthClass(name, outcome, why, citation, nobody, of_record, elsewhere, element)


_ADDRESS = ("address-of-taxpayer", NAME_AND_ADDRESS)
STATUTE = (
    _face("address-placeholder", REFUSED, *_ADDRESS,
          "Words such as “Failed to Provide” stood where the address should be.", 14_000, 0, 3_200),
    _face("address-placeholder-no-zip", REFUSED, *_ADDRESS,
          "Words such as “Unknown” stood where the address should be.", 2_000, 0, 0),
    _face("address-junk-digits", REFUSED, *_ADDRESS,
          "Digits stood where the address should be.", 9_000, 0, 1_400),
    _face("address-blank", REFUSED, *_ADDRESS, "There was no address.", 6_000, 0, 0),
    _face("address-custody", REFUSED, *_ADDRESS,
          "A place of custody or an agency stood where the address should be.", 1_500, 0, 300),
    _face("name-placeholder", REFUSED, "name-of-taxpayer", NAME_AND_ADDRESS,
          "There was no name.", 1_500, 0, 0),
    _face("no-period", REFUSED, "taxable-periods", _PERIODS,
          "No taxable period was given.", 3_000, 60, 100),
    _face("invalid-period", REFUSED, "taxable-periods", _PERIODS,
          "What was given is no taxable period.", 2_000, 40, 60),
    _face("civil-authority", REFUSED, "statutory-authority", _AUTHORITY,
          "The authority cited is civil.", 1_500, 40, 50),
    _face("no-reason", REFUSED, "specific-reason", _REASONS,
          "No specific reason was given.", 3_000, 60, 100),
    _face("locate-for-removal-only", REFUSED, "criminal-purpose", _REASONS,
          "The only reason given was to locate the person for removal.", 3_000, 60, 100),
    _face("no-investigation-id", REFUSED, "investigation-identified", _ENGAGED,
          "No investigation of this person was identified.", 3_000, 60, 100),
    _face("no-investigation-stage", REFUSED, "investigation-stage", _ENGAGED,
          "It was not said what the investigation or proceeding was.", 2_000, 40, 60),
    _face("officer-unsigned", REFUSED, "officers-engaged", _ENGAGED,
          "The officer had not attested to being personally engaged.", 200, 50, 50),
)  # fmt: skip


def _predicate(
    name: str, element: str, why: str, *counts: int, citation: str = _OFFENCE
) -> TruthClass:
    return _face(name, RETURNED, element, citation, why, *counts)


PREDICATE = (
    _face("statute-unsupported", RETURNED, "statute-supported", _AUTHORITY,
          "The statute cited is not one the agreement covers.", 1_500, 40, 50),
    _predicate("within-90-days", _CLOCKS, "The 90 days had not passed.", 2_500, 40, 60,
               citation=_CLOCK),
    _predicate("day-90", _CLOCKS, "The 90 days had not passed.", 500, 10, 10,
               citation=_CLOCK),
    _predicate("stay-in-force", "no-stay-in-force", "A stay was in force.", 1_500, 30, 50),
    _predicate("review-pending", "no-review-pending", "Review was pending.", 1_500, 30, 50),
    _predicate("in-custody", "nonimmigration-custody", "The person was in custody.",
               1_000, 20, 50, citation=_CLOCK),
    _predicate("supervised", "not-under-supervision",
               "The person was under supervision and complied.", 2_000, 30, 50),
    _predicate("protection-granted", "no-protection", "Protection was granted.", 1_000, 20, 30),
    _predicate("deferred-action", "no-deferred-action", "Action was deferred.", 1_000, 20, 30),
    _predicate("removal-impracticable", "removal-practicable", "Removal was impracticable.",
               500, 10, 20),
    _predicate("reopened", "not-reopened", "The case was reopened.", 500, 10, 20),
    _predicate("departed", "not-departed", "The person had left.", 800, 20, 20),
    _predicate("deceased", "not-deceased", "The person had died.", 500, 20, 20),
    _predicate("citizen", "not-citizen", "The person was a citizen.", 300, 20, 20),
    _predicate("status-stale", "status-fresh", "Nobody had checked the person's status lately.",
               2_500, 30, 60),
    _predicate("status-blank", "not-departed", "The person's status was left blank.",
               2_500, 30, 60),
    _predicate("no-order-number", "order-number", "No order of removal was identified.",
               2_000, 30, 60),
    _predicate("no-finality", "ninety-days", "It was not said when the order became final.",
               1_000, 10, 20),
    _predicate("no-wilfulness", "wilfulness-basis", "Nothing showed the offence to be wilful.",
               1_000, 10, 20),
)  # fmt: skip

FOR_A_PERSON = (
    _face("charge-1182", REFERRED, "charge-class", _OFFENCE,
          "The order does not rest on a class described in § 1227(a).", 2_500, 30, 40),
    _face("removal-period-extended", REFERRED, "removal-period-extension", _CLOCK,
          "The clock of the removal period had not been looked at.", 300, 10, 10),
    _face("identical-reasons", REFERRED, "identical-reasons", _REASONS,
          "One reason was given for many persons.", 400, 0, 0),
    _face("officer-overloaded", REFERRED, "officer-load", _ENGAGED,
          "One officer cannot be personally engaged in so many.", OVERLOAD, 0, 0),
    _face("duplicate-uncited", RETURNED, "repeat-cited", NAME_AND_ADDRESS,
          "An earlier request was about the same person.", 1_500, 0, 0),
    _face("duplicate-cited", REFERRED, "repeat-cited", NAME_AND_ADDRESS,
          "An earlier request was about the same person.", 500, 0, 0),
)  # fmt: skip


def _looked_up(
    name: str, cause: str, why: str, *, of_record: int = 0, elsewhere: int = 0,
    citation: str = NAME_AND_ADDRESS, outcome: str = NO_DISCLOSURE,
) -> TruthClass:  # fmt: skip
    return TruthClass(name, outcome, why, citation, 0, of_record, elsewhere, None, cause)


_NOT_THEIRS = "The address was none of the taxpayer's, and nobody compared it."
_NEARLY = "The address or name only nearly agreed with the records."
_SEVERAL = "More than one taxpayer answered to the request."
LOOKED_UP = (
    _looked_up("address-not-of-record", "address-not-of-record", _NOT_THEIRS, elsewhere=35_375),
    _looked_up("address-of-another", "address-not-of-record", _NOT_THEIRS, elsewhere=800),
    _looked_up("near-miss-street", "near-miss", _NEARLY, elsewhere=150, outcome=REFERRED),
    _looked_up("near-miss-unit", "near-miss", _NEARLY, elsewhere=100, outcome=REFERRED),
    _looked_up("near-miss-surname", "near-miss", _NEARLY, of_record=120, outcome=REFERRED),
    _looked_up("near-miss-nickname", "near-miss", _NEARLY, of_record=80, outcome=REFERRED),
    _looked_up("near-miss-suffix", "near-miss",
               "The suffix was left out, and it may be the father who is meant.",
               of_record=60, outcome=REFERRED),
    _looked_up("borrowed-tin", "name-disagrees", "The TIN was another person's.", elsewhere=2_500),
    _looked_up("shared-tin", "ambiguous", _SEVERAL, of_record=80),
    _looked_up("father-and-son", "ambiguous", _SEVERAL, of_record=40),
    _looked_up("son-without-suffix", "ambiguous", _SEVERAL, of_record=40),
    _looked_up("twins", "ambiguous", _SEVERAL, of_record=40),
    _looked_up("itin-then-ssn", "ambiguous", _SEVERAL, of_record=20),
    _looked_up("general-delivery", "not-unique-point",
               "General delivery is nobody's address alone.", of_record=40),
    _looked_up("protected", "protected", "The address is protected.", of_record=60),
    _looked_up("period-not-requested", "period-not-requested",
               "The address belongs to a period that was not requested.",
               of_record=60, citation=_PERIODS),
    _looked_up("information-return-only", "no-last-known-address",
               "An information return's address is no last known address.",
               of_record=100, citation=_LAST_KNOWN),
    TruthClass(IMPAIRMENT_ADVERSE, WITHHELD,
               "Disclosure would identify an informant or impair an investigation.", _IMPAIRMENT,
               of_record=24),
)  # fmt: skip

# Misspellings of persons of record, for the benchmark's recall: not part of the batch of 2025.
TYPOS = tuple(
    _looked_up(name, "near-miss", _NEARLY, outcome=REFERRED)
    for name in ("typo-surname", "typo-surname-no-tin", "typo-street-no-tin")
)

CLASSES = (*LAWFUL, *STATUTE, *PREDICATE, *FOR_A_PERSON, *LOOKED_UP, MALFORMED, NO_RECORD)
BY_NAME = {each.name: each for each in (*CLASSES, *TYPOS)}

# Classes about a taxpayer whom the 2025 script did not find: the name, or without a TIN the
# address, is spelled otherwise than in the records.
MISSED_BY_SCRIPT = frozenset(
    (
        "lawful-name-address-other-format", "lawful-prior-name", "lawful-reordered-surnames",
        "lawful-hyphen", "lawful-diacritics", "near-miss-surname", "near-miss-nickname",
        "borrowed-tin", *(each.name for each in TYPOS),
    )
)  # fmt: skip

# Classes defined by a limit on how many requests may do something at once: whole groups or none.
_WHOLE_GROUPS = {
    "officer-overloaded": (OVERLOAD, _LEAST_IN),
    "identical-reasons": (IDENTICAL, 1_000),
}


@dataclass(frozen=True)
class Cell:
    """How many requests of one class and standing a batch holds."""

    truth_class: TruthClass
    standing: str
    count: int


def plan(requests: int) -> tuple[Cell, ...]:
    """Return the cells of a batch of ``requests`` requests; ``no-record`` takes what is left.

    From 5,000 requests on no class has fewer than two.
    """
    cells = [cell for each in CLASSES for cell in _cells(each, requests)]
    rest = max(0, requests - sum(cell.count for cell in cells))
    return (*cells, Cell(NO_RECORD, "nobody", rest))


def with_lawful(cells: Iterable[Cell], more: int) -> tuple[Cell, ...]:
    """Return ``cells`` with so many ``more`` lawful requests by TIN, and fewer about nobody."""
    change = {"lawful-tin": more, NO_RECORD.name: -more}
    return tuple(
        Cell(each.truth_class, each.standing, each.count + change.get(each.truth_class.name, 0))
        for each in cells
    )


def _cells(each: TruthClass, requests: int) -> Iterable[Cell]:
    if each.name in _WHOLE_GROUPS:
        size, least = _WHOLE_GROUPS[each.name]
        groups = max(1, each.nobody * requests // WHOLE // size) if requests >= least else 0
        yield Cell(each, "nobody", groups * size)
        return
    whole = {standing: getattr(each, standing) for standing in STANDINGS}
    counts = {name: round(count * requests / WHOLE) for name, count in whole.items() if count}
    least = each.least if requests >= _LEAST_IN else 1
    short = least - sum(counts.values())
    if counts and short > 0:
        counts[max(counts, key=lambda name: whole[name])] += short
    for standing, count in counts.items():
        yield Cell(each, standing, count)

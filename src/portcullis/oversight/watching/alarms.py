"""An alarm: a stable code, about whom or what, and the evidence. Never personal data.

The evidence is positions on the ledger, counts, and ids of the roster. A text, a household or a
person asked about is never shown: the rules know them as keyed digests only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

OFFICER_LOAD = "officer-load"
IDENTICAL_REASONS = "identical-reasons"
ONE_HOUSEHOLD = "one-household"
OFF_HOURS = "look-up-off-hours"
APPROVED_TOO_FAST = "approved-too-fast"
EXAMINED_TOO_FAST = "examined-too-fast"

WORDS: Mapping[str, str] = {
    OFFICER_LOAD: "One officer is named as personally and directly engaged in more requests than "
    "one person can be, or than the other officers are.",
    IDENTICAL_REASONS: "The same reason, word for word, is given for many requests.",
    ONE_HOUSEHOLD: "Many persons are asked for at one address.",
    OFF_HOURS: "Records, or what was found in them, were looked at outside the office's hours.",
    APPROVED_TOO_FAST: "A list was approved sooner than it could be read.",
    EXAMINED_TOO_FAST: "A sample was found lawful or not sooner than it could be read.",
}
"""What each code means, in words."""


@dataclass(frozen=True)
class Finding:
    """One thing a rule found, at the ledger ``position`` and the time ``at`` (UTC) it was done.

    ``subject``: an id of the roster or of a batch. ``evidence``: the ledger positions it rests on.
    ``counts``: whole numbers by name. ``people``: ids of the roster.
    """

    code: str
    subject: str
    position: int
    at: datetime
    evidence: tuple[int, ...]
    counts: Mapping[str, int]
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """What was found of one subject and is not yet acknowledged.

    ``since``: when the first of it was done; ``newest``: the ledger position of the last.
    ``counts`` are those of the last, with ``times``: how often.
    """

    code: str
    subject: str
    since: datetime
    newest: int
    evidence: tuple[int, ...]
    counts: Mapping[str, int]
    people: tuple[str, ...]


def group(findings: Iterable[Finding], covered: Mapping[tuple[str, str], int]) -> list[Alarm]:
    """Return the alarms the findings make, one for each code and subject, by code and subject.

    ``covered``: by code and subject, the ledger position up to which they were acknowledged.
    """
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        about = (one.code, one.subject)
        if one.position > covered.get(about, -1):
            found.setdefault(about, []).append(one)
    return [_alarm(sorted(found[about], key=_position)) for about in sorted(found)]


def words(code: str) -> str:
    """Return what an alarm of that code says."""
    return WORDS[code]


def _alarm(found: list[Finding]) -> Alarm:
    last = found[-1]
    return Alarm(
        code=last.code,
        subject=last.subject,
        since=min(one.at for one in found),
        newest=last.position,
        evidence=tuple(sorted({position for one in found for position in one.evidence})),
        counts={**last.counts, "times": len(found)},
        people=tuple(sorted({person for one in found for person in one.people})),
    )


def _position(finding: Finding) -> int:
    return finding.position

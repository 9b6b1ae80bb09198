"""The deadlines of one disclosure, by whole days: both sides reckon them with this module.

The officer states a status within ``status_days`` of the delivery, and again within as many of
each status that the case goes on. A case that is closed, or in which nothing came of it, ends in
return, destruction or certified safeguarding within ``disposal_days`` (26 USC 6103(p)(4)(F)(ii)).
Silence is taken for a closed case: a disposal review is due ``disposal_days`` after the day on
which the status was. A certificate of continued safeguarding is renewed within ``continued_days``.

A day is a day in UTC, and a deadline the last day on which the duty is in time. Days are counted
on the calendar, so that no change of clocks makes one longer or shorter.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from portcullis.agreements import Pack
from portcullis.custody.statements import CONTINUED, PROCEEDING

What = Literal["status", "disposal-review", "disposal", "renewal"]
OF_THE_OFFICER: tuple[What, ...] = ("status",)


@dataclass(frozen=True)
class Terms:
    """The agreement's days."""

    status_days: int
    disposal_days: int
    continued_days: int

    @classmethod
    def of(cls, pack: Pack) -> "Terms":
        """Return those of ``pack``."""
        days = pack.safeguards
        return cls(days.status_days, days.disposal_days, days.continued_days)


@dataclass(frozen=True)
class Disclosure:
    """One package that was delivered, and what was stated and certified of it since.

    ``since``: the day its clock started. ``status`` and ``certificate`` are the newest, or empty.
    """

    package_id: str
    officer: str
    since: date
    status: str = ""
    stated_on: date | None = None
    certificate: str = ""
    certified_on: date | None = None

    @property
    def ended(self) -> bool:
        """Whether its case has ended: it is closed, nothing came of it, or it is certified."""
        return bool(self.certificate) or self.status not in ("", PROCEEDING)

    @property
    def gone(self) -> bool:
        """Whether it is certified as returned or destroyed: then nothing is owed any more."""
        return self.certificate not in ("", CONTINUED)

    def stated(self, status: str, on: date) -> "Disclosure":
        """Return it with a status; what has ended does not go on again."""
        return self if self.ended else replace(self, status=status, stated_on=on)

    def certified(self, kind: str, on: date) -> "Disclosure":
        """Return it with a certificate; what is gone stays so."""
        return self if self.gone else replace(self, certificate=kind, certified_on=on)


@dataclass(frozen=True, order=True)
class Duty:
    """What is owed of one disclosure, and the last day on which it is in time."""

    due_on: date
    package_id: str
    officer: str
    what: What

    def overdue(self, on: date) -> bool:
        """Say whether the day has passed."""
        return on > self.due_on


def day_of(moment: datetime) -> date:
    """Return the day, in UTC, of a moment with a time zone."""
    return moment.astimezone(UTC).date()


def duties(one: Disclosure, terms: Terms, on: date) -> tuple[Duty, ...]:
    """Return what is owed of a disclosure on the day ``on``, the first due first."""
    return tuple(
        sorted(
            Duty(due_on, one.package_id, one.officer, what)
            for what, due_on in _owed(one, terms, on)
        )
    )


def _owed(one: Disclosure, terms: Terms, on: date) -> Iterator[tuple[What, date]]:
    if one.certificate:
        if one.certificate == CONTINUED and one.certified_on is not None:
            yield "renewal", one.certified_on + timedelta(days=terms.continued_days)
        return
    last = one.stated_on or one.since
    if one.ended:
        yield "disposal", last + timedelta(days=terms.disposal_days)
        return
    due_on = last + timedelta(days=terms.status_days)
    yield "status", due_on
    if on > due_on:
        yield "disposal-review", due_on + timedelta(days=terms.disposal_days)

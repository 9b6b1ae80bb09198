"""When an order takes effect: an instant, with its time zone.

A court writes a day or an hour of its own clock. Where that hour came twice (the clock was put
back) or never (it was put forward), the earliest instant that may be meant is taken: the gate
closes sooner, never later.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from portcullis.errors import Misuse

_REMEDY = (
    "Write it as 2026-02-05T17:00 with a time zone such as America/New_York, or with the "
    "difference from UTC: 2026-02-05T17:00-05:00. A day alone begins at its first moment."
)


def read_instant(text: str, zone: str = "") -> datetime:
    """Return the instant (in UTC) that ``text`` names in ``zone``, or by its own UTC difference.

    Raises Misuse where it is no day or time, the zone is unknown, there is none, or the time lies
    at an end of the calendar.
    """
    try:
        return _instant(text, zone)
    except OverflowError:
        raise Misuse("That time lies at an end of the calendar.", _REMEDY) from None


def _instant(text: str, zone: str) -> datetime:
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse("That is no day or time.", _REMEDY) from None
    if said.tzinfo is not None:
        return said.astimezone(UTC)
    if not zone:
        raise Misuse("The time is given without its time zone.", _REMEDY)
    try:
        local = said.replace(tzinfo=ZoneInfo(zone))
    except (OSError, ValueError, KeyError):
        raise Misuse("That time zone is not known.", _REMEDY) from None
    return min(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))

"""Watching: what the office's own acts and the requests' own pattern should make a person look at.

Pure rules over frames; the office gathers what they see (``portcullis.office.watching``). The
constants are argued, and the share of false alarms is stated, in docs/watching.md.
"""

from portcullis.oversight.watching.alarms import (
    APPROVED_TOO_FAST,
    EXAMINED_TOO_FAST,
    IDENTICAL_REASONS,
    OFF_HOURS,
    OFFICER_LOAD,
    ONE_HOUSEHOLD,
    WORDS,
    Alarm,
    Finding,
    group,
    words,
)
from portcullis.oversight.watching.asked import (
    ASKED,
    households,
    identical_reasons,
    officer_loads,
)
from portcullis.oversight.watching.doing import LOOKS, Reading, off_hours, too_fast
from portcullis.oversight.watching.hours import FILE as HOURS_FILE
from portcullis.oversight.watching.hours import OfficeHours, read_hours

__all__ = [
    "APPROVED_TOO_FAST",
    "ASKED",
    "EXAMINED_TOO_FAST",
    "HOURS_FILE",
    "IDENTICAL_REASONS",
    "LOOKS",
    "OFFICER_LOAD",
    "OFF_HOURS",
    "ONE_HOUSEHOLD",
    "WORDS",
    "Alarm",
    "Finding",
    "OfficeHours",
    "Reading",
    "group",
    "households",
    "identical_reasons",
    "off_hours",
    "officer_loads",
    "read_hours",
    "too_fast",
    "words",
]

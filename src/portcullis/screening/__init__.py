"""Screening: the elements of the law evaluated over a batch, before any record is touched.

``measure`` takes the measures of a batch and its window, ``screen`` judges every element a
request shows on its face, ``explain`` puts the findings into words. ``requester_screen`` is a
requester's own check of a file before sending. ``digest_column`` is how persons are compared blind.
"""

from portcullis.screening.digests import digest_column
from portcullis.screening.explain import explain
from portcullis.screening.measures import WINDOW_SCHEMA, Measured, empty_window, measure
from portcullis.screening.prepare import prepare
from portcullis.screening.requester import (
    prepared_chunks,
    requester_findings,
    requester_screen,
)
from portcullis.screening.screen import PASSED, REFERRED, REFUSED, RETURNED, Findings, screen

__all__ = [
    "PASSED",
    "REFERRED",
    "REFUSED",
    "RETURNED",
    "WINDOW_SCHEMA",
    "Findings",
    "Measured",
    "digest_column",
    "empty_window",
    "explain",
    "measure",
    "prepare",
    "prepared_chunks",
    "requester_findings",
    "requester_screen",
    "screen",
]

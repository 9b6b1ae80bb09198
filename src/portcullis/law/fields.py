"""Fields: what a request may say, and what kind of thing each field holds.

A provision names the fields its elements read; an agreement's request has the fields of its
provisions, no more and no fewer. The kind decides which typed columns screening makes of a field:
``d_<name>`` (Date) of a date, ``c_<name>`` of a citation, ``periods`` of years.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field holds. All fields are text; the kind says how the text is read."""

    TEXT = "text"
    FREE_TEXT = "free-text"
    NAME = "name"
    ADDRESS = "address"
    NUMBER = "number"
    TIN = "tin"
    DATE = "date"
    ANSWER = "answer"
    CODE = "code"
    CITATION = "citation"
    YEARS = "years"
    LIST = "list"


@dataclass(frozen=True)
class Field:
    """One field of a request: what it holds in a few words, and an example that meets the law.

    ``example``: the text; for a date, how many days before the day of the request.
    None: a complete request may leave it empty.
    """

    name: str
    kind: Kind
    says: str
    example: str | int | None = None


REQUEST_ID = Field("request_id", Kind.TEXT, "the request's own identifier", "EXAMPLE-0001")
SUPERSEDES = Field("supersedes", Kind.TEXT, "the earlier request about the same person")
CHANGE = Field("change", Kind.FREE_TEXT, "what changed since the earlier request")

NAME = (
    Field("given_name", Kind.NAME, "given name", "Ana"),
    Field("middle_name", Kind.NAME, "middle name", "Maria"),
    Field("family_name", Kind.NAME, "family name", "Example-Specimen"),
    Field("suffix", Kind.NAME, "suffix of the name, such as Jr"),
)
ADDRESS = (
    Field("address_line1", Kind.ADDRESS, "delivery line of the address", "1250 Specimen St"),
    Field("address_line2", Kind.ADDRESS, "second line of the address", "Apt 4B"),
    Field("city", Kind.ADDRESS, "city", "Springfield"),
    Field("state", Kind.ADDRESS, "state", "IL"),
    Field("zip", Kind.ADDRESS, "ZIP code", "62701"),
)
TIN = Field("tin", Kind.TIN, "taxpayer identifying number", "912-34-5678")
STATUTE = Field("statute", Kind.CITATION, "the criminal statute enforced, with its subdivision")
REASON = Field(
    "reason",
    Kind.FREE_TEXT,
    "why disclosure is, or may be, relevant in this case",
    "The subject was served with the final order in person, gave this address at the last "
    "check-in and did not report on the day set for departure; the last known address is needed "
    "to interview witnesses to the failure to depart in case INV-EXAMPLE-0001.",
)
OFFICERS = Field("officers", Kind.LIST, "the officers to receive it, by roster id", "officer-0001")
ITEMS = Field("items", Kind.LIST, "the items asked for")


def answer(name: str, says: str) -> Field:
    """Return the field of a question answered ``yes`` or ``no``; the example answers ``no``."""
    return Field(name, Kind.ANSWER, says, "no")

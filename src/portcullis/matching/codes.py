"""The words matching speaks: agreement codes from best to worst, runner-ups, private causes."""

from portcullis import addresses, names

AGREEING_NAME = tuple(names.AGREES)
NEAR_NAME = tuple(names.REFERS)
NAME = (*AGREEING_NAME, *NEAR_NAME, "middle-differs", "suffix-differs", "different", "absent")
"""Codes of name agreement, best first; of several names of a person the best counts."""

(SAME_ADDRESS,) = addresses.AGREES
NEAR_ADDRESS = ("unit-missing", *addresses.REFERS)
OTHER_DOOR = ("unit-differs", "number-differs")
ADDRESS = (SAME_ADDRESS, *NEAR_ADDRESS, *OTHER_DOOR, "different", "absent")
"""Codes of address agreement, best first; of several addresses of record the best counts."""

RUNNER_UP = ("nobody", "number", "address", "name", "name-and-address")
"""What the closest other person shares with the request, even nearly; farthest first."""

CAUSES: dict[str, str] = {
    "no-record": "Nobody in the records has that TIN, or that name at that address.",
    "name-disagrees": "The TIN is in the records, under another name.",
    "tin-contradicts": "The one taxpayer of that name at that address has another TIN.",
    "address-not-of-record": "The address is at no time an address of record of the taxpayer.",
    "ambiguous": "More than one taxpayer answers to what the request says.",
    "no-margin": "Another person is too close to what the request says.",
    "not-unique-point": "The address is one that many people use, and there is no TIN.",
    "near-miss": "A name or address is close to one of record, but does not agree.",
    "no-last-known-address": "The taxpayer has no last known address (26 CFR 301.6212-2).",
    "period-not-requested": "The last known address is of a taxable period not requested.",
    "protected": "An address of the taxpayer is protected.",
}
"""Private cause -> the sentence that says it, inside the office only."""

"""What an address is: its normal form, its kind, when it is none, and when two are one.

`normalise` adds to a table, under a prefix (``a_``):

======================  =========================================================================
``absent``              Boolean: what stands there is no address (requirement 5)
``absent_reason``       code of `ABSENCE_REASONS`; null for an address
``kind``                one of `KINDS`
``number``              house number: ``123``, ``123A``, ``12-34``, ``123 1/2``, ``N6W23001``
``street``              directional, name, suffix, directional in Publication 28's abbreviations;
                        or ``PO BOX``, ``RR 2``, ``HC 1``, ``PSC 802``, ``GENERAL DELIVERY``
``unit``                the unit: ``4B`` for "APT 4-B", "UNIT 4B", "# 4 B"; any other designator
                        is part of it: ``FL2``, ``STE4``, ``BLDG3 4``. What a line says beside a
                        box, or above the street of a tower or floor, stands here too
``box``                 identifier of a box
``city``, ``state``     spelled-out city; two-letter code
``zip5``, ``zip4``      "" where absent or never assigned
``point``               key of the delivery point; null for an absent address
``line``                the address on one line
``unique_point``        Boolean: a delivery point of one household. False for general delivery,
                        "c/o", shelters, preparers, boxes at a shop, and lines without number or box
======================  =========================================================================

A foreign address has no normal form here: without a U.S. state or ZIP Code it is `no-locality`.
`agreement` compares two such column sets; only `same` is agreement and `near` refers to a person.
`differences` sets two addresses side by side, part by part, for that person. `mentions_address`
says whether running text holds one.

Sources: USPS Publication 28 (October 2023); the placeholder, custody and agency lists are ours, in
``data/``, each with its own version.
"""

from portcullis.addresses.absence import REASONS as ABSENCE_REASONS
from portcullis.addresses.comparison import AGREES, REASONS, REFERS, agreement
from portcullis.addresses.differences import PARTS, Difference, differences
from portcullis.addresses.in_text import mentions_address
from portcullis.addresses.normal import COLUMNS, normalise

VERSION = "3"
"""Version of the rules and lists; a change that alters any answer raises it."""

KINDS = (
    "street", "po-box", "rural-route", "highway-contract", "military", "puerto-rico",
    "general-delivery", "absent", "unparsed",
)  # fmt: skip

__all__ = [
    "ABSENCE_REASONS",
    "AGREES",
    "COLUMNS",
    "KINDS",
    "PARTS",
    "REASONS",
    "REFERS",
    "VERSION",
    "Difference",
    "agreement",
    "differences",
    "mentions_address",
    "normalise",
]

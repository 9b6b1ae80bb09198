"""Whose address it is: what every agreement asks of name and address, on its face and in a match.

The floor under every provision that lets an address leave (design, floor 3 and 4): whichever law a
request is made under, the address in it is compared with all addresses of record of the one
taxpayer it names. A provision says under which citation.

A TIN that is in the records governs; name and address alone answer only where the request has
none, or one that is in no record. On either way nobody else may come close in both name and
address: a TIN does not tell two people apart who may have borrowed it of each other.
"""

import polars as pl

from portcullis import names
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.fields import ADDRESS

# The script of 2025, as the court described it: any five digits in a row were an address.
_FIVE_DIGITS = "[0-9]{5}"

_BY_TIN = pl.col("tin_candidates") > 0
_NOT_BY_TIN = pl.col("tin_candidates") == 0
_NAMED_THERE = pl.col("name_address_candidates")
# Without a TIN nothing stands in for a middle name left out: the name must be whole.
_WHOLE_THERE = (_NAMED_THERE >= 1) & pl.col("name_address_whole")


def _one(_basis: Basis) -> pl.Expr:
    """Say whether there is a single candidate and, where name and address agree, a margin.

    A margin is sought only of what would be a match or a near miss; elsewhere there is none to
    have, and one of the other two elements is not met.
    """
    agreeing = pl.col("tin_agreeing")
    one_holder = (agreeing == 1) | ((agreeing == 0) & (pl.col("tin_candidates") == 1))
    one_there = (
        (_NAMED_THERE == 1)
        & pl.col("name_address_unique_point")
        & ~pl.col("name_address_contradicted")
    )
    by_tin = pl.col("tin_name").is_in(names.AGREES) & (pl.col("tin_address") == "same")
    agree = (_BY_TIN & by_tin) | (_NOT_BY_TIN & _WHOLE_THERE)
    margin = pl.col("margin")
    alone = (margin >= 1) | (margin.is_null() & ~agree.fill_null(value=True))
    return met_if(((_BY_TIN & one_holder) | (_NOT_BY_TIN & one_there)) & alone)


def _name(_basis: Basis) -> pl.Expr:
    name = pl.col("tin_name")
    agrees = (_BY_TIN & name.is_in(names.AGREES)) | (_NOT_BY_TIN & _WHOLE_THERE)
    nearly = (_BY_TIN & name.is_in(names.REFERS)) | (_NOT_BY_TIN & (_NAMED_THERE >= 1))
    return met_or_for_a_person(agrees, nearly)


def _address_compared(basis: Basis) -> pl.Expr:
    if basis.holds("address-on-its-face") or basis.holds("valid-request-suffices"):
        return met_if(_BY_TIN | (_NAMED_THERE >= 1))
    same = pl.col("tin_address") == "same"
    agrees = (_BY_TIN & same) | (_NOT_BY_TIN & (_NAMED_THERE >= 1))
    return met_or_for_a_person(agrees, pl.col("near_miss"))


def _address_stated(basis: Basis) -> pl.Expr:
    if basis.holds("address-on-its-face"):
        whole = pl.concat_str([field.name for field in ADDRESS], separator=" ", ignore_nulls=True)
        return met_if(whole.str.contains(_FIVE_DIGITS))
    return met_if(~pl.col("a_absent"))


def of_one_person(citation: str, layer: Layer = Layer.STATUTE) -> tuple[Element, ...]:
    """Return the elements of name and address, in order: as stated, then as of record."""
    return (
        name_of_taxpayer(citation, layer),
        address_of_taxpayer(citation, layer),
        one_taxpayer(citation, layer),
        name_agrees(citation, layer),
        address_of_record(citation, layer),
    )


def name_of_taxpayer(citation: str, layer: Layer = Layer.STATUTE) -> Element:
    """Return the element that the request sets forth a name."""
    return Element(
        id="name-of-taxpayer",
        citation=citation,
        statement="The request sets forth the name of the taxpayer.",
        layer=layer,
        phase=Phase.FACE,
        field="family_name",
        test=lambda _basis: met_if(~pl.col("n_absent")),
        message=(
            "The name is blank, incomplete or a placeholder. Write the person's own names in "
            "given_name and family_name."
        ),
        requirements=(4,),
    )


def address_of_taxpayer(citation: str, layer: Layer = Layer.STATUTE) -> Element:
    """Return the element that the request sets forth an address."""
    return Element(
        id="address-of-taxpayer",
        citation=citation,
        statement="The request sets forth an address: a place of delivery, in a locality.",
        layer=layer,
        phase=Phase.FACE,
        field="address_line1",
        test=_address_stated,
        message=(
            "There is no address. Write the address of the taxpayer as you know it: a delivery "
            "line, and a city and state or a ZIP code."
        ),
        cause=lambda _basis: pl.col("a_absent_reason"),
        cause_messages={
            "blank": (
                "The address is blank. Write the address of the taxpayer as you know it: a "
                "delivery line, and a city and state or a ZIP code."
            ),
            "placeholder": (
                "Words such as “unknown” or “failed to provide” stand where the address should be. "
                "Write the address of the taxpayer; if none is known, no request can be made."
            ),
            "digits-only": (
                "Only digits stand where the address should be. Write the delivery line: number "
                "and street, box, or route."
            ),
            "zip-only": (
                "There is a ZIP code and no address. Write the delivery line: number and street, "
                "box, or route."
            ),
            "no-delivery-line": (
                "The address has a locality and no delivery line. Write number and street, box, "
                "or route."
            ),
            "no-locality": (
                "The address has a delivery line and no locality. Write the city and state, or "
                "the ZIP code."
            ),
            "custody": (
                "The address is a place of custody or a custody note, not an address of the "
                "taxpayer. Write the person's own address."
            ),
            "agency": (
                "The address is an agency's own, not the taxpayer's. Write the person's own "
                "address."
            ),
            "spreadsheet-error": (
                "A spreadsheet's error stands where the address should be. Export the address as "
                "text and send it again."
            ),
        },
        requirements=(5, 6),
    )


def one_taxpayer(citation: str, layer: Layer = Layer.STATUTE) -> Element:
    """Return the element that the request singles out one taxpayer, or nobody."""
    return Element(
        id="one-taxpayer",
        citation=citation,
        statement=(
            "The request names one taxpayer: a single candidate in the records, with a margin over "
            "everybody else in name or address; or nobody."
        ),
        layer=layer,
        phase=Phase.MATCH,
        field="family_name",
        test=_one,
        message="The request does not single out one taxpayer in the records.",
        requirements=(3, 24),
    )


def name_agrees(citation: str, layer: Layer = Layer.STATUTE) -> Element:
    """Return the element that the name in the request is that taxpayer's."""
    return Element(
        id="name-agrees",
        citation=citation,
        statement="The name in the request is the taxpayer's name under the written rules.",
        layer=layer,
        phase=Phase.MATCH,
        field="family_name",
        test=_name,
        message="The name in the request is not the taxpayer's name of record.",
        for_a_person="The name nearly agrees with a name of record; a reviewer looks at it.",
        requirements=(22, 23),
    )


def address_of_record(citation: str, layer: Layer = Layer.STATUTE) -> Element:
    """Return the element that the address in the request is one of record of that taxpayer."""
    return Element(
        id="address-of-record",
        citation=citation,
        statement=(
            "The address in the request is an address of record of that one taxpayer, on every "
            "route. (Reading address-of-record, on the floor.)"
        ),
        layer=layer,
        phase=Phase.MATCH,
        field="address_line1",
        test=_address_compared,
        message="The address in the request is none of the taxpayer's addresses of record.",
        for_a_person=(
            "The address nearly agrees with an address of record. A reviewer may find only that it "
            "is that address under the written rules; a second reviewer confirms."
        ),
        requirements=(21, 22, 23),
    )

"""Facts that are no field of the request: what tests may read beside what a request says.

Each is a column that an earlier room makes. A test may read no column that is neither a fact here
nor made of a field; so explanations can name whatever a result rests on.
"""

from dataclasses import dataclass

import polars as pl

from portcullis.law.fields import Field, Kind


@dataclass(frozen=True)
class Fact:
    """One column a test may read: its type, what it says, and where it comes from."""

    name: str
    dtype: pl.DataType
    says: str
    source: str


_TRANSMITTAL = "the signed transmittal"
_FORMS = "the normal form of what the request says"
_MEASURES = "the measures of the batch and its window"
_MATCH = "the comparison with the holder's records"
_STANDING = "the standing of the gate on the day"
_OFFICIAL = "the holder's officials, on the record"

_FACTS = (
    Fact("signed_by", pl.String(), "the authority the signatory signed under", _TRANSMITTAL),
    Fact("officers_employed", pl.Boolean(), "the officers are employed there", _TRANSMITTAL),
    Fact("officers_same_agency", pl.Boolean(), "they are of the signatory's agency", _TRANSMITTAL),
    Fact("engaged", pl.Boolean(), "every officer attested to engagement", _TRANSMITTAL),
    Fact("sole_use", pl.Boolean(), "every officer attested to sole use", _TRANSMITTAL),
    Fact("n_absent", pl.Boolean(), "whether there is no name", _FORMS),
    Fact("a_absent", pl.Boolean(), "whether there is no address", _FORMS),
    Fact("a_absent_reason", pl.String(), "why what is written is no address", _FORMS),
    Fact("tin_digits", pl.String(), "the number's nine digits", _FORMS),
    Fact("periods", pl.List(pl.Int16()), "the taxable periods as years", _FORMS),
    Fact("m_officer_load_max", pl.UInt32(), "requests naming the busiest officer", _MEASURES),
    Fact("m_officer_in_all", pl.Boolean(), "one officer carries the batch", _MEASURES),
    Fact("m_identical_reasons", pl.UInt32(), "requests giving this very reason", _MEASURES),
    Fact("m_shared_address", pl.UInt32(), "persons asked for at this address", _MEASURES),
    Fact("m_repeat", pl.UInt32(), "earlier requests about the person", _MEASURES),
    Fact("m_repeat_cited", pl.Boolean(), "an earlier request is cited", _MEASURES),
    Fact("m_duplicate_investigation", pl.UInt32(), "others in this investigation", _MEASURES),
    Fact("m_batch_halt", pl.Boolean(), "whether the batch is halted whole", _MEASURES),
    Fact("m_window_volume", pl.UInt32(), "requests in the window", _MEASURES),
    Fact("tin_candidates", pl.UInt32(), "taxpayers of that TIN", _MATCH),
    Fact("tin_agreeing", pl.UInt32(), "of those, whose name agrees", _MATCH),
    Fact("tin_name", pl.String(), "how far the name agrees", _MATCH),
    Fact("tin_address", pl.String(), "how far the address agrees", _MATCH),
    Fact("name_address_candidates", pl.UInt32(), "taxpayers of that name there", _MATCH),
    Fact("name_address_whole", pl.Boolean(), "the name agrees, middle names and all", _MATCH),
    Fact("name_address_unique_point", pl.Boolean(), "one delivery point", _MATCH),
    Fact("name_address_contradicted", pl.Boolean(), "the record has another TIN", _MATCH),
    Fact("near_miss", pl.Boolean(), "close to a record, without agreeing", _MATCH),
    Fact("margin", pl.UInt32(), "elements in which everybody else falls short", _MATCH),
    Fact("lka_found", pl.Boolean(), "there is a last known address", _MATCH),
    Fact("lka_period", pl.Int16(), "the period of the last known address", _MATCH),
    Fact("protected", pl.Boolean(), "an address is protected", _MATCH),
    Fact("agreement_in_force", pl.Boolean(), "the agreement is in force", _STANDING),
    Fact("standing_met", pl.Boolean(), "the recipient may receive", _STANDING),
    Fact("order_in_scope", pl.Boolean(), "a court's order reaches it", _STANDING),
    Fact("impairment_recorded", pl.Boolean(), "the official made a record", _OFFICIAL),
    Fact("impairment_adverse", pl.Boolean(), "what the record says", _OFFICIAL),
    Fact("approved", pl.Boolean(), "an authorised official approved", _OFFICIAL),
    Fact("approval_expires_on", pl.Date(), "the last day of the approval", _OFFICIAL),
)
FACTS: dict[str, Fact] = {fact.name: fact for fact in _FACTS}


def columns_of(field: Field) -> dict[str, pl.DataType]:
    """Return the columns that ``field`` gives a table, typed: its text, and what is made of it."""
    columns: dict[str, pl.DataType] = {field.name: pl.String()}
    if field.kind is Kind.DATE:
        columns[f"d_{field.name}"] = pl.Date()
    if field.kind is Kind.CITATION:
        columns[f"c_{field.name}"] = pl.String()
    return columns


def field_behind(column: str) -> str:
    """Return the name of the field a typed column is made of, or ``column`` itself."""
    return {"periods": "taxable_periods", "tin_digits": "tin"}.get(
        column, column.removeprefix("d_").removeprefix("c_")
    )

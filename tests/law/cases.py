"""Lawful requests to bend, one fact at a time, and the bases to judge them under."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from portcullis.agreements import builtin_pack, load_pack, template_rows
from portcullis.law import (
    AUTHORITIES,
    FACTS,
    ITEMS,
    STATUTE,
    Basis,
    applicable,
    fields,
    judge,
)
from portcullis.screening import prepare

DAY = date(2025, 8, 7)
PACK = load_pack(builtin_pack())
BASIS = Basis.from_pack(PACK, DAY)

SIGNED: dict[str, Any] = {
    "officers_employed": True,
    "officers_same_agency": True,
    "engaged": True,
    "sole_use": True,
}
FORMS: dict[str, Any] = {"a_absent": False, "a_absent_reason": None, "n_absent": False}
MEASURES: dict[str, Any] = {
    "m_officer_load_max": 1,
    "m_officer_in_all": False,
    "m_identical_reasons": 1,
    "m_shared_address": 1,
    "m_repeat": 0,
    "m_repeat_cited": False,
    "m_duplicate_investigation": 0,
    "m_batch_halt": False,
    "m_window_volume": 1,
}
MATCHED: dict[str, Any] = {
    "tin_candidates": 1,
    "tin_agreeing": 1,
    "tin_name": "same",
    "tin_address": "same",
    "name_address_candidates": 0,
    "name_address_whole": False,
    "name_address_unique_point": False,
    "name_address_contradicted": False,
    "near_miss": False,
    "margin": 2,
    "lka_found": True,
    "lka_period": DAY.year - 1,
    "protected": False,
}
MATCHED_BY_NAME = MATCHED | {
    "tin_candidates": 0,
    "tin_agreeing": 0,
    "tin_name": None,
    "tin_address": None,
    "name_address_candidates": 1,
    "name_address_whole": True,
    "name_address_unique_point": True,
}
STANDING: dict[str, Any] = {
    "agreement_in_force": True,
    "standing_met": True,
    "order_in_scope": False,
}
OFFICIAL: dict[str, Any] = {
    "impairment_recorded": True,
    "impairment_adverse": False,
    "approved": True,
    "approval_expires_on": DAY,
}
LATER = {**SIGNED, **FORMS, **MEASURES, **MATCHED, **STANDING, **OFFICIAL}


@dataclass(frozen=True)
class Agreement:
    """An agreement to test by: its basis, and a request that meets every element under it.

    ``example``: the text of such a request, made on a day. Screening takes an Agreement for a pack,
    of which it needs no more than the fields.
    """

    basis: Basis
    example: Callable[[date], Mapping[str, str | None]]
    signed_by: str

    def under(self, basis: Basis) -> "Agreement":
        """Return the agreement with another basis, on that basis's day."""
        return replace(self, basis=basis)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.example(DAY))

    def fields_of(self, *kinds: str) -> tuple[str, ...]:
        known = fields(self.basis.provisions)
        return tuple(name for name in self.fields if known[name].kind in kinds)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns of a table of requests, before it is prepared."""
        texts = dict.fromkeys(self.fields, pl.String())
        facts = {name: FACTS[name].dtype for name in ("signed_by", *LATER)}
        return {"row": pl.UInt32(), **texts, **facts}

    def lawful(self, **changes: Any) -> dict[str, Any]:
        """Return a request that meets every element of every phase, then bent by ``changes``."""
        day = self.basis.as_of
        today = {"lka_period": day.year - 1, "approval_expires_on": day}
        request = {"row": 0, **self.example(day), "signed_by": self.signed_by, **LATER, **today}
        unknown = set(changes) - set(request)
        assert not unknown, unknown
        return request | changes

    def table(self, requests: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
        """Return the requests as a prepared table, rows numbered in order."""
        rows = [{**request, "row": number} for number, request in enumerate(requests)]
        return prepare(pl.DataFrame(rows, schema=self.schema), self)

    def result(self, element_id: str, basis: Basis | None = None, /, **changes: Any) -> int:
        """Return what one element finds of a lawful request bent by ``changes``."""
        basis = basis or self.basis
        (element,) = [each for each in applicable(basis) if each.id == element_id]
        found = judge(self.table([self.lawful(**changes)]), [element], basis)
        return int(found[element_id][0])


def days_before(days: int, day: date = DAY) -> str:
    """Return the ISO date so many days before ``day``, that of the basis."""
    return (day - timedelta(days=days)).isoformat()


def _of_authority(authority: str, statute: str) -> Agreement:
    """Return an agreement under an authority, as the law alone makes it: without a pack."""
    law = AUTHORITIES[authority]
    basis = replace(BASIS, provisions=law.provisions, statutes=(statute,))
    given = {STATUTE.name: statute, ITEMS.name: ";".join(basis.items)}

    def example(day: date) -> dict[str, str | None]:
        return {
            name: days_before(field.example, day)
            if isinstance(field.example, int)
            else field.example
            for name, field in fields(law.provisions).items()
        } | given

    return Agreement(basis, example, law.signatories[0])


def _template(day: date) -> dict[str, str | None]:
    return template_rows(PACK, day).row(0, named=True)


MEMORANDUM_2025 = Agreement(BASIS, _template, "agency-head")
FUGITIVES = _of_authority("26 USC 6103(i)(5)", "18 USC 1073")
TRACING = _of_authority(
    "Health and Social Care Act 2012 s 261(5)", "Immigration Act 1971 s 24(1)(b)"
)
AGREEMENTS = {"irs-dhs": MEMORANDUM_2025, "fugitives": FUGITIVES, "tracing": TRACING}

lawful = MEMORANDUM_2025.lawful
table = MEMORANDUM_2025.table
result = MEMORANDUM_2025.result

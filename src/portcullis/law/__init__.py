"""The law as code: a module for each provision, its elements in the provision's own order.

================================  ================================================================
26 U.S.C. § 6103(i)(2)(A)         ``usc26_6103_i_2_a``: requester, officers, engagement, sole use
26 U.S.C. § 6103(i)(2)(B)(i)      ``usc26_6103_i_2_b_i``: name and address of the taxpayer
26 U.S.C. § 6103(i)(2)(B)(ii)     ``usc26_6103_i_2_b_ii``: taxable periods
26 U.S.C. § 6103(i)(2)(B)(iii)    ``usc26_6103_i_2_b_iii``: statutory authority
26 U.S.C. § 6103(i)(2)(B)(iv)     ``usc26_6103_i_2_b_iv``: specific reasons
26 U.S.C. § 6103(i)(2)(C)         ``usc26_6103_i_2_c``: identity alone
26 U.S.C. § 6103(i)(5)            ``usc26_6103_i_5``: fugitives from justice
26 U.S.C. § 6103(b)(6)            ``usc26_6103_b_6``: taxpayer identity
26 U.S.C. § 6103(i)(6)            ``usc26_6103_i_6``: informants and impairment
26 U.S.C. § 6103(p)(4)            ``usc26_6103_p_4``: the recipient's safeguards
26 CFR 301.6212-2                 ``cfr26_301_6212_2``: last known address
8 U.S.C. § 1253(a)(1), (2)        ``usc8_1253_a_1``, ``usc8_1253_a_2``: the predicate offence
8 U.S.C. § 1231                   ``usc8_1231``: the removal period, supervision, protection
8 CFR 1241.1                      ``cfr8_1241_1``: when an order is final
NHS Digital-Home Office, 2017     ``nhs_home_office_2017``: the withdrawn tracing memorandum
the agreement, the policy         ``agreement``, ``policy``
================================  ================================================================

``elements`` lists them all, ``applicable`` those of a basis; ``judge`` evaluates any of them over a
table, under a ``Basis``. ``READINGS`` are the constructions courts have given, ``AUTHORITIES`` the
paragraphs an agreement may rest on.
"""

from collections.abc import Collection, Iterable
from functools import cache

import polars as pl

from portcullis.law import (
    agreement,
    cfr8_1241_1,
    cfr26_301_6212_2,
    nhs_home_office_2017,
    policy,
    usc8_1231,
    usc8_1253_a_1,
    usc8_1253_a_2,
    usc26_6103_b_6,
    usc26_6103_i_2_a,
    usc26_6103_i_2_b_i,
    usc26_6103_i_2_b_ii,
    usc26_6103_i_2_b_iii,
    usc26_6103_i_2_b_iv,
    usc26_6103_i_2_c,
    usc26_6103_i_5,
    usc26_6103_i_6,
    usc26_6103_p_4,
)
from portcullis.law.authorities import AUTHORITIES, DELEGATED, PREDICATES, SIGNING, Authority
from portcullis.law.basis import Basis, Thresholds
from portcullis.law.element import FOR_A_PERSON, MET, NOT_MET, Element, Layer, Phase
from portcullis.law.evaluate import judge
from portcullis.law.explanation import Evidence, Explained, Result
from portcullis.law.explanation import explain as _explain
from portcullis.law.facts import FACTS, Fact, columns_of, field_behind
from portcullis.law.fields import ADDRESS, ITEMS, NAME, STATUTE, Field, Kind
from portcullis.law.provision import Provision
from portcullis.law.readings import (
    FLOOR,
    READINGS,
    Change,
    Effect,
    Reading,
    changed,
    conflicts,
    reading,
    refuse_conflicts,
    tightening,
)

_MODULES = (
    usc26_6103_i_2_a,
    usc26_6103_i_2_b_i,
    usc26_6103_i_2_b_ii,
    usc26_6103_i_2_b_iii,
    usc26_6103_i_2_b_iv,
    usc26_6103_i_2_c,
    usc26_6103_i_5,
    usc26_6103_b_6,
    usc26_6103_i_6,
    usc26_6103_p_4,
    cfr26_301_6212_2,
    usc8_1253_a_1,
    usc8_1253_a_2,
    usc8_1231,
    cfr8_1241_1,
    nhs_home_office_2017,
    agreement,
    policy,
)
PROVISIONS: dict[str, Provision] = {module.PROVISION.id: module.PROVISION for module in _MODULES}
"""Every provision by id, in the law's own order."""


def elements(phase: Phase | None = None) -> tuple[Element, ...]:
    """Return every element of every provision, or those of one ``phase``, in the law's own order.

    Provisions that are alternatives of each other may have an element of one id each; those of one
    agreement never have (``applicable``).
    """
    return _elements(tuple(PROVISIONS), phase)


def applicable(basis: Basis, phase: Phase | None = None) -> tuple[Element, ...]:
    """Return the elements a request must meet under ``basis``, or those of one ``phase``."""
    return _elements(basis.provisions, phase)


@cache
def _elements(provisions: tuple[str, ...], phase: Phase | None) -> tuple[Element, ...]:
    every = (
        element
        for provision in PROVISIONS.values()
        if provision.id in provisions
        for element in provision.elements
    )
    return tuple(element for element in every if phase in (None, element.phase))


def fields(provisions: Iterable[str]) -> dict[str, Field]:
    """Return the fields that requests under these provisions have, by name.

    Where several provisions have one of a name, the first in the law's order says what it is.
    """
    wanted = set(provisions)
    found: dict[str, Field] = {}
    for provision in PROVISIONS.values():
        for field in provision.fields if provision.id in wanted else ():
            found.setdefault(field.name, field)
    return found


def explain(row: pl.DataFrame, basis: Basis, phases: Collection[Phase]) -> tuple[Explained, ...]:
    """Return a line for each element a request must meet under ``basis``, in the law's order.

    As ``explanation.explain``, for the provisions of the basis.
    """
    provisions = [each for each in PROVISIONS.values() if each.id in basis.provisions]
    return _explain(provisions, row, basis, phases)


def element(element_id: str) -> Element:
    """Return the first element of that id in the law's order. Raises KeyError without one."""
    return next(each for each in elements() if each.id == element_id)


__all__ = [
    "ADDRESS",
    "AUTHORITIES",
    "DELEGATED",
    "FACTS",
    "FLOOR",
    "FOR_A_PERSON",
    "ITEMS",
    "MET",
    "NAME",
    "NOT_MET",
    "PREDICATES",
    "PROVISIONS",
    "READINGS",
    "SIGNING",
    "STATUTE",
    "Authority",
    "Basis",
    "Change",
    "Effect",
    "Element",
    "Evidence",
    "Explained",
    "Fact",
    "Field",
    "Kind",
    "Layer",
    "Phase",
    "Provision",
    "Reading",
    "Result",
    "Thresholds",
    "applicable",
    "changed",
    "columns_of",
    "conflicts",
    "element",
    "elements",
    "explain",
    "field_behind",
    "fields",
    "judge",
    "reading",
    "refuse_conflicts",
    "tightening",
]

"""The law as code: a module for each provision, its elements in the provision's own order.

==========================  =====================================================================
26 U.S.C. § 6103(i)(2)      ``usc26_6103_i_2``: officers, investigation, name and address, periods,
                            authority, reasons
26 U.S.C. § 6103(b)(6)      ``usc26_6103_b_6``: taxpayer identity
26 U.S.C. § 6103(i)(6)      ``usc26_6103_i_6``: informants and impairment
26 U.S.C. § 6103(p)(4)      ``usc26_6103_p_4``: the recipient's safeguards
26 CFR 301.6212-2           ``cfr26_301_6212_2``: last known address
8 U.S.C. § 1253             ``usc8_1253``: the predicate offence
8 U.S.C. § 1231             ``usc8_1231``: the removal period, supervision, protection
8 CFR 1241.1                ``cfr8_1241_1``: when an order is final
the agreement, the policy   ``agreement``, ``policy``
==========================  =====================================================================

``elements`` lists them all, ``judge`` evaluates any of them over a table, under a ``Basis``.
"""

from functools import cache

from portcullis.law import (
    agreement,
    cfr8_1241_1,
    cfr26_301_6212_2,
    policy,
    usc8_1231,
    usc8_1253,
    usc26_6103_b_6,
    usc26_6103_i_2,
    usc26_6103_i_6,
    usc26_6103_p_4,
)
from portcullis.law.basis import Basis, Thresholds
from portcullis.law.element import FOR_A_PERSON, MET, NOT_MET, Element, Layer, Phase
from portcullis.law.evaluate import judge
from portcullis.law.readings import READINGS, Effect, Reading, reading

_PROVISIONS = (
    usc26_6103_i_2,
    usc26_6103_b_6,
    usc26_6103_i_6,
    usc26_6103_p_4,
    cfr26_301_6212_2,
    usc8_1253,
    usc8_1231,
    cfr8_1241_1,
    agreement,
    policy,
)


@cache
def elements(phase: Phase | None = None) -> tuple[Element, ...]:
    """Return every element, or those of one ``phase``, in the law's own order."""
    every = (element for provision in _PROVISIONS for element in provision.ELEMENTS)
    return tuple(element for element in every if phase in (None, element.phase))


def element(element_id: str) -> Element:
    """Return the element of that id. Raises KeyError where there is none."""
    return {each.id: each for each in elements()}[element_id]


__all__ = [
    "FOR_A_PERSON",
    "MET",
    "NOT_MET",
    "READINGS",
    "Basis",
    "Effect",
    "Element",
    "Layer",
    "Phase",
    "Reading",
    "Thresholds",
    "element",
    "elements",
    "judge",
    "reading",
]

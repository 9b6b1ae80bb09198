"""What an element of the law is: a test with its citation, its plain words and its remedy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum

import polars as pl

from portcullis.law.basis import Basis

NOT_MET = 0
MET = 1
FOR_A_PERSON = 2


class Layer(StrEnum):
    """Whose words an element speaks. Only ``STATUTE`` refuses in the statute's name."""

    STATUTE = "statute"
    PREDICATE = "predicate"
    AGREEMENT = "agreement"
    POLICY = "policy"


class Phase(StrEnum):
    """When an element can be judged: on the request's face, or only with more facts.

    ``STANDING``: is the gate open to this recipient. ``MATCH``: against the holder's records.
    ``OFFICIAL``: by the acts of the holder's officials.
    """

    FACE = "face"
    STANDING = "standing"
    MATCH = "match"
    OFFICIAL = "official"


@dataclass(frozen=True, kw_only=True, eq=False)
class Element:
    """One thing the law, the agreement or the policy asks of a request.

    ``test`` gives, for a basis, a row-local expression that is 1 (met), 0 (not met) or 2 (for a
    person); a null counts as not met. ``field`` is the request's field at fault. ``message``
    says what is missing and how to mend it, ``for_a_person`` why a person must look; both may
    name a threshold in braces. ``cause`` gives a code, and ``cause_messages`` the better
    message for it. A ``time_dependent`` element is judged again immediately before release.
    ``requirements`` are the numbered requirements of the specification it carries out.
    """

    id: str
    citation: str
    statement: str
    layer: Layer
    phase: Phase
    field: str
    test: Callable[[Basis], pl.Expr]
    message: str
    requirements: tuple[int, ...]
    for_a_person: str = ""
    time_dependent: bool = False
    cause: Callable[[Basis], pl.Expr] | None = None
    cause_messages: Mapping[str, str] = dataclass_field(default_factory=dict)

    def reads(self, basis: Basis) -> tuple[str, ...]:
        """Return the names of the columns the test reads."""
        return tuple(sorted(set(self.test(basis).meta.root_names())))

    def result(self, basis: Basis) -> pl.Expr:
        """Return the expression of the result under ``basis``: the test, unless it is waived.

        An agreement that tightens the element gets *not met* where the law would ask a person. A
        reading that waives the element's whole layer (re-examination only) makes it met.
        """
        if self.phase is Phase.FACE and basis.waives(self.layer):
            return pl.lit(MET, dtype=pl.UInt8)
        result = self.test(basis)
        if self.id in basis.tightened:
            return pl.when(result == FOR_A_PERSON).then(NOT_MET).otherwise(result).cast(pl.UInt8)
        return result

    def message_for(self, basis: Basis, result: int, cause: str | None = None) -> str:
        """Return the sentence for ``result`` (0 or 2), the thresholds of ``basis`` filled in."""
        text = self.message if result == NOT_MET else self.for_a_person
        if result == NOT_MET and cause is not None:
            text = self.cause_messages.get(cause, text)
        return text.format_map(basis.figures())


def met_if(condition: pl.Expr) -> pl.Expr:
    """Return 1 where ``condition`` is true, and 0 where it is false or unknown."""
    return condition.fill_null(value=False).cast(pl.UInt8)


def met_or_for_a_person(met: pl.Expr, person: pl.Expr) -> pl.Expr:
    """Return 1 where ``met``, else 2 where ``person``, else 0; unknown counts as false."""
    return (
        pl.when(met)
        .then(pl.lit(MET, dtype=pl.UInt8))
        .when(person)
        .then(pl.lit(FOR_A_PERSON, dtype=pl.UInt8))
        .otherwise(pl.lit(NOT_MET, dtype=pl.UInt8))
    )

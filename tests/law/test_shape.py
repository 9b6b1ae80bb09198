"""What the law is written in: classes nobody changes, tables that are whole, causes that hold.

Each of these was a change of the law that no other test noticed (``tests.law.mutation``).
"""

from dataclasses import fields as fields_of

import pytest

from portcullis.law import (
    AUTHORITIES,
    PREDICATES,
    PROVISIONS,
    Authority,
    Basis,
    Change,
    Element,
    Evidence,
    Explained,
    Fact,
    Field,
    Provision,
    Reading,
    Thresholds,
)
from portcullis.law.soundness import Flaw
from portcullis.law.usc26_6103_i_2_a import STAGES

POSITIONAL = (Change, Evidence, Fact, Field, Flaw)
NAMED = (Authority, Basis, Element, Explained, Provision, Reading, Thresholds)


@pytest.mark.parametrize("kind", [*POSITIONAL, *NAMED])
def test_what_the_law_is_made_of_cannot_be_changed(kind):
    assert kind.__dataclass_params__.frozen
    assert all(each.kw_only == (kind in NAMED) for each in fields_of(kind))


@pytest.mark.parametrize("kind", [Element, Provision])
def test_an_element_is_the_same_only_as_itself(kind):
    """Tests are functions: two elements alike in all else may judge otherwise."""
    assert kind.__eq__ is object.__eq__
    assert kind.__hash__ is object.__hash__


def test_the_offence_is_judged_by_every_provision_of_title_8():
    assert PREDICATES == {
        "8 USC 1253(a)(1)(A)": tuple(each for each in PROVISIONS if each.startswith("8 "))
    }


def test_an_authority_that_is_carried_has_purposes_and_those_of_i_2_are_the_stages():
    for each in AUTHORITIES.values():
        assert bool(each.purposes) == bool(each.provisions)
    assert set(AUTHORITIES["26 USC 6103(i)(2)"].purposes) == set(STAGES)

"""The check of the law itself, before anything is judged by it."""

from dataclasses import replace

import polars as pl
import pytest

from portcullis.law import MET, PROVISIONS, READINGS, element, reading
from portcullis.law.element import met_if
from portcullis.law.soundness import flaws, unknown_elements
from tests.law.cases import AGREEMENTS

POLICY = PROVISIONS["policy"]


def with_test(test, element_id="sole-use"):
    """Return a provision with one element, of that test."""
    each = replace(element(element_id), test=lambda _basis: test)
    return replace(POLICY, id="made for this", elements=(each,), fields=())


@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)
def test_the_law_of_every_agreement_is_sound(agreement):
    assert flaws([PROVISIONS[each] for each in agreement.basis.provisions]) == ()
    assert unknown_elements(READINGS, frozenset(each.id for provision in PROVISIONS.values()
                                                for each in provision.elements)) == ()  # fmt: skip


def test_two_elements_of_one_id_are_named_each():
    twice = [POLICY, with_test(met_if(pl.col("sole_use")), "approved")]
    assert [(each.provision, each.key) for each in flaws(twice)] == [
        ("policy", "approved"),
        ("made for this", "approved"),
    ]


def test_a_column_nobody_makes_is_named():
    (flaw,) = flaws([with_test(met_if(pl.col("no_such_fact")))])
    assert (flaw.provision, flaw.key) == ("made for this", "sole-use")
    assert "'no_such_fact'" in flaw.message
    assert flaw.remedy


@pytest.mark.parametrize(
    "test",
    [
        pl.col("sole_use").cast(pl.UInt8),
        (pl.col("m_repeat") == 0).cast(pl.UInt8),
        pl.when(pl.col("sole_use")).then(pl.lit(MET)),
        pl.lit(3, pl.UInt8) * met_if(pl.col("sole_use")),
        pl.col("m_repeat").fill_null(0) * 3,
        pl.when(pl.col("m_repeat") == 1).then(None).otherwise(pl.lit(MET)),
        pl.when((pl.col("m_repeat") == 1) & pl.col("sole_use")).then(None).otherwise(pl.lit(MET)),
        pl.when(pl.col("sole_use")).then(pl.lit("met")).otherwise(pl.lit("1")),
    ],
)
def test_a_test_that_can_give_no_answer_is_named(test):
    (flaw,) = flaws([with_test(test)])
    assert flaw.key == "sole-use"
    assert "met" in flaw.remedy


def test_a_reading_of_nothing_is_named():
    strange = replace(reading("agency-head-only"), conflicts=("no-such",), elements=("nothing",))
    (flaw,) = flaws([], [strange])
    assert flaw.provision == "agency-head-only"
    assert "'no-such'" in flaw.message
    (unknown,) = unknown_elements([strange], frozenset({"approved"}))
    assert "'nothing'" in unknown.message

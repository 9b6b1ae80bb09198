"""The law beside the oracle: every element of every phase, over generated requests and bases."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.law import PROVISIONS, Layer, Phase, applicable
from tests.law import generated
from tests.law.cases import AGREEMENTS
from tests.law.generated import a_basis, bulk, chance, compare, pools, terms_of
from tests.oracle import requests_oracle as oracle
from tests.thorough import examples

NAMES = list(AGREEMENTS)
quick = {"deadline": None, "suppress_health_check": list(HealthCheck)}

GAPS = st.sampled_from([" ", " ", "  ", "-", ", ", "\u00a0"])
WORDS = st.lists(st.sampled_from(generated.WORDS), max_size=14)
FREE = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("  ;-0159AZaz"), max_size=12
)
TEXTS = st.one_of(
    st.sampled_from(generated.TEXTS),
    st.builds(lambda words, gap: gap.join(words) or None, WORDS, GAPS),
    FREE,
)
CITATIONS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["8 ", "8", "18 ", "21 ", "26 ", "INA ", "8 C", ""]),
    st.sampled_from(["USC ", "USC", "U.S.C. § ", "FR ", "usc ", ""]),
    st.sampled_from(["1227", "1253", "1182", "1325", "1326", "1073", "2332", "2339", "841", "7"]),
    st.sampled_from(["", "", "a", "b", "e", "A", "B", "D", "Z", "9"]),
    st.sampled_from(["", "(a)", "(a)(1)", "(a)(1)(A)", "(a)(8)", "(b)", "(c)", " (a)", "a)", "-1"]),
)
LISTS = st.lists(st.sampled_from(["o-1", "o-2", "", " ", "a b", " o-3"]), max_size=4).map(";".join)


def any_of(name, agreement, values):
    """Return a strategy of all that a fact may be: its pool, and what its kind makes of chance."""
    pool = st.sampled_from(values)
    day = agreement.basis.as_of
    if name in agreement.fields_of("date"):
        near = st.dates(day - timedelta(days=800), day + timedelta(days=3))
        return pool | near.map(str)
    if name in agreement.fields_of("free-text"):
        return TEXTS
    if name in agreement.fields_of("citation"):
        return pool | CITATIONS
    if name in agreement.fields_of("list"):
        return pool | LISTS
    if name in agreement.fields_of("number", "years", "tin", "address", "code"):
        return pool | FREE
    return pool


@st.composite
def batches(draw, name, fewest=1, most=40):
    """An agreement on some day under some readings, and lawful requests with some facts changed."""
    random = chance(draw(st.integers(0, 2**32)))
    agreement = AGREEMENTS[name]
    agreement = agreement.under(a_basis(random, agreement))
    values = pools(agreement, random)
    facts = {each: any_of(each, agreement, pool) for each, pool in values.items()}
    changes = st.lists(st.sampled_from(sorted(facts)), max_size=9, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({each: facts[each] for each in names})
    )
    bent = draw(st.lists(changes, min_size=fewest, max_size=most))
    return agreement, [agreement.lawful(**each) for each in bent]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=examples(40), **quick)
@given(data=st.data())
def test_every_element_agrees_with_the_oracle(name, data):
    agreement, requests = data.draw(batches(name))
    compare(agreement, agreement.table(requests))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("reading", [None, *generated.READING_IDS])
def test_every_fact_alone_agrees_with_the_oracle_under_every_reading(name, reading):
    """Every value of every pool, each in a request that is otherwise lawful; then many together."""
    agreement = AGREEMENTS[name]
    agreement = agreement.under(agreement.basis.re_examined([reading] if reading else []))
    requests = [
        agreement.lawful(**{fact: value})
        for fact, values in pools(agreement, chance(0)).items()
        for value in values
    ]
    compare(agreement, agreement.table(requests))
    compare(agreement, bulk(agreement, 0, 2_000))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_requests_in_bulk_agree_with_the_oracle(name, seed):
    agreement = AGREEMENTS[name]
    agreement = agreement.under(a_basis(chance(seed), agreement))
    compare(agreement, bulk(agreement, seed, 4_000))


@pytest.mark.parametrize("name", NAMES)
def test_bulk_reaches_every_result_of_every_element(name):
    """A comparison says nothing of what is never reached."""
    agreement = AGREEMENTS[name]
    judged = compare(agreement, bulk(agreement, 1, 20_000))
    for element in applicable(agreement.basis):
        possible = {0, 1, 2} if element.for_a_person else {0, 1}
        assert set(judged[element.id]) == possible, element.id
    outcomes = {"returned", "referred", "passed"}
    if any(each.layer is Layer.STATUTE for each in applicable(agreement.basis, Phase.FACE)):
        outcomes.add("refused")
    assert set(judged["outcome"]) == outcomes


LONG_RUNS, CHUNKS, CHUNK = 20, 10, 50_000


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", range(LONG_RUNS))
def test_ten_million_requests_agree_with_the_oracle(run):
    """Half a million a run, each chunk under another basis: eight in ten of the first agreement."""
    for number in range(CHUNKS):
        agreement = AGREEMENTS[NAMES[max(0, number - CHUNKS + len(NAMES))]]
        seed = 1_000 + run * CHUNKS + number
        agreement = agreement.under(a_basis(chance(seed), agreement))
        compare(agreement, bulk(agreement, seed, CHUNK))


def test_the_oracle_knows_every_provision_in_the_laws_order():
    assert list(oracle.PROVISIONS) == list(PROVISIONS)


@pytest.mark.parametrize("name", NAMES)
def test_the_oracle_and_the_law_give_each_element_the_same_layer_and_phase(name):
    agreement = AGREEMENTS[name]
    terms = terms_of(agreement.basis)
    for provision in agreement.basis.provisions:
        elements = {each.id: each for each in PROVISIONS[provision].elements}
        found = oracle.PROVISIONS[provision](agreement.lawful(), terms)
        assert set(found) == set(elements)
        for each in elements.values():
            assert Layer(oracle.layer(provision, each.id)) is each.layer
            assert (each.id in oracle.BEYOND_THE_FACE) == (each.phase is not Phase.FACE)

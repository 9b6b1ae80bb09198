from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from portcullis import law
from portcullis.scenarios import CLASSES, NAIVE_RELEASES, NAIVE_WITHOUT_ADDRESS, WHOLE, plan
from portcullis.scenarios.truth import MISSED_BY_SCRIPT


def seen_by_script(cells):
    return [
        cell
        for cell in cells
        if cell.standing != "nobody" and cell.truth_class.name not in MISSED_BY_SCRIPT
    ]


def test_the_whole_batch_has_the_figures_that_are_known():
    cells = plan(WHOLE)
    naive = seen_by_script(cells)
    elsewhere = sum(cell.count for cell in naive if cell.standing == "elsewhere")
    assert sum(cell.count for cell in cells) == WHOLE
    assert sum(cell.count for cell in naive) == NAIVE_RELEASES
    assert elsewhere == NAIVE_WITHOUT_ADDRESS
    assert sum(cell.count for cell in cells if cell.truth_class.lawful) == 3_600


@given(st.integers(min_value=5_000, max_value=2_000_000))
def test_any_batch_adds_up_and_holds_every_class(requests):
    cells = plan(requests)
    counts = Counter()
    for cell in cells:
        counts[cell.truth_class.name] += cell.count
    assert sum(counts.values()) == requests
    assert set(counts) == {each.name for each in CLASSES}
    assert min(counts.values()) >= 2


def test_a_class_says_why_unless_it_is_lawful():
    for each in CLASSES:
        assert each.lawful != bool(each.why)
        assert each.lawful != bool(each.citation)


def test_the_elements_named_are_the_laws():
    known = {element.id for element in law.elements()}
    assert {name for each in CLASSES if each.element for name in each.element.split("|")} <= known

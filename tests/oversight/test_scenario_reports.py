"""The reports of the scenarios court-order and year: what they say, and what they refuse to say."""

import re
from dataclasses import replace

import pytest

from portcullis.oversight import OrderFacts, YearFacts, order_report, year_report
from portcullis.oversight.order_facts import runs
from tests.oversight.scenarios import ORDER, YEAR, a_recall
from tests.oversight.test_demo_report import Page

REPORTS = {"court-order": order_report(ORDER), "year": year_report(YEAR)}


@pytest.fixture(params=REPORTS, scope="module")
def html(request: pytest.FixtureRequest) -> str:
    return REPORTS[request.param]


@pytest.mark.parametrize(
    "golden",
    [
        "An order arrived while 6 packages were being released. 3 had left; none left after it; "
        "the other 3 were never sent.",
        "Packages that left after the order 0 of 6 authorised; checked on the ledger",
        "The order stands at position 115; the last package delivered at 114.",
        "Packages delivered 3 110 114",
        "Openings refused: the order stands 2 120 121",
        "Held 3 0.01%",
        "Received 20,000 100%",
        "The officers are named.",
        "Recalled to closure 743 disclosures in 3 lots, under a preservation hold",
        "Sequestered 743 0 Disposed 0 743 Covered 743 743",
        "3 script-2025 the agency evidence-vault sequestered disposed 740",
        "The gate is closed. order-stands: …",
    ],
)
def test_what_the_report_of_the_order_says(golden: str) -> None:
    assert golden in Page(REPORTS["court-order"]).words


@pytest.mark.parametrize(
    "golden",
    [
        "In 2026 the office received 3,600 requests in 12 batches and answered 348 with an "
        "address, none of them unlawfully.",
        "January 300 1 120 60 9 80 1 29",
        "All 3,600 12 1,440 720 108 960 12 348",
        "March Mar 10, 2026 Mar 20, 2026 Mar 20, 2033 30 3",
        "Order of the court stood 15 April 2026 4 May 2026",
        "the clock ran until June 25, 13:00 UTC",
        "October status-owed 3",
        "One reason for many requests (identical-reasons)",
        "Rows received 3,600 3,600",
    ],
)
def test_what_the_report_of_the_year_says(golden: str) -> None:
    assert golden in Page(REPORTS["year"]).words


def test_nothing_comes_from_outside_and_all_can_read_it(html: str) -> None:
    page = Page(html)
    assert page.all("script") == page.all("link") == []
    addresses = set(re.findall(r"[a-z]+://[^\s\"'<)]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(" not in html
    pictures = [a for tag, a in page.tags if tag == "div" and a.get("class") == "picture"]
    assert pictures
    assert all(a["role"] == "img" and a["aria-label"] for a in pictures)
    assert len(page.all("table")) >= len(pictures), "every picture is also a table"
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(a.get("scope") in {"row", "col"} for a in page.all("th"))
    labels = [a["aria-label"] for _, a in page.tags if a.get("role") == "region"]
    assert len(labels) == len(set(labels))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in page.all("a")} <= {f"#{name}" for name in ids}


def _course(**changed: object) -> OrderFacts:
    return replace(ORDER, course=replace(ORDER.course, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (_course(delivered=(110, 111, 119)), "a package left after the order"),
        (_course(opened=(119,)), "a package was opened after the order"),
        (_course(not_sent=(113, 117, 118)), "a package was stopped before the order"),
        (_course(not_sent=(117, 118)), "not every package was delivered or recorded"),
        (_course(lifted=101), "the order was lifted before it was filed"),
        (replace(ORDER, sequestered=ORDER.recall), "was not sequestered under the hold"),
        (replace(ORDER, recall=ORDER.sequestered), "the recall is not closed"),
        (
            replace(ORDER, recall=a_recall("disposed", lots={"1": ("", 9)}, closed="2026-02-20")),
            "9 disclosures were recalled, not 743",
        ),
        (replace(ORDER, ends=replace(ORDER.ends, held=4)), "received"),
    ],
)
def test_an_order_that_was_not_kept_makes_no_report(facts: OrderFacts, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        order_report(facts)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (replace(YEAR, months=(replace(YEAR.months[0], held=2),)), "January: received"),
        (
            replace(YEAR, counted=(replace(YEAR.counted[0], in_files=3_599),)),
            "Rows received: 3,600 on the ledger, 3,599 in the files",
        ),
        (
            replace(YEAR, recall=a_recall("frozen", lots={"1": ("", 3)})),
            "the recall is not closed",
        ),
    ],
)
def test_a_year_that_does_not_reconcile_makes_no_report(facts: YearFacts, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        year_report(facts)


def test_runs_of_positions() -> None:
    assert runs(()) == ()
    assert runs((4,)) == ((4, 5),)
    assert runs((1, 2, 3, 7, 9, 10)) == ((1, 4), (7, 8), (9, 11))

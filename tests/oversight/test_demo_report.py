"""The report as a document: golden numbers, nothing from outside, and a form all can read."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from portcullis.oversight import DemoFacts, Reason, demo_report

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Text by section heading, and every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "svg" not in self.open:
            self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(facts: DemoFacts) -> str:
    return demo_report(facts)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.mark.parametrize(
    "golden",
    [
        "Of 1,280,000 requests, 3,518 were answered with an address, none of them unlawfully. "
        "The rule used in 2025 would have released 47,289 from the same requests, 45,103 of them "
        "unlawfully. Sent as filed, the batch is stopped whole: nothing is looked up.",
        "Lawful requests answered 99.32% 3,518 of 3,542",
        "Returned for completion 1,109,640 86.7%",
        "Held 4 <0.01%",
        "Received 1,280,000 100%",
        "Released 3,518 0 All requests 4,792 1,275,208",
        "wholly-lawful Lawful Released 3,542 99.32% 4 held; 20 referred to a person",
        "impairment Unlawful Held or no disclosure 10 100% –",
        "Of 3,542 wholly lawful requests, 3,518 (99.32%) were released. Of 1,275,208 requests "
        "whose disclosure would be unlawful, none was released. All but 24 requests landed in the "
        "outcome stated for their kind before the run.",
        "26 U.S.C. § 6103(i)(2)(B)(i) · address-of-the-taxpayer Statute Refused 118,204",
        "Stopped whole. One officer is named as personally and directly engaged in all 1,278,688",
        "No request reached the holder’s records, and none was answered.",
        "42,695 of the unlawful releases went out on a name and a TIN",
        "The order is not yet 90 days final 8 U.S.C. § 1253(a)(1)(A) 2,408",
        "All unlawful 45,103",
        "Entries 10,612",
        "portcullis verify demo-home/holder/ledger",
        "Screening 4.10 s 1,278,688 312,000",
        "Wall-clock time, 1 min 01 s in all",
        "As of 27 June 2025",
        "The order must rest on a class described in § 1227(a). United States v. Doe",
    ],
)
def test_golden_numbers(page: Page, golden: str) -> None:
    assert golden in page.words


def test_the_file_needs_nothing_from_outside(html: str, page: Page) -> None:
    assert page.all("script") == []
    assert page.all("link") == []
    addresses = set(re.findall(r"[a-z]+://[^\s\"'<)]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(" not in html
    assert "@import" not in html


def test_the_same_facts_give_the_same_bytes(facts: DemoFacts, html: str) -> None:
    assert demo_report(facts) == html


def test_a_statement_cannot_smuggle_markup(facts: DemoFacts) -> None:
    evil = Reason("x", "<b>c</b>", "<script>alert(1)</script>", "policy", "returned", 1)
    variant = replace(facts.variants[0], reasons=(evil,))
    page = Page(demo_report(replace(facts, variants=(variant,))))
    assert page.all("script") == []
    assert page.all("b") == []


def test_a_damaged_ledger_is_said_plainly(facts: DemoFacts) -> None:
    page = Page(demo_report(replace(facts, ledger=replace(facts.ledger, verified=False))))
    assert "Not verified. Trust nothing in this report" in page.words


def test_headings_descend_one_step_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_every_picture_is_spoken_and_every_table_is_named(page: Page) -> None:
    pictures = [a for tag, a in page.tags if tag == "div" and a.get("class") == "picture"]
    assert len(pictures) == 9
    assert all(a["role"] == "img" and a["aria-label"] for a in pictures)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(a.get("scope") in {"row", "col"} for a in page.all("th"))
    regions = [a for _, a in page.tags if a.get("role") == "region"]
    labels = [a["aria-label"] for a in regions]
    assert len(labels) == len(set(labels)), "a reader tells the regions apart by their names"


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"] for a in page.all("a")} <= {f"#{name}" for name in ids}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_contrast_meets_wcag_aa(html: str, scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", html, re.DOTALL)[scheme]
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    grounds = ["page", "raised", "good-tint", "bad-tint", "note-tint"]
    for ground in grounds:
        for text in ("ink", "muted", "link"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    for text in ("head-ink", "head-muted"):
        assert contrast(colour[text], colour["head"]) >= 4.5, text
    for mark in ("primary", "statute", "predicate", "agreement", "policy", "good", "bad"):
        assert contrast(colour[mark], colour["page"]) >= 3, mark

"""One request explained as a document: the same facts as text, JSON and a page."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from portcullis.law import Result
from portcullis.oversight import Explanation, Returned
from tests.oversight.explaining import SECRETS, document, mixed
from tests.oversight.test_demo_report import Page

GOLDEN = Path(__file__).with_name("golden_explanation.txt")
FORMS = {"text": Explanation.as_text, "json": Explanation.as_json, "html": Explanation.as_html}


def test_the_text_is_as_agreed() -> None:
    text = mixed().as_text().replace(mixed().basis, "BASIS")
    assert text == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("made", [document, mixed])
def test_no_form_repeats_what_the_request_says(form: str, made) -> None:
    shown = FORMS[form](made())
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_every_element_reading_and_remedy(form: str) -> None:
    it = mixed()
    shown = FORMS[form](it)
    if form == "html":
        shown = Page(shown).words
    flat = re.sub(r"\s+", " ", shown)
    for line in it.lines:
        assert line.element.id in flat
        assert line.element.statement in flat
        assert line.provision.citation in flat
        assert line.mend in flat
        for reading in line.readings:
            assert reading.id in flat
            assert reading.source in flat
    assert {line.result for line in it.lines} == set(Result)


def test_the_json_is_stable_sorted_and_says_what_was_found() -> None:
    it = mixed()
    assert it.as_json() == mixed().as_json()
    facts = json.loads(it.as_json())
    assert it.as_json() == json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert facts["format"] == "portcullis-explanation/1"
    assert (facts["request"], facts["batch"], facts["outcome"], facts["met"]) == (
        "EXAMPLE-0001",
        "batch-1",
        "refused",
        False,
    )
    assert facts["as_of"] == "2025-08-07"
    assert facts["returned"] is None
    found = {each["id"]: each for each in facts["elements"]}
    assert list(found) == [line.element.id for line in it.lines]
    address = found["address-of-taxpayer"]
    assert (address["result"], address["cause"]) == ("not met", "placeholder")
    assert address["provision"]["text"].startswith("(B) A request meets the requirements")
    charge = found["charge-class"]
    assert charge["result"] == "for a person"
    assert charge["evidence"] == [
        {
            "name": "charge",
            "says": "the ground of removal",
            "source": "the request",
            "shape": "a citation",
        }
    ]
    assert charge["readings"][0]["docket"] == "22-14307"
    assert charge["readings"][0]["decided_on"] == "2025-05-21"


@pytest.mark.parametrize(
    ("it", "met", "defective"),
    [
        (document(), True, False),
        (document(charge="8 USC 1182(a)(6)"), False, False),
        (document(departed="yes"), False, True),
        (replace(document(), lines=(), returned=Returned("ragged", "", "Too few.")), False, True),
    ],
)
def test_whether_it_is_met_or_defective(it: Explanation, met: bool, defective: bool) -> None:
    assert (it.met, it.defective) == (met, defective)


def test_a_returned_row_says_why_and_nothing_else() -> None:
    why = Returned("formula", "reason", "The reason is a formula of a spreadsheet.")
    it = replace(document(), lines=(), outcome="returned", returned=why)
    assert "Returned (formula): The reason is a formula of a spreadsheet." in it.as_text()
    assert json.loads(it.as_json())["returned"] == vars(why)
    page = Page(it.as_html())
    assert why.message in page.words
    assert page.all("article") == []


@pytest.mark.parametrize("made", [document, mixed])
def test_the_page_is_alone_and_has_no_script(made) -> None:
    html = made().as_html()
    page = Page(html)
    (policy,) = [
        tag["content"]
        for tag in page.all("meta")
        if tag.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert page.all("script") == page.all("link") == page.all("img") == []
    assert not re.search(r"https?://|url\(|@import| on\w+=| style=", html)
    assert [tag["lang"] for tag in page.all("html")] == ["en-US"]


def test_the_page_has_a_heading_a_quotation_and_a_mark_for_each() -> None:
    it = mixed()
    page = Page(it.as_html())
    provisions = {line.provision.id for line in it.lines}
    assert len(page.all("details")) == len(page.all("blockquote")) == len(provisions)
    assert len(page.all("article")) == len(it.lines)
    for mark in ("✓ Met", "✗ Not met", "? For a person", "– Not judged", "■ Not shown to this"):
        assert mark in page.words
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert str(link["href"]).removeprefix("#") in ids


def test_hostile_text_stays_text() -> None:
    hostile = "<script>alert(1)</script>\"'&"
    html = replace(mixed(), request_id=hostile, batch=hostile, notes=(hostile,)).as_html()
    assert "<script" not in html
    assert hostile in Page(html).words

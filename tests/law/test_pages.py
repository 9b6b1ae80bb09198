"""docs/law says what the provisions say: current, whole, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from portcullis import law
from portcullis.law.pages import INDEX, page_name, pages

FOLDER = Path(__file__).parents[2] / "docs" / "law"
PAGES = pages()


def test_the_pages_in_the_docs_are_current() -> None:
    stored = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert stored == PAGES, "run: portcullis law pages docs/law"


def test_there_is_a_page_for_every_provision() -> None:
    assert list(PAGES) == [INDEX, *[page_name(each) for each in law.PROVISIONS.values()]]


@pytest.mark.parametrize("provision", law.PROVISIONS.values(), ids=lambda each: each.id)
def test_a_page_says_everything_of_its_provision(provision: law.Provision) -> None:
    page = PAGES[page_name(provision)]
    assert page.startswith(f"# {provision.citation}: {provision.title}\n")
    quoted = re.sub(r"&nbsp;|^>|\s", "", page, flags=re.MULTILINE)
    assert re.sub(r"\s", "", provision.text) in quoted
    for field in provision.fields:
        assert f"| `{field.name}` | {field.says} |" in page
    for element in provision.elements:
        part = page.split(f"### {element.id}\n")[1].split("\n### ")[0]
        assert element.statement in part
        assert element.citation in part
        for text in (element.message, element.for_a_person, *element.cause_messages.values()):
            assert re.sub(r"{(\w+)}", r"*\1*", text) in part
        for reading in law.READINGS:
            assert (f"[`{reading.id}`]" in part) == (element.id in reading.elements)


def test_the_index_has_every_reading_and_every_authority() -> None:
    index = PAGES[INDEX]
    for reading in law.READINGS:
        part = index.split(f"### {reading.id}\n")[1].split("\n### ")[0]
        assert reading.holding in part
        assert reading.changes in part
        assert reading.source in part
        assert f"- Effect: {reading.effect}" in part
        for other in reading.conflicts:
            assert f"`{other}`" in part
    for authority in law.AUTHORITIES.values():
        part = index.split(f"### {authority.citation}: ")[1].split("\n### ")[0]
        carried = "yes" if authority.provisions else "no"
        assert f"- Carried by Portcullis: {carried}" in part


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_pages_and_headings_that_are_there(name: str) -> None:
    for file, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", PAGES[name]):
        target = PAGES[file or name]
        assert not anchor or f"### {anchor}\n" in target

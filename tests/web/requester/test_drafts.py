"""From a form or a file to a signed transmittal, at the preparer's and the signatory's desks."""

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page

from portcullis.custody import FtiLog
from tests.office import acts
from tests.office import world as worlds
from tests.web import axe
from tests.web.forms import Person
from tests.web.office import Office
from tests.web.requester.steps import at_the_holder, go_on
from tests.web.signing import sign

GOOD, BACK = "REQ-00001", "R1"


def good_row(number: int = 1) -> dict[str, str]:
    row = worlds.batch_rows(number).row(number - 1, named=True)
    return {name: value for name, value in row.items() if value}


def fill(page: Page, row: dict[str, str]) -> None:
    for name, value in row.items():
        field = page.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def denials(office: Office) -> list[tuple[str, str]]:
    log = FtiLog(office.home / "fti-log.jsonl")
    return [(each.user, each.reason) for each in log.entries() if not each.success]


def upload(page: Page, office: Office, batch: str, file: Path) -> None:
    page.goto(office.origin + "/prepare/new/")
    page.fill("[name=batch]", batch)
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Take the file in").click()


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    """A file of one good request, one placeholder address and one row that is none."""
    path = tmp_path_factory.mktemp("files") / "b.csv"
    worlds.batch_rows(1).filter(pl.col("request_id").is_in([GOOD, BACK])).write_csv(path)
    with path.open("a") as out:
        out.write("ragged,row\n")
    return path


def test_from_a_form_to_a_transmittal_that_the_holder_takes_in(office, as_person, world):
    page = as_person("preparer", "/prepare/form/")
    page.fill("[name=batch]", "by-form")
    page.get_by_role("button", name="Go on to its first request").click()
    row = good_row()
    fill(page, row | {"address_line1": "Failed to Provide"})
    page.get_by_role("button", name="Write it and check").click()
    said = page.inner_text("main")
    assert "address_line1" in said
    assert "6103(i)(2)(B)(i)" in said  # the finding stands beside its field, with the fix
    page.fill("[name=address_line1]", row["address_line1"])
    page.get_by_role("button", name="Write it and check").click()
    assert "Nothing would come back" in page.inner_text("main")
    page.get_by_role("link", name="Make it ready").click()
    page.select_option("[name=signatory]", "head")
    go_on(page, "Go on to sign")
    sign(page)
    assert "The signatory is next" in page.inner_text("main")

    page = as_person("head", "/signatory/by-form/")
    said = page.inner_text("main")
    assert row["family_name"] in said
    assert "Merkle root" in said
    axe.check(page)
    go_on(page, "Go on to sign")
    sign(page)
    assert "You signed the batch" in page.inner_text("main")

    page = as_person("officer-1", "/officer/attest/by-form/")
    assert row["family_name"] in page.inner_text("main")
    go_on(page, "Go on to attest")
    sign(page)

    page = as_person("preparer", "/prepare/by-form/")
    go_on(page, "Send it")
    sign(page)
    assert "outgoing folder" in page.inner_text("main")

    receipt = at_the_holder(
        world, lambda: acts.receive(world, office.home / "outgoing" / "by-form" / "by-form.jsonl")
    )
    assert (receipt["taken"], receipt["unattested_officers"]) == (1, [])


@pytest.mark.long
def test_a_file_shows_every_finding_and_its_row_can_be_left_out(office, as_person, written):
    page = as_person("preparer", "/prepare/")
    upload(page, office, "by-file", written)
    said = page.inner_text("main")
    assert "Line 4 of the file" in said  # what could not be read is named, and not in the batch
    assert "Row 2" in said
    page.get_by_role("link", name="Row 2").click()
    assert "6103(i)(2)(B)(i)" in page.inner_text("main")
    page.go_back()
    page.get_by_role("button", name="Leave out the 1").click()
    assert "Nothing would come back" in page.inner_text("main")
    upload(page, office, "by-file", written)
    assert "is here already" in page.inner_text("main")


def test_a_file_that_is_no_batch_is_said_in_plain_words(office, as_person, tmp_path):
    page = as_person("preparer", "/prepare/")
    (tmp_path / "b.csv").write_text("nothing,of,it\n1,2,3\n")
    upload(page, office, "wrong", tmp_path / "b.csv")
    assert "Missing: request_id" in page.inner_text("main")


def test_who_prepared_it_cannot_sign_it_and_the_attempt_is_on_record(office, as_person):
    page = as_person("deputy", "/prepare/form/")
    page.fill("[name=batch]", "by-deputy")
    page.get_by_role("button", name="Go on to its first request").click()
    fill(page, good_row())
    page.get_by_role("button", name="Write it and check").click()

    page = as_person("preparer", "/prepare/by-deputy/ready/")
    offered = page.locator("[name=signatory] option").all_inner_texts()
    assert len(offered) == 1  # the head alone: the deputy wrote a request of it
    page.select_option("[name=signatory]", "head")
    go_on(page, "Go on to sign")
    sign(page)
    deputy = Person(office, "deputy")
    deputy.get("/signatory/")
    answer = deputy.post("/signatory/by-deputy/sign/", [("manifest", "x")])
    assert "on the record" in answer.text
    assert ("deputy", "sign") in denials(office)


@pytest.mark.long
def test_the_signatory_sends_a_batch_back_with_a_reason(as_person):
    page = as_person("preparer", "/prepare/form/")
    page.fill("[name=batch]", "sent-back")
    page.get_by_role("button", name="Go on to its first request").click()
    fill(page, good_row())
    page.get_by_role("button", name="Write it and check").click()
    page.get_by_role("link", name="Make it ready").click()
    page.select_option("[name=signatory]", "head")
    go_on(page, "Go on to sign")
    sign(page)
    page = as_person("head", "/signatory/sent-back/send-back/")
    page.fill("[name=reason]", "The reason is not of this case.")
    go_on(page, "Go on to sign")
    sign(page)
    page = as_person("preparer", "/prepare/sent-back/")
    assert "not of this case" in page.inner_text("main")
    assert page.get_by_role("button", name="Check it").is_visible()


def test_no_officer_comes_to_the_preparers_desk(office, as_person):
    page = as_person("officer-1", "/prepare/")
    assert "on the record" in page.inner_text("main")
    assert ("officer-1", "preparer-desk") in denials(office)

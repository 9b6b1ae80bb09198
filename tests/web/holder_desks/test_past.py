"""The past in the browser: a history imported, compared and judged again; and what is refused."""

import polars as pl
import pytest

from tests.office import disclosed
from tests.office.world import World
from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.office import Office, working

pytestmark = pytest.mark.xdist_group("holder-desks")
WAIT = 120_000


def fill(page, office: Office) -> None:
    """Fill in the form of an import: seven disclosures, and one row that says no day."""
    rows = disclosed.disclosures()
    said = {"disclosed_on": pl.lit(None, pl.String), "request_id": pl.lit("UNDATED")}
    undated = rows.head(1).with_columns(**said)
    path = disclosed.write(World(office.home.parent), pl.concat([rows, undated]))
    page.locator("[name=history]").fill("august-2025")
    page.set_input_files("[name=file]", path)


def test_what_cannot_be_imported_is_said_before_it_is_signed(desk, office):
    page = desk("counsel", "/counsel/histories/import/")
    fill(page, office)
    page.locator("[name=history]").fill("of Ada Specimen")
    press(page, "Go on to sign")
    page.get_by_text("That is no id for a history.").first.wait_for()
    assert not list(office.home.glob("uploads/*"))
    page.goto(office.origin + "/counsel/reexaminations/again/")
    page.locator("[name=named]").fill("no-such-batch")
    press(page, "Go on to sign")
    page.get_by_text("No batch or history of the id on line 1 is here. Mend it.").first.wait_for()


@pytest.mark.long
def test_a_history_is_imported_compared_and_judged_again(desk, office):
    page = desk("counsel", "/counsel/")
    page.get_by_role("link", name="Histories and re-examinations").click()
    assert "Nothing was imported." in text(page)
    page.get_by_role("link", name="Import a history").click()
    check(page, "counsel-import")
    fill(page, office)
    page.get_by_label(disclosed.NAIVE, exact=True).check(force=True)
    press(page, "Go on to sign")
    sign(page, "It has begun.")
    with working(office):
        page.get_by_text("disclosures are imported; 1 rows could not be read.").wait_for(
            timeout=WAIT
        )
        page.reload()
        check(page, "counsel-histories")
        page.get_by_role("link", name="august-2025").click()
        told = text(page)
        assert "Rows quarantined 1" in told
        assert "UNDATED" not in told
        check(page, "counsel-history")
        press(page, "Go on to sign the comparison")
        sign(page, "It has begun.")
        page.get_by_text("Every imported request is compared.").wait_for(timeout=WAIT)
        page.get_by_role("link", name="Re-examinations").click()
        page.get_by_role("link", name="Judge the past again").click()
        check(page, "counsel-reexamine")
        page.locator("[name=named]").fill("august-2025")
        press(page, "Go on to sign")
        sign(page, "It has begun.")
        page.get_by_text("requests are judged again;").wait_for(timeout=WAIT)
    page.reload()
    check(page, "counsel-reexaminations")
    page.get_by_role("link", name="1", exact=True).click()
    told = text(page)
    assert "Disclosures that should not have been made" in told
    assert "august-2025" in told
    check(page, "counsel-reexamination")
    page.get_by_role("link", name="Its lists, and drafts of demands").click()
    with page.expect_download() as given:
        page.get_by_role("link", name="unlawful.csv").click()
    assert b"request_id" in given.value.path().read_bytes()
    seen_by_an_inspector(desk, office)


def seen_by_an_inspector(desk, office: Office) -> None:
    """They see the same, and nothing by which it could be done again."""
    page = desk("inspector", "/oversight/histories/august-2025/")
    assert "Compared with the records" in text(page)
    page.goto(office.origin + "/oversight/histories/")
    assert page.get_by_role("link", name="Import a history").count() == 0
    page.goto(office.origin + "/oversight/reexaminations/1/")
    assert "Where they stand" in text(page)
    assert page.get_by_role("link", name="Its lists").count() == 0
    check(page, "oversight-reexamination")
    page.goto(office.origin + "/counsel/histories/import/")
    assert "This desk is for people who hold another role." in text(page)

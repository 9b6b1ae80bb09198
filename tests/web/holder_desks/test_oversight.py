"""The inspector's desk in the browser: the ledger, denied attempts, reports, the accounting."""

import pytest

from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.office import working

pytestmark = pytest.mark.xdist_group("holder-desks")


@pytest.mark.long
def test_the_ledger_and_what_was_denied(desk):
    desk("specialist", "/oversight/")
    page = desk("inspector", "/oversight/")
    told = text(page)
    assert "They verify" in told
    assert "attempts denied" in told
    check(page, "oversight")
    page.get_by_role("link", name="Verify it yourself").click()
    assert "portcullis verify COPY --keys public.json" in text(page)
    check(page, "oversight-ledger")
    with page.expect_download() as given:
        page.get_by_role("link", name="public.json").click()
    assert "portcullis-public-keys/1" in given.value.path().read_text()
    page.get_by_role("link", name="Oversight").first.click()
    page.get_by_role("link", name="Denied attempts").click()
    page.get_by_label("Reason").select_option("page")
    press(page, "Show")
    told = text(page)
    assert "Use the oversight desk Specimen specialist Opened another role’s page" in told
    check(page, "oversight-denials")


def test_what_an_inspector_may_see(desk):
    page = desk("inspector", "/oversight/authority/")
    told = text(page)
    assert "Make an export for an overseer" in told
    assert "Approve a determination list" not in told
    check(page, "oversight-authority")


def test_an_export_gives_no_persons_to_whom_the_law_gives_none(desk):
    page = desk("inspector", "/oversight/reports/export/")
    page.get_by_label("For", exact=True).select_option("committee")
    request = {"name": "r.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    page.set_input_files("[name=request]", request)
    page.get_by_label("With the return information").check(force=True)
    press(page, "Go on to sign")
    assert "The law gives this body no return information" in text(page)
    check(page, "oversight-export")


@pytest.mark.long
def test_a_report_is_made_by_a_worker_and_downloaded(desk, office):
    page = desk("inspector", "/oversight/reports/make/")
    page.get_by_label("Report").select_option("workload")
    page.get_by_label("As of the end of").fill("2031-01-01")
    press(page, "Go on to sign")
    assert "names a day that has not come." in text(page)
    page.get_by_label("As of the end of").fill("2025-07-07")
    press(page, "Go on to sign")
    sign(page, "It has begun.")
    page.goto(office.origin + "/oversight/accounting/")
    press(page, "Go on to sign the count")
    sign(page, "It has begun.")
    with working(office):
        page.get_by_text("The accounting agrees with the ledger").wait_for(timeout=120_000)
    check(page, "oversight-accounting")
    page.goto(office.origin + "/oversight/reports/")
    check(page, "oversight-reports")
    page.get_by_role("link", name="On the workload").click()
    with page.expect_download() as given:
        page.get_by_role("link", name=".pdf").first.click()
    assert given.value.path().read_bytes().startswith(b"%PDF")


def test_another_role_is_denied_on_the_record(desk):
    told = text(desk("safeguards", "/oversight/ledger/"))
    assert "This desk is for people who hold another role. The attempt is on the record." in told

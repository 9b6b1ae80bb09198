"""The specialist's desk in the browser: intake, quarantine, adjudication, explanation."""

import json

import pytest

from tests.web.batch_desks.seen import check, post, press, sign, text

pytestmark = pytest.mark.xdist_group("batch-desks")
BATCHES = "/specialist/batches/"


def send(page, batch, manifest) -> None:
    page.set_input_files("[name=batch]", batch)
    page.set_input_files("[name=manifest]", manifest)
    press(page, "Send both files")


def test_what_waits_and_the_batches(desk):
    page = desk("specialist", "/specialist/")
    assert "received" in text(page)
    check(page, "specialist")
    page.get_by_role("link", name="All batches").click()
    page.get_by_label("State").select_option("determined")
    press(page, "Show")
    assert "looked-at" in text(page)
    assert "to-release" not in text(page)
    check(page, "specialist-batches")


def test_one_batch_with_its_quarantine_and_receipt(desk, office):
    page = desk("specialist", BATCHES + "to-release/")
    told = text(page)
    assert "The request sets forth an address" in told
    assert "26 U.S.C. § 6103(i)(2)(B)(i)" in told
    check(page, "specialist-batch")
    page.get_by_role("link", name="Quarantine (1)").click()
    told = text(page)
    assert "Too few or too many values" in told
    assert "cut short" not in told  # never the value
    check(page, "specialist-quarantine")
    page.goto(office.origin + BATCHES + "to-release/receipt/")
    check(page, "specialist-receipt")
    with page.expect_download() as given:
        page.get_by_role("link", name="Download the receipt").click()
    assert json.loads(given.value.path().read_text())["batch_id"] == "to-release"


def test_two_files_are_asked_for(desk):
    page = desk("specialist", "/specialist/intake/")
    check(page, "specialist-intake")
    press(page, "Send both files")
    assert "Some things must be mended" in text(page)
    check(page, "specialist-intake-empty")


def test_the_single_requests_of_the_day_are_ordered_to_be_adjudicated(desk):
    page = desk("specialist", "/specialist/singles/")
    check(page, "specialist-singles")
    press(page, "Have today's adjudicated as they come")
    sign(page, "received today are adjudicated as they come")
    assert "specialist ordered it" in text(page)


@pytest.mark.long
def test_an_explanation_is_read_on_the_record_and_once(desk):
    page = desk("specialist", "/specialist/explain/?batch=to-release")
    check(page, "specialist-explain")
    page.get_by_label("Request id").fill("NOBODY")
    press(page, "Go on to sign")
    assert "No request of that id stands in a batch" in text(page)
    page.get_by_label("Request id").fill("PLACEHOLDER-11")
    press(page, "Go on to sign")
    told = sign(page, "This page is shown once")
    assert "stands in the way" in told
    assert "Failed to Provide" not in told  # the shape of what was read, never the value
    check(page, "specialist-explained")
    page.reload()
    assert "This act was done already" in text(page)


def test_who_reviewed_adjudicates_nothing_more(desk):
    page = desk("twice", BATCHES + "confirmed/")
    assert "1 confirmed finding of near misses waits for a list." in text(page)
    other = desk("reviewer", BATCHES + "received/")
    assert "another role" in text(other)
    assert "done already" not in post(page, BATCHES + "received/adjudicate/")


@pytest.mark.long
@pytest.mark.usefixtures("worker")
def test_a_transmittal_is_taken_in_or_refused_whole(desk, office):
    folder = office.home.parent / "requester"
    batch, manifest = folder / "sent.csv", folder / "sent.csv.manifest.json"
    page = desk("specialist", "/specialist/intake/")
    changed = {"name": "sent.csv", "mimeType": "text/csv", "buffer": batch.read_bytes() + b"x\n"}
    send(page, changed, manifest)
    page.get_by_text("The file is not the one the manifest was signed for.").wait_for(
        timeout=120_000
    )
    page.goto(office.origin + "/specialist/refusals/")
    assert "Send the file as it was signed, or sign the changed one." in text(page)
    check(page, "specialist-refusals")

    page.goto(office.origin + "/specialist/intake/")
    send(page, batch, manifest)
    page.get_by_text("4 requests are taken in; 1 rows are quarantined.").first.wait_for(
        timeout=120_000
    )
    page.reload()
    check(page, "specialist-taken")
    page.get_by_role("link", name="See the receipt").click()
    assert "Signed with the holder’s service key" in text(page)
    assert not list((office.home / "uploads").iterdir())


@pytest.mark.long
@pytest.mark.usefixtures("worker")
def test_a_batch_is_adjudicated_by_order_and_watched(desk):
    page = desk("specialist", BATCHES + "received/")
    check(page, "specialist-to-adjudicate")
    press(page, "Adjudicate 4 requests")
    check(page, "specialist-sign")
    sign(page, "It has begun.")
    page.get_by_text("4 requests are decided.").wait_for(timeout=120_000)
    page.reload()
    assert "Outcomes of the list" in text(page)
    assert page.get_by_role("button", name="Adjudicate 4 requests").count() == 0


@pytest.mark.long
@pytest.mark.usefixtures("worker")
def test_what_reviewers_confirmed_is_listed(desk):
    page = desk("twice", BATCHES + "confirmed/")
    press(page, "Make the supplementary list")
    sign(page, "It has begun.")
    page.get_by_text("List 2 is on the ledger.").wait_for(timeout=120_000)

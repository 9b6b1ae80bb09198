"""Counsel's desk in the browser: orders, holds and their lifting; readings in force and out."""

import pytest

from tests.office.world import ANSWER_DAY
from tests.web.acting import DOCUMENT as PAPER
from tests.web.acting import Desk
from tests.web.batch_desks.seen import check, press, sign, text

pytestmark = pytest.mark.xdist_group("holder-desks")
DOCUMENT = {"name": "order.pdf", "mimeType": "application/pdf", "buffer": b"%PDF an order"}
OTHER = {"name": "vacated.pdf", "mimeType": "application/pdf", "buffer": b"%PDF a decision"}


def fill(page, name: str) -> None:
    page.get_by_label("Id", exact=True).fill(name)
    page.get_by_label("Court", exact=True).fill("dcd")
    page.get_by_label("Docket", exact=True).fill("1:25-cv-00457")
    page.set_input_files("[name=document]", DOCUMENT)


def test_an_order_closes_the_gate_when_it_is_signed_and_two_lift_it(desk):
    page = desk("counsel", "/counsel/orders/file/")
    press(page, "Go on to sign")
    assert "Some things must be mended" in text(page)
    check(page, "counsel-order-wrong")
    fill(page, "order-1")
    check(page, "counsel-order")
    press(page, "Go on to sign")
    told = text(page)
    assert "This act binds." in told
    assert "Scope everything" in told
    assert "Packages already delivered 6" in told
    check(page, "counsel-order-sign")
    told = sign(page, "The order is filed. It has closed the gate to everything.")
    assert "Stands" in told
    check(page, "counsel-order-filed")
    page.goto(page.url.split("/counsel/")[0] + "/counsel/")
    assert "Order order-1 stands. dcd 1:25-cv-00457: Everything." in text(page)
    check(page, "counsel")
    assert "The gate is closed" in gate(desk) or "stops releases" in gate(desk)
    lift(page, "order-1", OTHER)
    sign(page, "What you sign, part 2")
    sign(page, "It stands until a second person approves it.")
    assert page.get_by_role("link", name="Lift it").count() == 0
    second = desk("counsel-2", "/counsel/")
    second.get_by_role("link", name="Lift order-1").click()
    assert second.get_by_label("Docket").input_value() == "1:26-cv-00001"
    check(second, "counsel-lift")
    lift_form(second, OTHER)
    assert "Lifted" in sign(second, "It is lifted.")
    check(second, "counsel-order-lifted")


def gate(desk) -> str:
    return text(desk("transmitter", "/transmission/"))


def lift(page, name: str, document: dict) -> None:
    page.goto(page.url.split("/counsel/")[0] + f"/counsel/orders/{name}/")
    page.get_by_role("link", name="Lift it").click()
    page.get_by_label("Docket").fill("1:26-cv-00001")
    lift_form(page, document)


def lift_form(page, document: dict) -> None:
    page.set_input_files("[name=document]", document)
    press(page, "Go on to sign")


@pytest.mark.long
def test_a_hold_on_a_batch_tells_who_holds_what_it_keeps(desk):
    page = desk("counsel", "/counsel/holds/place/")
    fill(page, "hold-1")
    page.get_by_label("Only what is named below").check(force=True)
    page.locator("[name=batches]").fill("no-such-batch")
    press(page, "Go on to sign")
    assert "No batch or history of the id on line 1 is here." in text(page)
    page.locator("[name=batches]").fill("batch-1")
    page.set_input_files("[name=document]", DOCUMENT)
    press(page, "Go on to sign")
    told = sign(page, "The hold stands.")
    assert "Batch batch-1" in told
    page.get_by_role("link", name="Who holds what it reaches").click()
    assert "of 2 have attested" in text(page)
    check(page, "counsel-custodians")


@pytest.mark.long
def test_persons_under_seal_are_named_by_a_file_that_nobody_reads(desk):
    page = desk("counsel", "/counsel/orders/file/")
    fill(page, "order-2")
    page.get_by_label("Only what is named below").check(force=True)
    persons = {"name": "p.csv", "mimeType": "text/csv", "buffer": b"tin,family_name\n12,\n"}
    page.set_input_files("[name=persons]", persons)
    press(page, "Go on to sign")
    assert "Whom the file means is not clear" in text(page)
    persons["buffer"] = b"tin,given_name,family_name\n000123456,Ada,Specimen\n"
    page.set_input_files("[name=persons]", persons)
    page.set_input_files("[name=document]", DOCUMENT)
    page.get_by_label("Takes effect").fill("2031-02-30")
    press(page, "Go on to sign")
    assert "That is no day or time." in text(page)
    page.get_by_label("Takes effect").fill("2026-02-05T17:00")
    page.set_input_files("[name=persons]", persons)
    page.set_input_files("[name=document]", DOCUMENT)
    press(page, "Go on to sign")
    assert "Persons under seal 1" in text(page)
    told = sign(page, "The order is filed. It takes effect on 5 February 2026, 22:00 UTC")
    assert "The persons named under seal" in told
    assert "Not in effect yet" in told
    assert "Ada" not in told


@pytest.mark.long
def test_a_reading_is_put_in_force_by_two(desk):
    page = desk("counsel", "/counsel/readings/")
    told = text(page)
    assert "The address a request sets forth must be confirmed" in told
    assert "On the floor" in told
    check(page, "counsel-readings")
    page.get_by_role("link", name="Change a reading").click()
    page.get_by_label("Reading").select_option("address-of-record")
    page.get_by_label("Goes out of force").check(force=True)
    page.get_by_label("Docket").fill("1:25-cv-00457")
    page.set_input_files("[name=document]", DOCUMENT)
    press(page, "Go on to sign")
    assert "is on the floor, which nothing loosens." in text(page)
    page.get_by_label("Comes into force").check(force=True)
    page.set_input_files("[name=document]", DOCUMENT)
    press(page, "Go on to sign")
    assert "This act binds." in text(page)
    sign(page, "What you sign, part 2")
    sign(page, "It waits for a second of counsel.")
    second = desk("counsel-2", "/counsel/")
    second.get_by_role("link", name="Put address-of-record in force").click()
    second.set_input_files("[name=document]", DOCUMENT)
    press(second, "Go on to sign")
    told = sign(second, "The reading address-of-record is in force from")
    assert "No change waits for a second person." in told


@pytest.mark.long
def test_what_counsel_reads_and_records_in_a_browser(desk, office):
    today = ANSWER_DAY.isoformat()
    counsel, safeguards = Desk(office, "counsel"), Desk(office, "safeguards")
    recalled = (("id", "R-9"), ("why", "named unlawful-disclosure"), ("batches", "batch-1"))
    safeguards.ask("/safeguards/recalls/open/", *recalled)
    safeguards.sign()
    named = (("id", "hold-9"), ("court", "dcd"), ("docket", "1:25-cv-00457"))
    counsel.ask("/counsel/holds/place/", *named, ("reach", "everything"), document=PAPER)
    counsel.sign()
    page = desk("counsel", "/counsel/orders/hold-9/clear/")
    check(page, "counsel-clear")
    package = page.locator("table .office-mono").first.inner_text()
    page.goto(office.origin + "/counsel/recalls/one/?id=R-9")
    check(page, "counsel-recall")
    press(page, "Go on to sign that you read them")
    sign(page, "Draft: demand for the recall of return information")
    check(page, "counsel-recall-drafts")
    with page.expect_download() as given:
        page.get_by_role("link", name="Save it as recall-demand-1.md").click()
    assert "# Draft: demand" in given.value.path().read_text()
    page.get_by_role("link", name="Record a demand that was sent").click()
    check(page, "counsel-recall-demand")
    page.set_input_files("[name=document]", DOCUMENT)
    press(page, "Go on to sign")
    sign(page, "It is recorded that the demand was sent.")
    page.goto(office.origin + "/counsel/notices/charge/")
    page.get_by_label("Id of the notice").fill("N-9")
    page.get_by_label("Day of the charge or proposal").fill(today)
    page.get_by_label("Day of that act").fill(today)
    page.get_by_label("Package").fill(package)
    check(page, "counsel-charge")
    press(page, "Go on to sign")
    sign(page, "It is recorded that the notice is due.")
    check(page, "counsel-notice")
    press(page, "Go on to sign that you read it")
    sign(page, "Date of the inspection")
    check(page, "counsel-notice-draft")
    page.goto(office.origin + "/counsel/notices/one/given/?id=N-9")
    check(page, "counsel-notice-given")
    page.goto(office.origin + "/counsel/")
    assert "Notice N-9" in text(page)
    check(page, "counsel-waiting")


def test_another_role_is_denied_on_the_record(desk):
    told = text(desk("specialist", "/counsel/orders/file/"))
    assert "This desk is for people who hold another role. The attempt is on the record." in told

"""The safeguards desk in the browser: standing, incidents, recalls, alarms, duties."""

import json

import pytest

from tests.office.world import ANSWER_DAY
from tests.office.world import safeguards as record
from tests.web.batch_desks.seen import check, press, sign, text

pytestmark = pytest.mark.xdist_group("holder-desks")
FINDING = {
    "id": "F-1",
    "severity": "moderate",
    "status": "open",
    "corrective_plan_on": "2025-06-01",
    "corrective_plan_due_on": "2025-12-01",
}
REPORT = """
agency = "Immigration and Customs Enforcement"
contact_name = "Specimen custodian"
contact_telephone = "202-555-0100"
contact_email = "custodian@example.gov"
occurred_at = "not yet known"
discovered_at = "not yet known"
how_discovered = "An officer reported the loss of a laptop."
description = "A laptop was left on a train. What was on it is not known."
data_elements = "last known address"
records_from = "not yet known"
records_to = "not yet known"
it_involved = "laptop"

[address]
line1 = "500 Example Street SW"
city = "Washington"
state = "DC"
zip = "20024"
"""
DOCUMENT = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": b"%PDF signed"}


def send(page, name: str, data: bytes) -> None:
    page.set_input_files(f"[name={name}]", {"name": "f.json", "mimeType": "", "buffer": data})
    press(page, "Go on to sign")


@pytest.mark.long
def test_a_record_with_an_open_finding_closes_the_gate_until_it_is_accepted(desk):
    page = desk("safeguards", "/safeguards/")
    check(page, "safeguards")
    page.get_by_role("link", name="May the recipient receive?").first.click()
    assert "The recipient may receive today." in text(page)
    page.get_by_role("link", name="Put a record in force").click()
    send(page, "record", b"{}")
    assert "The safeguard record cannot be read at recipient" in text(page)
    check(page, "safeguards-record-wrong")
    facts = record(ANSWER_DAY).model_dump(mode="json") | {"findings": [FINDING]}
    send(page, "record", json.dumps(facts).encode())
    told = sign(page, "The record is in force.")
    assert "Finding F-1 is open. It is closed, or, with a dated plan, accepted here" in told
    check(page, "safeguards-standing")
    page.get_by_role("link", name="F-1").click()
    page.get_by_label("Why it can be borne").fill("The plan is under way.")
    page.get_by_label("Accepted until").fill("2026-12-01")
    press(page, "Go on to sign")
    assert "no report is good for longer." in text(page)
    page.get_by_label("Accepted until").fill("2025-09-01")
    check(page, "safeguards-accept")
    press(page, "Go on to sign")
    assert "The recipient may receive today." in sign(page, "The finding is accepted.")


def test_an_incident_has_its_clock_from_suspicion_to_closing(desk):
    page = desk("safeguards", "/safeguards/incidents/")
    page.get_by_role("link", name="Open an incident").click()
    page.get_by_label("Id").fill("laptop-7")
    page.get_by_label("First suspected").fill("yesterday")
    press(page, "Go on to sign")
    assert "That is no date and time." in text(page)
    page.get_by_label("First suspected").fill("")
    press(page, "Go on to sign")
    told = sign(page, "The incident is open; its clock runs.")
    assert " min are left." in told
    assert "Notice: The IRS Office of Safeguards" in told
    check(page, "safeguards-incident")
    press(page, "Go on to sign that it is closed")
    assert "The incident is not closed: still to come are data incident report" in text(page)
    page.go_back()
    page.get_by_role("link", name="Record a notice").click()
    page.get_by_label("Reference").fill("INC-2025-7")
    press(page, "Go on to sign")
    told = sign(page, "It is recorded: The IRS Office of Safeguards was told.")
    page.get_by_role("link", name="Report it").click()
    check(page, "safeguards-report")
    send(page, "report", b'agency = "IRS"')
    assert "must be mended" in text(page)
    send(page, "report", REPORT.encode())
    assert "Signed by safeguards" in text(page)
    told = sign(page, "The report is on record, sealed.")
    assert "occurred_at" in told  # still to be told


@pytest.mark.long
def test_a_recall_closes_what_a_batch_delivered_and_follows_it(desk):
    page = desk("safeguards", "/safeguards/recalls/open/")
    page.get_by_label("Id").fill("recall-7")
    page.locator("[name=batches]").fill("batch-9")
    press(page, "Go on to sign")
    assert "No batch or history of the id on line 1 is here." in text(page)
    page.locator("[name=batches]").fill("batch-1")
    check(page, "safeguards-recall-open")
    press(page, "Go on to sign")
    told = sign(page, "none of them can be opened any more.")
    assert "Listed" in told
    check(page, "safeguards-recall")
    page.get_by_role("link", name="Enter an attestation").click()
    page.get_by_label("Custodian").fill("officer-1")
    page.get_by_label("Place").fill("hsi-laptop-7")
    page.get_by_label("Lots held there").fill("1-9")
    page.get_by_label("To those named below").check(force=True)
    page.get_by_label("Onward recipients").fill("ice-ero")
    page.get_by_label("Copies").fill("1")
    page.get_by_label("Records made from it").fill("0")
    page.get_by_label("Actions that rested on it").fill("0")
    page.set_input_files("[name=document]", DOCUMENT)
    press(page, "Go on to sign")
    told = text(page)
    assert "The recall’s lots have the numbers 1 to 2." in told
    assert "Line 1 is not written CUSTODIAN:PLACE." in told
    page.get_by_label("Lots held there").fill("all")
    page.get_by_label("Onward recipients").fill("ice-ero:safe-1")
    page.set_input_files("[name=document]", DOCUMENT)
    check(page, "safeguards-recall-attest")
    press(page, "Go on to sign")
    told = sign(page, "The attestation is entered.")
    assert "safe-1 ice-ero 1, 2 Has not attested" in told
    assert "You entered an attestation of it, so another person closes it." in told


def test_what_the_recipient_owes_and_the_alarms(desk):
    page = desk("safeguards", "/safeguards/duties/")
    assert "State what became of the case" in text(page)
    page.get_by_label("State").select_option("late")
    press(page, "Show")
    assert "Nothing like that is owed." in text(page)
    check(page, "safeguards-duties")
    page.get_by_role("link", name="Safeguards").first.click()
    page.get_by_role("link", name="Alarms").click()
    press(page, "Go on to sign the watch")
    sign(page, "It has begun.")
    check(page, "safeguards-alarms")


def test_another_role_is_denied_on_the_record(desk):
    told = text(desk("counsel", "/safeguards/record/"))
    assert "This desk is for people who hold another role. The attempt is on the record." in told

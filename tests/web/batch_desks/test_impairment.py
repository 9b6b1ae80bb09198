"""The (i)(6) records in the browser: marked over pages or by a file, signed, read by one role."""

import pytest

from tests.web.batch_desks.seen import check, post, press, sign, text

pytestmark = pytest.mark.xdist_group("batch-desks")
BATCH = "/impairment/batches/to-record/"


def send(page, lines: str) -> None:
    file = {"name": "barred.txt", "mimeType": "text/plain", "buffer": lines.encode()}
    page.set_input_files("input[type=file]", file)
    press(page, "Mark those of the file")


def test_barred_requests_are_marked_and_recorded(desk):
    page = desk("impairment", "/impairment/")
    check(page, "impairment")
    page.get_by_role("link", name="to-record").click()
    check(page, "impairment-batch")
    page.get_by_text("REQ-00400", exact=True).click()
    press(page, "Keep the marks of this page")
    assert "1 of 3 eligible requests is marked" in text(page)
    send(page, "REQ-00401\n\nno such request\n")
    assert "These lines name no eligible request of this batch: 3." in text(page)
    assert "no such request" not in text(page)  # a line is named, never its value
    send(page, "REQ-00402\n")
    assert "2 of 3 eligible requests are marked" in text(page)
    press(page, "Go on to sign the records")
    assert "REQ-00400" not in text(page)  # the statement says that it was done, not of whom
    sign(page, "The (i)(6) records of 3 eligible requests are made.")
    assert "2 are barred" in text(page)
    check(page, "impairment-recorded")
    page.get_by_label("Show").select_option("marked")
    press(page, "Show")
    assert "REQ-00401" not in text(page)
    assert "REQ-00402" in text(page)


def test_who_adjudicated_records_nothing(desk):
    page = desk("twice", "/impairment/batches/to-sample/")
    told = "You adjudicated this batch, so another person records under § 6103(i)(6)."
    assert told in text(page)
    assert page.get_by_role("button", name="Go on to sign the records").count() == 0
    told = post(page, "/impairment/batches/to-sample/record/")
    assert "The attempt is on the record." in told


def test_whom_it_bars_no_other_role_reads(desk):
    page = desk("approver", "/impairment/batches/to-release/")
    assert "another role" in text(page)
    assert "on the record" in text(page)

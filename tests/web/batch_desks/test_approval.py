"""A list approved in the browser, or sent back; never by whom had a part in it."""

import pytest

from tests.web.batch_desks.seen import check, post, press, sign, text

pytestmark = pytest.mark.xdist_group("batch-desks")


def test_a_list_is_approved_with_a_passkey(desk):
    page = desk("approver", "/approval/")
    check(page, "approval")
    page.get_by_role("link", name="to-approve").click()
    told = text(page)
    assert "No sampled request was unlawful" in told
    assert "Root of the list" in told
    check(page, "approval-list")
    press(page, "Go on to sign the approval")
    assert "This act binds." in text(page)
    check(page, "approval-sign")
    told = sign(page, "The list is approved until 12 July 2025.")
    assert "Approved by You" in told


@pytest.mark.long
def test_a_list_is_sent_back_for_a_reason_and_never_approved(desk):
    page = desk("approver", "/approval/batches/to-refuse/")
    page.get_by_text("Send the list back").click()
    press(page, "Go on to sign that it is sent back")
    assert "Why you send it back" in text(page)
    page.get_by_label("Why you send it back").fill("The orders cited are of another court.")
    press(page, "Go on to sign that it is sent back")
    assert "another court" not in text(page)  # what is signed has the reason's digest
    told = sign(page, "The list is sent back.")
    assert "The orders cited are of another court." in told
    assert page.get_by_role("button", name="Go on to sign the approval").count() == 0


def test_who_adjudicated_sees_who_decides_instead_and_is_denied(desk):
    page = desk("twice", "/approval/batches/to-decide/")
    told = text(page)
    assert "You adjudicated this batch, so another person approves it." in told
    assert "Specimen approver" in told
    assert page.get_by_role("button", name="Go on to sign the approval").count() == 0
    for act in ("approve", "send-back"):
        told = post(page, f"/approval/batches/to-decide/{act}/")
        assert "The attempt is on the record." in told

"""A release in the browser: signed, done by a worker, watched, its packages listed."""

import pytest

from tests.web.batch_desks.seen import check, post, press, sign, text

pytestmark = pytest.mark.xdist_group("batch-desks")
BATCH = "/transmission/batches/to-release/"


def test_who_adjudicated_sees_who_transmits_instead(desk):
    page = desk("twice", BATCH)
    told = text(page)
    assert "You adjudicated this batch, so another person transmits it." in told
    assert "Specimen transmitter" in told
    assert "The attempt is on the record." in post(page, BATCH + "release/")


def test_what_is_not_approved_cannot_be_released(desk):
    page = desk("transmitter", "/transmission/batches/looked-at/")
    assert page.get_by_role("button", name="Go on to sign the release").count() == 0


def test_the_gate_and_what_waits(desk):
    page = desk("transmitter", "/transmission/")
    assert "The gate is open" in text(page)
    check(page, "transmission")


@pytest.mark.long
@pytest.mark.usefixtures("worker")
def test_a_release_is_signed_done_and_answered(desk):
    page = desk("transmitter", BATCH)
    check(page, "transmission-batch")
    press(page, "Go on to sign the release")
    assert "This act binds." in text(page)
    sign(page, "It has begun.")
    page.get_by_text("3 packages delivered, 0 not sent").wait_for(timeout=120_000)
    page.reload()
    told = text(page)
    assert "The answers are published" in told
    check(page, "transmission-answered")
    page.get_by_role("link", name="Packages", exact=True).click()
    assert "Delivered" in text(page)
    check(page, "transmission-packages")

"""What is done and not published yet: the page says so, and never that it was not done."""

import pytest

from tests.web.acting import DOCUMENT, Desk

pytestmark = pytest.mark.xdist_group("holder-desks")


def test_a_hold_that_waits_for_its_publication_is_shown_as_placed(office):
    counsel = Desk(office, "counsel")
    said = (("court", "dcd"), ("docket", "1:25-cv-00457"), ("reach", "named"))
    said = (*said, ("officers", "officer-2"))
    asked = counsel.ask("/counsel/holds/place/", ("id", "waits-1"), *said, document=DOCUMENT)
    assert "Ledger of the office" in asked
    with office.no_witness():
        told = counsel.sign()
    assert counsel.answer.status_code == 200
    assert told.startswith("It is on record")
    assert "It is on record, and in force. Its publication waits" in told
    assert "Do not do it again" in told
    assert "not done" not in told
    assert "waits-1" in counsel.get("/counsel/orders/")
    # The next act has it published too.
    counsel.ask("/counsel/holds/place/", ("id", "waits-2"), *said, document=DOCUMENT)
    assert "waits-2" in counsel.sign() + counsel.get("/counsel/orders/")


def test_what_was_cut_off_after_it_was_recorded_is_told_as_that(office):
    inspector = Desk(office, "inspector")
    inspector.ask("/oversight/explain/", ("request_id", "REQ-00001"), ("batch", "batch-1"))
    place = inspector.place
    with office.no_witness():
        told = inspector.sign()
    assert told.startswith("It is on record")
    assert "What you signed is on record, and counts. What was to follow it was cut off" in told
    assert "was done already, or never begun" in inspector.get(place)

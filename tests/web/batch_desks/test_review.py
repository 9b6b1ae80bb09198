"""Near misses before two reviewers, in the browser."""

import pytest

from tests.web.batch_desks.seen import check, post, press, sign, text

pytestmark = pytest.mark.xdist_group("batch-desks")
QUEUE = "/review/batches/looked-at/"


def open_one(page, request_id: str) -> None:
    page.get_by_role("link", name=request_id, exact=True).click()
    page.wait_for_load_state()


def look(page) -> str:
    press(page, "Look at it")
    return sign(page, "Return information")


@pytest.mark.long
def test_from_the_model_to_a_confirmed_finding(office, desk):
    page = desk("reviewer", "/review/")
    check(page, "review")
    press(page, "Train the model")
    sign(page, "is trained")
    page.goto(office.origin + QUEUE)
    check(page, "review-queue")
    open_one(page, "street")
    assert "Marigld" not in page.content()  # nothing of a record before the look
    check(page, "review-before")
    assert "marigld" in look(page).lower()
    check(page, "review-picture")
    page.get_by_label("Rule").select_option("street-slip")
    press(page, "Go on to sign the finding")
    assert "What you saw, in words" in text(page)  # the reason is missing, and is asked for
    page.get_by_label("What you saw, in words").fill("One letter of the street is left out.")
    press(page, "Find")
    assert "One letter" not in text(page)  # what is signed has the reason's digest
    sign(page, "A second reviewer decides on street")
    open_one(page, "street")
    assert "another reviewer confirms or refuses" in text(page)

    second = desk("reviewer-2", QUEUE + "?state=found&whose=others&rule=street-slip")
    open_one(second, "street")
    told = look(second)
    assert "One letter of the street is left out." in told
    press(second, "Confirm the finding")
    sign(second, "The specialist lists it")


@pytest.mark.long
def test_a_second_reviewer_refuses_with_a_reason(desk):
    page = desk("reviewer", QUEUE)
    open_one(page, "nickname")
    look(page)
    page.get_by_label("Address of record").fill("1")
    page.get_by_label("Rule").select_option("nickname")
    page.get_by_label("What you saw, in words").fill("Bill is short for William.")
    press(page, "Go on to sign the finding")
    sign(page, "A second reviewer decides")

    second = desk("reviewer-2", QUEUE + "?state=found")
    open_one(second, "nickname")
    look(second)
    press(second, "Refuse to confirm")
    assert "Why you do not confirm it" in text(second)
    second.get_by_label("Why you do not confirm it").fill("It may be another William.")
    press(second, "Refuse")
    sign(second, "It stays as it is")
    assert "Refused by the second reviewer" in text(second)


@pytest.mark.long
def test_what_the_rules_do_not_allow_is_denied_on_the_record(desk):
    page = desk("reviewer", QUEUE)
    open_one(page, "two-units")
    look(page)
    page.get_by_label("Address of record").fill("1")
    page.get_by_label("Rule").select_option("unit-left-out")
    page.get_by_label("What you saw, in words").fill("The unit is left out.")
    press(page, "Go on to sign the finding")
    told = sign(page, "The attempt is on the record")
    assert "another unit of record in that building" in told


def test_the_queue_shows_nothing_of_a_record(desk):
    page = desk("reviewer", QUEUE)
    assert all(name in text(page) for name in ("street", "protected", "two-units"))
    assert "MARIGLD" not in page.content().upper()


def test_who_adjudicated_reviews_nothing(desk):
    page = desk("twice", QUEUE)
    assert "You adjudicated this batch, so another person reviews its near misses." in text(page)
    open_one(page, "protected")
    assert page.get_by_role("button", name="Look at it").count() == 0
    assert "The attempt is on the record." in post(page, QUEUE + "5/look/")


def test_a_review_ends_with_the_records(desk):
    page = desk("reviewer", "/review/batches/to-release/")
    assert "this step needs it determined" in text(page)

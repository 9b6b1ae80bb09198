"""The records officer's desk in the browser: what is due, what a hold keeps, disposal for good."""

from datetime import timedelta

import pytest

from portcullis.office import Home
from tests.office.world import ANSWER_DAY
from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.signing import authenticator

pytestmark = pytest.mark.xdist_group("holder-desks")
DAYS = 2557


def test_nothing_is_disposed_of_before_its_day(desk):
    page = desk("records-officer", "/records/")
    assert "No working data is due." in text(page)
    check(page, "records")
    page.get_by_role("link", name="All working data").click()
    assert "batch-1 Batch 7 July 2025 7 July 2032" in text(page)
    check(page, "records-kept")
    page.goto(page.url.replace("kept/", "erase/batch/batch-1/"))
    assert "Its day has not come." in text(page)
    assert page.get_by_role("button", name="Go on to sign").count() == 0


@pytest.mark.long
def test_working_data_whose_day_has_come_is_disposed_of_for_good(holder, visit):
    office = holder("released")
    Home.find(office.home).set_date(ANSWER_DAY + timedelta(days=DAYS))
    page = visit(office, "records-officer", "/records/")
    authenticator(page, office.home, "records-officer")
    page.get_by_role("link", name="batch-1").click()
    page.get_by_label("Its id, once more").fill("batch-2")
    press(page, "Go on to sign")
    assert "That is another id. Write the one shown above." in text(page)
    page.get_by_label("Its id, once more").fill("batch-1")
    check(page, "records-erase")
    press(page, "Go on to sign")
    sign(page, "The working data of batch batch-1 is disposed of.")
    check(page, "records-erased")
    page.goto(office.origin + "/records/erase/batch/batch-1/")
    assert "It was disposed of on" in text(page)


def test_another_role_is_denied_on_the_record(desk):
    told = text(desk("counsel", "/records/"))
    assert "This desk is for people who hold another role. The attempt is on the record." in told

"""The sample in the browser: drawn once, opened on the record, examined, signed."""

import pytest

from tests.web.batch_desks.seen import check, post, press, sign, text

pytestmark = pytest.mark.xdist_group("batch-desks")


def judge(page, **verdicts: str) -> None:
    """Choose ``lawful`` for every request of the page but those of ``verdicts``."""
    for group in page.get_by_role("group").all():
        asked = group.locator("legend").inner_text()
        said = next((v for name, v in verdicts.items() if name in asked), "Lawful")
        group.get_by_text(said, exact=True).click()


def open_sample(page) -> None:
    press(page, "Open the sample")
    sign(page, "That you read the sample is on the ledger.")


def test_a_sample_is_drawn_once(desk):
    page = desk("sampler", "/sample/")
    check(page, "sample")
    page.get_by_role("link", name="to-sample").click()
    assert "No more than 0.1 % unlawful" in text(page)
    check(page, "sample-to-draw")
    press(page, "Draw the sample")
    sign(page, "The sample of 3 requests is drawn, once for all.")
    assert "Seed" in text(page)
    assert page.get_by_role("button", name="Draw the sample").count() == 0


def test_a_clean_sample(desk):
    page = desk("sampler", "/sample/batches/to-examine/requests/")
    assert page.url.endswith("/sample/batches/to-examine/")  # nothing is read unopened
    open_sample(page)
    assert "0 of 3 examined" in text(page)
    assert "Would be disclosed" in text(page)
    check(page, "sample-examine")
    judge(page)
    press(page, "Keep the verdicts of this page")
    assert "3 of 3 examined" in text(page)
    press(page, "Go on to sign the verdicts")
    sign(page, "The list can be approved.")
    check(page, "sample-examined")


@pytest.mark.long
def test_one_unlawful_item_ends_the_list(desk):
    page = desk("sampler", "/sample/batches/unlawful/")
    open_sample(page)
    judge(page, **{"REQ-00701": "Unlawful"})
    press(page, "Keep the verdicts of this page")
    assert "Signed, this ends the list" in text(page)
    press(page, "Go on to sign the verdicts")
    told = sign(page, "The sample held an unlawful item")
    assert "can never be approved" in told


def test_who_adjudicated_draws_no_sample(desk):
    page = desk("twice", "/sample/batches/looked-at/")
    assert "You adjudicated this batch, so another person draws its sample." in text(page)
    assert "The attempt is on the record." in post(page, "/sample/batches/looked-at/draw/")

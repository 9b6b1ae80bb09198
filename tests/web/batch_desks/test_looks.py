"""Every page of these desks on a telephone in the dark, and by the keyboard alone."""

import pytest

from tests.web import axe

pytestmark = [pytest.mark.xdist_group("batch-desks"), pytest.mark.long]
PAGES = (
    ("specialist", "/specialist/"),
    ("specialist", "/specialist/batches/"),
    ("specialist", "/specialist/batches/looked-at/"),
    ("specialist", "/specialist/batches/looked-at/quarantine/"),
    ("specialist", "/specialist/batches/looked-at/receipt/"),
    ("specialist", "/specialist/intake/"),
    ("specialist", "/specialist/refusals/"),
    ("specialist", "/specialist/explain/"),
    ("reviewer", "/review/"),
    ("reviewer", "/review/rules/"),
    ("reviewer", "/review/batches/looked-at/"),
    ("reviewer", "/review/batches/looked-at/5/"),
    ("impairment", "/impairment/"),
    ("impairment", "/impairment/batches/looked-at/"),
    ("impairment", "/impairment/batches/to-decide/"),
    ("impairment", "/impairment/explain/"),
    ("sampler", "/sample/"),
    ("sampler", "/sample/batches/looked-at/"),
    ("sampler", "/sample/batches/to-decide/"),
    ("approver", "/approval/"),
    ("approver", "/approval/batches/to-decide/"),
    ("transmitter", "/transmission/"),
    ("transmitter", "/transmission/batches/to-release/"),
    ("transmitter", "/transmission/batches/to-release/packages/"),
)


@pytest.mark.parametrize(("person", "path"), PAGES)
def test_a_page_in_the_dark_on_a_telephone(desk, person, path):
    page = desk(person, path, viewport=axe.PHONE, color_scheme="dark")
    assert page.locator("h1").count() == 1
    axe.check(page)
    axe.fits(page)


def test_a_list_is_reached_by_the_keyboard_alone(desk):
    page = desk("approver", "/approval/batches/to-decide/", reduced_motion="reduce")
    assert axe.walk(page) > 5

"""Every page of these desks on a telephone in the dark, and by the keyboard alone."""

import pytest

from tests.web import axe
from tests.web.batch_desks.seen import picture

pytestmark = [pytest.mark.xdist_group("holder-desks"), pytest.mark.long]
PAGES = {
    "counsel": (
        *("", "orders/", "orders/file/", "holds/place/", "readings/", "readings/change/"),
        *("recalls/", "notices/", "notices/charge/", "told/", "told/determine/"),
        *("agreement/", "agreement/add/", "explain/", "people/sampler/revoke/"),
        *("histories/", "histories/import/", "reexaminations/", "reexaminations/again/"),
        *("incidents/", "reports/", "reports/make/"),
    ),
    "safeguards": (
        *("", "standing/", "record/", "incidents/", "incidents/open/", "recalls/"),
        *("recalls/open/", "duties/", "attestations/", "alarms/", "statements/", "reports/"),
        *("reports/make/", "denials/"),
    ),
    "inspector": (
        *("", "authority/", "ledger/", "denials/", "reports/", "reports/make/"),
        *("reports/export/", "accounting/", "alarms/", "batches/", "batches/batch-1/"),
        *("explain/", "incidents/", "recalls/", "standing/", "duties/"),
        *("histories/", "reexaminations/"),
    ),
    "administrator": (
        *("", "people/", "people/enrol/", "people/counsel/", "people/counsel/change/"),
        *("people/counsel/revoke/", "keys/", "ledger/", "ledger/witnesses/", "agreement/"),
        "health/",
    ),
    "specialist": ("", "persons/", "persons/prove/", "persons/letter/", "statements/", "duties/"),
    "records-officer": ("", "kept/", "erased/", "erase/batch/batch-1/"),
}
DESKS = {
    "inspector": "oversight",
    "administrator": "administration",
    "records-officer": "records",
}


@pytest.mark.parametrize("person", PAGES)
def test_pages_in_the_dark_on_a_telephone(desk, office, person):
    page = desk(person, "/keys/", viewport=axe.PHONE, color_scheme="dark")
    here = DESKS.get(person, person)
    both = ("/people/accounts/", "/losses/") if person in {"administrator", "counsel"} else ()
    for path in ("/keys/", *both, *(f"/{here}/{path}" for path in PAGES[person])):
        page.goto(office.origin + path)
        assert page.locator("h1").count() == 1
        axe.check(page)
        axe.fits(page)
        picture(page, f"dark{path.replace('/', '-')}{person}")


def test_an_order_is_filled_in_by_the_keyboard_alone(desk):
    page = desk("counsel", "/counsel/orders/file/")
    assert axe.walk(page) > 10

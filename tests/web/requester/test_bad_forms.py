"""Whatever is posted to the forms of the requester's office: words, and never a failure of ours."""

import pytest

from tests.web.forms import FINE, ODD, Person, post_all

PEOPLE = ("preparer", "head", "officer-1", "custodian")


@pytest.mark.long
def test_every_form_stands_every_odd_value(office):
    forms = {}
    for name in PEOPLE:
        person = Person(office, name)
        person.get("/banner/")
        person.post("/banner/", [])
        pages, forms[name] = person.walk()
        assert all(status in FINE for status in pages.values()), (name, pages)
    assert post_all(office, forms, ODD) > 40

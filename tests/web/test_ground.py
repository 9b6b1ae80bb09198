"""Who comes in, and where to."""

import pytest

from tests.web.office import Office


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("new")


def test_whoever_is_not_signed_in_signs_in_first(office, visit):
    page = visit(office, "", "/specialist/")
    assert "/accounts/login/" in page.url


def test_a_person_of_one_desk_comes_to_it(office, visit):
    page = visit(office, "specialist")
    assert page.url == f"{office.origin}/specialist/"


def test_another_desk_is_denied_on_the_record(office, visit):
    page = visit(office, "sampler", "/counsel/")
    assert "another role" in page.inner_text("main")
    assert "on the record" in page.inner_text("main")


def test_nothing_from_elsewhere_and_nothing_inline(office, visit):
    page = visit(office, "specialist")
    said = page.request.get(f"{office.origin}/specialist/").headers["content-security-policy"]
    assert "default-src 'none'" in said
    assert "unsafe" not in said

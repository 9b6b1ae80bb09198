"""Who comes in, and where to."""

import sqlite3
from contextlib import closing

import pytest
import urllib3

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


def test_who_was_led_to_another_desk_by_another_site_has_tried_nothing(office):
    def ask(site: str) -> str:
        cookie = f"portcullis-session={office.sessions['approver']}"
        headers = {"Cookie": cookie, "Sec-Fetch-Site": site}
        return urllib3.request("GET", f"{office.origin}/oversight/", headers=headers).data.decode()

    for site in ("cross-site", "same-site"):
        said = ask(site)
        assert "another role" in said
        assert "attempt is on the record" not in said
    asked = "SELECT kind, reason, times FROM office_deniedattempt WHERE person = 'approver'"
    assert told(office, asked) == []
    for _ in range(3):
        assert "attempt is on the record" in ask("none")
    assert told(office, asked) == [("oversight-desk", "page", 1)]
    asked = "SELECT kind, times FROM office_counteddenial WHERE person = 'approver'"
    assert told(office, asked) == [("oversight-desk", 2)]
    for _ in range(70):
        ask("same-origin")
    assert "denied 60 times within a minute" in ask("none")
    assert told(office, asked) == [("oversight-desk", 59)]


def told(office: Office, asked: str) -> list:
    with closing(sqlite3.connect(office.home / "state.sqlite3")) as database:
        return database.execute(asked).fetchall()


def test_nothing_from_elsewhere_and_nothing_inline(office, visit):
    page = visit(office, "specialist")
    said = page.request.get(f"{office.origin}/specialist/").headers["content-security-policy"]
    assert "default-src 'none'" in said
    assert "unsafe" not in said

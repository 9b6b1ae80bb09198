"""The person concerned at the specialist's desk: identity proven, the letter given; and denials."""

import base64
import re

import pytest

from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.forms import Person

pytestmark = pytest.mark.xdist_group("holder-desks")
WHO = "T-00001"


def told(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


def test_a_letter_takes_a_proof_and_is_kept_nowhere(office) -> None:
    person = Person(office, "specialist")
    person.get("/banner/")
    asked = [("taxpayer", WHO), ("language", "en")]
    answer = person.post("/specialist/persons/letter/", asked)
    assert answer.status_code == 400
    assert "No proof of this person" in told(answer)
    proof = [("taxpayer", WHO), ("how", "in-person")]
    done = person.act(office, "/specialist/persons/prove/", proof)
    assert done.headers["Location"] == "/specialist/persons/"
    answer = person.act(office, "/specialist/persons/letter/", asked)
    assert "Accounting of disclosures about you" in told(answer)
    assert "We have no disclosure of which the law lets us" in told(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    (pdf, letter) = re.findall(r"base64,([^\"]+)", answer.text)
    assert base64.b64decode(pdf).startswith(b"%PDF")
    assert "Accounting of disclosures" in base64.b64decode(letter).decode()
    kept = (office.home / "ledger").rglob("*")
    assert all(WHO.encode() not in each.read_bytes() for each in kept if each.is_file())
    assert WHO not in office.log


@pytest.mark.long
def test_the_pages_of_a_persons_accounting(desk) -> None:
    page = desk("specialist", "/specialist/persons/")
    assert "The accounting was counted again 7 July 2025" in text(page)
    check(page, "specialist-persons")
    page.get_by_role("link", name="Record a proof of identity").click()
    page.get_by_label("Taxpayer").fill(WHO)
    press(page, "Go on to sign")
    assert "“Their identity was proven” is missing." in text(page)
    check(page, "specialist-prove")
    page.get_by_label("By an identity service").check(force=True)
    press(page, "Go on to sign")
    sign(page, "The proof of identity is on record.")
    page.get_by_role("link", name="Write the letter").click()
    page.get_by_label("Taxpayer").fill(WHO)
    page.get_by_label("Language").select_option("es")
    press(page, "Go on to sign")
    sign(page, "The letter is written")
    check(page, "specialist-letter")
    with page.expect_download() as given:
        page.get_by_role("link", name="Save letter.pdf").click()
    assert given.value.path().read_bytes().startswith(b"%PDF")


def denied(office) -> int:
    found = re.search(r"([\d,]+)\s*</[^>]+>\s*<[^>]+>\s*<[^>]+>attempts denied",
                      Person(office, "inspector").get("/oversight/").text)  # fmt: skip
    return int(found[1]) if found else -1


def test_a_link_from_elsewhere_is_held_against_nobody_and_a_click_is_one_attempt(office) -> None:
    person = Person(office, "transmitter")
    before = denied(office)
    answer = person.get("/specialist/persons/", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 409
    assert "A link on another site led you here" in told(answer)
    assert denied(office) == before
    for _ in range(3):
        answer = person.get("/specialist/persons/", headers={"Sec-Fetch-Site": "same-origin"})
        assert "The attempt is on the record." in told(answer)
    assert denied(office) == before + 3  # each is counted, and one entry tells of the first

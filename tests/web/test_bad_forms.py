"""Whatever is posted to whatever form: never a failure of ours, and words for who posted it."""

import html
import re
import sqlite3
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from portcullis import agreements
from tests.authenticator import Passkey
from tests.office import acts
from tests.office.world import ANSWER_DAY, World
from tests.web.acting import DOCUMENT, Desk
from tests.web.forms import FINE, ODD, Form, Person, post_all
from tests.web.office import Office
from tests.web.signing import RP_ID, _credential_id

FAST = ("nul", "lines")
PEOPLE = (
    "specialist", "reviewer", "impairment", "sampler", "approver", "transmitter", "counsel",
    "safeguards", "administrator", "records-officer", "inspector",
)  # fmt: skip


def with_an_inspector(home: Path) -> None:
    acts.enrol(World(home.parent), "inspector", ("inspector",))


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("determined", with_an_inspector)


@pytest.fixture(scope="module")
def walked(office) -> dict[str, list[Form]]:
    """Walk everybody's pages; return their forms."""
    found = {}
    for name in PEOPLE:
        pages, forms = Person(office, name).walk()
        assert all(status in FINE for status in pages.values()), (name, pages)
        assert sum(status == 200 for status in pages.values()) >= 1, (name, pages)
        found[name] = [form for form in forms if not form.action.startswith("/accounts/")]
    return found


def test_every_form_stands_odd_values(office, walked):
    assert post_all(office, walked, FAST) > 30


@pytest.mark.long
def test_every_form_stands_every_odd_value(office, walked):
    assert post_all(office, walked, ODD) > 100


@pytest.mark.long
def test_the_forms_of_a_released_home_do_too(holder):
    office = holder("released", with_an_inspector)
    begin_matters(office)
    found = {name: Person(office, name).walk()[1] for name in PEOPLE}
    pages = {form.page.partition("?")[0] for form in found["counsel"]}
    assert {"/counsel/orders/hold-1/clear/", "/counsel/notices/one/given/"} <= pages
    post_all(office, found, ODD)


def begin_matters(office: Office) -> None:
    """Begin what has forms of its own once it is there: a hold, a recall, a notice to a person."""
    counsel, safeguards = Desk(office, "counsel"), Desk(office, "safeguards")
    placed = (("id", "hold-1"), ("court", "dcd"), ("docket", "1:25-cv-00457"))
    counsel.ask("/counsel/holds/place/", *placed, ("reach", "everything"), document=DOCUMENT)
    counsel.sign()
    counsel.get("/counsel/orders/hold-1/clear/")
    package = re.search(r'<span class="office-mono">([^<]+)</span>', counsel.answer.text)[1]
    today = ANSWER_DAY.isoformat()
    counsel.ask(
        "/counsel/notices/charge/", ("id", "N-1"), ("package", package),
        ("trigger", "indictment"), ("triggered_on", today), ("act", "disclosure"),
        ("act_on", today), ("history", ""), ("incident", ""),
    )  # fmt: skip
    counsel.sign()
    recalled = (("id", "R-1"), ("why", "named unlawful-disclosure"), ("batches", "batch-1"))
    safeguards.ask("/safeguards/recalls/open/", *recalled)
    safeguards.sign()


def test_a_form_without_its_token_is_refused_in_words(office):
    person = Person(office, "administrator")
    person.get("/people/accounts/")
    answer = person.post("/people/accounts/", [("person", "sampler")], csrf=False)
    assert answer.status_code == 403
    assert "This form is no longer good" in answer.text


def test_an_unknown_address_and_an_odd_one_have_a_page(office):
    person = Person(office, "specialist")
    for path in ("/no-such-page/", "/specialist/batches/no-such/", "/sign/not-an-id/"):
        answer = person.get(path)
        assert answer.status_code in (400, 404), path
        assert "<main" in answer.text
    answer = person.get("/specialist/batches/%00/")
    assert answer.status_code == 400
    assert "<main" in answer.text


def test_a_method_that_a_page_has_not_is_405_in_words(office):
    person = Person(office, "specialist")
    answer = person.get("/specialist/batches/batch-1/adjudicate/")
    assert answer.status_code == 405
    assert "Nothing was done" in answer.text


def test_a_form_longer_than_any_is_refused_in_words(office):
    person = Person(office, "administrator")
    person.get("/people/accounts/")
    answer = person.post("/people/accounts/", [("person", "a" * (17 << 20))])
    assert answer.status_code in (400, 413)
    assert "Nothing was done" in answer.text


def begun(office: Office, of: str = "sampler") -> tuple[Person, str]:
    """Have the administrator begin an act; return them and the address at which it is signed."""
    person = Person(office, "administrator")
    person.get("/people/accounts/")
    answer = person.post("/people/accounts/", [("person", of)])
    assert answer.status_code == 302, answer.text
    return person, answer.headers["Location"]


def test_anothers_pending_act_is_neither_seen_nor_signed(office):
    _, place = begun(office)
    other = Person(office, "approver")
    assert other.get(place).status_code == 400
    other.get("/")
    other.get("/approval/explain/")
    answer = other.post(place, [("token", "x")])
    assert answer.status_code == 400
    assert "done already, or never begun" in answer.text


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\x00", "e" * 50_000, "\u202e", "{}"])
def test_what_is_no_signature_does_nothing(office, token):
    person, place = begun(office)
    person.get(place)
    answer = person.post(place, [("token", token)])
    assert answer.status_code == 400
    assert "usa-alert" in answer.text
    assert person.get(place).status_code == 200  # it can still be signed


def passkey(office: Office, person: str) -> Passkey:
    """Return the person's passkey as an authenticator outside the browser has it."""
    held = Passkey(RP_ID, office.origin)
    held.id = _credential_id(person)
    file = office.home.parent / "passkeys" / f"{person}.pem"
    held._key = load_pem_private_key(file.read_bytes(), None)
    return held


def refused(answer, words: str) -> None:
    assert answer.status_code == 400, answer.status_code
    assert words in html.unescape(answer.text)


def test_a_token_of_another_statement_or_person_is_refused_and_a_used_one_too(office):
    person, place = begun(office)
    wanted = person.statement(place)
    mine = passkey(office, "administrator")
    another = mine.sign(wanted | {"of": "approver"})
    refused(person.post(place, [("token", another)]), "Something else was signed")
    theirs = passkey(office, "approver").sign(wanted)
    answer = person.post(place, [("token", theirs)])
    assert answer.status_code == 400
    assert person.get(place).status_code == 200  # nothing was done by either
    good = mine.sign(wanted)
    assert person.post(place, [("token", good)]).headers["Location"] == "/people/accounts/"
    refused(person.post(place, [("token", good)]), "done already, or never begun")
    time.sleep(1.1)  # an act's time has no fractions of a second
    _, later = begun(office, "reviewer")
    refused(person.post(later, [("token", good)]), "Something else was signed")


def test_what_was_signed_is_done_once_however_it_is_signed_again(office):
    same = False
    while not same:  # both within one second: an act's time has no fractions of it
        person, one = begun(office, "approver")
        _, two = begun(office, "approver")
        wanted = person.statement(one)
        same = wanted == person.statement(two)
    mine = passkey(office, "administrator")
    done = person.post(one, [("token", mine.sign(wanted))])
    assert done.headers["Location"] == "/people/accounts/"
    answer = person.post(two, [("token", mine.sign(wanted))])
    assert answer.status_code == 409
    assert "What was signed was done already" in answer.text


def test_a_key_that_was_revoked_signs_nothing_more(office):
    person, place = begun(office, "transmitter")
    good = passkey(office, "administrator").sign(person.statement(place))
    file = office.home / "people.json"
    kept = file.read_bytes()
    found = agreements.load_roster(file)
    people = [
        each
        if each.id != "administrator"
        else each.model_copy(
            update={
                "passkeys": tuple(
                    one.model_copy(update={"in_force_to": date(2025, 2, 1)})
                    for one in each.passkeys
                )
            }
        )
        for each in found.people
    ]
    agreements.save_roster(agreements.Roster.from_people(people), file)
    try:
        answer = person.post(place, [("token", good)])
    finally:
        file.write_bytes(kept)
    assert answer.status_code == 400
    assert person.get(place).status_code == 200


def denials(office: Office) -> int:
    with closing(sqlite3.connect(office.home / "state.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM office_deniedattempt").fetchone()[0]


def test_a_link_on_anothers_page_puts_nothing_on_the_record(office):
    person, before = Person(office, "specialist"), denials(office)
    for path in ("/counsel/", "/people/accounts/"):
        led = person.get(path, headers={"Sec-Fetch-Site": "cross-site"})
        assert led.status_code >= 400
        assert denials(office) == before
    assert person.get("/counsel/").status_code >= 400
    assert denials(office) == before + 1

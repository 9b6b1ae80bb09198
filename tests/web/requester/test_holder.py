"""What comes from the holder and is neither batch nor package: its public keys, and its notices."""

import hashlib
import html
import json
import re
from datetime import UTC, date, datetime
from functools import partial

import pytest

from portcullis import agreements, keys
from portcullis.custody import FtiLog
from portcullis.office.home import Home
from portcullis.standing import (
    AGENCY,
    EVERYTHING,
    Custodian,
    Frozen,
    Hold,
    Order,
    notice_statement,
    read_attestation,
)
from tests.office import world as worlds
from tests.office.world import BATCH_DAY
from tests.web.forms import Person
from tests.web.requester.test_drafts import denials
from tests.web.signing import passkey

AT = datetime.combine(BATCH_DAY, datetime.min.time(), UTC)


@pytest.fixture
def come(office):
    """Return a function that lets a person in, the warning read."""

    def let_in(name: str) -> Person:
        person = Person(office, name)
        person.get("/banner/")
        person.post("/banner/", [])
        return person

    return let_in


def sign(person: Person, office, answer) -> str:
    """Sign with the person's passkey what the page asks for; return the page that comes then."""
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])
    place = answer.headers["Location"]
    shown = re.search(r'id="statement"[^>]*>(.*?)</script>', person.get(place).text, re.DOTALL)
    said = json.loads(html.unescape(shown[1]))
    token = passkey(office.home, person.person, office.origin).sign(said)
    done = person.post(place, [("token", token)])
    assert done.status_code == 302, re.sub(r"<[^>]+>", " ", done.text.partition("<main")[2])
    return person.get(done.headers["Location"]).text


def said(answer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]))


def test_the_holders_keys_take_two_people_who_compared_them(office, come):
    path = office.home / "public.json"
    before = path.read_bytes()
    other = json.dumps(json.loads(before), indent=3).encode()  # the same keys in another file
    fingerprint = hashlib.sha256(other).hexdigest()
    custodian, head = come("custodian"), come("head")
    page = "/custody/holder/"
    assert hashlib.sha256(before).hexdigest() in custodian.get(page).text

    def propose(file: bytes, compared: str):
        files = {"public": ("public.json", file)}
        return custodian.post(page, [("fingerprint", compared)], files)

    assert "not the fingerprint of this file" in said(propose(other, "ab" * 32))
    assert "64 characters" in said(propose(other, "abc"))
    assert "does not hold the holder's public keys" in said(propose(b"{}", "ab" * 32))
    assert "in force already" in said(propose(before, hashlib.sha256(before).hexdigest()))
    spaced = " ".join(fingerprint[at : at + 4] for at in range(0, 64, 4)).upper()
    listed = sign(custodian, office, propose(other, spaced))
    assert path.read_bytes() == before  # until another says so too
    own = re.search(r'href="(/custody/holder/[0-9a-f-]{36}/)"', listed)[1]
    assert "Another person puts them in force" in said(custodian.get(own))
    answer = custodian.post(own, [("fingerprint", fingerprint)])
    assert answer.status_code == 200
    assert path.read_bytes() == before

    theirs = own.replace("/custody/", "/signatory/")
    compared = said(head.get(theirs))
    assert "the same" in compared  # the holder's key
    assert "another" in compared  # the file
    assert "not the fingerprint" in said(head.post(theirs, [("fingerprint", "ab" * 32)]))
    sign(head, office, head.post(theirs, [("fingerprint", fingerprint)]))
    assert path.read_bytes() == other
    log = [
        each.reason.partition(" ")[0] for each in FtiLog(office.home / "fti-log.jsonl").entries()
    ]
    assert {"holder-keys-propose", "holder-keys-accept"} <= set(log)
    assert head.get(theirs).status_code == 400  # they do not wait any more

    listed = sign(custodian, office, propose(before, hashlib.sha256(before).hexdigest()))
    own = re.search(r'href="(/custody/holder/[0-9a-f-]{36}/)"', listed)[1]
    head.post(own.replace("/custody/", "/signatory/") + "decline/", [])
    assert path.read_bytes() == other
    assert come("preparer").get("/custody/holder/").status_code == 409


def notice(world, placed, lists, *, lifted: bool = False) -> bytes:
    signed = notice_statement(placed, lists, agreement="irs-dhs-2025", at=AT, lifted=lifted)
    return keys.sign(signed, Home.find(world.home_path).service_key()).encode()


def test_a_notice_is_kept_and_attested_to_by_whom_it_lists(office, come, world):
    order = Order("o-9", "1:25-cv-00457", "dcd", date(2025, 6, 27), "ab" * 32, EVERYTHING)
    mine = tuple(Frozen("b-1", f"R-{at}", f"{at:032d}", "2025-06-26T10:00:00+00:00")
                 for at in range(30))  # fmt: skip
    lists = [Custodian("officer-1", "l-1", mine), Custodian(AGENCY, "l-2", (Frozen("h-1", "X-1"),))]
    custodian, officer, head = come("custodian"), come("officer-1"), come("head")
    assert come("officer-2").get("/officer/notices/").status_code == 200

    def keep(data: bytes):
        return custodian.post("/custody/notices/", [], {"notice": ("n.jws", data)})

    assert "does not verify" in said(keep(b"a.b.c"))
    kept = keep(notice(world, order, lists))
    assert kept.status_code == 302, said(kept)
    place = kept.headers["Location"]
    assert "officer-1" in said(custodian.get(place))
    assert "Do not open, use" in said(custodian.get(place))

    own = place.replace("/custody/", "/officer/")
    seen = said(officer.get(own))
    assert "R-0" in seen
    assert "X-1" not in seen  # what is another's is not shown
    assert "R-29" in said(officer.get(own + "?page=2"))
    assert come("officer-2").get(own).status_code == 409
    denied = [(each.user, each.reason) for each in FtiLog(office.home / "fti-log.jsonl").entries()
              if not each.success]  # fmt: skip
    assert ("officer-2", "see-all-notices") in denied
    assert "Attestations to the holder’s notices outstanding: 1" in said(officer.get("/officer/"))

    first = sign(officer, office, officer.post(own, [("custodian", "officer-1")]))
    assert "Carry it to the holder" in first
    assert "Go on to attest" not in officer.get(own).text
    for_agency = place.replace("/custody/", "/signatory/")
    assert 'value="officer-1"' not in head.get(for_agency).text
    sign(head, office, head.post(for_agency, [("custodian", AGENCY)]))
    assert "Attestations outstanding" in said(head.get("/signatory/"))

    roster = agreements.load_roster(office.home / "people.json")
    for person, desk, of in ((officer, "officer", "officer-1"), (head, "signatory", AGENCY)):
        listed = person.get(f"/{desk}/").text
        file = re.search(rf'href="(/{desk}/signed/[0-9a-f-]+/)">freeze o-9, for {of}', listed)[1]
        signer = roster.person(person.person)
        token = person.get(file).text
        stated = read_attestation(token, partial(signer.verify, on=BATCH_DAY))
        assert (stated.of, stated.custodian, stated.by) == ("o-9", of, person.person)
    assert "all" in said(custodian.get("/custody/notices/"))
    # A lift asks nothing of anybody.
    lifted = keep(notice(world, order, lists, lifted=True))
    assert "nothing is asked" in said(custodian.get(lifted.headers["Location"]))


def test_a_long_notice_is_kept_in_the_background(come, world):
    hold = Hold("h-9", "1:25-cv-12822", "mad", date(2025, 6, 27), "ab" * 32, EVERYTHING)
    many = tuple(Frozen("b-1", f"R-{at}", f"{at:032d}") for at in range(40_000))
    data = notice(world, hold, [Custodian("officer-1", "l-1", many)])
    assert len(data) > 4 << 20
    custodian = come("custodian")
    begun = custodian.post("/custody/notices/", [], {"notice": ("n.jws", data)})
    assert begun.headers["Location"].startswith("/work/")


def test_what_unfolds_as_it_is_read_is_left_to_the_worker(come, tmp_path):
    worlds.batch_rows(1).write_parquet(tmp_path / "b.parquet")
    preparer = come("preparer")
    file = {"file": ("b.parquet", (tmp_path / "b.parquet").read_bytes())}
    begun = preparer.post("/prepare/new/", [("batch", "unfolds")], file)
    assert begun.headers["Location"].startswith("/work/")
    # While that waits, nothing else is done to the batch, and it says so.
    assert "Work on this batch is under way" in said(preparer.post("/prepare/unfolds/check/", []))


def test_what_was_typed_stays_where_the_batch_was_changed_meanwhile(come):
    preparer = come("preparer")
    preparer.post("/prepare/form/", [("batch", "typed")])
    row = [(name, value or "") for name, value in worlds.batch_rows(1).row(0, named=True).items()]
    preparer.post("/prepare/typed/rows/new/", row)
    page = preparer.get("/prepare/typed/rows/1/").text
    was = re.search(r'name="was" value="([0-9a-f]{64})"', page)[1]
    mine = [(name, "Mine" if name == "city" else value) for name, value in row]
    theirs = [(name, "Theirs" if name == "city" else value) for name, value in row]
    assert preparer.post("/prepare/typed/rows/1/", [*theirs, ("was", was)]).status_code == 302
    for path, data in (("", mine), ("leave-out/", [])):
        answer = preparer.post(f"/prepare/typed/rows/1/{path}", [*data, ("was", was)])
        assert answer.status_code in (400, 409)
        assert "Another request stands in row 1 now" in said(answer)
    listed = preparer.get("/prepare/typed/findings/").text.splitlines()
    assert listed[0] == "source_row,line,outcome,element,citation,field,message"
    assert 'value="Mine"' in preparer.post("/prepare/typed/rows/1/", [*mine, ("was", was)]).text
    assert 'value="Theirs"' in preparer.get("/prepare/typed/rows/1/").text


def test_an_attempt_at_anothers_is_on_record(office, come):
    officer, head = come("officer-2"), come("head")
    nobodys = "00000000-0000-4000-8000-000000000000"
    for person, path in (
        (officer, f"/officer/packages/{'0' * 32}/"),
        (officer, f"/officer/openings/{nobodys}/"),
        (officer, f"/officer/signed/{nobodys}/"),
        (head, "/signatory/typed/"),
    ):
        before = denials(office)
        assert person.get(path).status_code == 400, path
        assert len(denials(office)) == len(before) + 1, path
    assert officer.get("/officer/key/?made=x").status_code == 200
    assert "data-credentials=" in officer.get("/officer/key/").text

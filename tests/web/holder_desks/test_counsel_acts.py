"""Counsel's acts over HTTP: what each page says, and what stands on the ledger after it."""

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from portcullis.agreements import builtin_pack
from portcullis.standing import GateLock
from tests.office.world import ANSWER_DAY
from tests.web.acting import DOCUMENT, Desk

pytestmark = pytest.mark.xdist_group("holder-desks")
OTHER = ("other.pdf", b"%PDF a decision")
PERSONS = ("p.csv", b"tin,given_name,family_name\n000123456,Ada,Specimen\n")
AT_ONCE = (("effective", ""), ("zone", "America/New_York"), ("expires", ""))


def named(name: str) -> tuple[tuple[str, str], ...]:
    return (("id", name), ("court", "dcd"), ("docket", "1:25-cv-00457"))


def order(desk: Desk, name: str, *pairs: tuple[str, str], stops=("use",), **files) -> str:
    said = [*named(name), *(("stops", each) for each in stops)]
    said += [each for each in AT_ONCE if each[0] not in dict(pairs)]
    files = {"document": DOCUMENT, **files}
    return desk.ask("/counsel/orders/file/", *said, *pairs, **files)


def hold(desk: Desk, name: str, *pairs: tuple[str, str]) -> str:
    desk.ask("/counsel/holds/place/", *named(name), *pairs, document=DOCUMENT)
    return desk.sign()


def entries(office, kind: str) -> list[dict]:
    """Return the entries of a kind on the office's ledger."""
    from portcullis import ledger

    log = ledger.Log.open(office.home / "ledger")
    return [said for said in map(json.loads, log.entries()) if said["kind"] == kind]


@pytest.fixture
def counsel(office) -> Desk:
    return Desk(office, "counsel")


@pytest.fixture
def second(office) -> Desk:
    return Desk(office, "counsel-2")


def test_an_order_is_filed_with_every_scope_the_law_knows(office, counsel):
    told = order(
        counsel, "wide", ("reach", "named"),
        ("statutes", "8 USC 1253\n\n8 USC 9999"), ("officers", "nobody"), ("packages", "x"),
        ("received_from", "2025-07-02"), ("received_to", "2025-07-01"),
    )  # fmt: skip
    assert "The statute on line 3 is none that a request here rests on." in told
    assert "Nobody of the id on line 1 is on the roster." in told
    assert "No package of the id on line 1 is here." in told
    assert "It lies before the first day." in told
    told = order(
        counsel, "wide", ("reach", "named"),
        ("statutes", "8 U.S.C. 1253"), ("officers", "officer-1"), ("agreements", "irs-dhs-2025"),
        ("readings", "valid-request-suffices"), ("received_from", "2025-06-01"),
        ("batches", "batch-1"),
    )  # fmt: skip
    scope = counsel.statement()["scope"]
    assert scope == {
        "statutes": ["8 U.S.C. 1253"],
        "officers": ["officer-1"],
        "agreements": ["irs-dhs-2025"],
        "readings": ["valid-request-suffices"],
        "batches": ["batch-1"],
        "received": {"from": "2025-06-01"},
    }
    assert "What it stands for" in told
    assert "Batches reached whole 1 Requests in them 10 Packages already delivered 6" in told
    told = counsel.sign()
    assert "The order is filed. Packages may still leave: it stops the recipient's use" in told
    assert entries(office, "order-filed")[-1]["scope"] == scope


def test_an_officer_alone_is_counted_by_what_was_made_for_them(counsel):
    told = order(counsel, "narrow", ("reach", "named"), ("officers", "officer-1"))
    assert "Batches reached whole 0 Requests in them 0 Packages already delivered 3" in told
    assert "Something is named below." in order(
        counsel, "narrow", ("reach", "everything"), ("officers", "officer-1")
    )


def test_an_order_that_is_not_in_effect_says_so_everywhere(counsel):
    soon = (ANSWER_DAY + timedelta(days=3)).isoformat()
    far = (ANSWER_DAY + timedelta(days=800)).isoformat()
    narrow = (("reach", "named"), ("officers", "officer-2"))
    told = order(counsel, "later", *narrow, ("effective", far), stops=("release",))
    assert "lies more than a year ahead" in told
    told = order(counsel, "later", *narrow, ("effective", soon), stops=("release",))
    assert "Until then it stops nothing." in told
    told = counsel.sign()
    assert "The order is filed. It takes effect on" in told
    assert "and stops nothing before." in told
    assert "Not in effect yet" in told
    assert "Order later takes effect on" in counsel.get("/counsel/")


def sets(office) -> set[str]:
    return {path.name for path in (office.home / "orders").glob("*.tbl")}


def test_persons_are_kept_once_it_is_signed_and_asked_for_again_with_the_form(office, counsel):
    before = sets(office)
    reach = (("reach", "named"), ("batches", "batch-1"))
    bomb = ("p.csv", gzip.compress(b"tin\n" + b"000123456\n" * 1000))
    assert "Whom the file means is not clear" in order(counsel, "sealed", *reach, persons=bomb)
    told = order(counsel, "sealed", *reach, ("docket", "no docket"), persons=PERSONS)
    assert "must be mended" in told
    assert 'name="had_persons" value="on"' in counsel.answer.text
    again = (*reach, ("had_persons", "on"))
    assert "A file of persons was chosen before" in order(counsel, "sealed", *again)
    told = order(counsel, "sealed", *again, ("without_persons", "on"))
    assert "Persons under seal" not in told
    told = order(counsel, "sealed", *again, persons=PERSONS)
    assert "Persons under seal 1" in told
    assert sets(office) == before
    assert "Ada" not in counsel.answer.text
    assert "The persons named under seal" in counsel.sign().replace("the persons", "The persons")
    (name,) = entries(office, "order-filed")[-1]["scope"]["persons"]
    assert sets(office) - before == {f"{name}.tbl"}
    assert not [path for path in office.home.glob("tmp*") if path.is_dir()]
    (office.home / "orders" / f"{name}.tbl").unlink()
    told = counsel.get("/counsel/orders/sealed/")
    assert "This home has lost whom it names under seal" in told
    path = "/counsel/orders/sealed/persons/"
    other = ("p.csv", b"tin\n000123457\n")
    assert "Those are not the persons" in counsel.ask(path, persons=other)
    assert "They are kept again" in counsel.ask(path, persons=PERSONS)
    assert sets(office) - before == {f"{name}.tbl"}


def test_a_wrong_first_approval_stands_in_nobodys_way(office, counsel, second):
    hold(counsel, "stuck", ("reach", "named"), ("officers", "officer-2"))
    path = "/counsel/orders/stuck/lift/"
    counsel.ask(path, ("docket", "1:26-cv-1"), document=OTHER)
    assert "It stands until a second person approves it." in counsel.sign()
    told = counsel.get(path)
    assert "You have approved its lifting: another person approves the same." in told
    told = second.get(path)
    assert "once you have signed the same docket and document as another person" in told
    second.ask(path, ("docket", "1:26-cv-1"), document=DOCUMENT)
    assert "It stands until a second person approves it." in second.sign()
    # The first puts the right document in the place of theirs, and it is lifted.
    counsel.ask(path, ("docket", "1:26-cv-1"), document=DOCUMENT)
    assert "It is lifted." in counsel.sign()
    assert len(entries(office, "hold-lifted")[-1]["approvals"]) == 2
    assert "It is lifted already." in counsel.get(path)


def test_who_approves_the_same_twice_is_on_the_record(office, counsel):
    hold(counsel, "twice", ("reach", "named"), ("officers", "officer-2"))
    path = "/counsel/orders/twice/lift/"
    counsel.ask(path, ("docket", "1:26-cv-1"), document=OTHER)
    counsel.sign()
    told = counsel.ask(path, ("docket", "1:26-cv-1"), document=OTHER)
    assert "The attempt is on the record." in told
    hold(counsel, "after-twice", ("reach", "named"), ("officers", "officer-2"))  # published with it
    said = [(each["act"], each["person"], each["reason"]) for each in entries(office, "denied")]
    assert ("lift", "counsel", "two-people") in said


def test_destruction_is_cleared_under_a_hold_by_name_or_as_listed(office, counsel):
    hold(counsel, "kept", ("reach", "named"), ("officers", "officer-1"))
    path = "/counsel/orders/kept/clear/"
    told = counsel.get(path)
    assert told.count("Kept") >= 3
    assert told.count("Go on to sign") == 1  # the filters have a button of their own
    ids = packages(counsel)
    allowed = (("docket", "1:26-cv-1"),)
    assert "Nothing is named." in counsel.ask(path, ("which", "named"), *allowed, document=OTHER)
    told = counsel.ask(path, ("which", "named"), ("packages", "x"), *allowed, document=OTHER)
    assert "Not everything named was disclosed from here, or imported." in told
    counsel.ask(path, ("which", "named"), ("packages", ids[0]), *allowed, document=OTHER)
    assert "This act binds." in counsel.text
    assert "It is cleared: this hold keeps it no more." in counsel.sign()
    counsel.ask(f"{path}?officer=officer-1", ("which", "listed"), *allowed, document=OTHER)
    assert "Packages 2 Imported histories 0" in counsel.text
    counsel.sign()
    cleared = entries(office, "destruction-cleared")
    assert [len(each["packages"]) for each in cleared] == [1, 2]
    told = counsel.ask(path, ("which", "listed"), *allowed, document=OTHER)
    assert "All that is listed is cleared already." in told
    order(counsel, "no-hold", ("reach", "named"), ("officers", "officer-1"))
    counsel.sign()
    assert "No hold of that id stands." in counsel.get("/counsel/orders/no-hold/clear/")


def test_a_notice_to_a_person_is_due_then_read_then_given(office, counsel):
    hold(counsel, "all", ("reach", "everything"))
    counsel.get("/counsel/orders/all/clear/")
    package = packages(counsel)[0]
    today = ANSWER_DAY.isoformat()
    charge = [
        ("id", "N-1"), ("trigger", "indictment"), ("triggered_on", today),
        ("act", "disclosure"), ("act_on", today), ("history", ""), ("incident", ""),
    ]  # fmt: skip
    path = "/counsel/notices/charge/"
    assert "Of which disclosure?" in counsel.ask(path, *charge, ("package", ""))
    told = counsel.ask(path, *charge, ("package", "0" * 64))
    assert "No package of that id was delivered." in told
    counsel.ask(path, *charge, ("package", package))
    assert "It is recorded that the notice is due." in counsel.sign()
    assert "To be given" in counsel.text
    assert "Notice N-1 To be given as soon as practicable" in counsel.get("/counsel/")
    counsel.ask("/counsel/notices/one/draft/", ("id", "N-1"))
    told = counsel.sign()
    assert "26 U.S.C. § 7431(e) commands that you be told" in told
    assert package in told
    assert entries(office, "inspected")[-1]["act"] == "notice-draft"
    given = "/counsel/notices/one/given/?id=N-1"
    told = counsel.ask(given, ("given_on", today), document=DOCUMENT)
    assert "Section 7431(e) commands both." in told
    counsel.ask(given, ("given_on", today), ("rights_told", "on"), document=DOCUMENT)
    assert "It is recorded that the person was told." in counsel.sign()
    assert "No notice is due." in counsel.get("/counsel/notices/")


def packages(desk: Desk) -> list[str]:
    """Return the ids of the packages that the page lists."""
    return re.findall(r'<span class="office-mono">([^<]+)</span>', desk.answer.text)


def test_the_drafts_of_a_recalls_demands_are_read_and_their_sending_recorded(office, counsel):
    safeguards = Desk(office, "safeguards")
    safeguards.ask(
        "/safeguards/recalls/open/",
        ("id", "R/1"), ("why", "named unlawful-disclosure"), ("batches", "batch-1"),
    )  # fmt: skip
    safeguards.sign()
    assert "Demand of R/1 To be sent for 2 lots" in counsel.get("/counsel/")
    told = counsel.get("/counsel/recalls/one/?id=R/1")
    assert told.count("Not sent") == 2
    counsel.ask("/counsel/recalls/one/drafts/", ("id", "R/1"))
    told = counsel.sign()
    assert told.count("Draft: demand for the recall of return information") == 1
    assert "REQ-00001" in told
    assert counsel.answer.text.count('download="recall-demand-') == 1
    assert entries(office, "inspected")[-1]["act"] == "recall-drafts"
    path = "/counsel/recalls/one/demand/?id=R/1"
    day = ("sent_on", ANSWER_DAY.isoformat())
    assert "Say for which lots" in counsel.ask(path, day, document=DOCUMENT)
    counsel.ask(path, day, ("lots", "1"), document=DOCUMENT)
    assert "It is recorded that the demand was sent." in counsel.sign()
    assert counsel.text.count("Not sent") == 1
    assert "Demand of R/1 To be sent for 1 lot" in counsel.get("/counsel/")


def test_what_persons_may_be_told_is_determined_of_a_batch(office, counsel):
    assert "Nobody has determined on it." in counsel.get("/counsel/told/")
    path = "/counsel/told/determine/"
    assert "must be mended" in counsel.ask(path, ("of", "batch-1"), document=DOCUMENT)
    counsel.ask(path, ("of", "batch-1"), ("reached", "not-reached"), document=DOCUMENT)
    told = counsel.sign()
    assert "The determination is recorded." in told
    assert "(b)(7) does not reach it." in told
    assert entries(office, "b7-determined")[-1]["reached"] is False


def pack(version: str) -> list[tuple[str, tuple[str, bytes]]]:
    """Return the built-in agreement's files, under another version."""
    texts = {path.name: path.read_text() for path in sorted(Path(builtin_pack()).glob("*.toml"))}
    changed = re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', texts["agreement.toml"])
    texts["agreement.toml"] = changed
    return [("pack", (name, text.encode())) for name, text in texts.items()]


def test_another_version_of_the_agreement_is_kept(office, counsel):
    path = "/counsel/agreement/add/"
    person = counsel.person
    answer = person.post(path, [("_", "")], [("pack", ("agreement.toml", b"x"))])
    assert answer.status_code == 400
    assert "request.toml: The file is missing." in answer.text
    answer = person.post(path, [("_", "")], pack("9.9"))
    counsel.place = answer.headers["Location"]
    assert "Version 9.9 is kept." in counsel.sign()
    assert entries(office, "agreement-added")[-1]["version"] == "9.9"
    answer = person.post(path, [("_", "")], pack("9.9"))
    assert "There is a version 9.9 of the agreement here already." in answer.text


def test_the_recipients_notice_is_written_anew_by_who_signs_it(office, counsel):
    told = hold(counsel, "told", ("reach", "named"), ("officers", "officer-2"))
    assert "Its notice of what to freeze or keep was written on" in told
    counsel.ask("/counsel/orders/told/notice/")
    assert "notice is written anew" in counsel.sign()
    said = entries(office, "notice-issue")[-1]
    assert (said["of"], said["by"]) == ("told", "counsel")
    (office.home / "notices" / "told.jws").unlink()
    assert "No notice has been written" in counsel.get("/counsel/orders/told/")


@pytest.mark.long
def test_what_the_gate_had_no_time_for_is_signed_again_and_not_typed_again(office, counsel):
    order(counsel, "waits", ("reach", "named"), ("officers", "officer-1"))
    token = counsel.signs.sign(counsel.statement())
    with GateLock(office.home / "gate.lock").shared():
        counsel.answer = counsel.person.post(counsel.place, [("token", token)])
    assert counsel.answer.status_code == 400
    assert "The gate lock could not be had in time; nothing was done." in counsel.text
    assert "The order is filed." in counsel.sign()


@pytest.mark.parametrize(
    "path",
    ["notices/one/draft/", "recalls/one/drafts/", "orders/kept/notice/"],
)
def test_what_is_an_act_is_not_done_by_looking(counsel, path):
    counsel.get(f"/counsel/{path}")
    assert counsel.answer.status_code == 405


def test_another_role_is_denied_each_page(office):
    desk = Desk(office, "safeguards")
    for path in ("recalls/", "notices/charge/", "told/determine/", "agreement/add/"):
        told = desk.get(f"/counsel/{path}")
        assert "This desk is for people who hold another role." in told

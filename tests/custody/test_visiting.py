"""A person at the recipient's home: who sees what, after which warning, and what is logged."""

import dataclasses
import json
from datetime import date, timedelta
from functools import partial

import pytest

from portcullis import agreements, keys
from portcullis.agreements import may
from portcullis.custody import RecipientHome, Visit, read_statement
from portcullis.errors import Misuse, Refused
from portcullis.release import seal, unseal, unwrap_half
from portcullis.standing import EVERYTHING, Custodian, Frozen, Hold, Order, notice_statement

from .cases import NOW, person, proven
from .test_home import CASE, PLACE

KEYS = {name: keys.generate() for name in ("ice-0008", "ice-0009", "custodian")}


@pytest.fixture
def home(tmp_path, officer_key, sealed):
    """A home with one package of ice-0007, in whose case ice-0008 is engaged and ice-0009 not."""
    people = [person(officer_key)]
    for name, key in KEYS.items():
        role = "custodian" if name == "custodian" else "officer"
        people.append(person(key, id=name, roles=(role,)))
    agreements.save_roster(agreements.Roster.from_people(people), tmp_path / "people.json")
    made = RecipientHome(tmp_path / "recipient")
    made.make(tmp_path / "people.json", agreements.builtin_pack())
    case = dataclasses.replace(CASE, access=("ice-0007", "ice-0008"))
    made.receive(sealed.data, case, user="ice-0007", at=NOW, place=PLACE, check_proof=proven)
    return made


@pytest.fixture
def visit(home, officer_key):
    def come(name, at=NOW, *, acknowledge=True):
        key = officer_key if name == "ice-0007" else KEYS[name]
        made = Visit(home, name, key, at=at, place=PLACE)
        if acknowledge:
            made.acknowledge()
        return made

    return come


def events(home):
    return [(entry.event, entry.user, entry.success) for entry in home.log.entries()]


def denied(home):
    """Return act and person of the newest entry, which is of a denied attempt."""
    last = list(home.log.entries())[-1]
    assert (last.event, last.success) == ("denied", False)
    return last.reason, last.user


PROOF = {"holder_jwk": {}, "check_proof": proven}


def test_nothing_is_shown_before_the_warning_is_acknowledged(home, visit, parcel):
    come = visit("ice-0007", acknowledge=False)
    for look in (
        come.kept,
        come.due,
        lambda: come.log_of("r-1"),
        lambda: come.state([parcel.package_id], "closed"),
        lambda: visit("custodian", acknowledge=False).certify([parcel.package_id], "returned"),
    ):
        with pytest.raises(Refused, match="not been acknowledged"):
            look()
    assert events(home) == [("receipt", "ice-0007", True)]


def test_an_acknowledgement_is_of_one_person_one_workstation_and_half_an_hour(home, visit):
    visit("ice-0007")
    assert events(home)[-1] == ("acknowledgement", "ice-0007", True)
    assert visit("ice-0007", NOW + timedelta(minutes=30), acknowledge=False).acknowledged
    assert not visit("ice-0007", NOW + timedelta(minutes=31), acknowledge=False).acknowledged
    assert not visit("ice-0007", NOW - timedelta(minutes=1), acknowledge=False).acknowledged
    assert not visit("ice-0008", acknowledge=False).acknowledged
    elsewhere = dataclasses.replace(PLACE, origin="workstation-13")
    assert not home.acknowledged("ice-0007", at=NOW, place=elsewhere)


def test_nothing_is_done_before_the_last_entry_of_the_log(home, visit, parcel):
    named, before = [parcel.package_id], NOW - timedelta(minutes=1)
    first = visit("ice-0007", before - timedelta(minutes=1), acknowledge=False)
    for act in (
        first.acknowledge,
        lambda: first.ask(parcel.package_id, "investigation"),
        lambda: first.state(named, "closed"),
        lambda: visit("custodian", before, acknowledge=False).certify(named, "returned"),
    ):
        with pytest.raises(Refused, match="before the last entry"):
            act()
    assert events(home) == [("receipt", "ice-0007", True)]
    assert home.officer_of(parcel.package_id) == "ice-0007"


def test_what_a_hold_preserves_is_neither_returned_nor_destroyed(home, visit, holder_key, parcel):
    named, custodian = [parcel.package_id], visit("custodian")
    hold = Hold("h-1", "1:25-cv-12822", "mad", NOW.date(), "ab" * 32, EVERYTHING)
    listed = [Custodian("ice-0007", "l-1", (Frozen("b-1", "r-1", parcel.package_id),))]

    def told(minutes, key=holder_key, *, lifted=False):
        at = NOW + timedelta(minutes=minutes)
        said = notice_statement(hold, listed, agreement="irs-dhs-2025", at=at, lifted=lifted)
        return keys.sign(said, key), keys.public_jwk(key)

    with pytest.raises(Refused, match="custodian"):
        visit("ice-0007").keep_notice(*told(0))
    assert custodian.keep_notice(*told(0)) == "preserve"
    for kind in ("returned", "destroyed"):
        with pytest.raises(Refused, match="A hold preserves"):
            custodian.certify(named, kind, "purged" if kind == "destroyed" else "")
    assert home.officer_of(parcel.package_id) == "ice-0007"
    custodian.certify(named, "continued")
    with pytest.raises(Refused, match="another holder"):
        custodian.keep_notice(*told(1, keys.generate(), lifted=True))
    custodian.keep_notice(*told(2, lifted=True))
    with pytest.raises(Refused, match="newer"):
        custodian.keep_notice(*told(1))
    custodian.certify(named, "destroyed", "purged")
    assert home.officer_of(parcel.package_id) == ""


def test_opening_too_waits_for_the_warning(home, visit, office, parcel):
    come = visit("ice-0007", acknowledge=False)
    request = come.ask(parcel.package_id, "investigation")
    opening = {"holder_jwk": office.holder_jwk, "check_proof": proven}
    with pytest.raises(Refused, match="not been acknowledged"):
        come.open(parcel.package_id, request, office.grant(request), **opening)
    assert events(home)[-1] == ("opening", "ice-0007", False)
    come.acknowledge()
    request = come.ask(parcel.package_id, "investigation")
    content = come.open(parcel.package_id, request, office.grant(request), **opening)
    assert content["request_id"] == "r-1"


def test_only_the_cases_own_people_learn_that_a_package_exists(home, visit, parcel):
    for name in ("ice-0007", "ice-0008", "custodian"):
        (kept,) = visit(name).kept()
        assert (kept.request_id, kept.here) == ("r-1", True)
        assert visit(name).log_of("r-1")[0].event == "receipt"
    stranger = visit("ice-0009")
    assert stranger.kept() == stranger.due() == []
    there, nowhere = parcel.package_id, "f" * 32
    for act in (
        lambda each: stranger.ask(each, "investigation"),
        lambda each: stranger.state([each], "closed"),
    ):
        said = []
        for each in (there, nowhere):
            with pytest.raises(Misuse) as refused:
                act(each)
            said.append(str(refused.value))
        assert said[0] == said[1]
    for request_id in ("r-1", "r-2"):
        with pytest.raises(Misuse, match="no such request"):
            stranger.log_of(request_id)
    assert events(home)[-1] == ("view", "ice-0009", False)
    assert list(home.log.entries())[-1].request_id == ""


def test_who_is_engaged_and_not_named_neither_asks_nor_states(home, visit, parcel):
    with pytest.raises(Refused, match="another officer"):
        visit("ice-0008").ask(parcel.package_id, "investigation")
    assert denied(home) == ("ask", "ice-0008")
    with pytest.raises(Refused, match="another officer"):
        visit("ice-0008").state([parcel.package_id], "closed")
    assert denied(home) == ("state", "ice-0008")
    with pytest.raises(Refused, match="Only an officer states"):
        visit("custodian").state([parcel.package_id], "closed")
    assert denied(home) == ("state", "custodian")


@pytest.mark.parametrize(
    ("name", "act", "attempt"),
    [
        ("custodian", "ask", lambda come, id_: come.ask(id_, "investigation")),
        ("custodian", "open", lambda come, id_: come.open(id_, "", "", **PROOF)),
        ("custodian", "state", lambda come, id_: come.state([id_], "closed")),
        ("ice-0007", "certify", lambda come, id_: come.certify([id_], "returned")),
        ("ice-0007", "notice-keep", lambda come, _: come.keep_notice("", {})),
    ],
)
def test_what_is_not_ones_own_to_do_is_denied_and_logged(visit, parcel, name, act, attempt):
    come = visit(name)
    home, before = come.home, len(events(come.home))
    with pytest.raises(Refused, match="Only"):
        attempt(come, parcel.package_id)
    assert denied(home) == (act, name)
    assert len(events(home)) == before + 1
    assert not may(home.roster().person(name), act, NOW.date())


def test_a_purpose_of_another_authority_is_not_asked_for(visit, parcel):
    with pytest.raises(Refused, match="no purpose"):
        visit("ice-0007").ask(parcel.package_id, "locating-fugitive")


def test_nobody_comes_in_by_another_key_or_after_their_time(home, officer_key):
    late = NOW.replace(year=2026)
    for name, key, at in (
        ("ice-0007", KEYS["ice-0008"], NOW),
        ("nobody", officer_key, NOW),
        ("ice-0007", officer_key, late),
    ):
        with pytest.raises(Refused, match="enrolled for an officer or custodian"):
            Visit(home, name, key, at=at, place=PLACE)
        # Whoever is not enrolled typed something; it may be anybody's name.
        assert denied(home) == ("visit", "unknown" if name == "nobody" else name)


def test_a_home_without_a_roster_lets_nobody_in(tmp_path, officer_key):
    with pytest.raises(Misuse, match="custody init"):
        Visit(RecipientHome(tmp_path / "new"), "ice-0007", officer_key, at=NOW, place=PLACE)


def test_the_clock_is_never_behind_the_holders(visit):
    """Received late, it runs from the day on which the batch was answered at the earliest."""
    (kept,) = visit("ice-0007").kept()
    assert kept.received_on == NOW.date()
    assert kept.disclosure.since == CASE.requested_on + timedelta(days=10) == date(2025, 7, 7)
    ((_, duty),) = visit("ice-0007").due()
    assert (duty.what, duty.due_on) == ("status", date(2025, 10, 5))


def test_a_status_is_signed_logged_and_moves_the_clock(home, visit, officer_key, parcel):
    come = visit("ice-0007")
    token = come.state([parcel.package_id], "proceeding")
    said = read_statement(token, partial(keys.verify, jwk=keys.public_jwk(officer_key)))
    assert (said.packages, said.by, said.status) == ((parcel.package_id,), "ice-0007", "proceeding")
    ((_, duty),) = come.due()
    assert duty.due_on == NOW.date() + timedelta(days=90)
    come.state([parcel.package_id], "none")
    ((_, duty),) = come.due()
    assert (duty.what, duty.due_on) == ("disposal", NOW.date() + timedelta(days=30))
    assert [entry.reason for entry in home.log.entries() if entry.event == "status"] == [
        "proceeding",
        "none",
    ]


def test_destruction_is_the_custodians_and_complete(home, visit, parcel, sealed):
    with pytest.raises(Refused, match="Only the recipient's custodian"):
        visit("ice-0007").certify([parcel.package_id], "destroyed", "purged")
    with pytest.raises(Misuse, match="names its method"):
        visit("custodian").certify([parcel.package_id], "destroyed")
    assert list(home.packages.iterdir())
    token = visit("custodian").certify([parcel.package_id], "destroyed", "purged")
    said = read_statement(token, partial(keys.verify, jwk=keys.public_jwk(KEYS["custodian"])))
    assert (said.kind, said.method) == ("destroyed", "purged")
    assert not list(home.packages.iterdir())
    last = visit("ice-0008").log_of("r-1")[-1]
    assert (last.event, last.disposal_on, last.disposal_method) == (
        "disposal",
        "2025-08-07",
        "purged",
    )
    (kept,) = visit("ice-0008").kept()
    assert (kept.here, kept.duties) == (False, ())
    with pytest.raises(Refused, match="not taken in again"):
        home.receive(sealed.data, CASE, user="clerk", at=NOW, place=PLACE, check_proof=proven)


def test_continued_safeguarding_keeps_it_and_is_renewed(visit, parcel):
    visit("custodian").certify([parcel.package_id], "continued")
    ((kept, duty),) = visit("ice-0007").due()
    assert kept.here
    assert (duty.what, duty.due_on) == ("renewal", date(2026, 8, 7))


def test_what_is_stored_is_labelled_and_the_label_says_nothing_more(home, parcel):
    label = (home.packages / f"{parcel.package_id}.label.txt").read_text()
    assert label.startswith("FEDERAL TAX INFORMATION\n")
    assert "r-1" in label
    assert "6103(p)(4)(F)(ii)" in label


def test_every_look_is_logged(home, visit):
    come = visit("ice-0007")
    come.kept()
    come.due()
    come.log_of("r-1")
    looks = [entry for entry in home.log.entries() if entry.event == "view"]
    assert [(each.reason, each.request_id) for each in looks] == [
        ("list", ""),
        ("due", ""),
        ("log", "r-1"),
    ]


def test_a_second_package_is_its_own(home, visit, content, parcel):
    """The same request, sealed to another officer: each sees both, and states their own."""
    other = dataclasses.replace(parcel, package_id="e" * 32, officer="ice-0008")
    data = seal(content, keys.public_jwk(KEYS["ice-0008"]), other).data
    case = dataclasses.replace(CASE, access=("ice-0007", "ice-0008"))
    home.receive(data, case, user="ice-0008", at=NOW, place=PLACE, check_proof=proven)
    assert len(visit("ice-0007").kept()) == 2
    visit("ice-0008").state(["e" * 32], "closed")
    assert [duty.what for _, duty in visit("ice-0007").due()] == ["disposal", "status"]
    with pytest.raises(Refused, match="another officer"):
        visit("ice-0008").state(["e" * 32, parcel.package_id], "closed")


def test_who_is_signed_in_is_handed_what_their_own_browser_opens(
    home, office, officer_key, parcel, content
):
    come = Visit.signed_in(home, "ice-0007", at=NOW, place=PLACE)
    holder = {"holder_jwk": office.holder_jwk, "check_proof": proven}
    request = keys.sign(come.opening_statement(parcel.package_id, "investigation"), officer_key)
    with pytest.raises(Refused, match="not been acknowledged"):
        come.hand_out(parcel.package_id, request, office.grant(request), **holder)
    come.acknowledge()
    request = keys.sign(come.opening_statement(parcel.package_id, "investigation"), officer_key)
    token = office.grant(request)
    opened = come.hand_out(parcel.package_id, request, token, **holder)
    half = unwrap_half(opened.half, officer_key, parcel.package_id)
    assert unseal(opened.package, officer_key, half) == content
    with pytest.raises(Refused, match="used before"):
        come.hand_out(parcel.package_id, request, token, **holder)
    nonce = keys.unverified(request)["nonce"]
    come.not_shown(parcel.package_id, nonce)
    later = Visit.signed_in(home, "ice-0007", at=NOW + timedelta(minutes=5), place=PLACE)
    with pytest.raises(Refused, match="no more be said"):
        later.not_shown(parcel.package_id, nonce)
    with pytest.raises(Refused, match="used before"):
        come.hand_out(parcel.package_id, request, token, **holder)
    openings = [
        (one.success, one.opening == nonce) for one in home.log.entries() if one.event == "opening"
    ]
    assert openings == [(False, False), (True, True), (False, True), (False, True), (False, True)]


def test_a_request_by_another_key_hands_out_nothing(home, office, officer_key, parcel):
    come = Visit.signed_in(home, "ice-0007", at=NOW, place=PLACE)
    come.acknowledge()
    said = come.opening_statement(parcel.package_id, "investigation")
    token = office.grant(keys.sign(said, officer_key))
    with pytest.raises(Refused, match="does not verify"):
        come.hand_out(
            parcel.package_id,
            keys.sign(said, keys.generate()),
            token,
            holder_jwk=office.holder_jwk,
            check_proof=proven,
        )
    assert events(home)[-1] == ("opening", "ice-0007", False)


def test_who_is_signed_in_sees_and_opens_no_more_than_with_a_key(home, parcel):
    for stranger in ("ice-0010", ""):
        with pytest.raises(Refused, match="not the one enrolled"):
            Visit.signed_in(home, stranger, at=NOW, place=PLACE)
    other = Visit.signed_in(home, "ice-0009", at=NOW, place=PLACE)
    with pytest.raises(Misuse, match="no such package"):
        other.opening_statement(parcel.package_id, "investigation")
    engaged = Visit.signed_in(home, "ice-0008", at=NOW, place=PLACE)
    with pytest.raises(Refused, match="another officer's"):
        engaged.opening_statement(parcel.package_id, "investigation")
    named = Visit.signed_in(home, "ice-0007", at=NOW, place=PLACE)
    with pytest.raises(Refused, match="no purpose"):
        named.opening_statement(parcel.package_id, "statistics")
    named.acknowledge()
    assert [one.request_id for one in named.kept()] == ["r-1"]
    with pytest.raises(Misuse, match="key is not here"):
        named.state([parcel.package_id], "closed")
    with pytest.raises(Refused, match="not the one enrolled"):
        Visit.signed_in(home, "ice-0007", at=NOW + timedelta(days=365), place=PLACE)


def placed(home, holder_key, says, packages, minutes=0):
    """Keep a notice of an order (freeze), a hold (preserve) or a lift of the order."""
    kind = Hold if says == "preserve" else Order
    of = kind("o-1", "1:25-cv-12822", "mad", NOW.date(), "ab" * 32, EVERYTHING)
    frozen = tuple(Frozen("b-1", f"r-{at}", package) for at, package in enumerate(packages))
    said = notice_statement(
        of,
        [Custodian("ice-0007", "l-1", frozen)],
        agreement="irs-dhs-2025",
        at=NOW + timedelta(minutes=minutes),
        lifted=says == "lifted",
    )
    return home.notices.keep(keys.sign(said, holder_key), keys.public_jwk(holder_key))


def test_what_an_order_freezes_is_neither_disposed_of_nor_opened(
    home, visit, office, holder_key, parcel
):
    named, come, custodian = [parcel.package_id], visit("ice-0007"), visit("custodian")
    request = come.ask(parcel.package_id, "investigation")
    token = office.grant(request)
    kept = placed(home, holder_key, "freeze", [*named, "0" * 32])
    assert (kept.of_custodian("ice-0007").disclosures, kept.asks) == (2, True)
    assert home.notices.kept_back([*named, "1" * 32], "freeze") == {named[0]: "freeze"}
    for kind in ("returned", "destroyed"):
        with pytest.raises(Refused, match="an order freezes"):
            custodian.certify(named, kind, "purged" if kind == "destroyed" else "")
    assert home.officer_of(named[0]) == "ice-0007"
    with pytest.raises(Refused, match="order freezes this package"):
        come.ask(parcel.package_id, "investigation")
    # A token that was granted a moment before the order opens nothing either.
    with pytest.raises(Refused, match="order freezes this package"):
        come.open(parcel.package_id, request, token, holder_jwk=office.holder_jwk,
                  check_proof=proven)  # fmt: skip
    assert events(home)[-1] == ("opening", "ice-0007", False)
    placed(home, holder_key, "lifted", named, minutes=1)
    assert home.notices.kept_back(named, "freeze", "preserve") == {}
    come.open(parcel.package_id, request, token, holder_jwk=office.holder_jwk, check_proof=proven)
    custodian.certify(named, "destroyed", "purged")


def test_a_notice_of_many_is_read_in_parts_and_attested_to_by_its_digest(home, holder_key):
    kept = placed(home, holder_key, "freeze", [f"{at:032d}" for at in range(3_000)])
    (again,) = home.notices.every()
    assert (again.digest, again.of, again.says) == (kept.digest, "o-1", "freeze")
    page = again.disclosures("ice-0007", 2_999, 25)
    assert [each["request_id"] for each in page] == ["r-2999"]
    said = again.attestation("ice-0007", "ice-0007", NOW)
    assert (said["notice"], said["list"], said["by"]) == (kept.digest, "l-1", "ice-0007")
    with pytest.raises(Refused, match="lists nothing"):
        again.attestation("ice-0008", "ice-0008", NOW)
    assert home.notices.find(kept.name).digest == kept.digest
    placed(home, holder_key, "freeze", ["1" * 32], minutes=1)
    assert len(list((home.folder / "notices").iterdir())) == 2  # one notice, and its list


def test_a_notice_kept_by_an_earlier_version_still_holds_and_is_kept_again(home, holder_key):
    kept = placed(home, holder_key, "preserve", ["1" * 32])
    path = home.folder / "notices" / f"{kept.name}.json"
    before = json.loads(path.read_text())
    listed = kept.disclosures("ice-0007", 0, 9)
    before["said"]["custodians"][0]["disclosures"] = listed
    del before["notice"]
    path.write_text(json.dumps(before))
    (old,) = home.notices.every()
    assert (old.digest, old.of_custodian("ice-0007").disclosures) == ("", 1)
    with pytest.raises(Refused, match="earlier version"):
        old.attestation("ice-0007", "ice-0007", NOW)
    with pytest.raises(Refused, match="A hold preserves"):
        home.notices.check_disposable(["1" * 32])


def test_certifying_keeps_logs_and_then_removes(home, visit, parcel):
    named, custodian = [parcel.package_id], visit("custodian")
    seen = []

    def keep(signed):
        seen.append((home.officer_of(named[0]), events(home)[-1][0], bool(signed)))
        raise Refused("The disk is full.")

    with pytest.raises(Refused, match="disk is full"):
        custodian.certify(named, "destroyed", "purged", keep)
    # It was signed and not kept: nothing is logged, and nothing gone.
    assert seen == [("ice-0007", "acknowledgement", True)]
    assert home.officer_of(named[0]) == "ice-0007"
    assert "disposal" not in {event for event, _, _ in events(home)}
    # A colleague looks while it is being certified: the log takes both.
    visit("ice-0007", NOW + timedelta(seconds=20)).kept()
    custodian.certify(named, "destroyed", "purged")
    assert home.officer_of(named[0]) == ""
    last = list(home.log.entries())[-1]
    assert (last.event, last.at) == ("disposal", (NOW + timedelta(seconds=20)).isoformat())


def test_a_package_whose_disposal_is_logged_is_removed_once_nobody_else_did(home, visit, parcel):
    visit("custodian").certify([parcel.package_id], "returned")
    path = home.packages / f"{parcel.package_id}.json"
    path.write_bytes(b"left by a process that was killed")
    home.sweep()
    assert not path.exists()


def test_an_attempt_at_what_one_may_not_know_of_is_on_record(home, visit, parcel):
    with pytest.raises(Misuse, match="no such package"):
        visit("ice-0009").state([parcel.package_id], "closed")
    assert denied(home) == ("state", "ice-0009")


def test_one_nonce_opens_once_however_many_come_at_once(home, visit):
    visit("ice-0007")
    receipt = next(each for each in home.log.entries() if each.event == "receipt")
    opening = dataclasses.replace(receipt, event="opening", opening="n-1", user="ice-0007")
    home.log.append(dataclasses.replace(opening, success=False))
    home.log.append(opening, once="n-1")
    count = len(events(home))
    with pytest.raises(Refused, match="used before"):
        home.log.append(opening, once="n-1")
    assert len(events(home)) == count


def test_several_entries_are_made_together_or_not_at_all(home, visit):
    visit("ice-0007")
    entry = next(each for each in home.log.entries() if each.event == "acknowledgement")
    too_long = dataclasses.replace(entry, access=tuple(f"{at:0190d}" for at in range(400)))
    count = len(events(home))
    with pytest.raises(Misuse, match="too long"):
        home.log.append(entry, too_long)
    assert len(events(home)) == count
    home.log.append(entry, entry)
    assert home.log.verify() == count + 2


def test_a_torn_line_and_a_wrong_clock_are_mended_on_the_record(home, visit):
    log = home.log.path
    visit("custodian")
    with pytest.raises(Refused, match="nothing to mend"):
        visit("custodian", acknowledge=False).mend_log()
    # The clock was a year ahead when somebody looked: nobody comes in any more.
    home.viewed("ice-0007", "list", at=NOW + timedelta(days=60), place=PLACE)
    with pytest.raises(Refused, match="before the last entry"):
        visit("ice-0007", NOW + timedelta(minutes=1))
    with log.open("ab") as out:
        out.write(b'{"torn":')
    for name in ("ice-0007", "ice-0008"):
        with pytest.raises(Refused, match="Only the recipient's custodian"):
            visit(name, acknowledge=False).mend_log()
    said = visit("custodian", NOW + timedelta(minutes=1), acknowledge=False).mend_log()
    assert "torn last line" in said
    assert "clock was wrong" in said
    (apart,) = log.parent.glob("fti-log.jsonl.torn-*")
    assert apart.read_bytes() == b'{"torn":'
    assert visit("ice-0007", NOW + timedelta(minutes=2)).kept()
    last = [each for each in home.log.entries() if each.event == "correction"]
    assert [(each.user, each.reason) for each in last] == [("custodian", said)]

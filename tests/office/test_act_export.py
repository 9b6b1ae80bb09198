"""Who signed what, exported and checked without the home: by key, by passkey, under an order."""

import json
import re
import shutil
from datetime import timedelta

import pytest

from portcullis import agreements, keys
from portcullis.canonical import sha256_hex
from portcullis.cli import acts as verbs
from portcullis.errors import Misuse
from tests.authenticator import Passkey as Soft
from tests.office import acts
from tests.office.homes import switch
from tests.office.world import BATCH, World


class Order:
    """Signs one order, and hands its signature out for every step done under it."""

    def __init__(self, person, at, key, changes=None):
        from portcullis.office import signers

        said = {"act": "adjudicate", "person": person, "at": at, "batch": BATCH}
        said |= {"ledger": signers.origin()}
        said |= {"ordered": {"engine": "duckdb"}} | (changes or {})
        self.token = keys.sign(said, key)

    def sign(self, _statement):
        return self.token


class Trusting:
    """Takes every entry for one of the ledger's, to look at the rest alone."""

    def shows(self, _proof, _entry):
        pass


def act(world, actor, kind, facts, batch=""):
    from django.db import transaction

    from portcullis.office.people import sign_act

    with transaction.atomic():
        return sign_act(world.home(), actor, kind, facts, batch)


def play(world):
    """Sign by passkey, under an order, with a key lost after; lift an order by two."""
    from portcullis.office import entries, orders, roster_changes
    from portcullis.office.people import Actor
    from portcullis.standing import EVERYTHING
    from portcullis.standing import Order as CourtOrder

    soft = Soft()
    acts.change_person(world, "sampler", passkeys=(agreements.Passkey(**soft.enrolled()),))
    home = world.home()
    person = home.roster.person
    moment = home.now() - timedelta(minutes=5)
    act(world, Actor(person("sampler"), soft, moment), "trial", {"n": 1}, BATCH)
    ordered = Order("specialist", moment.isoformat(), world.key("specialist"))
    act(world, Actor(person("specialist"), ordered), "held", {"reasons": ["n-2"]}, BATCH)
    day = home.today()
    court = CourtOrder("order-1", "1:25-cv-1", "dcd", day, "a" * 64, EVERYTHING)
    orders.place(home, world.actor("counsel"), court)
    for who in ("counsel", "counsel-2"):
        orders.lift(home, world.actor(who), "order-1", "1:25-cv-1", "b" * 64)
    roster_changes.revoke(
        home,
        world.actor("administrator"),
        "reviewer",
        home.today(),
    )
    entries.integrate(home)


@pytest.fixture(scope="module")
def exported(_find_stage, tmp_path_factory):
    """Return the folder of an export of every act of a world played further; made once."""
    folder = tmp_path_factory.mktemp("acts")
    shutil.copytree(_find_stage("approved"), folder / "world")
    world = World(folder / "world")
    switch(world.home_path)
    play(world)
    verbs.export(all=True, out=folder / "all", home=world.home_path)
    verbs.export(BATCH, out=folder / "batch", home=world.home_path)
    return folder


@pytest.fixture
def check(exported, tmp_path, capsys):
    """Return what verifies the export with its lines, roster and keys changed."""

    def run(change=lambda lines: lines, people=lambda people: people, of="all"):
        folder = tmp_path / "export"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(exported / of, folder)
        lines = [json.loads(line) for line in (folder / "acts.jsonl").read_text().splitlines()]
        lines = change(lines)
        (folder / "acts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
        roster = json.loads((folder / "people.json").read_text())
        told = people(roster)
        if told != json.loads((folder / "people.json").read_text()):
            (folder / "people.json").write_text(json.dumps(told))
        capsys.readouterr()
        code = verbs.verify(folder, json=True)
        facts = json.loads(capsys.readouterr().out)
        assert (code == 0) == facts["verified"]
        return facts

    return run


def body(line):
    return json.loads(line["entry"])


def only(kind, change):
    """Return the change of the first line of an entry kind."""

    def apply(lines):
        line = next(one for one in lines if body(one)["kind"] == kind)
        change(line)
        return lines

    return apply


def test_every_act_verifies_without_the_home(check, exported):
    found = check()
    assert found["verified"], found
    assert found["by_passkey"] == 1
    assert found["by_order"] == 1
    assert found["roster_on_the_ledger"] is True
    assert found["by_key"] == found["acts"] - 2
    kinds = {json.loads(one)["entry"] for one in (exported / "all/acts.jsonl").open()}
    names = {json.loads(each)["kind"] for each in kinds}
    assert {"approve", "determination-list", "order-lifted", "roster-changed", "trial"} <= names


def test_a_batch_alone_has_its_acts_and_the_newest_roster(check, exported):
    found = check(of="batch")
    assert found["verified"], found
    lines = [json.loads(one) for one in (exported / "batch/acts.jsonl").open()]
    assert {body(one)["batch"] for one in lines} == {BATCH, ""}
    assert [body(one)["kind"] for one in lines if body(one)["batch"] == ""] == ["roster-changed"]


def wrongs(found):
    assert not found["verified"]
    return [(each["kind"], each["wrong"]) for each in found["wrong"]]


def test_a_signature_is_the_one_the_ledger_commits_to(check):
    def other(line):
        said = keys.unverified(line["signature"])
        line["signature"] = keys.sign(said, keys.generate())

    ((kind, says),) = wrongs(check(only("approve", other)))
    assert (kind, says) == ("approve", "The entry does not commit to this signature.")


def test_an_entry_stands_in_the_ledger(check):
    def another(line):
        said = body(line) | {"by": "counsel"}
        line["entry"] = json.dumps(said, sort_keys=True, separators=(",", ":"))

    ((_, says),) = wrongs(check(only("approve", another)))
    assert "not at position" in says

    def forged(line):
        line["proof"] = line["proof"].replace("\n— ", "\n— x", 1)

    assert len(wrongs(check(only("approve", forged)))) == 1


def test_the_person_named_made_it(check):
    def swapped(roster):
        by_id = {one["id"]: one for one in roster["people"]}
        one, two = by_id["approver"], by_id["transmitter"]
        one["jwk"], two["jwk"] = two["jwk"], one["jwk"]
        return roster

    found = check(people=swapped)
    assert ("approve", "The signature does not verify.") in wrongs(found)
    assert found["roster_on_the_ledger"] is False


def test_a_person_taken_off_the_roster_verifies_nothing(check):
    def without(roster):
        roster["people"] = [one for one in roster["people"] if one["id"] != "sampler"]
        return roster

    assert ("trial", "Nobody of that id is on the roster.") in wrongs(check(people=without))


def test_what_was_signed_with_a_key_out_of_force_does_not_verify(check):
    def lost_before(roster):
        for one in roster["people"]:
            if one["id"] == "approver":
                one["key_to"] = "2025-06-01"
        return roster

    assert ("approve", "The signature does not verify.") in wrongs(check(people=lost_before))


def test_another_roster_than_the_recorded_is_told(check):
    def renamed(roster):
        roster["people"][0]["name"] = "Somebody else"
        return roster

    found = check(people=renamed)
    assert not found["verified"]
    assert (found["wrong"], found["roster_on_the_ledger"]) == ([], False)


def test_a_signature_that_was_not_put_back_is_no_signature(check):
    def digest_only(line):
        line["signature"] = "sha256:" + sha256_hex([line["signature"].encode()])

    found = check(only("approve", digest_only))
    assert not found["verified"]
    assert (found["wrong"], found["signature_missing"]) == ([], 1)


def test_an_approval_is_of_what_the_entry_says(exported):
    """The entry holds the approvals, so a forged one is another entry; checked by itself."""
    from portcullis.oversight import signed_acts

    lines = [json.loads(one) for one in (exported / "all/acts.jsonl").open()]
    line = next(one for one in lines if body(one)["kind"] == "order-lifted")
    roster = agreements.load_roster(exported / "all/people.json")

    def told(**changes):
        entry = json.dumps(body(line) | changes)
        act_ = signed_acts.SignedAct(entry, line["proof"], "")
        (found,) = signed_acts.verify_acts([act_], roster, Trusting())
        return found.wrong

    approvals = body(line)["approvals"]
    assert told() == ""
    assert "something else" in told(docket="1:25-cv-2")
    assert "not by two people" in told(approvals=approvals[:1])
    assert "not by two people" in told(approvals=[approvals[0], approvals[0]])
    swapped = [
        one | {"person": two["person"]} for one, two in zip(approvals, approvals[::-1], strict=True)
    ]
    assert told(approvals=swapped) == "The signature does not verify."
    assert "not by two people" in told(approvals=5)
    assert "A time is missing" in told(at="then")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"person": "approver"}, "another person's"),
        ({"batch": "another"}, "another batch"),
        ({"batch": ""}, "another batch"),
        ({"act": "review"}, "something else"),
        ({"act": "approve"}, "something else"),
        ({"ordered": "all"}, "no order"),
        (
            {"batch": "", "ordered": {"single_requests_received_on": "2025-07-01"}},
            "another batch",
        ),
        ({"at": "2025-12-31T00:00:00+00:00"}, "after it was recorded"),
        ({"at": None}, "A time is missing"),
        ({"ledger": "example.org/ledger"}, "another ledger"),
    ],
)
def test_an_order_is_of_the_same_person_work_and_batch(exported, changes, says):
    from portcullis.oversight import signed_acts

    world = World(exported / "world")
    lines = [json.loads(one) for one in (exported / "all/acts.jsonl").open()]
    line = next(one for one in lines if body(one)["kind"] == "held")
    roster = agreements.load_roster(exported / "all/people.json")
    token = Order("specialist", body(line)["at"], world.key("specialist"), changes).token
    entry = json.dumps(body(line) | {"signature": sha256_hex([token.encode()])})

    act_ = signed_acts.SignedAct(entry, line["proof"], token)
    (found,) = signed_acts.verify_acts([act_], roster, Trusting())
    assert says in found.wrong


def verified(exported, *lines):
    """Return what is wrong with each of these lines, whose entries are taken for the ledger's."""
    from portcullis.oversight import signed_acts

    roster = agreements.load_roster(exported / "all/people.json")
    acts_ = [signed_acts.SignedAct(**line) for line in lines]
    return [each.wrong for each in signed_acts.verify_acts(acts_, roster, Trusting())]


def at_position(line, index):
    return line | {"proof": re.sub(r"(?m)^index \d+$", f"index {index}", line["proof"])}


def signed_anew(line, key, **changes):
    """Return the line with what was signed changed, and its entry committed to that."""
    said = keys.unverified(line["signature"]) | changes
    said = {name: each for name, each in said.items() if name not in changes or each is not None}
    token = keys.sign(said, key)
    entry = json.dumps(body(line) | {"signature": sha256_hex([token.encode()])})
    return line | {"entry": entry, "signature": token}


@pytest.fixture
def of_kind(exported):
    """Return a function that gives the first line of an entry kind."""
    lines = [json.loads(one) for one in (exported / "all/acts.jsonl").open()]
    return lambda kind: next(one for one in lines if body(one)["kind"] == kind)


def test_what_was_signed_stands_behind_one_entry(exported, of_kind):
    for kind in ("approve", "held"):
        line = of_kind(kind)
        assert verified(exported, line, at_position(line, 9000)) == [
            "",
            "What was signed stands behind an earlier entry already.",
        ]
        # Another signature over the same makes it no other act.
        anew = signed_anew(line, World(exported / "world").key(body(line)["by"]))
        assert verified(exported, line, at_position(anew, 9000))[1].endswith("entry already.")
    first = of_kind("approve")
    assert verified(exported, first, first)[1].endswith("do not stand in the order of the ledger.")


def test_once_acts_name_their_ledger_each_must(exported, of_kind):
    line = of_kind("approve")
    key = World(exported / "world").key("approver")
    of_earlier_release = at_position(signed_anew(line, key, ledger=None), 1)
    assert verified(exported, of_earlier_release, of_kind("held")) == ["", ""]
    late = at_position(of_earlier_release, 9000)
    ((_, wrong),) = [verified(exported, of_kind("held"), late)]
    assert "names no ledger" in wrong
    for ledger in ("example.org/ledger", "", ["example.org/ledger"]):
        other = signed_anew(line, key, ledger=ledger)
        assert verified(exported, other) == ["It was signed for another ledger."]


def test_an_approval_names_its_person_moment_and_ledger(exported, of_kind):
    line = of_kind("order-lifted")
    world = World(exported / "world")

    def told(**changes):
        given = body(line)["approvals"]
        first, *rest = given
        said = keys.unverified(first["signature"]) | changes
        said = {name: value for name, value in said.items() if value is not None}
        first = first | {"signature": keys.sign(said, world.key(first["person"]))}
        entry = json.dumps(body(line) | {"approvals": [first, *rest]})
        return verified(exported, line | {"entry": entry})[0]

    assert told() == ""
    assert "another person's" in told(person="counsel-2")
    assert "another ledger" in told(ledger="example.org/ledger")
    assert "another ledger" in told(ledger=None)
    assert "when it was signed" in told(at=None)
    assert "after it was recorded" in told(at="2025-12-31T00:00:00+00:00")
    assert "something else" in told(docket="1:25-cv-2")
    assert "something else" in told(format="portcullis-order-lift/1", person=None, at=None)


def test_approvals_that_an_earlier_release_took_verify_before_all_others(exported, of_kind):
    line, world = of_kind("order-lifted"), World(exported / "world")
    what = {name: body(line)[name] for name in ("id", "docket", "on", "document")}
    said = what | {"format": "portcullis-order-lift/1"}
    approvals = [
        {"person": who, "signature": keys.sign(said, world.key(who))}
        for who in ("counsel", "counsel-2")
    ]
    entry = json.dumps(
        {"kind": "order-lifted", "at": body(line)["at"], **what, "approvals": approvals}
    )
    earlier = line | {"entry": entry}
    assert verified(exported, earlier) == [""]
    assert "names no ledger" in verified(exported, of_kind("held"), at_position(earlier, 9000))[1]


@pytest.mark.parametrize(
    "line", [b"", b"5", b"{}", b"[]", b"\xff", b"[" * 9000, b'{"entry":1}'], ids=len
)
def test_a_line_that_is_no_act_is_named(exported, tmp_path, line):
    folder = tmp_path / "export"
    shutil.copytree(exported / "batch", folder)
    with (folder / "acts.jsonl").open("ab") as out:
        out.write(line + b"\n")
    with pytest.raises(Misuse, match=r"acts.jsonl, line \d+"):
        verbs.verify(folder)


def test_a_folder_is_written_once(exported):
    with pytest.raises(Misuse, match="not empty"):
        verbs.export(BATCH, out=exported / "all", home=exported / "world" / "holder")
    with pytest.raises(Misuse, match="Which acts"):
        verbs.export(out=exported / "more", home=exported / "world" / "holder")

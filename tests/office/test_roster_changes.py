"""The roster is changed by two people, on the record; a key is put out of force by one, at once."""

import json
from datetime import date, timedelta

import pytest

from portcullis import agreements, keys, ledger
from portcullis.agreements import enrolment
from portcullis.errors import Misuse, Refused
from portcullis.keys import KeySigner
from tests.authenticator import Passkey as Soft
from tests.office import acts, checks, restored
from tests.office.homes import switch
from tests.office.world import BATCH_DAY


@pytest.fixture
def world(stage):
    made = stage("new")
    acts.enrol(made, "administrator-2", ["administrator"])
    return made


def run(name, world, *args, **more):
    from portcullis.office import roster_changes

    return getattr(roster_changes, name)(world.home(), *args, **more)


def by(world, person):
    from portcullis.office.people import Actor

    return Actor(world.home().roster.person(person), KeySigner(world.key(person)))


def now(world):
    return world.home().now()


def asking(world, person, *, jwk=None, passkey=None, new, old=None):
    said = enrolment.statement(person, now(world), jwk=jwk, passkey=passkey)
    return enrolment.request(keys.sign(said, new), keys.sign(said, old) if old else "")


def ask_key(world, person, key, old=None):
    return asking(world, person, jwk=keys.public_jwk(key), new=key, old=old)


def ask_passkey(world, person, soft, old=None):
    enrolled = {k: v for k, v in soft.enrolled().items() if not k.startswith("in_force")}
    return asking(world, person, passkey=enrolled, new=soft, old=old)


def enrol(world, text, *more, proposer="administrator", second="counsel"):
    proposed = run("propose_enrolment", world, by(world, proposer), text, *more)
    return run("approve", world, by(world, second), proposed.id)


def gate_reasons(world):
    from portcullis.office.freshness import ledger_standing

    return [each.partition(":")[0] for each in ledger_standing(world.home()).reasons]


def doctor(world):
    from portcullis.office.doctor import examine

    return [each.code for each in examine(world.home())]


def test_a_person_gets_another_key_and_signs_with_it(world):
    new = keys.generate()
    before = len(checks.entries(world.home()))
    done = enrol(world, ask_key(world, "approver", new, old=world.key("approver")))
    assert done.decided
    person = world.home().roster.person("approver")
    assert person.signs_with(new, BATCH_DAY)
    assert not person.signs_with(world.key("approver"), BATCH_DAY)
    ((position, proposed),) = checks.of_kind(world.home(), "roster-proposed")
    ((_, changed),) = checks.of_kind(world.home(), "roster-changed")
    assert len(checks.entries(world.home())) == before + 2
    assert (proposed["by"], changed["by"]) == ("administrator", "counsel")
    assert (changed["says"], changed["people"]) == ("enrol", ["approver"])
    assert changed["proposal"] == position
    assert not {"name", "jwk", "x", "Specimen"} & set(json.dumps([proposed, changed]).split('"'))
    assert gate_reasons(world) == []


def test_what_the_old_key_signed_still_verifies(world):
    home, old = world.home(), world.key("approver")
    token = keys.sign({"act": "approve", "at": home.now().isoformat()}, old)
    enrol(world, ask_key(world, "approver", keys.generate(), old=old))
    assert world.home().roster.person("approver").verify(token)
    later = home.now() + timedelta(days=2)
    with pytest.raises(Refused):
        world.home().roster.person("approver").verify(
            keys.sign({"act": "approve", "at": later.isoformat()}, old)
        )


def test_a_passkey_is_enrolled_and_signs_acts(world):
    from portcullis.office.people import Actor, sign_act, verified

    soft = Soft()
    enrol(world, ask_passkey(world, "approver", soft, old=world.key("approver")))
    home = world.home()
    from django.db import transaction

    moment = home.now() - timedelta(minutes=2)
    with transaction.atomic():
        act = sign_act(home, Actor(home.roster.person("approver"), soft, moment), "trial", {"n": 1})
    assert verified(home, act) == {
        "act": "trial", "person": "approver", "at": moment.isoformat(), "batch": "",
        "ledger": ledger.Log.open(home.ledger).origin, "n": 1,
    }  # fmt: skip
    assert act.at >= moment


def test_nobody_signs_for_another(world):
    from django.db import transaction

    from portcullis.office.people import Actor, sign_act

    home = world.home()
    other = Actor(home.roster.person("approver"), KeySigner(world.key("counsel")))
    with pytest.raises(Refused, match="does not verify"), transaction.atomic():
        sign_act(home, other, "trial", {})

    class Elsewhere:
        def sign(self, statement):
            return keys.sign({**statement, "n": 2}, world.key("approver"))

    with pytest.raises(Refused, match="something else"), transaction.atomic():
        sign_act(home, Actor(home.roster.person("approver"), Elsewhere()), "trial", {"n": 1})


def test_a_newcomer_is_enrolled_with_their_own_key(world):
    new = keys.generate()
    entry = {
        "id": "approver-2",
        "name": "Specimen newcomer",
        "agency": "IRS",
        "office": "Disclosure",
        "roles": ["approver"],
        "in_force_from": "2025-06-01",
    }
    text = ask_key(world, "approver-2", new)
    with pytest.raises(Misuse, match="Nobody of that id"):
        enrol(world, text)
    for wrong in ({**entry, "id": "x"}, {**entry, "jwk": keys.public_jwk(keys.generate())}):
        with pytest.raises(Misuse, match="not that of the person"):
            enrol(world, text, wrong)
    with pytest.raises(agreements.RosterErrors):
        enrol(world, text, {**entry, "roles": ["king"]})
    with pytest.raises(Misuse, match="key first"):
        enrol(world, ask_passkey(world, "approver-2", Soft()), entry)
    assert enrol(world, text, entry).people == ("approver-2",)
    assert world.home().roster.person("approver-2").signs_with(new, BATCH_DAY)
    with pytest.raises(Misuse, match="enrolled already"):
        enrol(world, ask_key(world, "approver-2", keys.generate(), old=new), entry)


def test_the_new_key_alone_is_not_the_person(world):
    new = keys.generate()
    with pytest.raises(Refused, match="did not sign the request"):
        enrol(world, ask_key(world, "approver", new))
    with pytest.raises(Refused, match="does not verify"):
        enrol(world, ask_key(world, "approver", new, old=world.key("counsel")))
    other = enrolment.statement("approver", now(world), jwk=keys.public_jwk(keys.generate()))
    said = enrolment.statement("approver", now(world), jwk=keys.public_jwk(new))
    text = enrolment.request(keys.sign(said, new), keys.sign(other, world.key("approver")))
    with pytest.raises(Refused, match="another request"):
        enrol(world, text)
    # Once the old one is out of force, the new one and two people do.
    run("revoke", world, by(world, "administrator"), "approver", BATCH_DAY)
    assert enrol(world, ask_key(world, "approver", new)).decided


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", "5", '"x"', "[" * 9000, "{" * 70_000,
        '{"format": "portcullis-enrolment/1", "new": "a.b.c", "old": ""}',
        '{"format": "portcullis-enrolment/1", "new": "", "old": 5}',
    ],
    ids=len,
)  # fmt: skip
def test_what_is_no_request_is_refused(text):
    with pytest.raises(Refused, match=r"no request|no signed"):
        enrolment.read_request(text)


def test_a_request_is_proven_by_the_key_it_names(world):
    new, other, soft = keys.generate(), keys.generate(), Soft()
    said = enrolment.statement("approver", now(world), jwk=keys.public_jwk(new))
    with pytest.raises(Refused):
        enrolment.read_request(enrolment.request(keys.sign(said, other)))
    with pytest.raises(Refused, match="no request"):
        enrolment.read_request(enrolment.request(keys.sign(said | {"more": 1}, new)))
    private = said | {"jwk": said["jwk"] | {"d": "secret"}}
    with pytest.raises(Refused, match="no request"):
        enrolment.read_request(enrolment.request(keys.sign(private, new)))
    theirs = keys.unverified(json.loads(ask_passkey(world, "approver", soft))["new"])
    with pytest.raises(Refused, match="not the one enrolled"):
        enrolment.read_request(enrolment.request(Soft().sign(theirs)))


@pytest.mark.parametrize("days", [-1, 31])
def test_a_request_is_of_this_time(world, days):
    new = keys.generate()
    at = now(world) - timedelta(days=days)
    said = enrolment.statement("approver", at, jwk=keys.public_jwk(new))
    text = enrolment.request(keys.sign(said, new), keys.sign(said, world.key("approver")))
    with pytest.raises(Refused, match="not of this time"):
        enrol(world, text)


def test_it_takes_two_of_the_right_people(world):
    text = ask_key(world, "approver", keys.generate(), old=world.key("approver"))
    acts.denied(
        world, "roster-proposed", "counsel", "role",
        lambda: run("propose_enrolment", world, by(world, "counsel"), text),
    )  # fmt: skip
    proposed = run("propose_enrolment", world, by(world, "administrator"), text)
    assert [each.id for each in run("waiting", world)] == [proposed.id]
    assert {each.field for each in proposed.differences} == {"jwk", "key_from", "former_keys"}
    acts.denied(
        world, "roster-changed", "administrator", "two-people",
        lambda: run("approve", world, by(world, "administrator"), proposed.id),
    )  # fmt: skip
    acts.denied(
        world, "roster-changed", "specialist", "role",
        lambda: run("approve", world, by(world, "specialist"), proposed.id),
    )  # fmt: skip
    with pytest.raises(Refused, match="waits"):
        run("approve", world, by(world, "counsel"), proposed.id + 1)
    assert run("approve", world, by(world, "administrator-2"), proposed.id).decided
    with pytest.raises(Refused, match="waits"):
        run("approve", world, by(world, "counsel"), proposed.id)
    assert run("waiting", world) == []


def test_nobody_changes_their_own_entry(world):
    for person in ("administrator", "counsel"):
        text = ask_key(world, person, keys.generate(), old=world.key(person))
        if person == "administrator":
            acts.denied(
                world, "roster-changed", person, "own",
                lambda text=text: run("propose_enrolment", world, by(world, "administrator"), text),
            )  # fmt: skip
            continue
        proposed = run("propose_enrolment", world, by(world, "administrator"), text)
        with package_leaves(world):
            acts.denied(
                world, "roster-changed", person, "own",
                lambda one=proposed: run("approve", world, by(world, "counsel"), one.id),
            )  # fmt: skip
    with package_leaves(world):
        acts.denied(
            world, "roster-changed", "counsel", "own",
            lambda: run("revoke", world, by(world, "counsel"), "counsel", BATCH_DAY),
        )  # fmt: skip


def package_leaves(world):
    """Hold the gate as a package does that leaves: who is denied must not wait for that."""
    from portcullis.office import locks

    return locks.gate(world.home()).shared()


def test_roles_change_and_keys_do_not_with_them(world):
    person = world.home().roster.person("specialist")
    more = person.model_copy(update={"roles": ("specialist", "sampler")})
    proposed = run("propose_change", world, by(world, "administrator"), [more])
    run("approve", world, by(world, "counsel"), proposed.id)
    assert world.home().roster.person("specialist").roles == ("specialist", "sampler")
    other = person.model_copy(update={"jwk": keys.public_jwk(keys.generate())})
    with pytest.raises(Misuse, match="keys of specialist would change"):
        run("propose_change", world, by(world, "administrator"), [other])
    stranger = person.model_copy(update={"id": "stranger"})
    with pytest.raises(Misuse, match="Nobody on the roster"):
        run("propose_change", world, by(world, "administrator"), [stranger])
    with pytest.raises(Misuse, match="Nothing would change"):
        run("propose_change", world, by(world, "administrator"), [more])


def test_a_proposal_is_of_the_roster_it_was_made_upon(world):
    text = ask_key(world, "approver", keys.generate(), old=world.key("approver"))
    first = run("propose_enrolment", world, by(world, "administrator"), text)
    run("revoke", world, by(world, "administrator"), "sampler", BATCH_DAY)
    assert run("waiting", world) == []
    with pytest.raises(Refused, match="changed since"):
        run("approve", world, by(world, "counsel"), first.id)


def test_the_proposer_must_still_be_one(world):
    text = ask_key(world, "approver", keys.generate(), old=world.key("approver"))
    first = run("propose_enrolment", world, by(world, "administrator"), text)
    acts.change_person(world, "administrator", roles=("specialist",))
    with pytest.raises(Refused, match="changed since"):
        run("approve", world, by(world, "counsel"), first.id)


def test_a_lost_key_is_out_of_force_at_once_with_one_person(world):
    done = run("revoke", world, by(world, "counsel"), "approver", BATCH_DAY)
    assert (done.decided, done.says, done.people) == (True, "revoke", ("approver",))
    home = world.home()
    with pytest.raises(Refused, match="enrolled and in force"):
        world.actor("approver")
    ((_, denied),) = checks.of_kind(home, "denied")
    assert (denied["person"], denied["reason"]) == ("approver", "key")
    person = home.roster.person("approver")
    assert not person.key_in_force(BATCH_DAY)
    assert person.key_in_force(BATCH_DAY - timedelta(days=1))
    with pytest.raises(Misuse, match="Nothing of that is in force"):
        run("revoke", world, by(world, "counsel"), "approver", BATCH_DAY)


def test_who_was_known_before_the_revocation_signs_nothing_more(world):
    """A web process that knew the person already sees the roster as it stands."""
    from django.db import transaction

    from portcullis.office.people import sign_act

    known = by(world, "approver")
    run("revoke", world, by(world, "counsel"), "approver", BATCH_DAY)
    with pytest.raises(Refused, match="does not verify"), transaction.atomic():
        sign_act(world.home(), known, "trial", {})


def test_one_passkey_of_several_is_revoked(world):
    mine, lost = Soft(), Soft()
    file = world.key("approver")
    for soft, vouches in ((mine, file), (lost, mine)):
        enrol(world, ask_passkey(world, "approver", soft, old=vouches))
    # A file can be copied: where there is a passkey, only a passkey vouches for another.
    with pytest.raises(Refused, match="a key file signed"):
        enrol(world, ask_passkey(world, "approver", Soft(), old=file))
    lost_id = lost.enrolled()["id"]
    run("revoke", world, by(world, "administrator"), "approver", BATCH_DAY, [lost_id])
    person = world.home().roster.person("approver")
    said = {"act": "trial", "at": now(world).isoformat()}
    assert person.verify(mine.sign(said)) == said
    assert person.key_in_force(BATCH_DAY)
    with pytest.raises(Refused, match="out of force"):
        person.verify(lost.sign(said))
    with pytest.raises(Misuse, match="no key or passkey"):
        run("revoke", world, by(world, "administrator"), "approver", BATCH_DAY, ["other"])


def test_what_is_sealed_to_a_lost_key_does_not_leave(stage):
    world = stage("sealed")
    run("revoke", world, by(world, "counsel"), "officer-1", world.home().today())
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (3, 3)
    reasons = {body["reason"] for _, body in checks.of_kind(world.home(), "not-sent")}
    assert reasons == {"officer-key"}
    assert {one.officer for one in acts.packages(world, state="delivered")} == {"officer-2"}


def test_a_revocation_from_an_earlier_day_takes_a_second_person(world):
    day = BATCH_DAY - timedelta(days=3)
    proposed = run("revoke", world, by(world, "administrator"), "approver", day)
    assert not proposed.decided
    assert world.home().roster.person("approver").key_in_force(BATCH_DAY)
    with pytest.raises(Refused, match="takes two people"):
        run("approve", world, by(world, "administrator"), proposed.id)
    assert run("approve", world, by(world, "counsel"), proposed.id).decided
    assert not world.home().roster.person("approver").key_in_force(day)


def test_nobody_alone_disarms_all_who_file_orders(world):
    assert run("revoke", world, by(world, "administrator"), "counsel", BATCH_DAY).decided
    last = run("revoke", world, by(world, "administrator"), "counsel-2", BATCH_DAY)
    assert not last.decided
    assert world.home().roster.person("counsel-2").key_in_force(BATCH_DAY)
    assert run("approve", world, by(world, "administrator-2"), last.id).decided


def test_who_may_not_approve_is_denied_without_the_gate(world):
    """A denial may wait for witnesses, and an order must be filed meanwhile."""
    from portcullis.office import entries, locks, roster_changes

    held, was = [], entries.integrate

    def look(home, *more):
        with locks.gate(home).exclusive():
            held.append(home)
        return was(home, *more)

    enrolled = run("propose_enrolment", world, by(world, "administrator"),
                   ask_key(world, "counsel", keys.generate(), old=world.key("counsel")))  # fmt: skip
    patched = pytest.MonkeyPatch()
    with patched.context() as patch, pytest.raises(Refused, match="own entry"):
        patch.setattr("portcullis.office.people.entries.integrate", look)
        roster_changes.approve(world.home(), by(world, "counsel"), enrolled.id)
    assert held


def test_a_revocation_is_not_for_a_day_to_come(world):
    day = BATCH_DAY + timedelta(days=1)
    with pytest.raises(Refused, match="lies ahead"):
        run("revoke", world, by(world, "administrator"), "approver", day)


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1)])
def test_a_revocation_is_not_for_a_day_before_their_first(world, day):
    with pytest.raises(Refused, match="before the person's first in office"):
        run("revoke", world, by(world, "administrator"), "approver", day)


def test_a_roster_that_is_not_the_recorded_one_closes_the_gate(world):
    assert gate_reasons(world) == []
    run("revoke", world, by(world, "administrator"), "sampler", BATCH_DAY)
    assert gate_reasons(world) == []
    recorded = world.home().people.read_bytes()
    acts.change_person(world, "approver", roles=("approver", "transmitter"))
    assert gate_reasons(world) == ["roster-differs"]
    assert "roster-differs" in doctor(world)
    with pytest.raises(Refused, match="not the one that the ledger has"):
        run("revoke", world, by(world, "administrator"), "approver", BATCH_DAY)
    with pytest.raises(Refused, match="is not lost"):
        run("propose_adoption", world, by(world, "administrator"))
    world.home().people.write_bytes(recorded)
    assert gate_reasons(world) == []
    assert "roster-differs" not in doctor(world)


def test_nothing_is_lifted_by_another_roster(world):
    acts.place(world)
    acts.lift(world, "counsel")
    run("revoke", world, by(world, "administrator"), "sampler", BATCH_DAY)
    acts.change_person(world, "approver", office="elsewhere")
    with pytest.raises(Refused, match="not the one that the ledger has"):
        acts.lift(world, "counsel-2")
    acts.place(world, "order-2")  # filing one is never stopped


def test_a_roster_changed_after_the_backup_keeps_the_home_closed(world):
    saved = restored.backup(world)
    run("revoke", world, by(world, "counsel"), "approver", BATCH_DAY)
    newest = world.home().people
    again = restored.put_back(world, saved)
    found = restored.catch_up(again, world.home_path)
    restored.accept(again, *[loss.id for loss in found.losses])
    assert any("people.json here is the older one" in one for one in found.again)
    assert gate_reasons(again) == ["roster-differs"]
    again.home().people.write_bytes(newest.read_bytes())
    assert gate_reasons(again) == []
    assert doctor(again) == []
    from portcullis.office.models import RosterChange

    assert RosterChange.objects.get().says == "revoke"


def test_a_lost_roster_is_adopted_by_two(world):
    run("revoke", world, by(world, "administrator"), "sampler", BATCH_DAY)
    acts.change_person(world, "approver", office="elsewhere")
    for path in (world.home_path / "rosters").iterdir():
        path.unlink()
    proposed = run("propose_adoption", world, by(world, "administrator"))
    assert gate_reasons(world) == ["roster-differs"]
    run("approve", world, by(world, "counsel"), proposed.id)
    assert gate_reasons(world) == []
    ((_, body),) = checks.of_kind(world.home(), "roster-changed")[1:]
    assert body["says"] == "adopt"


def test_a_home_made_before_records_its_roster_first(world):
    proposed = run("propose_adoption", world, by(world, "administrator"))
    run("approve", world, by(world, "counsel"), proposed.id)
    with pytest.raises(Refused, match="has this roster already"):
        run("propose_adoption", world, by(world, "administrator"))
    acts.change_person(world, "approver", office="elsewhere")
    assert gate_reasons(world) == ["roster-differs"]


def test_a_real_home_is_told_to_record_its_roster(world):
    mark = world.home_path / "home.json"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"demo": False}))
    assert "roster-not-recorded" in doctor(world)


def test_what_was_cut_off_after_its_decision_is_put_in_place(world):
    before = world.home().people.read_bytes()
    run("revoke", world, by(world, "administrator"), "sampler", BATCH_DAY)
    after = world.home().people.read_bytes()
    world.home().people.write_bytes(before)
    assert world.home().people.read_bytes() == after
    assert gate_reasons(world) == []


def test_the_roster_is_read_anew_in_a_home_held_open(world):
    held = world.home()
    assert held.roster.person("approver").key_to is None
    run("revoke", world, by(world, "administrator"), "approver", BATCH_DAY)
    assert held.roster.person("approver").key_to == date(2025, 6, 26)


@pytest.fixture
def begun(world, tmp_path):
    """Return a home as ``portcullis init`` makes it, open in this process."""
    from portcullis.office import begin, make

    path = tmp_path / "begun"
    home = make(path, agreements.builtin_pack(), world.folder / "people.json",
                demo=True, day=BATCH_DAY)  # fmt: skip
    switch(path)
    return begin(home)


@pytest.mark.sqlite
def test_a_new_home_has_its_first_roster_on_the_ledger(begun):
    from portcullis.office import rosters

    ((position, said),) = checks.of_kind(begun, "roster-first")
    assert (position, said["after"]) == (1, rosters.digest(begun.people))
    assert rosters.on_record() == said["after"]
    printed = {one.id: [keys.thumbprint(one.jwk)] for one in begun.roster.people}
    assert said["keys"] == printed
    assert "Specimen" not in json.dumps(said)
    checks.ledger_verifies(begun)
    with pytest.raises(Refused, match="other entries already"):
        rosters.record_first(begun)


@pytest.mark.sqlite
def test_a_first_roster_that_somebody_changed_closes_the_gate(begun):
    from portcullis.office import rosters

    recorded = begun.people.read_bytes()
    people = [one.model_copy(update={"office": "elsewhere"}) for one in begun.roster.people]
    agreements.save_roster(agreements.Roster.from_people(people), begun.people)
    assert [each.partition(":")[0] for each in rosters.closed_reasons(begun)] == ["roster-differs"]
    begun.people.write_bytes(recorded)
    assert rosters.closed_reasons(begun) == []


@pytest.mark.sqlite
def test_the_first_roster_is_exported_and_verified_and_nobody_signed_it(begun, world, capsys):
    from portcullis.cli import acts as verbs
    from portcullis.office.people import identify
    from portcullis.office.safeguards import record_safeguards
    from tests.office.world import safeguards

    by_key = identify(begun, "safeguards", world.key("safeguards"), "safeguards")
    record_safeguards(begun, by_key, safeguards(BATCH_DAY))
    out = begun.path.parent / "acts"
    verbs.export(all=True, out=out, home=begun.path)
    capsys.readouterr()
    assert verbs.verify(out, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["acts"], told["roster_on_the_ledger"]) == (1, True)
    people = out / "people.json"
    people.write_bytes(people.read_bytes() + b"\n")
    assert verbs.verify(out, json=True) == 1

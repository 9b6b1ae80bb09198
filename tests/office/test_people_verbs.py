"""``portcullis people``, as people type it: a lost key, from its revocation to the new one."""

import json

import pytest

from portcullis import keys
from portcullis.cli import people
from portcullis.cli.options import Acting
from portcullis.errors import Misuse, Refused


@pytest.fixture
def typed(stage, capsys):
    """Return the world, and what gives the answer of a verb with --json."""
    world = stage("new")

    def answer(verb, *args, by=None, **more):
        if by is not None:
            more["acting"] = Acting(by, world.key_path(by), world.home_path, json=True)
        else:
            more |= {"home": world.home_path, "json": True}
        capsys.readouterr()
        code = verb(*args, **more)
        return code, json.loads(capsys.readouterr().out)

    return world, answer


def of(listed, person):
    (one,) = [each for each in listed["people"] if each["id"] == person]
    return one


def test_a_lost_key_and_the_new_one(typed, tmp_path, capsys):
    _, answer = typed
    _, listed = answer(people.list_)
    assert (listed["on_the_ledger"], listed["waiting"]) == (None, [])
    assert [key["kind"] for key in of(listed, "approver")["keys"]] == ["key"]

    code, done = answer(people.revoke, "approver", by="counsel")
    assert (code, done["says"], done["people"], done["decided"]) == (
        0,
        "revoke",
        ["approver"],
        True,
    )

    request = tmp_path / "request.json"
    new = tmp_path / "new.pem"
    people.request(as_="approver", new=new, out=request, json=True)
    asked = json.loads(capsys.readouterr().out)
    assert asked["key"] == keys.load_private(new).thumbprint()
    # A request is of its own time, and the demonstration's day is another.
    with pytest.raises(Refused, match="not of this time"):
        answer(people.enrol, request, by="administrator")


def test_two_people_enrol_and_change(typed, tmp_path, capsys):
    world, answer = typed
    at = world.home().now()
    from portcullis.agreements import enrolment

    key = keys.generate()
    keys.save_private(key, world.key_path("approver-2"))
    said = enrolment.statement("approver-2", at, jwk=keys.public_jwk(key))
    request, entry = tmp_path / "request.json", tmp_path / "entry.json"
    request.write_text(enrolment.request(keys.sign(said, key)))
    facts = {
        "id": "approver-2",
        "name": "Specimen two",
        "agency": "IRS",
        "office": "Disclosure",
        "roles": ["approver"],
        "in_force_from": "2025-06-01",
    }
    entry.write_text(json.dumps(facts))
    code, waits = answer(people.enrol, request, person=entry, by="administrator")
    assert (code, waits["decided"]) == (1, False)
    people.list_(home=world.home_path)
    assert f"Waits for a second person, id {waits['id']}: enrol approver-2" in (
        capsys.readouterr().out
    )
    code, done = answer(people.accept, waits["id"], by="counsel")
    assert (code, done["decided"]) == (0, True)

    changed = tmp_path / "people.json"
    listed = json.loads((world.home_path / "people.json").read_text())
    (one,) = [each for each in listed["people"] if each["id"] == "approver-2"]
    changed.write_text(json.dumps({**listed, "people": [one | {"in_force_to": "2025-12-31"}]}))
    code, waits = answer(people.change, changed, by="administrator")
    assert [each["field"] for each in waits["differences"]] == ["in_force_to"]
    assert answer(people.accept, waits["id"], by="counsel")[0] == 0
    _, listed = answer(people.list_)
    assert listed["roster"] == listed["on_the_ledger"]


def test_the_first_roster_is_recorded(typed):
    _, answer = typed
    code, waits = answer(people.adopt, by="administrator")
    assert (code, waits["says"], waits["people"]) == (1, "adopt", [])
    assert answer(people.accept, waits["id"], by="counsel")[0] == 0
    _, listed = answer(people.list_)
    assert listed["roster"] == listed["on_the_ledger"] == waits["after"]


@pytest.mark.parametrize("text", ["", "[]", "5", "{", "[" * 5000], ids=len)
def test_an_entry_that_is_none_is_misuse(typed, tmp_path, text):
    _, answer = typed
    entry, request = tmp_path / "entry.json", tmp_path / "request.json"
    entry.write_text(text)
    request.write_text("{}")
    with pytest.raises(Misuse, match="holds no person's entry"):
        answer(people.enrol, request, person=entry, by="administrator")
    with pytest.raises(Misuse, match="cannot be read"):
        answer(people.enrol, tmp_path / "none.json", by="administrator")

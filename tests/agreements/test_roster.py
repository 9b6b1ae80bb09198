"""The roster: one key a person, one side a person, and an authority for whoever signs."""

import json
from datetime import date

import pytest

from portcullis import keys
from portcullis.agreements import Person, Roster, RosterErrors, load_roster, save_roster
from portcullis.errors import Misuse


@pytest.fixture(scope="module")
def jwks():
    return [keys.public_jwk(keys.generate()) for _ in range(3)]


def person(jwk, **changes):
    given = {
        "id": "p-1",
        "name": "A. Person",
        "agency": "DHS",
        "office": "Secretary",
        "roles": ["signatory"],
        "authority": "agency-head",
        "jwk": jwk,
        "in_force_from": date(2025, 1, 1),
    }
    return Person(**(given | changes))


def test_it_goes_to_a_file_and_comes_back(tmp_path, jwks):
    roster = Roster.from_people(
        [person(jwks[0]), person(jwks[1], id="p-2", roles=["officer"], authority=None)]
    )
    save_roster(roster, tmp_path / "roster.json")
    assert load_roster(tmp_path / "roster.json") == roster


def test_it_may_be_toml(tmp_path, jwks):
    members = ", ".join(f'{name} = "{value}"' for name, value in jwks[0].items())
    (tmp_path / "roster.toml").write_text(
        'format = "portcullis-roster/1"\n[[people]]\nid = "p-1"\nname = "A. Person"\n'
        'agency = "IRS"\noffice = "Disclosure"\nroles = ["specialist"]\n'
        f"in_force_from = 2025-01-01\njwk = {{ {members} }}\n"
    )
    assert load_roster(tmp_path / "roster.toml").person("p-1").agency == "IRS"


def test_a_person_acts_from_the_first_day_to_the_last(jwks):
    clerk = person(jwks[0], in_force_to=date(2025, 1, 31))
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 1)]
    assert [clerk.holds("signatory", day) for day in days] == [False, True, True, False]
    assert not clerk.holds("officer", days[1])


def test_everything_wrong_is_named_at_once(jwks):
    private = keys.generate().as_dict(private=True)
    with pytest.raises(RosterErrors) as caught:
        Roster.from_people(
            [
                person(jwks[0]),
                person(jwks[0], id="p-1"),
                person({"kty": "EC"}, id="p-3"),
                person(jwks[1], id="p-4", roles=["officer", "approver"], authority=None),
                person(jwks[2], id="p-5", authority=None),
                person({k: v for k, v in private.items() if k != "kid"}, id="p-6", roles=[]),
                person(
                    keys.public_jwk(keys.generate()),
                    id="p-7",
                    authority="delegated",
                    in_force_to=date(2024, 1, 1),
                ),
            ]
        )
    assert [(problem.key, problem.message) for problem in caught.value.problems] == [
        ("people[2].id", "The identifier is that of people[1] too."),
        ("people[2].jwk", "The key is that of people[1] too."),
        ("people[3].jwk", "This is not a P-256 public key."),
        ("people[4].roles", "One person cannot act for the holder and for the requester."),
        ("people[5].authority", "A signatory signs under an authority, and none is named."),
        (
            "people[6].jwk",
            "This is a private key, and nobody but its owner may hold it.",
        ),
        ("people[6].roles", "The person has no role."),
        ("people[7].in_force_to", "The last day in force lies before the first."),
        (
            "people[7].determination",
            "A delegated authority rests on a legal determination, and none is cited.",
        ),
    ]


def test_a_file_names_the_entry_and_the_key(tmp_path, jwks):
    path = tmp_path / "roster.json"
    entry = json.loads(person(jwks[0]).model_dump_json(exclude_none=True))
    wrong = entry | {"rolls": [], "roles": ["king"], "in_force_from": "soon"}
    path.write_text(json.dumps({"format": "portcullis-roster/1", "people": [entry, wrong]}))
    with pytest.raises(RosterErrors) as caught:
        load_roster(path)
    assert {problem.key for problem in caught.value.problems} == {
        "people[2].roles[1]",
        "people[2].in_force_from",
        "people[2].rolls",
    }
    assert "Did you mean roles?" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 9000, '{"format": "portcullis-roster/1"}', "\x00"]
)
def test_what_is_no_roster_is_misuse(tmp_path, text):
    path = tmp_path / "roster.json"
    path.write_text(text)
    with pytest.raises(Misuse, match="portcullis-roster/1"):
        load_roster(path)


def test_a_stranger_is_nobody(jwks):
    roster = Roster.from_people([person(jwks[0])])
    assert roster.get("p-9") is None
    with pytest.raises(Misuse, match="p-9"):
        roster.person("p-9")

"""A request made in the browser by one whose key is a file: signed with the file afterwards."""

import json
from datetime import UTC, datetime

import pytest

from portcullis import agreements, keys
from portcullis.agreements import enrolment
from portcullis.errors import Refused
from tests.authenticator import Passkey
from tests.cli.run import started

AT = datetime(2025, 7, 1, 9, tzinfo=UTC)


@pytest.fixture
def asked():
    """Return a person with a key file, the key, and their browser's request for a passkey."""
    key, passkey = keys.generate(), Passkey()
    person = agreements.Person(
        id="approver",
        name="Specimen approver",
        agency="IRS",
        office="Disclosure",
        roles=("approver",),
        jwk=keys.public_jwk(key),
        in_force_from=AT.date(),
    )
    said = {name: passkey.enrolled()[name] for name in ("id", "jwk", "rp_id", "origins")}
    token = passkey.sign(enrolment.statement("approver", AT, passkey=said))
    return person, key, enrolment.request(token)


def test_the_key_file_signs_what_the_browser_asked(asked, tmp_path):
    person, key, text = asked
    with pytest.raises(Refused, match="in force"):
        enrolment.enrolled(person, enrolment.read_request(text), AT.date())
    (tmp_path / "request.json").write_text(text)
    keys.save_private(key, tmp_path / "key.pem")
    files = (tmp_path / "request.json", "--key", tmp_path / "key.pem")
    made = started("people", "countersign", *files, "--out", tmp_path / "both.json", "--json")
    assert json.loads(made.stdout)["asks_for"] == "passkey"
    both = enrolment.read_request((tmp_path / "both.json").read_text())
    assert len(enrolment.enrolled(person, both, AT.date()).passkeys) == 1


def test_anothers_key_does_not_do(asked):
    person, _, text = asked
    both = enrolment.read_request(enrolment.countersigned(text, keys.generate()))
    with pytest.raises(Refused):
        enrolment.enrolled(person, both, AT.date())

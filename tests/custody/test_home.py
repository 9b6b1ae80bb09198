import dataclasses
import json
from datetime import date, timedelta

import pytest

from portcullis import keys
from portcullis.agreements import Passkey, Roster, builtin_pack, save_roster
from portcullis.custody import Case, FtiLog, Place, RecipientHome
from portcullis.errors import Misuse, Refused
from tests.authenticator import Passkey as Soft

from .cases import LKA, NOW, person, proven

CASE = Case(
    request_id="r-1",
    taxable_periods=("2021", "2022"),
    items=("last_known_address",),
    statute="8 USC 1253(a)(1)(A)",
    requested_on=date(2025, 6, 27),
    access=("ice-0007",),
)
PLACE = Place(location="Field office, safe 2", origin="workstation-12")


@pytest.fixture
def home(tmp_path):
    return RecipientHome(tmp_path / "recipient")


def receive(home, data, case=CASE, at=NOW):
    return home.receive(data, case, user="clerk-1", at=at, place=PLACE, check_proof=proven)


def open_it(home, office, key, package_id, *, user="ice-0007", request=None, token=None):
    if not home.acknowledged(user, at=NOW, place=PLACE):
        home.acknowledge(user, at=NOW, place=PLACE)
    request = request or home.ask(package_id, "investigation", at=NOW, key=key)
    return home.open(
        package_id,
        key,
        token or office.grant(request),
        request=request,
        user=user,
        at=NOW,
        place=PLACE,
        holder_jwk=office.holder_jwk,
        check_proof=proven,
    )


def test_receipt_and_opening_are_logged_by_request_and_without_fti(
    home, office, sealed, content, officer_key
):
    package_id = receive(home, sealed.data)
    assert open_it(home, office, officer_key, package_id) == content
    receipt, acknowledged, opening = home.log.entries()
    assert (acknowledged.event, acknowledged.user) == ("acknowledgement", "ice-0007")
    assert receipt == dataclasses.replace(
        opening, event="receipt", user="clerk-1", reason="8 USC 1253(a)(1)(A)", opening=""
    )
    assert (opening.event, opening.success, opening.reason) == ("opening", True, "investigation")
    assert (opening.request_id, opening.taxable_periods) == ("r-1", ("2021", "2022"))
    assert (opening.requested_on, opening.received_on) == ("2025-06-27", "2025-08-07")
    stored = b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())
    for value in LKA.values():
        if isinstance(value, str) and len(value) > 4:
            assert value.encode() not in stored
    assert sealed.holder_half not in stored


def test_taking_in_again_changes_nothing(home, sealed):
    receive(home, sealed.data)
    receive(home, sealed.data, at=NOW + timedelta(days=1))
    assert home.log.verify() == 1


def test_a_package_of_another_case_or_unproven_is_not_stored(home, sealed):
    for wrong in ({"request_id": "r-2"}, {"access": ("ice-0008",)}):
        with pytest.raises(Refused, match="another request or another officer"):
            receive(home, sealed.data, dataclasses.replace(CASE, **wrong))
    with pytest.raises(Refused, match="no whole package"):
        receive(home, sealed.data[:-1])
    assert not home.packages.exists()
    assert home.log.verify() == 0


def test_a_failed_attempt_is_logged_and_shows_nothing(home, office, sealed, officer_key):
    package_id = receive(home, sealed.data)
    request = home.ask(package_id, "grand-jury", at=NOW, key=officer_key)
    with pytest.raises(Refused):
        open_it(home, office, officer_key, package_id, request=request, token="a.b.c")
    with pytest.raises(Misuse, match="no such package"):
        open_it(home, office, officer_key, package_id, user="ice-0008")
    with pytest.raises(Refused, match="does not verify"):
        open_it(home, office, keys.generate(), package_id, request=request, token="a.b.c")
    attempts = [entry for entry in home.log.entries() if entry.event == "opening"]
    assert [(one.success, one.user, one.reason) for one in attempts] == [
        (False, "ice-0007", "grand-jury"),
        (False, "ice-0008", "investigation"),
        (False, "ice-0007", ""),
    ]


def test_a_token_opens_once(home, office, sealed, content, officer_key):
    package_id = receive(home, sealed.data)
    request = home.ask(package_id, "investigation", at=NOW, key=officer_key)
    token = office.grant(request)
    again = {"request": request, "token": token}
    assert open_it(home, office, officer_key, package_id, **again) == content
    with pytest.raises(Refused, match="used before"):
        open_it(home, office, officer_key, package_id, **again)
    assert [one.success for one in home.log.entries()] == [True, True, True, False]


def test_what_is_not_here_cannot_be_opened(home, officer_key):
    for package_id in ("f" * 32, "../../etc/passwd", ""):
        with pytest.raises(Misuse, match="no such package"):
            home.ask(package_id, "investigation", at=NOW, key=officer_key)


def test_a_package_without_a_receipt_is_not_opened(home, office, sealed, officer_key):
    package_id = receive(home, sealed.data)
    request = home.ask(package_id, "investigation", at=NOW, key=officer_key)
    home.log.path.unlink()
    with pytest.raises(Refused, match="receipt"):
        open_it(home, office, officer_key, package_id, request=request)


@pytest.mark.parametrize("text", ["x" * 201, "a\nb", "a\x00"])
def test_the_log_takes_no_long_or_many_lined_text(home, sealed, text):
    with pytest.raises(Misuse, match="origin"):
        home.receive(
            sealed.data,
            CASE,
            user="clerk-1",
            at=NOW,
            place=dataclasses.replace(PLACE, origin=text),
            check_proof=proven,
        )
    assert not home.packages.exists()


def test_the_log_shows_every_edit_gap_and_reordering(home, office, sealed, officer_key):
    package_id = receive(home, sealed.data)
    for _ in range(2):
        open_it(home, office, officer_key, package_id)
    path = home.log.path
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    assert home.log.verify() == 4
    edited = lines[2].replace(b"investigation", b"grand-jury")
    reformatted = json.dumps(json.loads(lines[1])).encode() + b"\n"
    for spoilt, place in [
        ([lines[0], lines[1], edited, lines[3]], 3),
        ([lines[0], reformatted, *lines[2:]], 1),
        ([lines[0], *lines[2:]], 1),
        ([*lines[1:]], 0),
        ([lines[0], lines[2], lines[1], lines[3]], 1),
        ([*lines[:3], b"not json\n"], 3),
        ([*lines[:3], lines[3][:-1]], 3),
        ([*lines, lines[3]], 4),
    ]:
        path.write_bytes(b"".join(spoilt))
        with pytest.raises(Refused, match=f"at entry {place}"):
            home.log.verify()


def test_a_torn_last_line_stops_the_log(home, sealed):
    receive(home, sealed.data)
    path = home.log.path
    (entry,) = home.log.entries()
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(Refused, match="not whole"):
        FtiLog(path).append(entry)


def test_the_officer_asks_with_a_passkey_and_opens_with_the_key(
    tmp_path, home, *, office, sealed, content, officer_key
):
    """What was sealed is sealed to the key; asking to open it may be signed by passkey."""
    soft = Soft()
    officer = person(officer_key, passkeys=(Passkey(**soft.enrolled()),))
    save_roster(Roster.from_people([officer]), tmp_path / "people.json")
    home.make(tmp_path / "people.json", builtin_pack())
    package_id = receive(home, sealed.data)
    home.acknowledge("ice-0007", at=NOW, place=PLACE)
    request = home.ask(package_id, "investigation", at=NOW, key=soft)
    token = office.grant(request, who=officer)
    shown = open_it(home, office, officer_key, package_id, request=request, token=token)
    assert shown == content
    other = home.ask(package_id, "investigation", at=NOW, key=Soft())
    with pytest.raises(Refused, match="not enrolled for this person"):
        office.grant(other, who=officer)
    with pytest.raises(Refused, match="not enrolled for this person"):
        open_it(home, office, officer_key, package_id, request=other, token=token)


def test_nobody_opens_with_a_key_that_is_out_of_force(office, officer_key):
    soft = Soft()
    enrolled = {"passkeys": (Passkey(**soft.enrolled()),), "key_to": NOW.date() - timedelta(days=1)}
    officer = person(officer_key, **enrolled)
    with pytest.raises(Refused, match="key is not in force"):
        office.grant(office.ask(key=soft), who=officer)
    with pytest.raises(Refused, match="does not verify"):
        office.grant(office.ask(), who=officer)

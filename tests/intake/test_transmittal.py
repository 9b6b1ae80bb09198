"""The signed manifest: what is taken in, and what is refused whole, each for its own reason."""

import hashlib
import json
from datetime import date

import pytest

from portcullis import keys, tables
from portcullis.agreements import Person, builtin_pack, load_pack
from portcullis.errors import Misuse
from portcullis.intake import (
    REFUSALS,
    Manifest,
    TransmittalRefused,
    approval,
    attest,
    draft_manifest,
    manifest_path,
    receipt_statement,
    take_in,
    taken_schema,
    write_manifest,
)
from tests.intake.conftest import DAY, FORMATS, write


@pytest.fixture
def path(tmp_path, rows):
    officers = ["officer-0", "officer-1; officer-2", "officer-2", None, "officer-9;officer-0"]
    frame = rows(
        7, officers=[*officers, "officer-1;officer-1", "officer-0"], zip=[*["62701"] * 6, "2139"]
    )
    return write(frame, tmp_path / "batch.csv")


def root(leaves):
    """RFC 6962, 2.1, as the text has it."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def refusal(call):
    with pytest.raises(TransmittalRefused) as caught:
        call()
    assert str(caught.value).startswith(REFUSALS[caught.value.code][0])
    return caught.value.code


def alter(path, change):
    content = json.loads(manifest_path(path).read_text())
    change(content)
    manifest_path(path).write_text(json.dumps(content))


@pytest.mark.parametrize("form", FORMATS)
def test_a_signed_batch_is_taken_in(tmp_path, pack, rows, house, form):
    path = write(rows(5), tmp_path / f"b.{form}")
    house.sign(path, pack)
    taken, intake = house.take(path, pack)
    assert taken.schema == taken_schema(pack)
    assert (intake.rows, intake.taken, intake.quarantined.height) == (5, 5, 0)
    assert set(taken["signed_by"]) == {"agency-head"}
    assert taken.select("officers_employed", "engaged", "sole_use").to_numpy().all()
    assert not taken["officers_same_agency"].any()  # officers of ICE, for the head of DHS
    assert intake.attested == ("officer-0", "officer-1", "officer-2")


def test_roots_are_those_of_the_rfc(path, pack, house):
    house.sign(path, pack)
    taken, intake = house.take(path, pack)
    hashes = dict(taken.select("request_id", "request_hash").iter_rows())
    assert intake.requests_root == root(list(hashes.values())).hex()
    shares = {share.id: (share.count, share.root) for share in intake.manifest.officers}
    assert shares == {
        "officer-0": (2, root([hashes["R-0"], hashes["R-4"]]).hex()),
        "officer-1": (2, root([hashes["R-1"], hashes["R-5"]]).hex()),
        "officer-2": (2, root([hashes["R-1"], hashes["R-2"]]).hex()),
        "officer-9": (1, root([hashes["R-4"]]).hex()),
    }


def test_a_request_has_all_its_officers_engaged_or_not(path, pack, house):
    house.sign(path, pack)
    taken, intake = house.take(path, pack)
    for column in ("officers_employed", "engaged", "sole_use"):
        assert taken[column].to_list() == [True, True, True, False, False, True], column
    assert intake.unattested == ("officer-9",)


def test_an_officer_without_attestation_is_not_engaged(path, pack, house):
    own = {"officer-0": house.keys["officer-0"], "officer-1": house.keys["officer-1"]}
    house.sign(path, pack, officers=own)
    taken, _ = house.take(path, pack)
    assert taken["engaged"].to_list() == [True, False, False, False, False, True]
    assert taken["sole_use"].to_list() == taken["engaged"].to_list()
    assert taken["officers_employed"].to_list() == [True, True, True, False, False, True]


@pytest.mark.parametrize(
    "change",
    [
        {"agency": "IRS"},
        {"in_force_to": date(2025, 6, 4)},
        {"in_force_from": date(2025, 6, 6)},
        {"roles": ["preparer"]},
    ],
)
def test_an_officer_out_of_force_role_or_party_is_not_employed(path, pack, house, change):
    house.sign(path, pack)
    person = house.people["officer-2"].model_dump() | change
    house.people["officer-2"] = Person(**person)
    taken, intake = house.take(path, pack)
    assert taken["officers_employed"].to_list() == [True, False, False, False, False, True]
    # The signature is still a signature.
    assert taken["engaged"].to_list() == [True, True, True, False, False, True]
    assert intake.unattested == ("officer-9",)


def test_officers_of_the_signatorys_own_agency_are_told_from_the_others(path, pack, house):
    house.sign(path, pack)
    person = house.people["officer-2"].model_dump() | {"agency": "DHS"}
    house.people["officer-2"] = Person(**person)
    taken, _ = house.take(path, pack)
    same = taken.select("officers", "officers_same_agency").rows()
    assert [officers for officers, it_is in same if it_is] == ["officer-2"]


def test_the_file_is_published_only_if_the_roots_hold(tmp_path, path, pack, house):
    house.sign(path, pack)
    text = path.read_text()
    path.write_text(text.replace("Springfield", "Shelbyville", 1))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    resign(path, house, lambda manifest: manifest["file"].update(sha256=digest))
    transmittal = take_in(path, pack, house.roster, on=DAY, seen=lambda *_: False)
    stored = tmp_path / "requests.table"
    with pytest.raises(TransmittalRefused) as caught:
        tables.write_table(stored, transmittal.frames(), tables.new_key())
    assert caught.value.code == "root"
    assert not stored.exists()
    with pytest.raises(Misuse, match="read to its end"):
        _ = transmittal.result


def resign(path, house, change):
    """Sign the batch's manifest again after a change, everybody knowing."""
    content = json.loads(manifest_path(path).read_text())["manifest"]
    change(content)
    manifest = Manifest.model_validate_json(json.dumps(content))
    officers = {
        officer.id: attest(manifest, officer.id, house.keys[officer.id], load_pack(builtin_pack()))
        for officer in manifest.officers
        if officer.id in house.keys
    }
    write_manifest(
        path,
        manifest,
        keys.sign(approval(manifest, "signatory"), house.keys["secretary"]),
        keys.sign(approval(manifest, "preparer"), house.keys["preparer"]),
        officers,
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: m["file"].update(rows=6), "count"),
        (lambda m: m.update(requests_root="0" * 64), "root"),
        (lambda m: m["officers"][0].update(root="0" * 64), "root"),
        (lambda m: m["officers"][0].update(count=3), "root"),
        (lambda m: m["officers"].pop(), "root"),
        (lambda m: m["file"].update(sha256="0" * 64), "digest"),
        (lambda m: m["file"].update(format="xlsx"), "digest"),
        (lambda m: m["file"].update(rows=2_000_000), "too-many-rows"),
        (lambda m: m.update(agreement="other"), "agreement"),
        (lambda m: m.update(agreement_version="0"), "agreement"),
        (lambda m: m.update(created_on="2025-06-06"), "manifest"),
        (lambda m: m.update(prepared_by="secretary"), "prepared-by-signatory"),
        (lambda m: m.update(prepared_by="nobody"), "unknown-signer"),
        (lambda m: m.update(signatory="nobody"), "unknown-signer"),
        (lambda m: m.update(signatory="officer-1"), "unknown-signer"),
    ],
)
def test_a_manifest_signed_for_something_else(path, pack, house, change, code):
    house.sign(path, pack)
    resign(path, house, change)
    assert refusal(lambda: house.take(path, pack)) == code


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["manifest"].update(salt="0" * 64),
        lambda c: c["signatures"].update(signatory=c["signatures"]["preparer"]),
        lambda c: c["signatures"].update(preparer=c["signatures"]["signatory"]),
        lambda c: c["signatures"].update(signatory="a.b.c"),
        lambda c: c["signatures"]["officers"].update({"officer-1": "x"}),
        lambda c: c["signatures"]["officers"].update(
            {"officer-1": c["signatures"]["officers"]["officer-2"]}
        ),
    ],
)
def test_a_wrong_signature(path, pack, house, change):
    house.sign(path, pack)
    alter(path, change)
    assert refusal(lambda: house.take(path, pack)) == "signature"


def test_an_attestation_by_a_stranger(path, pack, house):
    house.sign(path, pack)
    alter(path, lambda c: c["signatures"]["officers"].update({"stranger": "x"}))
    assert refusal(lambda: house.take(path, pack)) == "unknown-signer"


@pytest.mark.parametrize(
    "change",
    [
        {"authority": "delegated", "determination": "a memorandum"},
        {"agency": "ICE"},
        {"agency": "IRS"},
    ],
)
def test_only_the_head_of_the_agency_or_its_inspector_general_signs(path, pack, house, change):
    house.sign(path, pack)
    house.people["secretary"] = Person(**house.people["secretary"].model_dump() | change)
    assert refusal(lambda: house.take(path, pack)) == "not-agency-head"


def test_the_inspector_general_may_sign(path, pack, house):
    house.sign(path, pack)
    secretary = house.people["secretary"].model_dump() | {"authority": "inspector-general"}
    house.people["secretary"] = Person(**secretary)
    taken, intake = house.take(path, pack)
    assert intake.taken == 6
    assert set(taken["signed_by"]) == {"inspector-general"}


def test_a_delegate_may_sign_where_the_agreement_accepts_it(path, pack, house):
    house.sign(path, pack)
    delegate = {"authority": "delegated", "determination": "a memorandum"}
    house.people["secretary"] = Person(**house.people["secretary"].model_dump() | delegate)
    accepting = pack.agreement.model_copy(update={"accept_delegation": True})
    taken, _ = house.take(path, pack.model_copy(update={"agreement": accepting}))
    assert set(taken["signed_by"]) == {"delegated"}


@pytest.mark.parametrize("who", ["secretary", "preparer"])
def test_a_signer_out_of_force_is_unknown(path, pack, house, who):
    house.sign(path, pack)
    person = house.people[who].model_dump() | {"in_force_to": date(2025, 6, 4)}
    house.people[who] = Person(**person)
    assert refusal(lambda: house.take(path, pack)) == "unknown-signer"


def test_a_preparer_of_another_agency_is_unknown(path, pack, house):
    house.sign(path, pack)
    house.people["preparer"] = Person(**house.people["preparer"].model_dump() | {"agency": "IRS"})
    assert refusal(lambda: house.take(path, pack)) == "unknown-signer"


@pytest.mark.parametrize("day", [date(2025, 4, 6), date(2027, 4, 7)])
def test_outside_the_agreement_nothing_is_taken_in(path, pack, house, day):
    house.sign(path, pack)
    assert refusal(lambda: house.take(path, pack, on=day)) == "not-in-force"


def test_a_suspended_agreement_takes_nothing_in(path, pack, house):
    house.sign(path, pack)
    suspended = pack.agreement.model_copy(update={"state": "suspended"})
    shut = pack.model_copy(update={"agreement": suspended})
    assert refusal(lambda: house.take(path, shut)) == "not-in-force"


def test_a_batch_is_received_once(path, pack, house):
    house.sign(path, pack)
    _, intake = house.take(path, pack)
    known = {(intake.manifest_digest, "batch-1")}
    assert refusal(lambda: house.take(path, pack, seen=lambda *key: key in known)) == "replay"


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "nonsense", '{"manifest": {}}'])
def test_without_a_manifest_nothing_is_taken_in(path, pack, house, text):
    if text is not None:
        manifest_path(path).write_text(text)
    assert refusal(lambda: house.take(path, pack)) == "manifest"


@pytest.mark.parametrize("name", ["../../etc", "", "a b", "x" * 65, ".hidden"])
def test_a_batch_identifier_is_no_path(path, pack, house, name):
    house.sign(path, pack)
    alter(path, lambda c: c["manifest"].update(batch_id=name))
    assert refusal(lambda: house.take(path, pack)) == "manifest"


def test_the_receipt_says_what_came_in(path, pack, house):
    house.sign(path, pack)
    _, intake = house.take(path, pack)
    receipt = receipt_statement(intake, DAY, 41)
    assert receipt == {
        "format": "portcullis-receipt/1",
        "batch_id": "batch-1",
        "manifest_digest": intake.manifest_digest,
        "received_on": "2025-06-05",
        "rows": 7,
        "taken": 6,
        "quarantined": 1,
        "quarantine_digest": intake.quarantine_digest,
        "dropped_columns": [],
        "requests_root": intake.requests_root,
        "unattested_officers": ["officer-9"],
        "ledger_position": 41,
    }
    token = keys.sign(receipt, house.keys["preparer"])
    assert keys.verify(token, house.people["preparer"].jwk) == receipt


def test_two_drafts_of_one_file_differ_only_in_their_salt(path, pack):
    one, two = (draft_manifest(path, pack, "b", DAY, "preparer", "secretary") for _ in range(2))
    assert one.salt != two.salt
    assert one.model_copy(update={"salt": two.salt}) == two


def test_an_empty_batch_is_taken_in_as_empty(tmp_path, pack, rows, house):
    path = write(rows(0), tmp_path / "b.csv")
    house.sign(path, pack)
    taken, intake = house.take(path, pack)
    assert (taken.height, intake.rows) == (0, 0)
    assert taken.schema == taken_schema(pack)

"""The administrator's desk in the browser: people by two, keys out of force, the ledger's keys."""

import json
from datetime import UTC, datetime

import pytest

from portcullis import keys
from portcullis.agreements import enrolment
from tests.office.world import ANSWER_DAY
from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.office import working

pytestmark = [pytest.mark.xdist_group("holder-desks"), pytest.mark.long]
NEWCOMER = {
    "id": "newcomer",
    "name": "Specimen newcomer",
    "agency": "IRS",
    "office": "records",
    "roles": ["records-officer"],
    "in_force_from": "2025-07-01",
}


def request(person: str) -> bytes:
    """Return a newcomer's own request, signed by the new key."""
    key = keys.generate()
    at = datetime.combine(ANSWER_DAY, datetime.min.time(), UTC)
    said = enrolment.statement(person, at, jwk=keys.public_jwk(key))
    return enrolment.request(keys.sign(said, key)).encode()


def send(page, name: str, data: bytes) -> None:
    page.set_input_files(f"[name={name}]", {"name": "f.json", "mimeType": "", "buffer": data})


def test_a_home_made_before_has_its_roster_adopted_by_two(desk):
    page = desk("administrator", "/administration/people/")
    assert "The ledger has no roster" in text(page)
    check(page, "administration-people-adopt")
    press(page, "Go on to sign the proposal")
    sign(page, "It is proposed.")
    second = desk("counsel", "/counsel/")
    second.get_by_role("link", name="Adopt the roster").click()
    press(second, "Go on to sign the approval")
    sign(second, "The change is approved, and in effect.")
    page.goto(page.url.split("/administration/")[0] + "/administration/people/")
    assert "The ledger has no roster" not in text(page)


def test_a_newcomer_is_enrolled_by_two(desk):
    page = desk("administrator", "/administration/")
    check(page, "administration")
    page.get_by_role("link", name="People", exact=True).click()
    check(page, "administration-people")
    page.get_by_role("link", name="Propose an enrolment").click()
    send(page, "request", b"{}")
    press(page, "Go on to sign")
    assert "That is no request to enrol a key." in text(page)
    check(page, "administration-enrol-wrong")
    send(page, "request", request("newcomer"))
    send(page, "entry", json.dumps(NEWCOMER).encode())
    press(page, "Go on to sign")
    assert "This act binds." in text(page)
    told = sign(page, "It is proposed.")
    assert "You proposed it, so another administrator or counsel approves it." in told
    check(page, "administration-change")
    second = desk("counsel", "/counsel/")
    second.get_by_role("link", name="Enrol a key").click()
    press(second, "Go on to sign the approval")
    sign(second, "The change is approved, and in effect.")
    page.goto(page.url.split("/administration/")[0] + "/administration/people/newcomer/")
    assert "records-officer" in text(page)
    check(page, "administration-person")


def test_nobody_changes_their_own_entry(desk):
    page = desk("administrator", "/administration/people/administrator/change/")
    page.locator("[name=office]").fill("elsewhere")
    press(page, "Go on to sign")
    assert "Nobody changes their own entry of the roster." in text(page)
    assert "The attempt is on the record." in text(page)


@pytest.mark.long
def test_a_lost_key_is_put_out_of_force_by_one(desk):
    page = desk("administrator-2", "/administration/people/sampler/")
    page.get_by_role("link", name="Put keys out of force").click()
    check(page, "administration-revoke")
    page.get_by_label("The key").check(force=True)
    press(page, "Go on to sign")
    sign(page, "They are out of force, and the gate knows it already.")


@pytest.mark.long
def test_the_keys_of_the_ledger_change_in_two_acts(desk):
    page = desk("administrator", "/administration/ledger/")
    check(page, "administration-ledger")
    press(page, "Go on to sign the announcement")
    told = sign(page, "is in force beside the other.")
    assert told.count("Retire the key") == 2
    page.get_by_role("button", name="is retired").first.click()
    page.wait_for_load_state()
    sign(page, "is out of force, and destroyed.")


def test_a_new_service_key_is_put_in_force(desk, office):
    public = office.home / "public.json"
    before = json.loads(public.read_text())["holder"]
    page = desk("administrator", "/administration/keys/")
    check(page, "administration-keys")
    press(page, "Go on to sign the change of the service key")
    assert "This act binds." in text(page)
    sign(page, "The new service key is in force.")
    after = json.loads(public.read_text())
    assert after["holder"] != before
    assert after["former_holders"] == [before]
    press(page, "Go on to sign the change of the witness’s key")
    sign(page, "The witness in this home has a new key.")


@pytest.mark.long
def test_accounts_the_agreement_and_the_doctor(desk, office):
    page = desk("administrator", "/people/accounts/")
    assert "Specimen counsel" in text(page)
    check(page, "administration-accounts")
    page.goto(office.origin + "/administration/agreement/")
    assert "Legal basis" in text(page)
    check(page, "administration-agreement")
    page.goto(office.origin + "/administration/health/")
    press(page, "Have the doctor look")
    with working(office):
        page.get_by_text("things are wrong").or_(
            page.get_by_text("Nothing is wrong.")
        ).first.wait_for(timeout=120_000)
    page.reload()
    assert "What the doctor found" in text(page)
    check(page, "administration-health")


def test_another_role_is_denied_on_the_record(desk):
    told = text(desk("inspector", "/administration/people/"))
    assert "This desk is for people who hold another role. The attempt is on the record." in told

"""What came back: answers at the preparer's desk, packages at the officer's and the custodian's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from portcullis import agreements
from portcullis.agreements.enrolment import read_request
from portcullis.custody import read_statement
from tests.office import acts
from tests.office import world as worlds
from tests.office.world import BATCH, World
from tests.web import axe
from tests.web.office import Office
from tests.web.requester.steps import at_the_holder, go_on, read_the_warning
from tests.web.signing import authenticator, press_sign, sign

pytestmark = pytest.mark.long

OFFICER = "officer-1"


@pytest.fixture(scope="module")
def desk(office: Office, browser) -> Page:
    """The officer's browser, in which their key is made and stays."""
    context = browser.new_context(accept_downloads=True)
    context.add_cookies([office.cookie(OFFICER)])
    page = context.new_page()
    page.goto(office.origin + "/officer/")
    read_the_warning(page)
    authenticator(page, office.home, OFFICER)
    yield page
    context.close()


@pytest.fixture(scope="module")
def answered(office: Office, world: World, desk: Page) -> Path:
    """The folder that the holder answered into; packages are sealed to the officer's browser."""
    play = [sys.executable, "-m", "tests.web.requester.play"]
    done = subprocess.run(
        [*play, str(office.home), str(world.folder / "keys"), str(world.batch_file), BATCH],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sent = office.home / "outgoing" / BATCH / f"{BATCH}.jsonl"
    at_the_holder(world, lambda: acts.receive(world, sent))
    enrol_browser_key(office, world, desk)

    def answer() -> None:
        acts.adjudicate(world)
        worlds.approve(world, world.home())
        acts.release(world)

    at_the_holder(world, answer)
    from portcullis.office.requesting import RequesterHome

    RequesterHome.find(office.home).set_date(worlds.ANSWER_DAY)
    return world.home_path / "outgoing" / BATCH


def enrol_browser_key(office: Office, world: World, page: Page) -> None:
    """Make the officer's key in the browser, and put it on both sides' rosters as of today."""
    page.goto(office.origin + "/officer/key/")
    page.get_by_text("This browser does not hold it.").wait_for()
    page.get_by_role("button", name="Make a new key in this browser").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the request").click()
    jwk = read_request(Path(saved.value.path()).read_text()).jwk
    for home in (office.home, world.home_path):
        path = home / "people.json"
        people = [
            each.model_copy(update={"jwk": jwk}) if each.id == OFFICER else each
            for each in agreements.load_roster(path).people
        ]
        agreements.save_roster(agreements.Roster.from_people(people), path)
    page.goto(office.origin + "/officer/key/")
    page.get_by_text("This browser holds it.").wait_for()


def test_the_preparer_takes_in_receipt_and_answers(office, answered, as_person):
    page = as_person("preparer", f"/prepare/{BATCH}/receipt/")
    page.set_input_files("[name=receipt]", answered / "receipt.json")
    go_on(page, "Go on to sign")
    sign(page)
    page.goto(f"{office.origin}/prepare/{BATCH}/answers/")
    page.set_input_files("[name=answers]", answered / "answers.jsonl")
    page.set_input_files("[name=signature]", answered / "receipt.json")
    page.get_by_role("button", name="Go on to sign").click()
    assert "must be mended" in page.inner_text("main")  # a signature that is none
    page.set_input_files("[name=answers]", answered / "answers.jsonl")
    page.set_input_files("[name=signature]", answered / "answers.jsonl.jws")
    go_on(page, "Go on to sign")
    sign(page)
    said = page.inner_text("main")
    assert "Disclosed" in said or "disclosed" in said
    assert "answered" in said
    axe.check(page)
    page.get_by_role("link", name="The answer to each request").click()
    assert page.inner_text("main").count("no disclosure") >= 1
    axe.check(page)


def test_the_officer_opens_a_package_by_a_token_and_closes_the_case(office, answered, world, desk):
    page = desk
    mine = [
        path
        for path in sorted((answered / "packages").glob("*.json"))
        if json.loads(path.read_bytes())["officer"] == OFFICER
    ]
    page.goto(office.origin + "/officer/take-in/")
    read_the_warning(page)
    page.goto(office.origin + "/officer/take-in/")
    page.set_input_files("[name=packages]", mine)
    page.get_by_role("button", name="Take them in").click()
    assert f"Taken in, unopened: {len(mine)}" in page.inner_text("main")
    axe.check(page)
    package = json.loads(mine[0].read_bytes())
    page.get_by_role("link", name=package["request_id"]).last.click()
    page.select_option("[name=purpose]", "investigation")
    axe.check(page)
    go_on(page, "Go on to sign the request")
    sign(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the signed request").click()
    asked = Path(saved.value.path()).read_text()

    from portcullis.office.tokens import grant_token

    token = at_the_holder(world, lambda: grant_token(world.home(), package["package_id"], asked))
    files = [{"name": "token.jws", "mimeType": "text/plain", "buffer": token.encode()}]
    page.set_input_files("[name=token]", files)
    page.get_by_role("button", name="Take the token in").click()
    page.get_by_role("button", name="Open it").click()
    page.locator("[data-content] dd").first.wait_for()
    assert "Specimen St" in page.inner_text("[data-shown]").title()
    axe.check(page)
    # The token is spent: the same opening shows nothing a second time.
    page.get_by_role("button", name="Clear it now").click()
    page.get_by_role("button", name="Open it").click()
    page.get_by_text("used before").wait_for()

    page.goto(office.origin + "/officer/status/")
    page.get_by_text(f"Request {package['request_id']}", exact=True).click()
    page.get_by_text("The case is closed", exact=True).click()
    go_on(page, "Go on to sign")
    sign(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="closed: 1 packages").click()
    person = agreements.load_roster(office.home / "people.json").person(OFFICER)
    stated = read_statement(Path(saved.value.path()).read_text(), person.verify)
    assert stated.packages == (package["package_id"],)


def test_another_officer_sees_no_such_package(answered, as_person):
    package = json.loads(next((answered / "packages").glob("*.json")).read_bytes())
    other = "officer-2" if package["officer"] == OFFICER else OFFICER
    page = as_person(other, f"/officer/packages/{package['package_id']}/")
    assert "no such package" in page.inner_text("main")


def test_the_custodian_certifies_what_the_officer_closed(office, answered, as_person):  # noqa: ARG001
    page = as_person("custodian", "/custody/")
    page.get_by_role("link", name="Certify").first.click()
    page.get_by_text("Request REQ-", exact=False).first.click()
    page.get_by_text("Made undisclosable (").click()
    page.select_option("[name=method]", "purged")
    go_on(page, "Go on to sign")
    sign(page)
    assert "in the log" in page.inner_text("main")
    for path in ("packages", "take-in"):
        page.goto(f"{office.origin}/custody/{path}/")
        axe.check(page)
    page.goto(office.origin + "/custody/log/")
    page.get_by_role("button", name="Check the whole chain").click()
    assert "The chain is whole" in page.inner_text("main")


def test_custodian_and_signatory_give_an_account(office, as_person):
    page = as_person("custodian", "/people/accounts/")
    page.fill("[name=person]", "preparer")
    go_on(page, "Go on to sign")
    press_sign(page)
    page.get_by_text("It is proposed.").wait_for()
    second = as_person("head", "/signatory/")
    second.get_by_role("link", name="People and accounts").click()
    go_on(second, "Go on to sign that preparer gets it")
    press_sign(second)
    second.get_by_text("shown here once").wait_for()
    assert f"{office.origin}/accounts/password/reset/key/" in second.inner_text("main")
    page.goto(f"{office.origin}/people/accounts/")
    page.fill("[name=person]", "specialist")
    page.get_by_role("button", name="Go on to sign", exact=True).click()
    assert "enrolled on this side" in page.inner_text("main")

"""Errands over the holder's API: signed by the person's key, carried by the server."""

import base64
import html
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from http_message_signatures import algorithms

from portcullis import agreements, keys
from portcullis.custody import RecipientHome
from portcullis.office.requesting import RequesterHome
from tests.office import acts
from tests.office import world as worlds
from tests.office.world import BATCH, BATCH_DAY, World
from tests.web import axe
from tests.web.forms import Person
from tests.web.office import Office, serve, working
from tests.web.requester.steps import at_the_holder, read_the_warning
from tests.web.requester.test_received import enrol_browser_key
from tests.web.signing import authenticator, passkey

pytestmark = pytest.mark.long

OFFICER = "officer-1"


@pytest.fixture(scope="module")
def world(_find_stage, tmp_path_factory) -> World:
    folder = tmp_path_factory.mktemp("network") / "world"
    shutil.copytree(_find_stage("new"), folder)
    return World(folder)


@pytest.fixture(scope="module")
def holder(world) -> Iterator[Office]:
    office = serve(world.home_path, "holder")
    yield office
    office.stop()


@pytest.fixture(scope="module")
def office(world, holder) -> Iterator[Office]:
    """The requester's office, which knows the holder's address; one batch of it is sent."""
    home = world.folder / "recipient"
    RecipientHome(home).make(world.folder / "people.json", agreements.builtin_pack(), demo=True)
    RequesterHome.mark(home).set_date(BATCH_DAY)
    shutil.copyfile(world.home_path / "public.json", home / "public.json")
    office = serve(home, "requester", env={"PORTCULLIS_HOLDER": holder.origin})
    shutil.copyfile(home / "people.json", world.home_path / "people.json")
    play = [sys.executable, "-m", "tests.web.requester.play"]
    done = subprocess.run(
        [*play, str(home), str(world.folder / "keys"), str(world.batch_file), BATCH],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    yield office
    office.stop()


def come(office: Office, name: str) -> Person:
    person = Person(office, name)
    person.get("/banner/")
    person.post("/banner/", [])
    return person


def errand(person: Person, path: str, key: keys.ECKey) -> dict[str, str]:
    """Do an errand as the page's script does, each request signed with ``key``."""
    signer = algorithms.ECDSA_P256_SHA256(private_key=key.private_key)
    said = person.post(path, []).json()
    while "base" in said:
        signature = base64.b64encode(signer.sign(said["base"].encode())).decode()
        more = [("ticket", said["ticket"]), ("signature", signature)]
        said = person.post(path, more).json()
    return said


def sign(person: Person, office: Office, answer) -> str:
    """Sign what the page asks for; return the page that comes then."""
    assert answer.status_code == 302, answer.text
    place = answer.headers["Location"]
    shown = re.search(r'id="statement"[^>]*>(.*?)</script>', person.get(place).text, re.DOTALL)
    token = passkey(office.home, person.person, office.origin).sign(
        json.loads(html.unescape(shown[1]))
    )
    done = person.post(place, [("token", token)])
    assert done.status_code == 302, done.text
    return person.get(done.headers["Location"]).text


def test_a_batch_goes_out_and_its_receipt_comes_back(office, holder, world):
    preparer, key = come(office, "preparer"), world.key("preparer")
    page = f"/prepare/{BATCH}/"
    assert "Send it over the network" in preparer.get(page).text
    # Signed with another's key, it is nobody's for the holder, and nothing is sent.
    refused = errand(preparer, f"{page}network/send/", world.key("head"))
    assert "not signed by a key" in refused["title"]
    first = preparer.post(f"{page}network/send/", []).json()
    assert f'"@target-uri": {holder.origin}/api/v1/uploads?name=' in first["base"]
    other = come(office, OFFICER).post(f"{page}network/send/", [("ticket", first["ticket"])])
    assert other.status_code == 409
    assert errand(preparer, f"{page}network/send/", key) == {"go": page}
    assert "still taking it in" in errand(preparer, f"{page}network/receipt/", key)["title"]
    with working(holder):
        deadline = time.monotonic() + 90
        while "title" in (said := errand(preparer, f"{page}network/receipt/", key)):
            assert "still taking it in" in said["title"], said
            assert time.monotonic() < deadline
            time.sleep(0.5)
    assert "Sign for the receipt fetched" in preparer.get(page).text
    shown = sign(preparer, office, preparer.post(f"{page}fetched/receipt/", []))
    assert "Received by the holder on" in shown
    assert not (office.home / "outgoing" / BATCH).exists()  # in clear no longer than it must be
    assert "not there yet" in errand(preparer, f"{page}network/answers/", key)["title"]


def test_answers_packages_and_a_token_come_likewise(office, holder, world, browser):  # noqa: ARG001
    def answer() -> None:
        acts.adjudicate(world)
        worlds.approve(world, world.home())
        acts.release(world)

    at_the_holder(world, answer)
    RequesterHome.find(office.home).set_date(worlds.ANSWER_DAY)
    preparer, page = come(office, "preparer"), f"/prepare/{BATCH}/"
    assert errand(preparer, f"{page}network/answers/", world.key("preparer")) == {"go": page}
    shown = sign(preparer, office, preparer.post(f"{page}fetched/answers/", []))
    assert "The answer to each request" in shown

    officer, key = come(office, OFFICER), world.key(OFFICER)
    assert errand(officer, "/officer/fetch/next/", key) == {"go": "/officer/"}
    kept = re.findall(r'href="/officer/packages/([0-9a-f]+)/"', officer.get("/officer/").text)
    assert kept
    asked = officer.post(f"/officer/packages/{kept[0]}/ask/", [("purpose", "investigation")])
    opening = sign(officer, office, asked)
    place = re.search(r"/officer/openings/[0-9a-f-]+/", opening)[0]
    assert errand(officer, f"{place}holder/", key) == {"go": place}
    assert "3. Open it" in officer.get(place).text

    # In a real browser, with the key that only that browser has.
    context = browser.new_context(accept_downloads=True)
    context.add_cookies([office.cookie(OFFICER)])
    tab = context.new_page()
    authenticator(tab, office.home, OFFICER)
    tab.goto(office.origin + "/officer/fetch/")
    read_the_warning(tab)
    tab.goto(office.origin + "/officer/fetch/")
    axe.check(tab)
    tab.get_by_role("button", name="Fetch what was delivered to me").click()
    tab.get_by_text("does not hold the key").wait_for()
    enrol_browser_key(office, world, tab)
    tab.goto(office.origin + "/officer/fetch/")
    tab.get_by_role("button", name="Fetch what was delivered to me").click()
    tab.get_by_text("Taken in, unopened: 0.").wait_for()
    context.close()

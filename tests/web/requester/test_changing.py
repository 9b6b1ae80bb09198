"""Two people at one batch, and what was typed, checked or signed before it changed: over HTTP."""

import csv
import html
import io
import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import xlsxwriter

from portcullis.office.requesting import RequesterHome
from tests.office import world as worlds
from tests.office.world import BATCH_DAY
from tests.web import axe, signing
from tests.web.forms import Person
from tests.web.office import COMMAND, Office

TYPED = "Typed for a long time."


@pytest.fixture
def person(office: Office):
    """Return a function that gives a person with a session at the office."""

    def come(name: str) -> Person:
        here = Person(office, name)
        here.get("/")
        here.get("/prepare/new/")
        return here

    return come


def row(number: int) -> dict[str, str]:
    made = worlds.batch_rows(number).row(number - 1, named=True)
    return {name: value for name, value in made.items() if value}


def was(page: requests.Response) -> str:
    return re.search(r'name="was" value="([^"]*)"', page.text)[1]


def said(answer: requests.Response) -> str:
    """Return the words of a page's main part."""
    words = re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2].partition("</main")[0])
    return " ".join(html.unescape(words).split())


def write(here: Person, batch: str, number: int | str, values: dict[str, str]) -> requests.Response:
    """Write a request into row ``number`` of the batch, as its page has it now."""
    path = f"/prepare/{batch}/rows/{number}/"
    return here.post(path, [("was", was(here.get(path))), *values.items()])


def begin(here: Person, batch: str, rows: int) -> None:
    file = worlds.batch_rows(rows).head(rows).write_csv().encode()
    assert upload(here, batch, "b.csv", file).status_code == 302


def upload(here: Person, batch: str, name: str, data: bytes) -> requests.Response:
    return here.post("/prepare/new/", [("batch", batch)], {"file": (name, data)})


def sign(office: Office, here: Person, answer: requests.Response) -> requests.Response:
    """Sign with the person's passkey what the answer leads to."""
    passkey = signing.passkey(office.home, here.person, office.origin)
    while "/sign/" in answer.headers.get("Location", ""):
        place = answer.headers["Location"]
        page = here.get(place)
        shown = re.search(r'id="statement"[^>]*>(.*?)</script>', page.text, re.DOTALL)
        if shown is None:
            return page
        answer = here.post(place, [("token", passkey.sign(json.loads(html.unescape(shown[1]))))])
    return answer


def make_ready(here: Person, batch: str) -> requests.Response:
    return here.post(f"/prepare/{batch}/ready/", [("signatory", "head")])


def test_a_request_is_known_by_what_it_says_and_not_by_its_place(person):
    mine, other = person("preparer"), person("deputy")
    begin(mine, "places", 3)
    second, third = (mine.get(f"/prepare/places/rows/{at}/") for at in (2, 3))
    first = was(other.get("/prepare/places/rows/1/"))
    assert other.post("/prepare/places/rows/1/leave-out/", [("was", first)]).status_code == 302
    # Pressed twice, it takes out one.
    twice = other.post("/prepare/places/rows/1/leave-out/", [("was", first)])
    assert "Another request stands in row 1 now" in said(twice)
    for at, page in ((2, second), (3, third)):
        answer = mine.post(
            f"/prepare/places/rows/{at}/",
            [("was", was(page)), *(row(at) | {"reason": TYPED}).items()],
        )
        assert answer.status_code == 400
        assert TYPED in said(answer)  # what was typed is not lost
    assert "must be mended" in said(answer) or "no such row" in said(answer)
    listed = said(mine.get("/prepare/places/rows/"))
    assert [name for name in ("REQ-00001", "REQ-00002", "REQ-00003") if name in listed] == [
        "REQ-00002",
        "REQ-00003",
    ]


def test_all_that_come_back_are_those_that_were_seen(person):
    here = person("preparer")
    begin(here, "seen", 1)
    write(here, "seen", "new", row(2) | {"address_line1": "Failed to Provide"})
    stale = was(here.get("/prepare/seen/"))
    write(here, "seen", 2, row(2))
    write(here, "seen", 1, row(1) | {"address_line1": "Failed to Provide"})
    answer = here.post("/prepare/seen/leave-out/", [("was", stale)])
    assert "changed since you looked" in said(answer)
    page = here.get("/prepare/seen/")
    assert "Leave out the 1" in said(page)
    assert here.post("/prepare/seen/leave-out/", [("was", was(page))]).status_code == 302
    assert "REQ-00002" in said(here.get("/prepare/seen/rows/"))


def test_a_batch_is_signed_for_as_it_stands_and_taken_back(office, person):
    mine, head = person("preparer"), person("head")
    begin(mine, "stands", 1)
    typing = was(mine.get("/prepare/stands/rows/1/"))
    first, second = make_ready(mine, "stands"), make_ready(mine, "stands")
    assert "made ready anew" in said(sign(office, mine, first))
    assert sign(office, mine, second).status_code == 302
    # Somebody's form of before is refused, and stays on the page.
    late = mine.post(
        "/prepare/stands/rows/1/", [("was", typing), *row(1).items(), ("reason", TYPED)]
    )
    assert late.status_code == 400
    assert "not changed any more" in said(late)
    assert TYPED in said(late)
    refused = mine.post("/prepare/stands/file/", [], {"file": ("b.csv", b"request_id\nA\n")})
    assert "not changed any more" in said(refused)

    read = head.get("/signatory/stands/")
    assert "Specimen officer-1, officer" in said(read)  # and not the bare id
    digest = re.search(r'name="manifest" value="([0-9a-f]+)"', read.text)[1]
    begun = head.post("/signatory/stands/sign/", [("manifest", digest)])
    assert mine.post("/prepare/stands/take-back/", []).status_code == 302
    assert "no manifest yet" in said(sign(office, head, begun))
    page = said(mine.get("/prepare/stands/"))
    assert "It is not checked since it was changed" in page
    assert "Sign it as its preparer" not in page


@pytest.mark.long
def test_who_prepared_a_part_is_not_asked_to_sign(person):
    mine, deputy = person("preparer"), person("deputy")
    begin(mine, "parts", 1)
    page = mine.get("/prepare/parts/ready/")
    assert 'value="deputy"' in page.text
    assert write(deputy, "parts", 1, row(1)).status_code == 302
    page = mine.get("/prepare/parts/ready/")
    assert 'value="head"' in page.text
    assert 'value="deputy"' not in page.text
    assert mine.post("/prepare/parts/ready/", [("signatory", "deputy")]).status_code == 400


def test_what_was_checked_on_another_day_is_checked_again(office, person):
    here = person("preparer")
    begin(here, "lapses", 1)
    make_ready(here, "lapses")
    home = RequesterHome.find(office.home)
    home.set_date(BATCH_DAY + timedelta(days=1))
    try:
        assert "checked as of 2025-06-27" in said(here.post("/prepare/lapses/sign/", []))
        page = said(here.get("/prepare/lapses/"))
        assert "may not be so today" in page
        assert "Nothing would come back" not in page
        assert "checked as of 2025-06-27" in said(make_ready(here, "lapses"))
        assert here.post("/prepare/lapses/check/", []).status_code == 302
        assert sign(office, here, make_ready(here, "lapses")).status_code == 302
    finally:
        home.set_date(BATCH_DAY)
    # To the signatory it is said; whether they sign is theirs to say.
    assert "may not be so today" in said(person("head").get("/signatory/lapses/"))


def test_every_row_left_behind_is_named_by_its_line(office, person):
    here = person("preparer")
    out = io.StringIO()
    made = csv.writer(out)
    good = worlds.batch_rows(2)
    made.writerow(good.columns)
    out.write("\r\n")
    back = row(2) | {"address_line1": "Failed\nto Provide"}
    made.writerow(back.get(name, "") for name in good.columns)
    out.write("ragged,row\r\n" * 150)
    made.writerow(row(1).get(name, "") for name in good.columns)
    assert upload(here, "behind", "b.csv", out.getvalue().encode()).status_code == 302
    page = here.get("/prepare/behind/")
    assert "150 rows in all" in said(page)
    assert "Line 5 of the file" in said(page)
    assert "Row 1 REQ-00002; line 3 of the file" in said(page)
    listed = list(csv.DictReader(io.StringIO(here.get("/prepare/behind/unreadable/").text)))
    assert [(each["row"], each["line"]) for each in listed[:: len(listed) - 1]] == [
        ("2", "5"),
        ("151", "154"),
    ]
    assert "as many values as the header" in listed[0]["why"]
    here.post("/prepare/behind/leave-out/", [("was", was(page))])
    assert "Row 1 line 155 of the file REQ-00001" in said(here.get("/prepare/behind/rows/"))
    assert "150 rows in all" in said(here.get("/prepare/behind/"))
    assert sign(office, here, make_ready(here, "behind")).status_code == 302
    said_of = said(person("head").get("/signatory/behind/"))
    assert "could not be read, and are not in it 150" in said_of


def test_a_workbook_is_read_by_a_worker(person, tmp_path: Path):
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, worlds.batch_rows(1).columns)
    answer = upload(person("preparer"), "workbook", path.name, path.read_bytes())
    assert "/work/" in answer.headers["Location"]


@pytest.mark.long
def test_what_was_typed_when_the_session_had_ended_is_given_back(office, person, as_person):
    here = person("preparer")
    begin(here, "late-typed", 1)
    path = "/prepare/late-typed/rows/1/"
    values = [("was", was(here.get(path))), *(row(1) | {"reason": TYPED}).items()]
    asked = subprocess.run(
        [*COMMAND, "ended", str(office.home), "requester", office.origin],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    ended = json.loads(asked.stdout)
    # Sent from another site, it is nobody's typing.
    forged = _with_session(office, here, ended["deputy"])
    assert "/accounts/login/" in forged.post(path, values, csrf=False).headers["Location"]
    assert "What you had typed" not in person("deputy").get(path).text
    late = _with_session(office, here, ended["preparer"])
    assert "/accounts/login/" in late.post(path, values).headers["Location"]
    assert TYPED not in said(person("deputy").get(path))  # another's is not shown
    assert TYPED.encode() not in (office.home / "state.sqlite3").read_bytes()
    axe.check(as_person("preparer", path))
    page = here.get(path)
    assert "Nothing was done" in said(page)
    assert TYPED in said(page)
    kept = re.findall(r'type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"', page.text)
    again = here.post(path, [(name, html.unescape(value)) for name, value in kept])
    assert again.status_code == 302
    assert "What you had typed" not in here.get(path).text
    assert TYPED in html.unescape(here.get(path).text)


@pytest.mark.long
def test_what_was_typed_when_the_warning_was_to_be_read_again_is_given_back(office, person):
    here = person("officer-2")
    here.get("/banner/")
    here.post("/banner/", [])
    home = RequesterHome.find(office.home)
    home.set_date(BATCH_DAY + timedelta(days=1))
    try:
        answer = here.post("/officer/status/", [("status", "closed"), ("packages", TYPED)])
    finally:
        home.set_date(BATCH_DAY)
    assert answer.headers["Location"] == "/banner/"
    assert here.post("/banner/", []).headers["Location"] == "/officer/status/"
    page = here.get("/officer/status/")
    assert TYPED in said(page)
    thrown = re.search(r'action="(/kept/[^"]+)"', page.text)[1]
    assert here.post(thrown, []).headers["Location"] == "/officer/status/"
    assert TYPED not in said(here.get("/officer/status/"))


def _with_session(office: Office, like: Person, key: str) -> Person:
    """Return a person of the session ``key`` whose browser holds the form's token."""
    late = Person(office, like.person)
    late.session.cookies.update(like.session.cookies)
    late.session.cookies.set("portcullis-session", key, domain="localhost.local", path="/")
    return late


@pytest.mark.long
def test_a_session_about_to_end_is_told(as_person):
    page = as_person("preparer", "/prepare/form/")
    page.clock.install()
    page.reload()
    told = page.get_by_text("Your session ends in two minutes.")
    page.clock.fast_forward("12:59")
    assert not told.is_visible()
    page.clock.fast_forward("00:02")
    told.wait_for()
    axe.check(page)
    with page.expect_response("**/stay/") as stayed:
        page.get_by_role("button", name="Go on", exact=True).click()
    assert stayed.value.status == 204
    told.wait_for(state="hidden")

"""What lies sealed, read at a desk: signed for first, on the ledger, and shown once."""

import base64
import json
import re

import pytest

from portcullis.oversight.recall_statement import RecallStatement
from tests.web.batch_desks.seen import check, press, sign, text
from tests.web.forms import Person
from tests.web.holder_desks.test_safeguards import REPORT

pytestmark = pytest.mark.xdist_group("holder-desks")
DESKS = {"safeguards": "safeguards", "inspector": "oversight"}


@pytest.fixture(scope="module")
def incident(_office) -> str:
    """An incident with its report."""
    person = Person(_office, "safeguards")
    pairs = [("id", "tape-1"), ("suspected_at", ""), ("zone", "UTC")]
    person.act(_office, "/safeguards/incidents/open/", pairs)
    files = {"report": ("report.toml", REPORT.encode())}
    person.act(_office, "/safeguards/incidents/one/report/?id=tape-1", [], files)
    return "tape-1"


@pytest.fixture(scope="module")
def recall(_office) -> str:
    """A recall of all that a batch delivered."""
    pairs = [("id", "sealed/1"), ("why", "named order"), ("batches", "batch-1")]
    Person(_office, "safeguards").act(_office, "/safeguards/recalls/open/", pairs)
    return "sealed/1"


def told(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


@pytest.mark.parametrize("who", DESKS)
def test_an_incidents_report_is_read_again_by_an_act(office, incident, who) -> None:
    person, desk = Person(office, who), DESKS[who]
    page = f"/{desk}/incidents/one/?id={incident}"
    assert "Go on to sign that you read it" in person.get(page).text
    assert "laptop was left on a train" not in person.get(page).text
    answer = person.act(office, f"/{desk}/incidents/one/read/", [("id", incident)])
    assert "A laptop was left on a train." in told(answer)
    assert "At most Still to be told" in told(answer)
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_an_inspector_reads_they_do_not_change(office, incident, recall) -> None:
    person = Person(office, "inspector")
    for path in (f"incidents/one/?id={incident}", f"recalls/one/?id={recall}", "incidents/"):
        page = told(person.get(f"/oversight/{path}"))
        assert "Close it" not in page
        assert "Open an incident" not in page
    page = told(person.get("/oversight/incidents/one/?id=none"))
    assert "There is no incident of that id." in page


@pytest.mark.parametrize("who", DESKS)
def test_whom_a_recall_covers_is_a_statement_that_proves_itself(office, recall, who) -> None:
    person, desk = Person(office, who), DESKS[who]
    answer = person.act(office, f"/{desk}/recalls/one/read/", [("id", recall)])
    assert "REQ-00001" in told(answer)
    kept = re.search(r'href="data:application/octet-stream;base64,([^"]+)"', answer.text)[1]
    said = RecallStatement.parse(base64.b64decode(kept).decode())
    assert said.recall == recall
    public = json.loads((office.home / "public.json").read_bytes())
    keys = public["ledger"], public["witnesses"], public["k"]
    assert said.check(*keys).disclosures == said.covered.height


def test_the_readings_look_as_they_should(desk, incident, recall) -> None:
    page = desk("safeguards", f"/safeguards/incidents/one/?id={incident}")
    press(page, "Go on to sign that you read it")
    sign(page, "The newest report of")
    check(page, "safeguards-incident-read")
    page.goto(page.url.split("/sign/")[0] + f"/safeguards/recalls/one/?id={recall}")
    press(page, "Go on to sign that you read it")
    sign(page, "Whom recall")
    check(page, "safeguards-recall-read")
    with page.expect_download() as given:
        page.get_by_role("link", name="Save recall-").click()
    assert "portcullis-recall-statement/1" in given.value.path().read_text()
    assert "6 of 6 are shown; the statement has all." in text(page)

"""What comes signed from elsewhere, entered at the desks: statuses, certificates, attestations."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from portcullis import standing
from portcullis.custody import Certificate, Status, sign
from portcullis.office.public import read_public
from tests.office.world import ANSWER_DAY, World
from tests.web.batch_desks.seen import check
from tests.web.forms import Person
from tests.web.signing import passkey

pytestmark = pytest.mark.xdist_group("holder-desks")
NOW = datetime.combine(ANSWER_DAY, datetime.now(UTC).timetz().replace(microsecond=0))


def told(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


def enter(person: Person, desk: str, text: str) -> str:
    person.get("/banner/")
    answer = person.post(f"/{desk}/statements/", [], {"statement": ("said.jws", text.encode())})
    return told(answer if answer.status_code != 302 else person.get(answer.headers["Location"]))


@pytest.fixture(scope="module")
def world(_office) -> World:
    return World(_office.home.parent)


@pytest.fixture(scope="module")
def packages(_office) -> dict[str, list[str]]:
    """The packages delivered, by officer, as the page of what is owed has them."""
    page = told(Person(_office, "safeguards").get("/safeguards/duties/"))
    rows = r"([0-9a-f]{32}) State what became of the case Specimen (officer-\d)"
    found = re.findall(rows, page)
    return {who: sorted({one for one, of in found if of == who}) for _, who in found}


def test_a_status_is_entered_at_both_desks_and_stands_on_its_own_signature(
    office, world, packages
) -> None:
    mine = tuple(packages["officer-1"])
    said = sign(Status(mine, "officer-1", "proceeding", NOW), world.key("officer-1"))
    specialist = Person(office, "specialist")
    assert "Entered: the case goes on, of 3 packages" in enter(specialist, "specialist", said)
    page = told(specialist.get("/specialist/statements/"))
    assert "The case goes on Specimen officer-1 3" in page
    forged = sign(Status(mine, "officer-1", "none", NOW), world.key("officer-2"))
    answer = enter(Person(office, "safeguards"), "safeguards", forged)
    assert "The statement names another than the one who signed." in answer
    for wrong in ("", "x", "\u202e", "a.b.c", said[:-4] + "AAAA"):
        assert "must be mended" in enter(specialist, "specialist", wrong)


def test_a_certificate_is_entered(office, world, packages) -> None:
    one = (packages["officer-2"][0],)
    made = Certificate(one, "custodian", "destroyed", "purged", NOW)
    said = sign(made, world.key("custodian"))
    answer = enter(Person(office, "safeguards"), "safeguards", said)
    assert "Entered: destroyed, of one package" in answer
    assert "is certified as returned or destroyed already." in enter(
        Person(office, "specialist"), "specialist", said
    )


@pytest.fixture(scope="module")
def hold(_office) -> str:
    """A preservation hold on everything."""
    pairs = [("id", "hold-9"), ("court", "dcd"), ("docket", "1:25-cv-00457"),
             ("reach", "everything")]  # fmt: skip
    files = {"document": ("order.pdf", b"%PDF")}
    Person(_office, "counsel").act(_office, "/counsel/holds/place/", pairs, files)
    return "hold-9"


def attest(world: World, by: str, at: datetime, notice: str = "") -> str:
    path = world.home_path / "notices" / "hold-9.jws"
    holder = read_public(world.home_path / "public.json").holder
    text = notice or path.read_text()
    return standing.attest(text, holder, by, world.key(by), custodian=by, at=at)


def test_a_custodians_attestation_is_of_a_notice_of_ours_and_of_its_time(
    office, world, hold
) -> None:
    person = Person(office, "safeguards")

    def send(text: str):
        person.get("/banner/")
        files = {"attestation": ("a.jws", text.encode())}
        return person.post("/safeguards/attestations/", [], files)

    for wrong in (NOW - timedelta(days=3), NOW + timedelta(days=9999)):
        answer = send(attest(world, "officer-1", wrong))
        assert answer.status_code == 400
        assert "or is of a time to come" in told(answer)
    assert not list((office.home / "notices").rglob("attested/**/*.jws"))
    now = datetime.combine(ANSWER_DAY, datetime.now(UTC).timetz().replace(microsecond=0))
    good = attest(world, "officer-1", now)
    answer = person.act(office, "/safeguards/attestations/", [], {"attestation": ("a", good)})
    assert answer.status_code == 302
    page = told(person.get(f"/safeguards/custodians/{hold}/"))
    assert "Entered on 7 July 2025 Signed on 7 July 2025, by its own words" in page
    assert "officer-2" in page
    assert "Outstanding" in page
    assert "attested to this already" in told(send(good))


def test_the_notice_is_written_anew(office, hold) -> None:
    person = Person(office, "safeguards")
    person.get("/banner/")
    before = (office.home / "notices" / f"{hold}.jws").read_text()
    answer = person.post(f"/safeguards/custodians/{hold}/notice/", [])
    place = answer.headers["Location"]
    token = passkey(office.home, "safeguards", office.origin).sign(person.statement(place))
    answer = person.post(place, [("token", token)])
    assert answer.headers["Location"] == f"/safeguards/custodians/{hold}/"
    assert "is written anew" in person.get(answer.headers["Location"]).text
    assert (office.home / "notices" / f"{hold}.jws").read_text() != before
    answer = Person(office, "specialist").get(f"/safeguards/custodians/{hold}/")
    assert "This desk is for people who hold another role." in told(answer)


def test_these_pages_look_as_they_should(desk, office, hold) -> None:
    page = desk("safeguards", "/safeguards/statements/")
    check(page, "safeguards-statements")
    page.goto(f"{office.origin}/safeguards/custodians/{hold}/")
    check(page, "safeguards-custodians")

"""A recall, in a real office: opened in one act, followed to closing, proven to an outsider."""

import json
from datetime import timedelta

import polars as pl
import pytest

from portcullis import ledger
from portcullis.errors import Misuse, Refused
from portcullis.ledger import NoteInvalid
from portcullis.office.public import FILE, read_public
from portcullis.oversight.recall import Place
from portcullis.oversight.recall_statement import RecallStatement
from portcullis.standing import Hold, Scope
from tests.office import acts, checks, disclosed, restored
from tests.office import world as worlds

SAFE = Place("ice-ero", "safe-1")
LAPTOP = Place("ice-hsi", "laptop-7")
PAPER = "d0" * 32


def safeguards(world: worlds.World):
    return acts.hands(world, "safeguards")


def counsel(world: worlds.World):
    return acts.hands(world, "counsel")


def opened(world: worlds.World, kind: str, of: object, name: str = "R-1", **named: object):
    from portcullis.office.recall_cover import Ground, Named
    from portcullis.office.recalls import Asked, open_recall

    asked = Asked(name, Ground(kind, str(of)), Named(**named))
    return open_recall(world.home(), safeguards(world), asked)


def attest(world: worlds.World, place: Place, stage: str, **changes: object):
    from portcullis.office.recall_steps import Attestation
    from portcullis.office.recall_steps import attest as run
    from portcullis.office.recalls import find

    facts = {
        "place": place, "lots": tuple(find("R-1").lots), "stage": stage, "copies": 2,
        "derived_records": 1, "actions_taken": 0, "document": PAPER, "onward": (),
        "method": "destroyed" if stage == "disposed" else "",
    }  # fmt: skip
    return run(world.home(), safeguards(world), "R-1", Attestation(**{**facts, **changes}))


def hold(world: worlds.World, scope: Scope) -> None:
    from portcullis.office import orders

    home = world.home()
    placed = Hold("hold-1", acts.DOCKET, "dcd", home.today(), acts.DOCUMENT, scope)
    orders.place(home, counsel(world), placed)


@pytest.fixture
def past(stage) -> worlds.World:
    """Six released, and the same requests and four more disclosed elsewhere in August 2025."""
    world = stage("released")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.compare(world)
    return world


def test_r15_what_left_elsewhere_is_recalled_in_one_act_and_followed_to_its_closing(past) -> None:
    from portcullis.office import recall_steps
    from portcullis.office.recalls import covered_by

    found = disclosed.reexamine(past)
    recall = opened(past, "reexamination", found.number)
    assert recall.disclosures == found.unlawful.height == 3
    assert [lot.source for lot in recall.lots.values()] == [disclosed.HISTORY]
    _, covered = covered_by(past.home(), recall)
    assert set(covered["request_id"]) == set(found.unlawful["request_id"])
    assert recall.due_on == past.home().today() + timedelta(days=30)
    assert len(checks.of_kind(past.home(), "recall-opened")) == 1
    home = past.home()
    recall_steps.demanded(home, counsel(past), "R-1", lots=(), sent_on=home.today(), document=PAPER)
    assert recall_steps.recalls.find("R-1").stage == "demanded"
    attest(past, LAPTOP, "frozen", onward=[SAFE])
    with pytest.raises(Refused, match="passed on to ice-ero:safe-1"):
        attest(past, LAPTOP, "disposed", actions_taken=4)
    attest(past, LAPTOP, "disposed", onward=[SAFE], actions_taken=4)
    assert attest(past, SAFE, "disposed", method="returned").stage == "disposed"
    with pytest.raises(Refused, match="already"):
        attest(past, SAFE, "frozen")
    acts.denied(past, "recall-close", "safeguards", "two-people",
                lambda: recall_steps.close(home, safeguards(past), "R-1"))  # fmt: skip
    acts.enrol(past, "second", ("safeguards",))
    closed = recall_steps.close(home, acts.hands(past, "second"), "R-1")
    assert closed.closed_on == home.today()
    ((_, entry),) = checks.of_kind(home, "recall-closed")
    assert (entry["copies"], entry["onward_recipients"], entry["actions_taken"]) == (4, 1, 4)
    with pytest.raises(Refused, match="was closed"):
        attest(past, SAFE, "disposed")
    on_ledger = str(checks.entries(home))
    assert "REQ-" not in on_ledger
    assert "Immigration and Customs" not in on_ledger
    checks.ledger_verifies(home)


def test_packages_of_ours_are_closed_by_it_each_officer_a_lot(past) -> None:
    found = disclosed.reexamine(past, "agency-is-the-component")
    recall = opened(past, "reexamination", found.number)
    assert recall.disclosures == found.unlawful.height
    officers = {lot.custodian for lot in recall.lots.values() if lot.kind == "batch"}
    assert officers == {"officer-1", "officer-2"}
    assert len(recall.packages) == 6
    with pytest.raises(Refused, match="recalled"):
        acts.token(past, acts.package_of(past, "REQ-00001"))


@pytest.mark.parametrize(
    ("kind", "of", "named", "disclosures"),
    [
        ("reading", disclosed.NAIVE, {}, 10),
        ("reading", "address-of-record", {}, 6),
        ("agreement-version", "1", {}, 6),
        ("incident", "I-1", {"histories": (disclosed.HISTORY,)}, 10),
        ("incident", "I-1", {"batches": (worlds.BATCH,)}, 6),
        ("named", "order", {"histories": (disclosed.HISTORY,), "batches": (worlds.BATCH,)}, 16),
    ],
)
@pytest.mark.long
def test_each_ground_covers_what_was_made_under_it(
    past, kind: str, of: str, named: dict, disclosures: int
) -> None:
    from portcullis.office.incidents import suspect
    from portcullis.office.recall_demands import drafts

    suspect(past.home(), safeguards(past), "I-1", past.home().now(), "UTC")
    assert opened(past, kind, of, **named).disclosures == disclosures
    for text in drafts(past.home(), counsel(past), "R-1").values():
        assert text.count("\n- REQ-") + text.count("\n- R") >= 6
        assert "Recall: R-1" in text


def test_a_ground_that_is_none_or_covers_nothing_is_refused(stage) -> None:
    world = stage("released")
    package = acts.package_of(world, "REQ-00001").id
    for kind, of, named, error, told in [
        ("mood", "bad", {}, Misuse, "no such ground"),
        ("reexamination", 7, {}, Refused, "no re-examination"),
        ("reexamination", "x", {}, Refused, "no re-examination"),
        ("reading", "no-such", {}, Misuse, "reading"),
        ("reading", disclosed.NAIVE, {}, Refused, "Nothing that left"),
        ("reading", disclosed.NAIVE, {"packages": (package,)}, Misuse, "says itself"),
        ("incident", "I-9", {"packages": (package,)}, Refused, "no incident"),
        ("named", "regret", {"packages": (package,)}, Refused, "no cause"),
        ("named", "order", {"packages": (package, "0" * 64)}, Refused, "delivered"),
        ("named", "order", {"histories": ("h",)}, Refused, "No history"),
    ]:
        with pytest.raises(error, match=told):
            opened(world, kind, of, **named)
    assert not checks.of_kind(world.home(), "recall-opened")
    opened(world, "named", "order", packages=(package,))
    with pytest.raises(Refused, match="of that id already"):
        opened(world, "named", "order", packages=(package,))


def test_a_version_covers_what_was_determined_under_it_not_received(stage) -> None:
    world = stage("released")
    from portcullis.office.models import Batch

    Batch.objects.update(agreement_version="0")  # as one taken in before the agreement was renewed
    with pytest.raises(Refused, match="Nothing that left"):
        opened(world, "agreement-version", "0")
    assert opened(world, "agreement-version", "1").disclosures == 6


def test_what_a_recall_covers_is_read_by_who_may_and_on_record(stage) -> None:
    world = stage("released")
    from portcullis.office.recall_demands import drafts
    from portcullis.office.recall_proof import statement

    opened(world, "named", "order", batches=(worlds.BATCH,))
    home, other = world.home(), acts.hands(world, "approver")
    acts.denied(world, "recall-drafts", "approver", "role", lambda: drafts(home, other, "R-1"))
    acts.denied(
        world, "recall-statement", "approver", "role",
        lambda: statement(home, "R-1", reader=other),
    )  # fmt: skip
    assert statement(home, "R-1", reader=None).covered is None
    assert not checks.of_kind(home, "inspected")
    drafts(home, counsel(world), "R-1")
    assert statement(home, "R-1", reader=safeguards(world)).covered is not None
    assert [
        (each["by"], each["act"], each["of"]) for _, each in checks.of_kind(home, "inspected")
    ] == [
        ("counsel", "recall-drafts", "R-1"),
        ("safeguards", "recall-statement", "R-1"),
    ]
    checks.ledger_verifies(home)


def test_a_recall_is_of_as_many_disclosures_as_were_signed_for(stage) -> None:
    from portcullis.office.recall_cover import Ground, Named
    from portcullis.office.recalls import Asked, every, open_recall

    world = stage("released")
    ground, named = Ground("named", "order"), Named(batches=(worlds.BATCH,))
    with pytest.raises(Refused, match="signed for 5 disclosures, and covers 6"):
        open_recall(world.home(), safeguards(world), Asked("R-1", ground, named, 5))
    assert every() == {}
    asked = Asked("R-1", ground, named, 6)
    assert open_recall(world.home(), safeguards(world), asked).disclosures == 6


def test_under_a_hold_it_is_sequestered_and_nothing_is_destroyed(past) -> None:
    from portcullis.office import recall_steps
    from portcullis.office.recall_demands import drafts

    recall = opened(past, "reading", disclosed.NAIVE)
    hold(past, Scope(batches=(disclosed.HISTORY,)))
    (text,) = drafts(past.home(), counsel(past), "R-1").values()
    assert f"hold-1 (dcd {acts.DOCKET})" in text
    assert "Destroy nothing" in text
    refused = acts.denied(
        past, "recall-attest", "safeguards", "hold", lambda: attest(past, SAFE, "disposed")
    )
    assert acts.DOCKET in str(refused)
    assert attest(past, SAFE, "sequestered").stage == "sequestered"
    past.home().set_date(recall.due_on + timedelta(days=1))
    assert recall_steps.overdue(past.home()) == set()
    acts.enrol(past, "second", ("safeguards",))
    with pytest.raises(Refused, match="sequestered"):
        recall_steps.close(past.home(), acts.hands(past, "second"), "R-1")
    from portcullis.office import orders

    for person in ("counsel", "counsel-2"):
        orders.lift(past.home(), acts.hands(past, person), "hold-1", acts.DOCKET, acts.DOCUMENT)
    assert recall_steps.overdue(past.home()) == {"R-1"}
    assert attest(past, SAFE, "disposed").stage == "disposed"


@pytest.mark.long
def test_a_hold_on_another_batch_keeps_nothing(stage) -> None:
    world = stage("released")
    opened(world, "named", "order", batches=(worlds.BATCH,))
    hold(world, Scope(batches=("another",)))
    assert attest(world, SAFE, "disposed").stage == "disposed"


def test_an_attestation_that_is_not_whole_is_refused(stage) -> None:
    world = stage("released")
    opened(world, "named", "order", batches=(worlds.BATCH,))
    for stage_, changes, told in [
        ("frozen", {"copies": -1}, "below zero"),
        ("frozen", {"method": "destroyed"}, "says how"),
        ("disposed", {"method": ""}, "says how"),
        ("disposed", {"method": "nothing-held"}, "no copies"),
        ("gone", {}, "not attested"),
        ("frozen", {"onward": [SAFE]}, "its own"),
        ("frozen", {"onward": [Place("ice", "900-12-3456")]}, "figures"),
        ("frozen", {"place": Place("Jane Public", "desk")}, "no id"),
        ("frozen", {"lots": ("9",)}, "no such lot"),
        ("frozen", {"document": "Jane Public, 900-12-3456"}, "not of the shape"),
        ("frozen", {"lots": ()}, "Which of the 2 lots"),
    ]:
        place = changes.pop("place", SAFE)
        with pytest.raises((Misuse, Refused), match=told):
            attest(world, place, stage_, **changes)
    attest(world, SAFE, "frozen")
    with pytest.raises(Refused, match="holds lots 1, 2"):
        attest(world, SAFE, "disposed", lots=("1",))
    acts.denied(world, "recall-close", "approver", "role", lambda: _close_as(world, "approver"))


def _close_as(world: worlds.World, person: str) -> None:
    from portcullis.office.recall_steps import close

    close(world.home(), acts.hands(world, person), "R-1")


def proven(world: worlds.World, *, listed: bool = True) -> RecallStatement:
    from portcullis.office.recall_proof import statement

    reader = counsel(world) if listed else None
    return RecallStatement.parse(statement(world.home(), "R-1", reader=reader).text)


def check(world: worlds.World, said: RecallStatement):
    public = read_public(world.home_path / FILE)
    return said.check(list(public.ledger), list(public.witnesses), public.k)


def test_an_outsider_verifies_the_statement_and_finds_what_was_changed(past) -> None:
    opened(past, "reading", disclosed.NAIVE)
    early = proven(past)
    attest(past, SAFE, "disposed")
    said = proven(past)
    recall = check(past, said)
    assert (recall.disclosures, recall.stage) == (10, "disposed")
    entries = list(ledger.Log.open(past.home().ledger).entries())
    said.check_whole(entries)
    check(past, early)
    with pytest.raises(Refused, match="leaves out"):
        early.check_whole(entries)
    assert said.covered is not None
    fewer = RecallStatement(said.recall, said.steps, said.salt, said.covered.head(9))
    other = said.covered.with_columns(request_id=pl.lit("REQ-X"))
    forged = [
        (fewer, "as many"),
        (RecallStatement(said.recall, said.steps, said.salt, other), "commits"),
        (RecallStatement(said.recall, said.steps, "00" * 32, said.covered), "commits"),
        (RecallStatement(said.recall, said.steps[1:], said.salt, said.covered), "begin"),
        (RecallStatement(said.recall, said.steps[::-1], said.salt, said.covered), "order"),
        (RecallStatement(said.recall, (said.steps[0], *said.steps[2:])), "leaves out a lot"),
        (RecallStatement(said.recall, said.steps[:1]), "leaves out a lot"),
        (RecallStatement("R-2", said.steps, said.salt, said.covered), "something else"),
    ]
    for one, told in forged:
        with pytest.raises(Refused, match=told):
            check(past, one)
    entry, proof = said.steps[-1]
    body = json.dumps({**json.loads(entry), "stage": "frozen"}).encode()
    lied = RecallStatement(said.recall, (*said.steps[:-1], (body, proof)), said.salt, said.covered)
    with pytest.raises(NoteInvalid):
        check(past, lied)
    bare = proven(past, listed=False)
    assert bare.covered is None
    assert "REQ-" not in bare.text
    assert check(past, bare).stage == "disposed"


def test_no_statement_is_plainly_none(stage) -> None:
    stage("new")
    for text in ("", "{}", "[]", '{"format": "other", "recall": "R-1", "steps": []}'):
        with pytest.raises(Misuse, match="no statement"):
            RecallStatement.parse(text)


@pytest.mark.long
def test_a_recall_survives_a_restore_and_its_lost_list_is_named(past) -> None:
    from portcullis.office.recalls import covered_by, find

    def since() -> None:
        opened(past, "named", "order", batches=(worlds.BATCH,))
        attest(past, SAFE, "frozen")

    again = restored.lost_and_put_back(past, since)
    done = restored.catch_up(again, past.home_path)
    recall = find("R-1")
    assert (recall.stage, len(recall.packages)) == ("frozen", 6)
    assert not done.disagreements
    assert sum("recall-opened" in each for each in done.again) == 2
    from portcullis.office.models import Recall

    assert Recall.objects.count() == 6
    with pytest.raises(Misuse, match="missing"):
        covered_by(again.home(), recall)


@pytest.mark.long
def test_a_history_whose_working_data_was_erased_is_recalled_from_its_accounting(past) -> None:
    from portcullis.office.erasure import erase
    from portcullis.office.keystore import Erasable

    home = past.home()
    home.set_date(home.today() + timedelta(days=home.pack.retention.working_data_days))
    person = acts.hands(past, "records-officer")
    erase(home, person, Erasable.history(disclosed.HISTORY))
    assert opened(past, "reading", disclosed.NAIVE).disclosures == 10


@pytest.mark.long
def test_a_recall_of_thousands_fits_the_ledger(stage) -> None:
    """An entry has at most 65,535 bytes: packages are closed by several."""
    world = stage("released")
    from portcullis.office.models import Batch, Entry, Package, Recall

    first = Package.objects.first()
    batch = Batch.objects.get(id=worlds.BATCH)
    made = [
        Package(
            id=f"{number:064x}", batch=batch, row=0, officer=f"other-{number}",
            state="delivered", authorised=first.authorised,
        )
        for number in range(1, 3001)
    ]  # fmt: skip
    Package.objects.bulk_create(made)
    recall = opened(world, "named", "order", batches=(worlds.BATCH,))
    assert recall.disclosures == len(recall.packages) == Recall.objects.count() == 3006
    assert max(len(bytes(row.body)) for row in Entry.objects.all()) < ledger.LONGEST_ENTRY


@pytest.mark.long
def test_all_that_the_script_of_2025_disclosed_is_recalled_in_one_act(stage) -> None:
    world = stage("new")
    rows = disclosed.disclosures(47_285)
    disclosed.import_(world, disclosed.write(world, rows, "disclosed.parquet"))
    recall = opened(world, "reading", disclosed.NAIVE)
    assert (recall.disclosures, len(recall.lots), recall.stage) == (47_289, 1, "listed")
    assert len(checks.of_kind(world.home(), "recall-opened")) == 1
    assert check(world, proven(world)).disclosures == 47_289

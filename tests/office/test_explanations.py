"""A stored request explained: who reads what, that nothing leaks, and that reading is on record."""

import json

import polars as pl
import pytest

from portcullis.errors import Refused
from portcullis.law import Phase, Result
from tests.office import acts, checks
from tests.office import world as worlds

GOOD, PLACEHOLDER, ELSEWHERE = "REQ-00001", "R1", "R3"
WHOLE = ("specialist", "sampler", "approver", "counsel")


def explain(world: worlds.World, request: str, by: str = "specialist", batch: str | None = None):
    from portcullis.office.explanations import explain_request
    from portcullis.office.people import identify

    home = world.home()
    return explain_request(home, request, identify(home, by, world.key(by), "explain"), batch)


def results(explanation) -> dict[str, Result]:
    return {line.element.id: line.result for line in explanation.lines}


def inspected(world: worlds.World) -> list[dict]:
    return [entry for _, entry in checks.of_kind(world.home(), "inspected")]


@pytest.fixture
def world(stage) -> worlds.World:
    return stage("determined")


def test_an_eligible_request_meets_everything_that_was_judged(world) -> None:
    it = explain(world, GOOD)
    assert (it.request_id, it.batch, it.outcome) == (GOOD, worlds.BATCH, "eligible")
    assert it.as_of == worlds.BATCH_DAY
    assert it.met
    assert not it.defective
    found = results(it)
    assert found["address-of-record"] is Result.MET
    assert found["safeguards-met"] is Result.MET
    assert found["no-order-in-scope"] is Result.MET
    assert not any("determination found otherwise" in note for note in it.notes)


def test_the_basis_is_the_one_on_the_ledger(world) -> None:
    from portcullis.canonical import json_bytes, sha256_hex

    listed = checks.of_kind(world.home(), "determination-list")[0][1]
    assert explain(world, GOOD).basis == sha256_hex([json_bytes(listed["basis"])])


def test_a_refused_request_says_what_would_mend_it_and_was_never_compared(world) -> None:
    it = explain(world, PLACEHOLDER)
    assert it.outcome == "refused"
    assert it.defective
    line = next(each for each in it.lines if each.element.id == "address-of-taxpayer")
    assert (line.result, line.cause) == (Result.NOT_MET, "placeholder")
    assert line.mend.startswith("Words such as")
    matches = [each for each in it.lines if each.element.phase is Phase.MATCH]
    assert {each.result for each in matches} == {Result.NOT_JUDGED}


def test_of_a_comparison_only_the_code_of_agreement_is_shown(world) -> None:
    it = explain(world, ELSEWHERE)
    assert it.outcome == "no_disclosure"
    line = next(each for each in it.lines if each.element.id == "address-of-record")
    assert line.result is Result.NOT_MET
    assert {"tin_address": "the code “different”"}.items() <= {
        each.name: each.shape for each in line.evidence
    }.items()
    for form in (it.as_text(), it.as_json(), it.as_html()):
        for secret in ("Record Rd", "Elsewhere", "T-R3", "900-", "Springfield", "FamilyR"):
            assert secret not in form


@pytest.mark.parametrize("role", WHOLE)
def test_what_the_official_found_is_shown_to_nobody_else(stage, role: str) -> None:
    shown = []
    for adverse in ([], [GOOD]):
        world = stage("determined")
        acts.impair(world, adverse)
        shown.append(explain(world, GOOD, by=role).as_json())
        found = json.loads(shown[-1])["elements"]
        hidden = [each for each in found if each["phase"] == "official"]
        assert {each["result"] for each in hidden} == {"not shown to this reader"}
        assert not any(each["evidence"] or each["mend"] for each in hidden)
    assert shown[0] == shown[1]


@pytest.mark.parametrize(("adverse", "result"), [([], Result.MET), ([GOOD], Result.NOT_MET)])
def test_the_official_reads_the_face_and_their_own_record_alone(stage, adverse, result) -> None:
    world = stage("determined")
    acts.impair(world, adverse)
    it = explain(world, GOOD, by="impairment")
    found = results(it)
    assert found["impairment-recorded"] is Result.MET
    assert found["no-impairment"] is result
    for line in it.lines:
        if line.element.phase is Phase.FACE:
            assert line.result is Result.MET
        elif line.element.id not in ("impairment-recorded", "no-impairment"):
            assert line.result is Result.NOT_SHOWN
    assert it.outcome == "passed"


def test_before_there_is_a_record_nothing_is_said_to_be_barred(world) -> None:
    found = results(explain(world, GOOD, by="impairment"))
    assert found["impairment-recorded"] is Result.NOT_JUDGED
    assert found["no-impairment"] is Result.NOT_JUDGED


@pytest.mark.parametrize("person", ["transmitter", "safeguards", "officer-1", "head", "preparer"])
def test_whoever_has_no_role_to_read_is_denied_on_the_record(world, person: str) -> None:
    with pytest.raises(Refused):
        explain(world, GOOD, by=person)
    denied = checks.of_kind(world.home(), "denied")[-1][1]
    assert (denied["act"], denied["person"], denied["reason"]) == ("explain", person, "role")
    assert inspected(world) == []


def test_the_key_must_be_the_persons_own(world) -> None:
    from portcullis.office.people import identify

    with pytest.raises(Refused):
        identify(world.home(), "specialist", world.key("counsel"), "explain")
    with pytest.raises(Refused):
        identify(world.home(), "nobody", world.key("counsel"), "explain")
    reasons = [entry["reason"] for _, entry in checks.of_kind(world.home(), "denied")]
    assert reasons == ["key", "not-enrolled"]


def test_whom_nothing_lets_read_is_denied_whoever_identified_them(world) -> None:
    from portcullis.office.explanations import explain_request

    with pytest.raises(Refused, match="does not hold the role specialist or"):
        explain_request(world.home(), GOOD, world.actor("transmitter"))
    assert checks.of_kind(world.home(), "denied")[-1][1]["act"] == "explain"


def test_every_reading_is_signed_and_on_the_ledger(world) -> None:
    from portcullis import keys
    from portcullis.office.models import Act

    explain(world, GOOD, by="counsel")
    explain(world, PLACEHOLDER, by="sampler")
    entries = inspected(world)
    assert [(each["by"], each["batch"], each["act"]) for each in entries] == [
        ("counsel", worlds.BATCH, "explain"),
        ("sampler", worlds.BATCH, "explain"),
    ]
    assert [each["row"] for each in entries] == [0, 6]
    assert set(entries[0]) == {"act", "at", "batch", "by", "kind", "row", "signature"}
    act = Act.objects.filter(kind="explain", person="counsel").get()
    assert keys.verify(act.signature, world.home().roster.get("counsel").jwk)["row"] == 0
    checks.ledger_verifies(world.home())


def test_an_order_that_stands_now_is_seen(world) -> None:
    acts.place(world)
    line = next(x for x in explain(world, GOOD).lines if x.element.id == "no-order-in-scope")
    assert line.result is Result.NOT_MET


def test_an_id_that_stands_nowhere_and_a_batch_not_adjudicated_are_refused(stage) -> None:
    world = stage("received")
    for request, batch in (("NOBODY-AT-ALL", None), (GOOD, None), (GOOD, worlds.BATCH)):
        with pytest.raises(Refused, match="adjudicated") as refused:
            explain(world, request, batch=batch)
        assert "adjudicate the batch first" in refused.value.remedy
    with pytest.raises(Refused, match="No batch of that id"):
        explain(world, GOOD, batch="no-such-batch")
    assert inspected(world) == []


def test_an_id_in_two_batches_needs_the_batch_named(world) -> None:
    second = world.batch_file.with_name("second.csv")
    lines = world.batch_file.read_text().splitlines()
    second.write_text("\n".join([lines[0], lines[1]]) + "\n")
    worlds.sign(world, second, "batch-2")
    acts.receive(world, second)
    acts.adjudicate(world, batch="batch-2")
    with pytest.raises(Refused, match="several batches") as refused:
        explain(world, GOOD)
    assert refused.value.remedy == "Name one with --batch: batch-1, batch-2."
    assert explain(world, GOOD, batch="batch-1").outcome == "eligible"
    again = explain(world, GOOD, batch="batch-2")
    assert results(again)["repeat-cited"] is Result.NOT_MET


def test_a_quarantined_row_says_its_code(stage) -> None:
    world = stage("new")
    lines = world.batch_file.read_text().splitlines()
    broken = lines[2].replace("Springfield", "=1+1")
    world.batch_file.write_text("\n".join([lines[0], lines[1], broken]) + "\n")
    worlds.sign(world, world.batch_file, worlds.BATCH)
    acts.receive(world)
    acts.adjudicate(world)
    it = explain(world, "REQ-00002")
    assert (it.outcome, it.lines, it.defective) == ("returned", (), True)
    assert (it.returned.code, it.returned.field) == ("formula", "city")
    assert it.returned.message
    assert inspected(world)[-1]["source_row"] == 2


def test_who_holds_two_roles_reads_what_either_lets_them(world) -> None:
    acts.impair(world)
    acts.enrol(world, "inspector", ["inspector"])
    acts.enrol(world, "both", ["safeguards", "counsel", "impairment-official"])
    assert results(explain(world, GOOD, by="inspector"))["no-impairment"] is Result.NOT_SHOWN
    found = results(explain(world, GOOD, by="both"))
    assert found["no-impairment"] is Result.MET
    assert found["address-of-record"] is Result.MET
    assert found["approved"] is Result.NOT_SHOWN


def test_a_determination_that_was_found_otherwise_is_said(world) -> None:
    from portcullis import tables
    from portcullis.office import files

    home = world.home()
    batch = files.find_batch(worlds.BATCH)
    requests = files.read_step(home, batch, files.REQUESTS).with_columns(departed=pl.lit("yes"))
    path = home.batch(batch.id) / files.REQUESTS
    path.unlink()
    tables.write_table(path, requests, files.batch_key(home, batch))
    (note,) = [each for each in explain(world, GOOD).notes if "otherwise" in each]
    assert note.startswith("The determination found otherwise on not-departed:")

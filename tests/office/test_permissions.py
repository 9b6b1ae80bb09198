"""The table of who may do what, walked whole: a denied attempt is one event, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portcullis.agreements import HOLDER_ROLES, PERMISSIONS, Person, is_among, may, who_may
from portcullis.errors import Refused
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.world import BATCH, BATCH_DAY

DAY = timedelta(days=1)
NOT_OF_ONE_PERSON = {
    # Done with a document that proves itself, by whoever brings it: only a desk asks for a person.
    "take-in",
    "recipient-statement",
    "report",
    # Done with a deployment, not with a home: see tests/web.
    "account-invite",
    # See test_roster_changes.
    "roster-proposed",
    "roster-changed",
}
"""Acts of the holder that are not tried here by their own function."""


def attempts() -> dict[str, Callable[[Any, Any], Any]]:
    """Return how each act of the holder is tried: by its own function, with home and actor.

    The person is asked about before anything else, so that what is named need not be there.
    """
    from portcullis.law import Change
    from portcullis.office import (
        adjudication,
        approval,
        catching_up,
        clearances,
        explanations,
        exporting,
        histories,
        incidents,
        individuals,
        ledger_keys,
        likelihood,
        notices,
        orders,
        reading_changes,
        recall_demands,
        recall_proof,
        recall_steps,
        recalls,
        reexamining,
        referrals,
        release,
        rotating,
        safeguards,
        service_keys,
        supplement,
        versions,
        watching,
    )
    from portcullis.office.erasure import erase
    from portcullis.office.keystore import Erasable
    from portcullis.standing import EVERYTHING, Hold, Order

    placed = {
        "id": "x-1",
        "docket": acts.DOCKET,
        "court": "D.D.C.",
        "on": BATCH_DAY,
        "document": acts.DOCUMENT,
        "scope": EVERYTHING,
    }
    change = Change("registered-mail-only", in_force=True, effective_on=BATCH_DAY)
    clearance = clearances.Clearance("x-1", acts.DOCKET, acts.DOCUMENT)
    asked = recalls.Asked("R-1", recalls.Ground("named", "incident"))
    nothing: Any = None
    return {
        "adjudicate": lambda home, by: adjudication.adjudicate(home, BATCH, by),
        "adjudicate (supplement)": lambda home, by: supplement.supplement(home, BATCH, by),
        "model-training": likelihood.model,
        "review": lambda home, by: referrals.queue(home, BATCH, by),
        "review (look)": lambda home, by: referrals.look(home, BATCH, "R-1", by),
        "review (find)": lambda home, by: referrals.find(
            home, BATCH, "R-1", by, number=1, rule="x", reason="x"
        ),
        "review (confirm)": lambda home, by: referrals.confirm(home, BATCH, "R-1", by),
        "impairment": lambda home, by: approval.record_impairment(home, BATCH, by, []),
        "sample": lambda home, by: approval.draw_sample(home, BATCH, by),
        "examine": lambda home, by: approval.record_examination(home, BATCH, by, {}),
        "approve": lambda home, by: approval.approve(home, BATCH, by),
        "send-back": lambda home, by: approval.send_back(home, BATCH, by, "why"),
        "transmit": lambda home, by: release.release(home, BATCH, by),
        "order-file": lambda home, by: notices.file(home, by, Order(**placed)),
        "hold-file": lambda home, by: notices.file(home, by, Hold(**placed)),
        "lift": lambda home, by: orders.lift(home, by, "x-1", acts.DOCKET, acts.DOCUMENT),
        "destruction-cleared": lambda home, by: clearances.clear(home, by, clearance),
        "notice-issue": lambda home, by: notices.issue(home, by, "x-1"),
        "custodian-attested": lambda home, by: notices.attested(home, by, ""),
        "reading": lambda home, by: reading_changes.change(
            home, by, change, acts.DOCKET, acts.DOCUMENT
        ),
        "agreement-add": lambda home, by: versions.add_version(home, by, Path("none")),
        "history-import": lambda home, by: histories.import_history(
            home, by, Path("none"), "h-1", []
        ),
        "history-compare": lambda home, by: histories.compare_history(home, by, "h-1"),
        "reexamine": lambda home, by: reexamining.reexamine(home, by, reexamining.Asked()),
        "safeguards": lambda home, by: safeguards.record_safeguards(home, by, nothing),
        "finding-accepted": lambda home, by: safeguards.accept_finding(
            home, by, "f-1", "why", BATCH_DAY
        ),
        "recall": lambda home, by: recalls.open_recall(home, by, asked),
        "recall (packages)": lambda home, by: recalls.recall(home, by, ["0" * 64], "incident"),
        "recall-demand": lambda home, by: recall_steps.demanded(
            home, by, "R-1", lots=(), sent_on=BATCH_DAY, document=acts.DOCUMENT
        ),
        "recall-attest": lambda home, by: recall_steps.attest(home, by, "R-1", nothing),
        "recall-close": lambda home, by: recall_steps.close(home, by, "R-1"),
        "incident": lambda home, by: incidents.suspect(home, by, "I-1", home.now(), "UTC"),
        "incident-report": lambda home, by: incidents.report(home, by, "I-1", nothing),
        "incident-notice": lambda home, by: incidents.tell(
            home, by, "I-1", "tigta", sent_at=home.now(), reference="x"
        ),
        "incident-close": lambda home, by: incidents.close(home, by, "I-1"),
        "notice-7431e": lambda home, by: incidents.charge(home, by, "N-1", nothing),
        "notice-7431e (given)": lambda home, by: incidents.give(
            home, by, "N-1", BATCH_DAY, acts.DOCUMENT, rights_told=True
        ),
        "identity-proven": lambda home, by: individuals.prove_identity(home, by, "T-1", "online"),
        "b7-determined": lambda home, by: individuals.determine(
            home, by, BATCH, reached=False, document=acts.DOCUMENT
        ),
        "accounting-attested": individuals.attest,
        "account-given": lambda home, by: individuals.account(home, by, "T-1", "en"),
        "oversight-export": lambda home, by: exporting.export(
            home, by, "gao", acts.DOCUMENT, BATCH_DAY, persons=False
        ),
        "watched": watching.watch,
        "alarm-acknowledged": lambda home, by: watching.acknowledge(home, by, "x", "seen"),
        "erase": lambda home, by: erase(home, by, Erasable.batch(BATCH)),
        "root-key-rotate": rotating.rotate,
        "service-key-rotate": service_keys.rotate,
        "ledger-key-announce": ledger_keys.announce_key,
        "ledger-key-retire": lambda home, by: ledger_keys.retire_key(home, by, "0"),
        "ledger-witnesses": lambda home, by: ledger_keys.adopt_witnesses(home, by, Path("none")),
        "ledger-recosign": ledger_keys.recosign,
        "ledger-catch-up": lambda home, by: catching_up.catch_up(home, by, "none"),
        "accept-loss": lambda home, by: catching_up.accept_losses(home, by, ["batch:x"]),
        "explain": lambda home, by: explanations.explain_request(home, "R1", by),
        "incident-show": lambda home, by: incidents.reported(home, by, "I-1"),
        "recall-drafts": lambda home, by: recall_demands.drafts(home, by, "R-1"),
        "recall-statement": lambda home, by: recall_proof.statement(home, "R-1", reader=by),
        "notice-draft": lambda home, by: incidents.subject_of(home, by, "N-1"),
    }


def act_of(attempt: str) -> str:
    return attempt.partition(" ")[0]


def snapshot(home) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many rows each table has, and every file outside the ledger with its size."""
    from django.apps import apps

    rows = {model.__name__: model.objects.count() for model in apps.get_models()}
    apart = {"ledger", "witness", "state.sqlite3", "state.sqlite3-wal", "state.sqlite3-shm"}
    found = (path for path in home.path.rglob("*") if path.is_file())
    files = {
        str(path): path.stat().st_size
        for path in found
        if not apart & set(path.relative_to(home.path).parts)
    }
    return rows, files


class Watch:
    """Asserts of each attempt that it was denied once, as it should be, and changed nothing."""

    def __init__(self, home) -> None:
        self.home = home
        self.before = snapshot(home)

    def denied(self, attempt: Callable[[], Any], act: str, person: str, reason: str) -> None:
        acts.minutes_later()
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.remedy == "The attempt is on the record.", act
        rows, files = snapshot(self.home)
        before, kept = self.before
        assert files == kept, f"{act} changed a file"
        wanted = {**before, "Entry": before["Entry"] + 1}
        wanted["DeniedAttempt"] += 1
        # A checkpoint that covers the entry is kept as such; what comes soon after is counted.
        apart = {"Checkpoint": 0, "CountedDenial": 0}
        assert {**rows, **apart} == {**wanted, **apart}, act
        self.before = rows, files
        position, body = self.newest()
        assert position == before["Entry"], act
        said = (body["kind"], body["act"], body["person"], body["reason"])
        assert said == ("denied", act, person, reason)

    def newest(self) -> tuple[int, dict[str, Any]]:
        from portcullis.office import entries
        from portcullis.office.models import Entry

        row = Entry.objects.latest("position")
        assert row.integrated, "the denial is not in a checkpoint"
        return row.position, entries.body(row)


def everything_but(world: worlds.World, act: str) -> Any:
    """Return a person of the roster with every role of the holder that does not let them do it."""
    return _hand(world, "reviewer-2", tuple(set(HOLDER_ROLES) - set(PERMISSIONS[act].roles)))


def _hand(world: worlds.World, person: str, roles: tuple[str, ...], **changes: Any) -> Any:
    """Return a person of the roster as they would be with these roles, with the key in hand."""
    one = world.actor(person)
    return replace(one, person=one.person.model_copy(update={"roles": roles, **changes}))


def test_every_act_is_denied_to_whoever_the_table_does_not_let(stage) -> None:
    world = stage("determined")
    home = world.home()
    watch = Watch(home)
    for name, attempt in attempts().items():
        act = act_of(name)
        wrong = everything_but(world, act)
        watch.denied(lambda: attempt(home, wrong), act, wrong.id, "role")  # noqa: B023
    checks.ledger_verifies(home)


def test_every_act_is_denied_to_who_is_not_in_office(stage) -> None:
    world = stage("determined")
    home = world.home()
    watch = Watch(home)
    gone = _hand(world, "counsel-2", HOLDER_ROLES, in_force_to=BATCH_DAY - DAY)
    for name, attempt in attempts().items():
        watch.denied(lambda: attempt(home, gone), act_of(name), gone.id, "not-in-force")  # noqa: B023


def test_every_act_is_denied_to_a_key_that_is_not_the_persons(stage) -> None:
    world = stage("determined")
    from portcullis.office.people import identify

    acts.enrol(world, "many", HOLDER_ROLES)
    home, wrong = world.home(), world.key("counsel")
    watch = Watch(home)
    for act in {act_of(name) for name in attempts()}:
        watch.denied(lambda: identify(home, "many", wrong, act), act, "many", "key")  # noqa: B023
    act = "approve"
    watch.denied(lambda: identify(home, "jane.example", wrong, act), act, "unknown", "not-enrolled")
    watch.denied(lambda: identify(home, "many", wrong, "no-act"), "no-act", "many", "role")
    assert "jane" not in str(checks.entries(home))


def test_who_has_done_the_one_is_denied_the_other(stage) -> None:
    world = stage("determined")
    home = world.home()
    from portcullis.office.duties import may_now
    from portcullis.office.models import Act, Batch, Entry

    tried, batch = attempts(), Batch.objects.get(id=BATCH)
    entry, day = Entry.objects.earliest("position"), home.today()
    apart = [(act, done) for act in PERMISSIONS for done in PERMISSIONS[act].apart if act in tried]
    assert len(apart) >= 34
    for done in dict(apart) | {done: done for _, done in apart}:
        acts.enrol(world, f"did-{done}", HOLDER_ROLES)
        Act.objects.create(
            kind=done, person=f"did-{done}", batch=BATCH, at=home.now(), signature="", entry=entry
        )
    home = world.home()
    watch = Watch(home)
    for act, done in apart:
        both = _hand(world, f"did-{done}", HOLDER_ROLES)
        assert may(both.person, act, day)
        assert not may_now(home, both.person, act, batch)
        watch.denied(lambda: tried[act](home, both), act, both.id, "two-people")  # noqa: B023


def test_the_walk_leaves_no_act_out(stage) -> None:
    stage("new")
    recorded = {"explain", "incident-show", "recall-drafts", "recall-statement", "notice-draft"}
    of_the_holder = {
        act
        for act, one in PERMISSIONS.items()
        if one.side == "holder" and (not one.reads or act in recorded)
    }
    assert {act_of(name) for name in attempts()} == of_the_holder - NOT_OF_ONE_PERSON


def test_what_is_refused_for_its_state_is_no_denied_attempt(stage) -> None:
    world = stage("determined")
    from portcullis.office.models import DeniedAttempt

    home, before = world.home(), DeniedAttempt.objects.count()
    with pytest.raises(Refused, match="this step needs it examined"):
        attempts()["approve"](home, world.actor("approver"))
    assert DeniedAttempt.objects.count() == before


def _person(roles: tuple[str, ...]) -> Person:
    facts = {"id": "p", "name": "P", "agency": "IRS", "office": "O", "jwk": {}}
    return Person(**facts, roles=roles, in_force_from=BATCH_DAY, in_force_to=BATCH_DAY)


def test_a_role_lets_its_holder_do_what_the_table_says_and_nothing_else() -> None:
    for act, one in PERMISSIONS.items():
        for role in HOLDER_ROLES:
            assert may(_person((role,)), act, BATCH_DAY) == (role in one.roles)
        everybody = _person(HOLDER_ROLES)
        assert not may(everybody, act, BATCH_DAY - DAY)
        assert not may(everybody, act, BATCH_DAY + DAY)
    assert not may(_person(HOLDER_ROLES), "no-act", BATCH_DAY)


def test_of_two_who_accept_a_loss_one_is_an_administrator() -> None:
    assert is_among(_person(("administrator",)), "accept-loss", BATCH_DAY)
    assert not is_among(_person(("counsel",)), "accept-loss", BATCH_DAY)
    assert is_among(_person(("counsel",)), "lift", BATCH_DAY)
    assert not is_among(_person(("approver",)), "lift", BATCH_DAY)


def test_who_may_are_those_of_the_roster(stage) -> None:
    roster = stage("new").home().roster
    assert [one.id for one in who_may(roster, "lift", BATCH_DAY)] == ["counsel", "counsel-2"]
    assert who_may(roster, "lift", BATCH_DAY.replace(year=2024)) == ()


def test_what_binds_is_what_the_law_makes_binding() -> None:
    assert {act for act, one in PERMISSIONS.items() if one.binding} == {
        "approve", "transmit", "order-file", "hold-file", "lift", "destruction-cleared", "reading",
        "roster-proposed", "roster-changed", "accept-loss", "send-back", "sign",
        "account-invite", "requester-account-invite", "root-key-rotate", "service-key-rotate",
        "ledger-key-announce", "ledger-key-retire", "ledger-witnesses",
    }  # fmt: skip
    assert all(not one.reads or not (one.binding or one.apart) for one in PERMISSIONS.values())


def test_every_reason_of_a_denial_has_its_words() -> None:
    import ast

    import portcullis.office

    root = Path(portcullis.office.__file__).parent
    said = ast.parse((root / "web" / "denied.py").read_text())
    named = {
        key.value
        for each in said.body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "WHY"
        for key in each.value.keys  # type: ignore[attr-defined]
    }
    written = set()
    for path in root.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(
                ("deny", "record_denied")
            ):
                by_deployment = ast.unparse(call.func).endswith(".record_denied")
                at = 2 if by_deployment else 3
                given = call.args[at : at + 1]
                said_so = {one.value for one in given if isinstance(one, ast.Constant)}
                # At the requester the log has a sentence; the ledger has one word.
                written |= {each for each in said_so if re.fullmatch(r"[a-z-]+", str(each))}
    assert written >= {"role", "two-people", "hold", "locked-out", "agency"}
    assert written <= named
    assert named <= written | {"own"}

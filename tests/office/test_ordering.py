"""What an order may stand behind: asked of the table, of the signer, and of what records an act."""

import pytest

from portcullis import keys
from portcullis.agreements import PERMISSIONS, ordering
from portcullis.errors import Refused
from tests.office.world import BATCH, World

LEDGER = "example.gov/ledger"
DAY = {"single_requests_received_on": "2025-07-01"}


def order(act: str, batch: str = BATCH, ordered: object = None) -> dict[str, object]:
    return {
        "act": act,
        "person": "p",
        "at": "2025-07-01T09:00:00+00:00",
        "batch": batch,
        "ledger": LEDGER,
        "ordered": {} if ordered is None else ordered,
    }


def done(act: str, batch: str = "", person: str = "p", **facts: object) -> dict[str, object]:
    """Return what an act states."""
    return {"act": act, "person": person, "batch": batch, "ledger": LEDGER, **facts}


def test_no_order_stands_behind_what_binds() -> None:
    for act, behind in ordering.STANDS_BEHIND.items():
        assert not PERMISSIONS[act].binding
        for each in behind:
            assert each not in PERMISSIONS or not PERMISSIONS[each].binding
    for act, line in PERMISSIONS.items():
        if line.binding:
            assert all(ordering.unfit(order(one), done(act, BATCH)) for one in PERMISSIONS)


@pytest.mark.parametrize(
    ("said", "act", "batch", "wrong"),
    [
        (order("adjudicate"), "adjudicate", BATCH, ""),
        (order("adjudicate"), "review", BATCH, "something else"),
        (order("review"), "adjudicate", BATCH, "something else"),
        (order("adjudicate"), "adjudicate", "another", "another batch"),
        (order("adjudicate", ""), "adjudicate", BATCH, "another batch"),
        (order("watched", ""), "watched", "", ""),
        (order("adjudicate", "", DAY), "adjudicate", "singles-20250701-4", ""),
        (order("adjudicate", "", DAY), "adjudicate", "singles-20250702-4", "another batch"),
        (order("adjudicate", "", DAY), "adjudicate", BATCH, "another batch"),
        (order("adjudicate", "", DAY), "adjudicate", "", "another batch"),
        (order("adjudicate", "singles-20250701-4", DAY), "adjudicate", "singles-20250701-4", "b"),
        (done("adjudicate", BATCH), "adjudicate", BATCH, "no order"),
        (order("adjudicate") | {"ledger": "x"}, "adjudicate", BATCH, "another office's ledger"),
    ],
)
def test_an_order_stands_behind_its_own_work_alone(said, act, batch, wrong) -> None:
    found = ordering.unfit(said, done(act, batch))
    assert (found == "") == (wrong == "")
    assert wrong in found
    assert ordering.unfit(said, done(act, batch, "another"))
    assert ordering.unfit(said, done(act, batch) | {"ledger": "example.org/ledger"})


CHARGE = {"notice": "N-1", "trigger": "charged", "triggered_on": "2025-07-01",
          "complained_of": "disclosure", "act_on": "2025-06-30", "incident": ""}  # fmt: skip
ORDERED = {
    "recall-opened": ("recall", {"id": "R-1", "kind": "incident", "of": "I-1", "disclosures": 5},
                      {"recall": "R-1", "because": {"kind": "incident", "of": "I-1"},
                       "disclosures": 5}),
    "recall": ("recall", {"id": "R-1"}, {"recall": "R-1", "packages": ["x"]}),
    "incident-reported": ("incident-report", {"incident": "I-1", "report": "d"},
                          {"incident": "I-1", "report": "d"}),
    "oversight-export": ("oversight-export",
                         {"body": "gao", "request": "d", "by": "2025-07-01", "persons": False},
                         {"body": "gao", "request": "d", "as_of": "2025-07-01",
                          "return_information": False}),
    "alarm-acknowledged": ("alarm-acknowledged", {"alarm": "a"}, {"alarm": "a"}),
    "erase": ("erase", {"kind": "history", "subject": "h-1"},
              {"subject": {"kind": "history", "id": "h-1"}}),
    "history-imported": ("history-import", {"history": "h-1", "sha256": "d", "made_under": ["r"]},
                         {"history": "h-1", "file": "d", "made_under": ["r"]}),
    "history-compared": ("history-compare", {"history": "h-1"}, {"history": "h-1"}),
    "reexamined": ("reexamine", {"readings": ["r"]}, {"named": ["r"], "sources": ["b-1"]}),
    "notice-7431e-triggered": ("notice-7431e",
                               CHARGE | {"of": {"history": "h-1", "request_id": "d"}},
                               CHARGE | {"of": {"history": "h-1"}}),
}  # fmt: skip


@pytest.mark.parametrize("act", ordering.AGREES)
def test_an_order_is_of_what_it_names_and_of_nothing_else(act: str) -> None:
    by, ordered, facts = ORDERED[act]
    assert ordering.unfit(order(by, "", ordered), done(act, **facts)) == ""
    for name in ordered:
        for other in (ordered | {name: "another"}, {k: v for k, v in ordered.items() if k != name}):
            assert name in ordering.unfit(order(by, "", other), done(act, **facts))
    assert ordering.unfit(order(by, "", ordered), done(act))


def test_no_other_source_is_judged_again_than_was_ordered() -> None:
    facts = done("reexamined", named=[], sources=["b-1", "h-1"])
    for asked, fits in (
        ({}, True),
        ({"batches": None, "histories": None}, True),
        ({"batches": ["b-1", "b-2"], "histories": ["h-1"]}, True),
        ({"batches": ["b-1"], "histories": None}, False),
        ({"batches": [], "histories": ["h-1"]}, False),
        ({"batches": 5}, False),
    ):
        said = order("reexamine", "", {"readings": [], **asked})
        assert (ordering.unfit(said, facts) == "") == fits, asked


class Anything:
    """Hands out one token for whatever it is asked to sign."""

    def __init__(self, token: str) -> None:
        self.token = token

    def sign(self, _statement: object) -> str:
        return self.token


def test_the_table_names_the_acts_as_the_office_records_them(stage) -> None:
    stage("new")
    from portcullis.office import alarms, exporting, individuals, likelihood, review_journal
    from portcullis.oversight import incidents, recall

    named = ordering.STANDS_BEHIND
    assert named["incident-report"] == {incidents.REPORTED}
    assert named["notice-7431e"] == {incidents.CHARGED}
    assert named["recall"] == {recall.OPENED, recall.PACKAGES}
    assert named["review"] == {review_journal.ACT}
    assert named["model-training"] == {likelihood.ACT, likelihood.ENTRY}
    assert named["accounting-attested"] == {individuals.ATTESTED}
    assert named["oversight-export"] == {exporting.KIND}
    assert named["watched"] == {alarms.WATCHED}
    assert named["alarm-acknowledged"] == {alarms.ACKNOWLEDGED}


@pytest.mark.parametrize("act", ["approve", "transmit", "send-back", "examine"])
def test_the_office_takes_no_order_for_another_act(stage, act: str) -> None:
    from django.db import transaction

    from portcullis.office import acting, signers
    from portcullis.office.models import Act, Entry
    from portcullis.office.people import Actor, sign_act

    world: World = stage("new")
    home = world.home()
    person = home.roster.person("approver")
    ledger = signers.origin()
    said = acting.order_statement("adjudicate", person, home.now(), {}, BATCH, ledger)
    token = keys.sign(said, world.key("approver"))
    before = Entry.objects.count(), Act.objects.count()
    for actor in (
        Actor(person, Anything(token)),
        acting.by_order(person, home.now(), token),
    ):
        with pytest.raises(Refused), transaction.atomic():
            sign_act(home, actor, act, {}, BATCH)
    assert (Entry.objects.count(), Act.objects.count()) == before
    with transaction.atomic():
        done = sign_act(home, acting.by_order(person, home.now(), token), "held", {}, BATCH)
    assert done.signature == token
    # And behind one entry of a kind.
    with pytest.raises(Refused, match="carried out already"), transaction.atomic():
        sign_act(home, acting.by_order(person, home.now(), token), "held", {}, BATCH)
    with transaction.atomic():
        sign_act(home, acting.by_order(person, home.now(), token), "adjudicate", {}, BATCH)


def test_what_was_signed_for_another_home_is_nothing_here(stage) -> None:
    """Two agreements, one person with one key: an act, and one of the two approvals of a lift."""
    from django.db import transaction

    from portcullis.office import orders, signers
    from portcullis.office.people import Actor, sign_act
    from tests.office import acts

    world: World = stage("new")
    home = world.home()
    counsel = home.roster.person("counsel")

    class Elsewhere:
        def sign(self, statement):
            assert statement["ledger"] == signers.origin()
            return keys.sign({**statement, "ledger": "another log"}, world.key("counsel"))

    actor = Actor(counsel, Elsewhere())
    with pytest.raises(Refused, match="something else"), transaction.atomic():
        sign_act(home, actor, "trial", {"n": 1})
    acts.place(world)
    acts.lift(world, "counsel-2")
    with pytest.raises(Refused, match="something else"):
        orders.lift(home, actor, "order-1", acts.DOCKET, acts.DOCUMENT)
    assert [one["standing"] for one in orders.listing()] == [True]


def test_every_act_of_a_desk_that_is_ordered_has_its_line() -> None:
    """An act by order that stands behind nothing would do half of it, and record nothing."""
    import re
    from pathlib import Path

    from portcullis.office.web import desks

    for path in Path(desks.__file__).parent.rglob("*.py"):
        for name in re.findall(r'WebAct\(\s*"[^"]+",\s*"([^"]+)"[^)]*order=', path.read_text()):
            assert name in ordering.STANDS_BEHIND, (path.name, name)

"""What an order may stand behind: asked of the table, of the signer, and of what records an act."""

import pytest

from portcullis import keys
from portcullis.agreements import PERMISSIONS, ordering
from portcullis.errors import Refused
from tests.office.world import BATCH, World

DAY = {"single_requests_received_on": "2025-07-01"}


def order(act: str, batch: str = BATCH, ordered: object = None) -> dict[str, object]:
    return {
        "act": act,
        "person": "p",
        "at": "2025-07-01T09:00:00+00:00",
        "batch": batch,
        "ledger": "log",
        "ordered": {} if ordered is None else ordered,
    }


def test_no_order_stands_behind_what_binds() -> None:
    for act, behind in ordering.STANDS_BEHIND.items():
        assert not PERMISSIONS[act].binding
        for each in behind:
            assert each not in PERMISSIONS or not PERMISSIONS[each].binding
    for act, line in PERMISSIONS.items():
        if line.binding:
            assert all(ordering.unfit(order(one), act, "p", BATCH, "log") for one in PERMISSIONS)


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
        (
            {"act": "adjudicate", "person": "p", "batch": BATCH, "ledger": "log"},
            "adjudicate",
            BATCH,
            "no order",
        ),
    ],
)
def test_an_order_stands_behind_its_own_work_alone(said, act, batch, wrong) -> None:
    found = ordering.unfit(said, act, "p", batch, "log")
    assert (found == "") == (wrong == "")
    assert wrong in found
    assert ordering.unfit(said, act, "another", batch, "log")
    assert ordering.unfit(said, act, "p", batch, "another log")


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

    from portcullis.office import acting
    from portcullis.office.models import Act, Entry
    from portcullis.office.people import Actor, sign_act

    world: World = stage("new")
    home = world.home()
    person = home.roster.person("approver")
    from portcullis.office import signers

    named = signers.origin()
    said = acting.order_statement("adjudicate", person, home.now(), {}, BATCH, named)
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

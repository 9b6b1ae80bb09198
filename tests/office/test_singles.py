"""Single requests: durable when acknowledged, taken in together, each by its own signatures."""

import json

import pytest

from portcullis.errors import Refused
from portcullis.intake import TransmittalRefused
from tests.office import acts, singles
from tests.office import world as worlds
from tests.office.world import World


@pytest.fixture
def world(stage) -> World:
    return stage("new")


def keep(world: World, content: bytes):
    from portcullis.office.singles import keep as run

    return run(world.home(), "preparer", content)


def collect(world: World) -> list[str]:
    from portcullis.office.singles import collect as run

    return run(world.home())


def states(*rows) -> list[str]:
    for row in rows:
        row.refresh_from_db()
    return [row.state for row in rows]


def test_what_waits_becomes_one_batch_that_walks_on_as_any_other(world):
    kept = [keep(world, singles.content(world, number)) for number in (1, 2, 3)]
    assert states(*kept) == ["waiting"] * 3
    (batch,) = collect(world)
    assert states(*kept) == ["taken"] * 3
    assert acts.adjudicate(world, batch=batch).outcomes == {"eligible": 3}
    assert collect(world) == []


def test_the_same_again_is_the_same_request_and_another_under_its_name_a_replay(world):
    one = singles.content(world, 1)
    first, again = keep(world, one), keep(world, one)
    assert first.number == again.number
    other = singles.content(world, 2)
    renamed = json.loads(other)
    renamed["manifest"]["batch_id"] = json.loads(one)["manifest"]["batch_id"]
    with pytest.raises(TransmittalRefused) as told:
        keep(world, json.dumps(renamed).encode())
    assert told.value.code == "signature"
    assert states(keep(world, other)) == ["waiting"]  # the name it bears was taken by nobody


def test_nobody_takes_the_name_of_a_batch_to_come(world):
    """A transmittal of such a name would have its files written over."""
    kept = keep(world, singles.content(world, 1))
    (batch,) = collect(world)
    path = world.folder / "requester" / "other.csv"
    worlds.batch_rows(2).write_csv(path)
    worlds.sign(world, path, batch.replace(batch[-3:], "abc"))
    with pytest.raises(TransmittalRefused) as refused:
        acts.receive(world, path)
    assert refused.value.code == "reserved"
    row = json.loads(singles.content(world, 2))["request"]
    with pytest.raises(TransmittalRefused):
        keep(world, singles.signed(world, row, "singles-1"))
    assert states(kept) == ["taken"]


def test_one_that_was_not_signed_so_is_refused_alone_and_accounted_for(world):
    good = keep(world, singles.content(world, 1))
    bent = json.loads(singles.content(world, 2))
    bent["request"]["zip"] = "99999"
    with pytest.raises(TransmittalRefused) as refused:
        keep(world, json.dumps(bent).encode())
    assert refused.value.code == "digest"
    (batch,) = collect(world)
    assert states(good) == ["taken"]
    assert acts.adjudicate(world, batch=batch).outcomes == {"eligible": 1}
    from portcullis.office.models import Entry, SingleRequest

    assert Entry.objects.filter(kind="transmittal-refused", integrated=True).count() == 1
    assert list(SingleRequest.objects.values_list("state", flat=True)) == ["taken"]


def test_who_is_refused_waits_for_no_transmittal_that_is_being_taken_in(world):
    from portcullis.office import locks
    from portcullis.office.models import Entry, SingleRequest
    from portcullis.office.singles import is_due

    home = world.home()
    with locks.alone(home, home.path / "intake.lock"):
        for number in (1, 2):
            bent = json.loads(singles.content(world, number))
            bent["request"]["zip"] = "99999"
            with pytest.raises(TransmittalRefused, match="not the one the manifest"):
                keep(world, json.dumps(bent).encode())
    assert SingleRequest.objects.filter(state="refusing").count() == 2
    assert is_due()
    assert collect(world) == []
    assert Entry.objects.filter(kind="transmittal-refused", integrated=True).count() == 2
    assert Entry.objects.filter(kind="accounted").count() == 2 * 2
    assert not SingleRequest.objects.exists()
    assert not is_due()
    assert states(keep(world, singles.content(world, 1))) == ["waiting"], "its name is free"


def test_an_illegible_row_is_quarantined_alone(world):
    good = keep(world, singles.content(world, 1))
    odd = keep(world, singles.content(world, 2, zip="x" * 5000))
    collect(world)
    assert states(good, odd) == ["taken", "quarantined"]


def test_two_of_one_request_id_are_taken_in_one_after_the_other(world):
    row = json.loads(singles.content(world, 1))["request"]
    kept = [keep(world, singles.signed(world, row, name)) for name in ("one", "two")]
    assert len(collect(world)) == 1
    assert states(*kept) == ["taken", "waiting"]
    assert len(collect(world)) == 1
    assert states(*kept) == ["taken", "taken"]


def test_what_is_no_request_is_refused_before_it_is_kept(world):
    for content in (b"", b"{}", b"[]", b'{"request": 1}', b"\xff"):
        with pytest.raises(Refused, match="manifest"):
            keep(world, content)


def test_a_specialists_order_of_the_day_has_them_adjudicated_as_they_come(world):
    from portcullis import keys
    from portcullis.office import acting, signers
    from portcullis.office.singles import adjudicate_waiting, order, ordered

    home = world.home()
    keep(world, singles.content(world, 1))
    (batch,) = collect(world)
    assert adjudicate_waiting(home) == []
    person = home.roster.person("specialist")
    said = acting.order_statement(
        "adjudicate", person, home.now(), ordered(home), ledger=signers.origin()
    )
    moment = home.now()
    with pytest.raises(Refused):  # another's signature
        order(home, person, moment, keys.sign(said, world.key("sampler")))
    order(home, person, moment, keys.sign(said, world.key("specialist")))
    assert adjudicate_waiting(home) == [batch]
    assert acts.outcomes(world, batch) == {"REQ-00001": "eligible"}
    from portcullis.office.models import Act

    assert Act.objects.get(batch=batch, kind="adjudicate").person == "specialist"

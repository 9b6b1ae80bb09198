"""What the office does in a test of background work, each in a process of its own."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.office import acts
from tests.office import world as worlds
from tests.office.world import BATCH, World


def play(world: World, name: str, *arguments: str) -> Any:
    """Do the play of that name in the office of the world's home, as its pages run it."""
    from portcullis.office.web import serving

    if name == "make":
        return _make(world, *arguments)
    serving.prepare(world.home_path, "holder", "http://localhost")
    return globals()[name](world, *arguments)


def _make(world: World, stage: str) -> None:
    """Make the world's home, and walk its batch up to a stage."""
    home = worlds.make_home(world)
    acts.receive(world)
    if stage == "approved":
        acts.adjudicate(world)
        worlds.approve(world, home)


def order(
    world: World,
    person: str,
    kind: str,
    batch: str = "",
    data: Mapping[str, Any] | None = None,
    key: str = "",
) -> Any:
    """Begin a task as its desk does: its order signed, its key made of the signature."""
    from portcullis.canonical import sha256_hex
    from portcullis.keys import KeySigner
    from portcullis.office import acting, work
    from portcullis.office.web.deployment import deployment
    from portcullis.office.work import kinds

    here = deployment()
    who, moment = here.roster.get(person), here.now()
    assert who is not None
    batch, facts = work.ordering(batch, data or {})
    said = acting.order_statement(kinds.find(kind).act, who, moment, facts, batch)
    token = KeySigner(world.key(person)).sign(said)
    key = key or f"{kind}:{sha256_hex([token.encode()])}"
    return work.begin(key, kind, batch, person, token, moment, facts)


def adjudicate(world: World, key: str = "once") -> str:
    """Order the adjudication of the batch, twice by one key; return the task's id."""
    first = order(world, "specialist", "adjudicate", BATCH, key=key)
    again = order(world, "specialist", "adjudicate", BATCH, key=key)
    assert first.id == again.id
    return str(first.id)


def release(world: World, key: str = "once") -> str:
    """Sign the release as its desk has it signed, and begin it; return the task's id."""
    from portcullis.keys import KeySigner
    from portcullis.office import acting, work
    from portcullis.office.release import release as run
    from portcullis.office.web.deployment import deployment

    here = deployment()
    who, moment = here.roster.get("transmitter"), here.now()
    assert who is not None
    with pytest.raises(acting.Proposed) as proposed:
        run(here.holder, BATCH, acting.rehearsing(who, moment))
    token = KeySigner(world.key("transmitter")).sign(proposed.value.statement)
    return str(work.begin(key, "release", BATCH, who.id, token, moment, {}).id)


def facts(task: Any) -> dict[str, Any]:
    """Return what a task says of itself."""
    names = ("state", "attempts", "step", "done", "total", "said", "remedy", "result")
    return {"id": str(task.id)} | {name: getattr(task, name) for name in names}


def carried_out(world: World, task: Any) -> dict[str, Any]:
    """Do a task in this very process, as a worker's does, and say how it ended."""
    from portcullis.office import work
    from portcullis.office.work.attempts import carry_out

    carry_out(task.message)
    return facts(work.find(task.id))

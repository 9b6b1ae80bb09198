"""What the office does in a test of background work, each in a process of its own."""

import os
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from portcullis.errors import Refused
from tests.office import acts, disclosed
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
    *,
    data: Mapping[str, Any] | None = None,
    key: str = "",
    signed: Mapping[str, Any] | None = None,
) -> Any:
    """Begin a task as its desk does: its order signed, its key made of the signature.

    ``signed``: what is signed for, where that is something else than ``data``.
    """
    from portcullis.canonical import sha256_hex
    from portcullis.keys import KeySigner
    from portcullis.office import acting, work
    from portcullis.office.web.deployment import deployment
    from portcullis.office.work import kinds

    here = deployment()
    who, moment = here.roster.get(person), here.now()
    assert who is not None
    batch, facts = work.ordering(batch, data or {})
    said = acting.order_statement(kinds.find(kind).act, who, moment, signed or facts, batch)
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


def carried_out(task: Any) -> dict[str, Any]:
    """Do a task in this very process, as a worker's does, and say how it ended."""
    from portcullis.office import work
    from portcullis.office.work.attempts import carry_out

    carry_out(task.message)
    return facts(work.find(task.id))


def cut_off(task: Any) -> dict[str, Any]:
    """Let a task that was done count as cut off just before its end; do it, say how it ends."""
    from portcullis.office.work import leases
    from portcullis.office.work.models import Task

    Task.objects.filter(id=task.id).update(state=Task.WORKING, leased_until=timezone.now())
    assert leases.reclaim() == 1
    return carried_out(Task.objects.get(id=task.id))


def refused(what: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as error:
        what()
    return error.value.message


def sent(world: World, path: Path) -> dict[str, str]:
    """Receive a file with its manifest as the office does, and return what a task says of it."""
    from portcullis.intake import manifest_path
    from portcullis.office.work import uploads

    beside = manifest_path(path)
    manifest = [beside.read_bytes()] if beside.exists() else None
    data = path.read_bytes()
    chunks = (data[at : at + 1000] for at in range(0, len(data), 1000))
    return uploads.receive(world.home_path, path.name, chunks, manifest).as_json()


def intake(world: World) -> dict[str, Any]:
    """Take a transmittal in, once; once more after it was cut off; and as a replay."""
    from portcullis.office import work

    moment = timezone.now().replace(microsecond=0)

    def task(key: str) -> Any:
        upload = sent(world, world.batch_file)
        return work.begin(key, "take-in", "", "specialist", "", moment, upload)

    first = task("first")
    path = world.home_path / "uploads" / first.data["upload"]
    lay = sorted(each.name for each in path.iterdir())
    done = carried_out(first)
    left = path.exists()
    return {
        "lay": lay,
        "done": done,
        "left": left,
        "again": cut_off(first),
        "replay": carried_out(task("second")),
    }


def specialist(world: World) -> dict[str, Any]:
    """Adjudicate: signed for by who may not, or for something else; done; cut off; once more."""
    by_another = carried_out(order(world, "approver", "adjudicate", BATCH))
    other = carried_out(
        order(world, "specialist", "adjudicate", BATCH, signed={"another": "thing"})
    )
    task = order(world, "specialist", "adjudicate", BATCH)
    twice = refused(lambda: order(world, "specialist", "adjudicate", BATCH))
    done = carried_out(task)
    return {
        "by_another": by_another,
        "other": other,
        "twice": twice,
        "done": done,
        "again": cut_off(task),
        "late": carried_out(order(world, "specialist", "adjudicate", BATCH)),
    }


def others(world: World) -> dict[str, Any]:
    """The other kinds of work, each done, and done again after it was cut off."""
    from portcullis.office.web.deployment import deployment
    from portcullis.office.work import results

    acts.enrol(world, "inspector", ["inspector"])
    file = sent(world, disclosed.write(world, disclosed.disclosures()))
    by = worlds.BATCH_DAY.isoformat()
    history = {**file, "history": "august", "made_under": [disclosed.NAIVE]}
    ordered = {
        "history-import": ("counsel", history),
        "history-compare": ("counsel", {"history": "august"}),
        "reexamine": ("counsel", {"histories": ["august"]}),
        "report": ("counsel", {"report": "workload", "by": by}),
        "oversight-export": (
            "inspector",
            {"body": "tigta", "request": "d0" * 32, "by": by, "persons": True},
        ),
        "watch": ("safeguards", {}),
    }
    ended = {}
    for kind, (person, data) in ordered.items():
        task = order(world, person, kind, data=data)
        ended[kind] = carried_out(task)
        ended[f"{kind} again"] = cut_off(task)
    home = deployment().holder
    made = {each: ended[each]["id"] for each in ("report", "oversight-export", "reexamine")}
    ended["files"] = {each: results.names(home, task) for each, task in made.items()}
    ended["read"] = len(results.read(home, made["report"], "workload.json"))
    return ended


def tidied(world: World) -> dict[str, Any]:
    """What a worker removes by time, and what it leaves."""
    from portcullis.office.web.deployment import deployment
    from portcullis.office.web.models import ApiCall, PendingAct, SpentToken
    from portcullis.office.work import due, results

    here = deployment()
    for person in ("old", "new"):
        PendingAct.objects.create(
            person=person, name="approve", sealed=b"", moment=here.now(), statement={}
        )
    old = PendingAct.objects.filter(person="old")
    old.update(begun_at=timezone.now() - timedelta(hours=1))
    for hours in (1, 23, 25):
        begun = timezone.now() - timedelta(hours=hours)
        call = ApiCall.objects.create(person="preparer", key=f"{hours} h", digest="", status=200)
        SpentToken.objects.create(digest=f"{hours} h")
        ApiCall.objects.filter(id=call.id).update(at=begun)
        SpentToken.objects.filter(digest=f"{hours} h").update(at=begun)
    task = order(world, "specialist", "adjudicate", BATCH)
    sent_at = {name: sent(world, world.batch_file)["upload"] for name in ("old", "new", "begun")}
    Task = type(task)  # noqa: N806 - a model
    Task.objects.filter(id=task.id).update(data={"upload": sent_at["begun"]})
    for name in ("old", "new"):
        with results.made(here.holder, name) as folder:
            (folder / "made.txt").write_text("made")
    long_ago = time.time() - 30 * 24 * 60 * 60
    for folder in (
        world.home_path / "uploads" / sent_at["old"],
        world.home_path / "uploads" / sent_at["begun"],
        world.home_path / "results" / "old",
    ):
        os.utime(folder, (long_ago, long_ago))
    due.tidy()
    left = {each.name for each in (world.home_path / "uploads").iterdir()}
    return {
        "acts": [each.person for each in PendingAct.objects.all()],
        "calls": sorted(each.key for each in ApiCall.objects.all()),
        "spent": sorted(each.digest for each in SpentToken.objects.all()),
        "uploads": [name for name, upload in sent_at.items() if upload in left],
        "results": sorted(each.name for each in (world.home_path / "results").iterdir()),
    }


def never_begun(world: World) -> dict[str, Any]:
    """A task whose workers die, again and again, before they take it."""
    from django_tasks_db.models import DBTaskResult

    from portcullis.office.work import leases
    from portcullis.office.work.models import Task

    task = order(world, "specialist", "adjudicate", BATCH)
    taken = []
    for _ in range(leases.MOST_ATTEMPTS):
        message = DBTaskResult.objects.get(id=Task.objects.get(id=task.id).message)
        message.claim("a worker that dies")
        assert leases.reclaim() == 0
        DBTaskResult.objects.filter(id=message.id).update(
            started_at=timezone.now() - 2 * leases.LEASE
        )
        taken.append(leases.reclaim())
    return {"taken": taken, "task": facts(Task.objects.get(id=task.id))}


def supplemented(world: World) -> dict[str, Any]:
    """What two reviewers found, put on the next list; and once more after it was cut off."""
    task = order(world, "specialist", "supplement", BATCH)
    return {"done": carried_out(task), "again": cut_off(task)}

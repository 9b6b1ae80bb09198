"""What the requester's office does in a test of its background work, in a process of its own.

``python -m tests.work.requesting WORLD NAME [ARGUMENTS]`` does one of these and prints what it
returns. Everybody's key is at hand.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portcullis import agreements, keys
from portcullis.errors import PortcullisError
from tests.office import world as worlds
from tests.office.world import BATCH_DAY, World

BATCH = "big"


def main() -> None:
    world = World(Path(sys.argv[1]))
    serve(world.folder)
    print(json.dumps(globals()[sys.argv[2]](world, *sys.argv[3:])))  # noqa: T201 - the answer


def serve(folder: Path) -> None:
    """Make the requester's home of the world in ``folder``, if need be, and be its office."""
    home = folder / "recipient"
    if not home.exists():
        _make(World(folder), home)
    from portcullis.office.web import serving

    serving.prepare(home, "requester", "http://localhost")


def _make(world: World, path: Path) -> None:
    from portcullis.custody import RecipientHome
    from portcullis.office.requesting import RequesterHome

    pack = agreements.builtin_pack()
    RecipientHome(path).make(world.folder / "people.json", pack, demo=True)
    RequesterHome.mark(path).set_date(BATCH_DAY)


def hands(world: World, person: str) -> Any:
    """Return the person with their key file."""
    from portcullis.office.people import Actor
    from portcullis.office.web.deployment import deployment

    return Actor(deployment().roster.person(person), keys.KeySigner(world.key(person)))


def refused(what: Callable[[], Any]) -> str:
    with pytest.raises(PortcullisError) as error:
        what()
    return error.value.message


def begin(world: World, kind: str) -> str:
    """Begin the next work on the batch, as the preparer's desk does it with a large one."""
    from portcullis.office import acting
    from portcullis.office.requesting import drafts, sending
    from portcullis.office.web.deployment import deployment
    from portcullis.office.work import tasks, uploads

    here = deployment()
    home, preparer = here.requester, hands(world, "preparer")
    if kind == "draft-fill":
        drafts.create(home, preparer.person, BATCH)
    draft = drafts.find(BATCH)
    data = {"by": "preparer", "generation": str(draft.generation)}
    moment, token = here.now(), ""
    if kind == "draft-fill":
        read = [world.batch_file.read_bytes()]
        data |= uploads.receive(home.path, world.batch_file.name, read).as_json()
    elif kind == "draft-leave-out":
        data |= {"row": "all", "was": str(draft.generation)}
    elif kind == "draft-ready":
        data |= {"signatory": "head"}
    elif kind == "draft-send":
        asked = acting.rehearsing(preparer.person, moment)
        with pytest.raises(acting.Proposed) as proposed:
            sending.sign_to_send(home, asked, draft)
        data, token = {}, preparer.signer.sign(proposed.value.statement)
    return str(tasks.begin(kind, kind, BATCH, "preparer", token, moment, data).id)


def carry_out(world: World, kind: str) -> dict[str, Any]:
    """Begin the work and do it in this very process; once more as if it had been cut off."""
    from portcullis.office import work
    from portcullis.office.work import attempts, leases
    from portcullis.office.work.models import Task

    task = work.find(begin(world, kind))
    attempts.carry_out(task.message)
    Task.objects.filter(id=task.id).update(state=Task.WORKING, leased_until=worlds_now())
    assert leases.reclaim() == 1
    attempts.carry_out(Task.objects.get(id=task.id).message)
    done = work.find(task.id)
    return {"state": done.state, "said": done.said, "attempts": done.attempts}


def worlds_now() -> Any:
    from django.utils import timezone

    return timezone.now()


def all_once(world: World, *kinds: str) -> dict[str, Any]:
    """Do all that is done to a batch in the background, signed between; say how it stands."""
    ended = {kind: carry_out(world, kind) for kind in kinds}
    made = stands(world)
    sign(world)
    ended["draft-send"] = carry_out(world, "draft-send")
    return {"ended": ended, "made": made, "sent": stands(world)}


def sign(world: World) -> None:
    """Have preparer, signatory and officers sign what was made ready."""
    from portcullis.office.requesting import drafts, manifests
    from portcullis.office.web.deployment import deployment

    home, draft = deployment().requester, drafts.find(BATCH)
    manifest = manifests.manifest_of(draft)
    manifests.prepare(home, hands(world, "preparer"), draft, manifest.digest)
    manifests.sign(home, hands(world, "head"), draft, manifest.digest)
    for officer in manifest.officers:
        if world.key_path(officer.id).exists():
            manifests.attest(home, hands(world, officer.id), draft)


def stands(_world: World) -> dict[str, Any]:
    """Say how the batch stands, and how often what was done to it."""
    from portcullis.office.requesting import drafts, manifests, sending
    from portcullis.office.web.deployment import deployment

    home, draft = deployment().requester, drafts.find(BATCH)
    sheets = list(drafts.sheets(home, draft, drafts.ROWS).frames())
    sent = sending.outgoing(home, draft)
    return {
        "state": draft.state,
        "rows": draft.rows,
        "there": sum(each.height for each in sheets),
        "found": draft.found,
        "digest": manifests.manifest_of(draft).digest if draft.manifest else "",
        "acts": [each.what for each in draft.acts.order_by("id")],
        "uploads": len(list((home.path / "uploads").glob("*"))),
        "files": sorted(each.name for each in sent.glob("*")),
    }


def two_people(world: World) -> dict[str, Any]:
    """Have two people at one draft; say what each was told, and what stands in the end."""
    from portcullis.office.requesting import checking, drafts, filling, manifests
    from portcullis.office.web.deployment import deployment

    home = deployment().requester
    preparer, head = hands(world, "preparer"), hands(world, "head")
    who = preparer.person
    rows = worlds.batch_rows(3).head(3).to_dicts()
    padded = world.folder / "padded.csv"
    first = {**rows[0], "request_id": f" {rows[0]['request_id']} "}
    pl.DataFrame([first, *rows[1:]]).write_csv(padded)
    draft = drafts.create(home, who, "two")
    filling.fill(home, draft, who, padded)
    said: dict[str, Any] = {"trimmed": drafts.row_of(home, draft, 0)["request_id"]}
    said["named"] = drafts.row_named(home, draft, rows[0]["request_id"]) is not None
    seen = [drafts.row_digest(drafts.row_of(home, draft, at)) for at in range(3)]
    # One leaves row 1 out; another's form and button of row 2 were opened before that.
    drafts.take_out(home, draft, who, lambda: [0])
    mine = {name: value or "" for name, value in rows[1].items()}
    said["overwritten"] = refused(
        lambda: drafts.write_row(home, drafts.find("two"), who, 1, mine, seen[1])
    )
    said["wrong"] = refused(lambda: drafts.check_row(home, draft, 1, seen[1]))
    now = drafts.find("two")
    said["unchecked"] = refused(
        lambda: checking.rows_that_come_back(home, now, str(now.generation))
    )
    said["unlooked"] = refused(lambda: checking.rows_that_come_back(home, now, "0"))
    # A change of a row after the check, by somebody whose page is old.
    stale = drafts.find("two")
    checking.check(home, draft, who)
    made = manifests.draft_manifest(home, draft, who, "head")
    manifests.prepare(home, preparer, draft, made.digest)
    said["changed"] = refused(lambda: filling.fill(home, stale, who, padded))
    said["anew"] = refused(lambda: manifests.draft_manifest(home, stale, who, "head"))
    said["other"] = refused(lambda: manifests.sign(home, head, draft, "another"))
    drafts.take_back(home, draft, who)
    said["back"] = refused(lambda: manifests.sign(home, head, draft, made.digest))
    said["state"] = drafts.find("two").state
    with drafts.held(home, draft):
        drafts._MOMENT = 0.1
        said["held"] = refused(lambda: drafts.withdraw(home, drafts.find("two"), who))
    said["reserved"] = [refused(lambda: drafts.create(home, who, each))  # noqa: B023
                        for each in ("new", "singles-1")]  # fmt: skip
    return said


def later(world: World) -> dict[str, Any]:
    """Check today, go on another day; name an officer whom nobody knows."""
    from portcullis.office.requesting import checking, drafts, manifests
    from portcullis.office.web.deployment import deployment

    home, who = deployment().requester, hands(world, "preparer").person
    good = worlds.batch_rows(1).row(0, named=True)
    draft = drafts.create(home, who, "later")
    values = {name: value or "" for name, value in good.items()}
    drafts.write_row(home, draft, who, None, values)
    checking.check(home, draft, who)
    said: dict[str, Any] = {"state": draft.state}
    home.set_date(BATCH_DAY.replace(day=BATCH_DAY.day + 1))
    said["later"] = refused(lambda: manifests.draft_manifest(home, draft, who, "head"))
    was = drafts.row_digest(drafts.row_of(home, draft, 0))
    drafts.write_row(home, draft, who, 0, {**values, "officers": "officer-O"}, was)
    checking.check(home, draft, who)
    found = checking.findings(home, draft, 0, 10)
    said["unknown"] = [[each["field"], each["outcome"]] for each in found]
    home.set_date(BATCH_DAY)
    return said


def stories(world: World) -> dict[str, Any]:
    """Do those that cost little, in one process."""
    return {"two": two_people(world), "later": later(world)}


def signed_late(world: World) -> str:
    """Sign an opening request that was begun six minutes ago; say what one is told."""
    from portcullis.office.requesting import received
    from portcullis.office.web.deployment import deployment

    home = deployment().requester
    begun = home.now() - timedelta(minutes=6)
    said = {"officer": "officer-1", "package_id": "0" * 32, "at": begun.isoformat()}
    return refused(lambda: received.ask(home, hands(world, "officer-1"), said))


def left_behind(_world: World) -> dict[str, Any]:
    """Leave what a killed process leaves, and old tokens; say what a worker leaves of it."""
    from portcullis.office.requesting.models import Draft, Opening
    from portcullis.office.web.deployment import deployment
    from portcullis.office.work import due

    home = deployment().requester
    now = home.now()
    kept = Draft.objects.create(id="kept", state="sent", since=now, made_by="p", made_at=now)
    gone = Draft.objects.create(id="gone", state="withdrawn", since=now, made_by="p", made_at=now)
    folders = {
        "rows kept": home.path / "drafts" / str(kept.folder) / "1",
        "rows withdrawn": home.path / "drafts" / str(gone.folder) / "1",
        "check cut off": home.path / "screening-cut",
        "sent": home.path / "outgoing" / "kept",
        "received": home.path / "outgoing" / "gone",
    }
    for folder in folders.values():
        folder.mkdir(parents=True)
        for each in (folder, folder.parent):
            os.utime(each, (0, 0))
    facts = {"package": "p", "person": "o", "statement": {}, "request": "r", "token": "half"}
    for name, at in (("old", now - timedelta(hours=1)), ("new", now)):
        Opening.objects.create(**{**facts, "package": name}, at=at)
    due.tidy()
    tokens = dict(Opening.objects.values_list("package", "token"))
    return {"left": [name for name, each in folders.items() if each.exists()], "tokens": tokens}


if __name__ == "__main__":
    main()

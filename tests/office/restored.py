"""A home backed up, acted in, lost, and put back: what the tests of restoring do over and over."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portcullis import ledger
from portcullis.errors import Refused
from tests.office import acts, databases
from tests.office.homes import reopen, switch
from tests.office.world import World

NEVER_SEEN = "entries-after"


@dataclass
class Elsewhere(World):
    """The same world, its holder's home put back somewhere else."""

    name: str = "put-back"

    @property
    def home_path(self) -> Path:
        return self.folder / self.name


def backup(world: World) -> Path:
    """Back the world's home up and return the folder of the backup."""
    from portcullis.office.backup import backup as run

    return run(world.home(), world.folder / "backups").folder


def put_back(world: World, saved: Path, name: str = "put-back") -> Elsewhere:
    """Put a backup back as another home of the same world, and open it."""
    from portcullis.office.putting_back import restore

    again = Elsewhere(world.folder, name)
    if near := databases.address_of(world.home_path):
        databases.beside(again.home_path).write_text(databases.create(near))
    switch(again.home_path)
    restore(saved, again.home_path)
    day = json.loads((world.home_path / "home.json").read_text())["date"]
    home = reopen(again.home_path)
    from datetime import date

    home.set_date(date.fromisoformat(day))
    return again


def lost_and_put_back(world: World, since: Callable[[], Any]) -> Elsewhere:
    """Back up, do what ``since`` does, and put the backup back."""
    saved = backup(world)
    since()
    return put_back(world, saved)


def catch_up(world: World, source: Path | str) -> Any:
    from portcullis.office.catching_up import catch_up as run

    return run(world.home(), administrator(world), str(source))


def administrator(world: World) -> Any:
    return acts.hands(world, "administrator")


def accept(world: World, *names: str) -> Any:
    """Accept losses by the two people it takes; return how far the home has come then."""
    from portcullis.office.catching_up import accept_losses

    accept_losses(world.home(), administrator(world), names)
    counsel = acts.hands(world, "counsel")
    return accept_losses(world.home(), counsel, names)[1]


def whole_again(world: World, source: Path) -> Any:
    """Catch up, and accept that no independent witness confirms the end of the ledger."""
    found = catch_up(world, source)
    assert not found.disagreements
    assert [loss.id for loss in found.losses] == [f"{NEVER_SEEN}:{found.size}"]
    done = accept(world, found.losses[0].id)
    assert done.whole, done
    return done


def copy_of(world: World, name: str = "copy") -> Path:
    """Return a copy of the ledger as outsiders have it: without keys, database or sequencer."""
    to = world.folder / name
    leave = shutil.ignore_patterns(".sequencer")
    shutil.copytree(world.home_path / "ledger", to / "ledger", ignore=leave)
    shutil.copytree(world.home_path / "trees", to / "trees")
    shutil.copy(world.home_path / "public.json", to / "public.json")
    return to


def forked(world: World, keep: Callable[[bytes], bool], more: int = 0) -> Path:
    """Return another ledger by the keys of the home's own and of its witness in the house.

    It has the entries that ``keep`` keeps, and so many ``more`` that say nothing.
    """
    from portcullis.office import signers

    home = world.home()
    log = ledger.Log.open(home.ledger)
    kept = [entry for entry in log.entries() if keep(entry)]
    vkeys = signers.signing(log.size)
    witness = ledger.Witness(
        world.folder / "another-witness",
        "local",
        ledger.load_key(home.path / "keys" / "witness.pem"),
        {log.origin: vkeys},
        lambda: int(home.now().timestamp()),
    )
    to = world.folder / "forked"
    keys = signers.load(home, log.origin, vkeys)
    made = ledger.Log.create(to / "ledger", log.origin, keys, [witness])
    made.append(kept + [b'{"at":"2025-07-07T00:00:00+00:00","kind":"nothing"}'] * more, [witness])
    shutil.copytree(home.trees, to / "trees")
    shutil.copy(home.path / "public.json", to / "public.json")
    return to


def closed(world: World) -> list[str]:
    """Return the codes for which nothing leaves the home."""
    from portcullis.office.restoring import closed_reasons

    return [reason.partition(":")[0] for reason in closed_reasons(world.home())]


def refuses_to_record(world: World) -> None:
    with pytest.raises(Refused, match="caught up"):
        acts.place(world, "order-in-between")
    with pytest.raises(Refused, match="caught up"):
        acts.integrate(world)

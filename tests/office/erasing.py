"""Working data erased under the schedule, and what the office does about it."""

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from portcullis import ledger
from portcullis.standing import EVERYTHING, Hold, Scope
from tests.office import acts
from tests.office import world as worlds
from tests.office.world import BATCH, World

DAYS = 2557
DUE_DAY = worlds.ANSWER_DAY + timedelta(days=DAYS)
SAID = (
    f"The working data of the batch {BATCH} was erased on {DUE_DAY} under the retention schedule "
    f"(2,557 days)."
)
REMAINS = "Its accounting is kept for ever; its leaves stay on the ledger, and their proofs hold."
OFFICER = "records-officer"


def to_day(world: World, day: date = DUE_DAY) -> None:
    world.home().set_date(day)


def erase(
    world: World, kind: str = "batch", subject: str = BATCH, by: str = OFFICER, **more: Any
) -> Any:
    from portcullis.office.erasure import erase as run
    from portcullis.office.keystore import Erasable

    return run(world.home(), acts.hands(world, by), Erasable(kind, subject), **more)


def hold(world: World, scope: Scope = EVERYTHING, name: str = "hold-1") -> None:
    from portcullis.office import orders

    home = world.home()
    placed = Hold(name, acts.DOCKET, "dcd", home.today(), acts.DOCUMENT, scope)
    orders.place(home, acts.hands(world, "counsel"), placed)


def proofs(world: World, number: int = 1) -> list[tuple[str, str]]:
    """Return every leaf of a list with its proof, made now."""
    from portcullis.office.files import find_batch

    home = world.home()
    tree = ledger.Tree(home.trees / BATCH / str(number))
    position = find_batch(BATCH).lists.get(number=number).entry_id
    rows = range(len(list(tree.leaves())))
    made = ledger.two_level_proofs(ledger.Log.open(home.ledger), position, tree, rows)
    return [(tree.leaf(row).decode(), proof.text) for row, proof in zip(rows, made, strict=True)]


def check_proofs(world: World, made: list[tuple[str, str]]) -> None:
    from portcullis.office.public import FILE, read_public

    public = read_public(world.home_path / FILE)
    for leaf, proof in made:
        public.check_proof(leaf, proof)


def keys_of(world: World) -> tuple[list[bytes], list[bytes]]:
    """Return what opens a batch: its secret, its files' key, the determinations' random bytes.

    And apart, the random bytes of the public answers, which packages give their officers.
    """
    from portcullis.office import files
    from portcullis.office.keystore import Erasable
    from portcullis.office.nonces import read_nonces

    home = world.home()
    batch = files.find_batch(BATCH)
    drawn = read_nonces(home, batch)
    pieces = [drawn[first : first + 32] for first in range(0, len(drawn), 32)]
    secret = home.secrets.read(Erasable.batch(BATCH))
    return [secret, files.batch_key(home, batch), *pieces[1::2]], pieces[::2]


def nowhere(folder: Path, secrets: list[bytes]) -> None:
    """Assert that none of ``secrets`` stands in any file under ``folder``, in bytes or in hex."""
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in secrets:
                assert secret not in data, path
                assert secret.hex().encode() not in data, path


def accounted(world: World, of: str = BATCH, name: str = "requests.tbl") -> pl.DataFrame:
    from portcullis import tables

    home = world.home()
    return tables.read_table(home.path / "accounting" / of / name, home.derived_key("accounting"))


def backup(world: World, to: Path) -> Path:
    """Back a home up: all of it in a folder of its own, but the secrets mirrored beside it."""
    from django.db import connections

    connections.close_all()
    shutil.copytree(world.home_path, to / "2025-07-07", ignore=shutil.ignore_patterns("erasable"))
    mirror(world, to)
    return to / "2025-07-07"


def mirror(world: World, to: Path) -> None:
    mirrored = to / "erasable-keys"
    shutil.rmtree(mirrored, ignore_errors=True)
    shutil.copytree(world.home_path / "keys" / "erasable", mirrored)


def restore(taken: Path, of: World, folder: Path) -> World:
    """Put a backup back as another world's home; the people are the same."""
    world = World(folder)
    shutil.copytree(of.folder / "keys", folder / "keys")
    shutil.copytree(taken, world.home_path)
    shutil.copytree(taken.parent / "erasable-keys", world.home_path / "keys" / "erasable")
    return world

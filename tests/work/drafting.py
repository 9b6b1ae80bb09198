"""What is done to a requester's draft while another does something to it, in a process of its own.

``python -m tests.work.drafting WORLD NAME...`` does these and prints what each returns.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from portcullis import agreements, progress
from tests.office import world as worlds
from tests.office.world import BATCH_DAY, World
from tests.work import requesting
from tests.work.requesting import hands, refused


def main() -> None:
    requesting.serve(Path(sys.argv[1]))
    world = World(Path(sys.argv[1]))
    played = {name: globals()[name](world) for name in sys.argv[2:]}
    print(json.dumps(played))  # noqa: T201 - the answer


def slow_file(world: World) -> dict[str, Any]:
    """Have a file taken in that takes its time; meanwhile another would check, prepare and fill."""
    from portcullis.office.requesting import checking, drafts, filling, manifests

    home, preparer = _home(), hands(world, "preparer")
    who = preparer.person
    old, new = (_file(world, f"{name}.csv", rows) for name, rows in (("old", 2), ("new", 4)))
    draft = _checked(world, "slow", old)
    other = drafts.find("slow")
    drafts._MOMENT = 0.1
    meanwhile = {
        "check": lambda: checking.check(home, other, who),
        "ready": lambda: manifests.draft_manifest(home, other, who, "head"),
        "fill": lambda: filling.fill(home, other, who, new),
    }
    said: dict[str, Any] = {}

    def show(_report: progress.Report) -> None:
        if not said:
            said.update({name: refused(what) for name, what in meanwhile.items()})

    filling.fill(home, draft, who, new, show=show)
    made = drafts.find("slow")
    return {**said, "state": made.state, "rows": made.rows, "checked": str(made.checked_on)}


def lost_lock(world: World) -> dict[str, Any]:
    """Have the draft changed under a file that is being taken in, as where a lock was lost."""
    from portcullis.office.requesting import drafts, filling

    home, who = _home(), hands(world, "preparer").person
    old, new = (_file(world, f"{name}.csv", rows) for name, rows in (("old", 2), ("new", 4)))
    draft = _checked(world, "lost", old)
    before = drafts.row_of(home, draft, 1)

    def show(_report: progress.Report) -> None:
        drafts.keep(drafts.find("lost"), signatory="")

    told = refused(lambda: filling.fill(home, draft, who, new, show=show))
    stands = drafts.find("lost")
    return {
        "told": told,
        "rows": stands.rows,
        "same": drafts.row_of(home, stands, 1) == before,
        "folders": len(list((home.path / "drafts" / str(stands.folder)).glob("*"))),
    }


def half_written(world: World) -> dict[str, Any]:
    """Have a row lie in a sheet that the draft does not count, as where a process was killed."""
    from portcullis.office.requesting import checking, drafts, manifests

    home, preparer = _home(), hands(world, "preparer")
    draft = _checked(world, "half", _file(world, "half.csv", 2))
    frame = next(drafts.rows_of(home, draft)).head(1)
    drafts.sheets(home, draft, drafts.ROWS).replace(2, frame)
    checking.check(home, draft, preparer.person)
    made = manifests.draft_manifest(home, draft, preparer.person, "head")
    return {"rows": draft.rows, "signed": made.file.rows}


def other_rows(world: World) -> dict[str, Any]:
    """Have other rows lie in the sheets than the manifest was made for, when it is signed."""
    from portcullis.office.requesting import drafts, manifests

    home, preparer, head = _home(), hands(world, "preparer"), hands(world, "head")
    draft = _checked(world, "rows", _file(world, "rows.csv", 2))
    made = manifests.draft_manifest(home, draft, preparer.person, "head")
    sheets = drafts.sheets(home, draft, drafts.ROWS)
    good = list(sheets.frames())
    bad = [good[0].with_columns(reason=pl.lit("Another reason."))]
    sheets.write(bad)
    said = {"prepare": refused(lambda: manifests.prepare(home, preparer, draft, made.digest))}
    sheets.write(good)
    manifests.prepare(home, preparer, draft, made.digest)
    sheets.write(bad)
    said["sign"] = refused(lambda: manifests.sign(home, head, draft, made.digest))
    sheets.write(good)
    return {**said, "state": drafts.find("rows").state}


def ended_since(world: World) -> dict[str, Any]:
    """Have an officer's term end after they attested, and another attest when it was sent."""
    from portcullis.office.requesting import drafts, manifests, sending

    home = _home()
    draft = _checked(world, "ended", _file(world, "ended.csv", 2))
    preparer = hands(world, "preparer")
    made = manifests.draft_manifest(home, draft, preparer.person, "head")
    manifests.prepare(home, preparer, draft, made.digest)
    manifests.sign(home, hands(world, "head"), draft, made.digest)
    manifests.attest(home, hands(world, "officer-1"), draft)
    late = drafts.find("ended")
    roster = home.path / "people.json"
    kept = roster.read_bytes()
    people = [
        each.model_copy(update={"key_to": BATCH_DAY} if each.id == "officer-1" else {})
        for each in agreements.load_roster(roster).people
    ]
    agreements.save_roster(agreements.Roster.from_people(people), roster)
    home.set_date(BATCH_DAY + timedelta(days=1))
    said = {"send": refused(lambda: sending.send(home, hands(world, "preparer"), draft))}
    home.set_date(BATCH_DAY)
    roster.write_bytes(kept)
    sending.send(home, preparer, draft)
    said["attest"] = refused(lambda: manifests.attest(home, hands(world, "officer-2"), late))
    acts = [each.what for each in drafts.find("ended").acts.order_by("id")]
    return {**said, "acts": acts[-3:]}


def other_agreement(world: World) -> dict[str, Any]:
    """Have the agreement get another version, and a field more, after a batch was checked."""
    from portcullis.office.requesting import checking, drafts, manifests
    from portcullis.office.requesting.models import Draft

    home, preparer = _home(), hands(world, "preparer")
    draft = _checked(world, "version", _file(world, "version.csv", 2))
    Draft.objects.filter(id="version").update(checked_under="of before")
    said = {
        "ready": refused(
            lambda: manifests.draft_manifest(home, drafts.find("version"), preparer.person, "head")
        )
    }
    sheets = drafts.sheets(home, draft, drafts.ROWS)
    sheets.write([each.drop("suffix") for each in sheets.frames()])
    said["new field"] = drafts.row_of(home, draft, 1)["suffix"]
    checking.check(home, draft, preparer.person)
    return {**said, "state": draft.state}


def unfolds(world: World) -> str:
    """Have a small Parquet file taken in that holds more requests than the agreement allows."""
    from portcullis.office.requesting import drafts, filling

    home, who = _home(), hands(world, "preparer").person
    path = world.folder / "small.parquet"
    most = home.pack.request.max_rows
    rows = worlds.batch_rows(1).head(1)
    pl.concat([rows] * (most // 1000 + 1), rechunk=True).sample(
        most + 1, with_replacement=True
    ).write_parquet(path)
    assert path.stat().st_size < 4 << 20
    draft = drafts.create(home, who, "unfolds")
    told = refused(lambda: filling.fill(home, draft, who, path))
    assert not list((home.path / "drafts" / str(draft.folder)).glob("*"))
    return told


def _home() -> Any:
    from portcullis.office.web.deployment import deployment

    return deployment().requester


def _file(world: World, name: str, rows: int) -> Path:
    path = world.folder / name
    worlds.batch_rows(rows).head(rows).write_csv(path)
    return path


def _checked(world: World, batch: str, path: Path) -> Any:
    from portcullis.office.requesting import checking, drafts, filling

    who = hands(world, "preparer").person
    draft = drafts.create(_home(), who, batch)
    filling.fill(_home(), draft, who, path)
    checking.check(_home(), draft, who)
    assert draft.state == "checked"
    return draft


if __name__ == "__main__":
    main()

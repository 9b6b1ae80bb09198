"""Single requests as a client sends them, made of the world's own rows."""

import json

from portcullis import agreements, intake
from tests.office import world as worlds
from tests.office.world import World


def content(world: World, number: int, *, by: str = "head", **changes: str) -> bytes:
    """Return one signed single request of the world's batch, as the API takes it."""
    row = worlds.batch_rows(number).row(number - 1, named=True) | changes
    return signed(world, row, f"single-{row['request_id']}", by=by)


def signed(world: World, row: dict, batch_id: str, *, by: str = "head") -> bytes:
    request = {name: value for name, value in row.items() if value is not None}
    path = world.folder / "singles" / f"{batch_id}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(intake.single_line(request))
    made = intake.make_manifest(
        path,
        agreements.load_pack(agreements.builtin_pack()),
        batch_id,
        worlds.BATCH_DAY,
        ("preparer", world.key("preparer")),
        (by, world.key(by)),
        {name: world.key(name) for name in ("officer-1", "officer-2")},
    )
    return json.dumps(json.loads(made.read_bytes()) | {"request": request}).encode()

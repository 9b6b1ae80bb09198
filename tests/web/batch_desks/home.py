"""One holder's home with a batch at every stage, for the desks on which a batch walks.

``sent`` lies beside it, signed and not sent yet. Each batch asks for other persons, so that none
is a repeated request. ``twice`` holds every role and adjudicated every batch: another must do
whatever comes after.
"""

from pathlib import Path
from typing import Any

import polars as pl

from portcullis import agreements
from tests.office import acts, near
from tests.office import world as worlds
from tests.office.homes import switch
from tests.office.world import World

LAWFUL = 3
CAST = {"looked-at": ("street", "nickname", "protected", "two-units"), "confirmed": ("number",)}
BATCHES = (
    "received", "looked-at", "confirmed", "to-record", "to-sample", "to-examine", "unlawful",
    "to-approve", "to-refuse", "to-decide", "to-release",
)  # fmt: skip
_EXAMINED = ("to-approve", "to-refuse", "to-decide", "to-release")
EVERY_ROLE = (
    "specialist", "reviewer", "impairment-official", "sampler", "approver", "transmitter",
)  # fmt: skip


def build(folder: Path) -> World:
    """Build the home on its answer day."""
    rows = {name: _rows(at, name) for at, name in enumerate(BATCHES, start=1)}
    rows["sent"] = _rows(len(BATCHES) + 1, "sent")
    world = worlds.build(folder, requests=_frame(rows["sent"]))
    _send(world, "sent", rows["sent"])
    every = [row for each in rows.values() for row in each if row["request_id"] not in near.CAST]
    asked = [row for each in rows.values() for row in each if row["request_id"] in near.CAST]
    near.write_records(world.folder / "records", every, asked)
    switch(world.home_path)
    worlds.make_home(world)
    acts.enrol(world, "twice", EVERY_ROLE)
    for name in BATCHES:
        acts.receive(world, _send(world, name, rows[name]))
        if name != "received":
            acts.adjudicate(world, by="twice", batch=name)
    _go_on(world)
    return world


def _go_on(world: World) -> None:
    from portcullis.office import referrals

    (name,) = CAST["confirmed"]
    finder, second = (acts.hands(world, each) for each in ("reviewer", "reviewer-2"))
    found = {"number": 1, "rule": near.FINDABLE[name], "reason": "Two digits changed round."}
    referrals.find(world.home(), "confirmed", name, finder, **found)
    near.seen(world, name, batch="confirmed")
    referrals.confirm(world.home(), "confirmed", name, second)
    for batch in _EXAMINED:
        acts.impair(world, batch=batch)
    acts.to_answer_day(world)
    for batch in ("to-examine", "unlawful", *_EXAMINED):
        acts.draw(world, batch=batch)
    for batch in _EXAMINED:
        acts.examine(world, batch=batch)
    acts.approve(world, batch="to-release")


def _rows(at: int, name: str) -> list[dict[str, Any]]:
    pack = agreements.load_pack(agreements.builtin_pack())
    template = agreements.template_rows(pack, worlds.BATCH_DAY).row(0, named=True)
    rows = [worlds.request(template, 100 * at + number) for number in range(LAWFUL)]
    for number, cast in enumerate(CAST.get(name, ()), start=LAWFUL):
        changes, _, _ = near.CAST[cast]
        rows.append(worlds.request(template, 100 * at + number) | changes | {"request_id": cast})
    placeholder = {"address_line1": "Failed to Provide", "request_id": f"PLACEHOLDER-{at}"}
    return [*rows, worlds.request(template, 100 * at + 50) | placeholder]


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    pack = agreements.load_pack(agreements.builtin_pack())
    return pl.DataFrame(rows, schema=dict.fromkeys(pack.fields, pl.String))


def _send(world: World, name: str, rows: list[dict[str, Any]]) -> Path:
    """Write a batch with one row that cannot be read, and sign it."""
    path = world.batch_file.with_name(f"{name}.csv")
    path.write_text(_frame(rows).write_csv() + "a row,cut short\n")
    worlds.sign(world, path, name)
    return path

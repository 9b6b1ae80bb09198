"""A batch of near misses: which may be found, by which rule, and why the others never may."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from portcullis import agreements
from tests.office import acts
from tests.office import world as worlds
from tests.office.homes import switch
from tests.office.world import BATCH, World

LAWFUL = 3
# What is asked for, what is of record, and what may come of it: a rule's id, or why not.
CAST: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "street": (
        {"address_line1": "7 Marigold Ave"}, {"line1": "7 Marigld Ave"}, "street-slip",
    ),
    "number": (
        {"address_line1": "1375 Juniper Rd"}, {"line1": "1357 Juniper Rd"}, "number-slip",
    ),
    "unit": (
        {"address_line1": "40 Foundry Ln"}, {"line1": "40 Foundry Ln Apt 4"}, "unit-left-out",
    ),
    "nickname": ({"given_name": "Bill"}, {"given_name": "William"}, "nickname"),
    "no-tin": (
        {"tin": None, "address_line1": "88 Larkspur Ct"},
        {"tin": "900880088", "line1": "88 Larkspr Ct"},
        "street-slip",
    ),
    "two-units": (
        {"address_line1": "51 Foundry Ln"}, {"line1": "51 Foundry Ln Apt 4"}, "other-unit",
    ),
    "protected": (
        {"address_line1": "9 Hawthorn Ave"},
        {"line1": "9 Hawthrn Ave", "protected": True},
        "element",
    ),
    "other-period": (
        {"address_line1": "6 Bluebell Ave"},
        {"line1": "6 Bluebel Ave", "taxable_period": 2024},
        "element",
    ),
}  # fmt: skip
FINDABLE = {
    "street": "street-slip", "number": "number-slip", "unit": "unit-left-out",
    "nickname": "nickname", "no-tin": "street-slip",
}  # fmt: skip


REVIEWERS = ("reviewer", "reviewer-2")


def build(folder: Path) -> World:
    """Build the world, its home made, its batch received and determined."""
    pack = agreements.load_pack(agreements.builtin_pack())
    template = agreements.template_rows(pack, worlds.BATCH_DAY).row(0, named=True)
    lawful = [worlds.request(template, number) for number in range(1, LAWFUL + 1)]
    asked = [
        worlds.request(template, number) | changes | {"request_id": name}
        for number, (name, (changes, _, _)) in enumerate(CAST.items(), start=201)
    ]
    rows = pl.DataFrame(lawful + asked, schema=dict.fromkeys(pack.fields, pl.String))
    world = worlds.build(folder, requests=rows)
    write_records(world.folder / "records", lawful, asked)
    switch(world.home_path)
    worlds.make_home(world)
    acts.receive(world)
    acts.adjudicate(world)
    return world


def write_records(folder: Path, lawful: list[dict], asked: list[dict]) -> None:
    known = [_of_record(row, {}) for row in lawful]
    known += [_of_record(row, CAST[row["request_id"]][1]) for row in asked]
    by_id = {row["taxpayer_id"]: row for row in known}
    second = by_id["T-two-units"] | {"line1": "51 Foundry Ln Apt 5"}
    spouse = by_id["T-street"] | {
        "taxpayer_id": "T-spouse", "tin": "900770078", "given_name": "Wilhelmina",
    }  # fmt: skip
    people = [*known, spouse]
    pl.DataFrame(people, infer_schema_length=None).select(
        "taxpayer_id", "tin", pl.lit("ITIN").alias("tin_type"),
        *[pl.col(n).cast(pl.String) for n in ("given_name", "middle_name", "family_name")],
        pl.col("suffix").cast(pl.String), pl.lit(None, pl.String).alias("prior_names"),
    ).write_parquet(folder / "taxpayer.parquet")  # fmt: skip
    pl.DataFrame([*people, second], infer_schema_length=None).select(
        "taxpayer_id", "line1", pl.lit(None, pl.String).alias("line2"), "city", "state", "zip",
        pl.col("taxable_period").cast(pl.Int16), pl.lit("return").alias("source_kind"),
        pl.lit(date(2024, 4, 10)).alias("processed_on"), "protected",
    ).write_parquet(folder / "address_of_record.parquet")  # fmt: skip


def _of_record(row: dict, changes: dict) -> dict:
    kept = ("given_name", "middle_name", "family_name", "suffix", "city", "state", "zip")
    return {
        "taxpayer_id": f"T-{row['request_id']}",
        "tin": (row["tin"] or "").replace("-", "") or None,
        **{name: row[name] for name in kept},
        "line1": row["address_line1"],
        "taxable_period": 2023,
        "protected": False,
    } | changes


def find(world: World, request_id: str, rule: str, by: str = "reviewer", number: int = 1) -> None:
    from portcullis.office import referrals

    person = acts.hands(world, by)
    referrals.find(
        world.home(), BATCH, request_id, person, number=number, rule=rule, reason="A slip; it fits."
    )


def confirm(world: World, request_id: str, by: str = "reviewer-2", **more: Any) -> None:
    from portcullis.office import referrals

    if by in REVIEWERS:
        seen(world, request_id, by)
    referrals.confirm(world.home(), BATCH, request_id, acts.hands(world, by), **more)


def seen(world: World, request_id: str, by: str = "reviewer-2", batch: str = BATCH) -> None:
    """Put on record that a reviewer has looked, where it is not; ``look`` trains a model for it."""
    from portcullis.office import entries, referrals, review_journal
    from portcullis.office.files import find_batch, list_in_force

    home, found, actor = world.home(), find_batch(batch), acts.hands(world, by)
    for each in referrals.waiting(home, found):
        if each.request_id == request_id and not review_journal.has_looked(
            home, found, each.row, by
        ):
            index = str(entries.body(list_in_force(found).entry)["index"])
            done = review_journal.Done(each.row, review_journal.LOOKED, by)
            review_journal.record(home, found, actor, index, done)


def look(world: World, request_id: str, by: str = "reviewer") -> Any:
    from portcullis.office import referrals

    return referrals.look(world.home(), BATCH, request_id, acts.hands(world, by))


def states(world: World, by: str = "reviewer") -> dict[str, str]:
    from portcullis.office import referrals

    waiting = referrals.queue(world.home(), BATCH, acts.hands(world, by))
    return {each.request_id: each.state for each in waiting}


def supplement(world: World, by: str = "specialist") -> Any:
    from portcullis.office.supplement import supplement as run

    return run(world.home(), BATCH, acts.hands(world, by))

"""A small world for the office's tests: people with keys, records, a signed batch, a home.

Child processes import this too.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from portcullis import agreements, intake, keys
from portcullis.office import Home, make, open_office, start

BATCH_DAY = date(2025, 6, 27)
ANSWER_DAY = BATCH_DAY + timedelta(days=10)
BATCH = "batch-1"

HOLDER = {
    "specialist": "specialist",
    "reviewer": "reviewer",
    "reviewer-2": "reviewer",
    "impairment": "impairment-official",
    "sampler": "sampler",
    "approver": "approver",
    "transmitter": "transmitter",
    "counsel": "counsel",
    "counsel-2": "counsel",
    "safeguards": "safeguards",
    "administrator": "administrator",
    "records-officer": "records-officer",
}
REQUESTER = {
    "preparer": "preparer",
    "head": "signatory",
    "officer-1": "officer",
    "officer-2": "officer",
    "custodian": "custodian",
}


@dataclass
class World:
    """Folders of one small world; ``lawful`` lists the request ids that should be released."""

    folder: Path

    @property
    def home_path(self) -> Path:
        return self.folder / "holder"

    @property
    def batch_file(self) -> Path:
        return self.folder / "requester" / "batch.csv"

    def home(self) -> Home:
        return open_office(Home.find(self.home_path))

    def key(self, person: str) -> keys.ECKey:
        return keys.load_private(self.key_path(person))

    def key_path(self, person: str) -> Path:
        return self.folder / "keys" / f"{person}.pem"

    def actor(self, person: str):
        from portcullis.office.people import identify

        side = "requester" if person in REQUESTER else "holder"
        return identify(self.home(), person, self.key(person), f"{side}-sign-in")


def build(folder: Path, *, lawful: int = 6, requests: pl.DataFrame | None = None) -> World:
    """Make people, records and a signed batch of ``lawful`` good requests and some others."""
    world = World(folder)
    world.batch_file.parent.mkdir(parents=True)
    people = _people(world)
    agreements.save_roster(agreements.Roster.from_people(people), folder / "people.json")
    rows = requests if requests is not None else batch_rows(lawful)
    write_records(folder / "records", rows)
    rows.write_csv(world.batch_file)
    sign(world, world.batch_file, BATCH)
    return world


def make_home(world: World, *, indexed: bool = True) -> Home:
    """Make the holder's demonstration home, its safeguards recorded, its records indexed."""
    home = start(
        make(
            world.home_path,
            agreements.builtin_pack(),
            world.folder / "people.json",
            demo=True,
            day=BATCH_DAY,
        )
    )
    open_office(home)
    attest(world, BATCH_DAY)
    if indexed:
        from portcullis.office.indexing import index_records

        index_records(home, world.folder / "records")
    return home


def attest(world: World, day: date) -> None:
    """Record good safeguards attested on ``day``, which becomes the home's day."""
    from portcullis.office.safeguards import record_safeguards

    home = world.home()
    home.set_date(day)
    record_safeguards(home, world.actor("safeguards"), safeguards(day))


def safeguards(day: date):
    from portcullis.standing import read_safeguards

    facts = {
        "recipient": "ICE",
        "ssr_approved_on": "2025-01-31",
        "ssr_expires_on": "2026-01-31",
        "attested_on": day.isoformat(),
        "findings": [],
        "duties": [],
        "contractors": [],
        "access": [access(name, day) for name in REQUESTER if name.startswith("officer-")],
    }
    return read_safeguards(json.dumps(facts))


def access(officer: str, day: date) -> dict:
    """Return the access record of an officer with everything current on ``day``."""
    week = timedelta(days=7)
    good = {"on": (day - week).isoformat(), "expires_on": (day + week).isoformat()}
    return {"officer": officer, "training": good, "certification": good, "background": good}


def sign(world: World, path: Path, batch_id: str) -> Path:
    pack = agreements.load_pack(agreements.builtin_pack())
    return intake.make_manifest(
        path,
        pack,
        batch_id,
        BATCH_DAY,
        ("preparer", world.key("preparer")),
        ("head", world.key("head")),
        {name: world.key(name) for name in ("officer-1", "officer-2")},
    )


def batch_rows(lawful: int) -> pl.DataFrame:
    """Return ``lawful`` good requests, then one of each: R1, R3, no record, day 90."""
    pack = agreements.load_pack(agreements.builtin_pack())
    template = agreements.template_rows(pack, BATCH_DAY).row(0, named=True)
    rows = [request(template, number) for number in range(1, lawful + 1)]
    placeholder = request(template, 1001) | {
        "address_line1": "Failed to Provide",
        "address_line2": None,
    }
    unlike = request(template, 1002) | {"address_line1": "77 Elsewhere Ave", "address_line2": None}
    nobody = request(template, 1003)
    day = BATCH_DAY - timedelta(days=90)
    day90 = request(template, 1004) | {
        "order_date": day.isoformat(),
        "finality_date": day.isoformat(),
    }
    named = [placeholder, unlike, nobody, day90]
    for row, name in zip(named, ("R1", "R3", "NOBODY", "DAY90"), strict=True):
        row["request_id"] = name
    return pl.DataFrame(
        rows + named,
        schema=dict.fromkeys(agreements.load_pack(agreements.builtin_pack()).fields, pl.String),
    )


def request(template: dict, number: int) -> dict:
    return template | {
        "request_id": f"REQ-{number:05d}",
        "given_name": f"Given{_letters(number)}",
        "family_name": f"Family{_letters(number * 7 + 3)}",
        "middle_name": None,
        "tin": f"900-{number // 10_000 % 50:02d}-{number % 10_000:04d}",
        "address_line1": f"{100 + number} Specimen St",
        "address_line2": None,
        "taxable_periods": "2022;2023",
        "investigation_id": f"INV-{number:05d}",
        "order_number": f"A000-{number // 1000:03d}-{number % 1000:03d}",
        "status_checked_on": (BATCH_DAY - timedelta(days=2)).isoformat(),
        "reason": f"{template['reason']} Case facts of file {_letters(number)} {number}.",
        "officers": "officer-1" if number % 2 else "officer-2",
    }


def _letters(number: int) -> str:
    text = ""
    while True:
        text += chr(ord("a") + number % 26)
        number //= 26
        if number == 0:
            return text


def write_records(folder: Path, rows: pl.DataFrame) -> None:
    """Write the records of every request but NOBODY's; R3's and R1's address there is another."""
    folder.mkdir(parents=True)
    known = rows.filter(pl.col("request_id") != "NOBODY")
    taxpayers = known.select(
        pl.concat_str(pl.lit("T-"), "request_id").alias("taxpayer_id"),
        pl.col("tin").str.replace_all("-", ""),
        pl.lit("ITIN").alias("tin_type"),
        "given_name",
        "middle_name",
        "family_name",
        "suffix",
        pl.lit(None, pl.String).alias("prior_names"),
    )
    elsewhere = pl.col("request_id").is_in(["R1", "R3"])
    addresses = known.select(
        pl.concat_str(pl.lit("T-"), "request_id").alias("taxpayer_id"),
        pl.when(elsewhere).then(pl.lit("9 Record Rd")).otherwise("address_line1").alias("line1"),
        pl.lit(None, pl.String).alias("line2"),
        "city",
        "state",
        "zip",
        pl.lit(2023, pl.Int16).alias("taxable_period"),
        pl.lit("return").alias("source_kind"),
        pl.lit(date(2024, 4, 10)).alias("processed_on"),
        pl.lit(value=False).alias("protected"),
    )
    taxpayers.write_parquet(folder / "taxpayer.parquet")
    addresses.write_parquet(folder / "address_of_record.parquet")


def _people(world: World) -> list[agreements.Person]:
    return [
        *[_person(world, name, "IRS", role) for name, role in HOLDER.items()],
        *[
            _person(world, name, "DHS" if role == "signatory" else "ICE", role)
            for name, role in REQUESTER.items()
        ],
    ]


def _person(world: World, name: str, agency: str, role: str) -> agreements.Person:
    key = keys.generate()
    keys.save_private(key, world.key_path(name))
    return agreements.Person(
        id=name,
        name=f"Specimen {name}",
        agency=agency,
        office=role,
        roles=(role,),
        authority="agency-head" if role == "signatory" else None,
        jwk=keys.public_jwk(key),
        in_force_from=date(2025, 1, 1),
    )


def approve(world: World, home: Home) -> None:
    """Walk a determined batch to an approved list on the answer day."""
    from portcullis.office import approval

    approval.record_impairment(home, BATCH, world.actor("impairment"), [])
    attest(world, ANSWER_DAY)
    home = world.home()
    sample = approval.draw_sample(home, BATCH, world.actor("sampler"))
    ids = approval.eligible_rows(home, sample.list.batch)
    verdicts = {ids[row]: True for row in sample.rows}
    approval.record_examination(home, BATCH, world.actor("sampler"), verdicts)
    approval.approve(home, BATCH, world.actor("approver"))

"""A batch with one request for every private cause, and the world in which each has it."""

from datetime import date, timedelta

import polars as pl

from portcullis import agreements
from tests.office import world as worlds

LAWFUL = 12
OF_A_CAUSE = (
    "no-record",
    "name-disagrees",
    "tin-contradicts",
    "address-not-of-record",
    "ambiguous",
    "not-unique-point",
    "near-miss",
    "no-last-known-address",
    "period-not-requested",
    "protected",
)
HELD = ("adverse", "order", "status-too-old")
REFERRED = ("inadmissibility",)
SILENT = (*OF_A_CAUSE, *HELD, *REFERRED)
RETURNED = ("placeholder", "day-90")
OFFICER_UNDER_ORDER = "officer-2"
EXPECTED = {
    **dict.fromkeys(OF_A_CAUSE, "no_disclosure"),
    "near-miss": "referred",
    **dict.fromkeys(HELD, "held"),
    **dict.fromkeys(REFERRED, "referred"),
    "placeholder": "refused",
    "day-90": "returned",
}

_ASKED = {
    "not-unique-point": {"tin": None, "address_line1": "General Delivery"},
    "near-miss": {"address_line1": "119 Specimn St"},
    "order": {"officers": OFFICER_UNDER_ORDER},
    "status-too-old": {"status_checked_on": (worlds.BATCH_DAY - timedelta(days=25)).isoformat()},
    "inadmissibility": {"charge": "8 USC 1182(a)(6)(A)(i)"},
    "placeholder": {"address_line1": "Failed to Provide"},
    "day-90": dict.fromkeys(
        ("order_date", "finality_date"), (worlds.BATCH_DAY - timedelta(days=90)).isoformat()
    ),
}


def request_ids() -> dict[str, str]:
    """Return cause -> request id; all ids are of one length."""
    return {
        cause: f"C-{LAWFUL + number:04d}"
        for number, cause in enumerate((*SILENT, *RETURNED), start=1)
    }


def lawful_ids() -> list[str]:
    return [f"C-{number:04d}" for number in range(1, LAWFUL + 1)]


def requests() -> pl.DataFrame:
    """Return the lawful requests first, so that every other row number has two digits."""
    pack = agreements.load_pack(agreements.builtin_pack())
    template = agreements.template_rows(pack, worlds.BATCH_DAY).row(0, named=True)
    causes: list[str | None] = [*[None] * LAWFUL, *SILENT, *RETURNED]
    rows = [
        worlds.request(template, number)
        | {"request_id": f"C-{number:04d}", "officers": "officer-1"}
        | _ASKED.get(cause or "", {})
        for number, cause in enumerate(causes, start=1)
    ]
    return pl.DataFrame(
        rows,
        schema=dict.fromkeys(agreements.load_pack(agreements.builtin_pack()).fields, pl.String),
    )


def records(asked: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return taxpayers and addresses: everybody asked about, but each cause as it says."""
    ids = request_ids()
    named = [
        {
            "request_id": row["request_id"],
            "tin": (row["tin"] or "900990001").replace("-", ""),
            **{part: row[part] for part in ("given_name", "middle_name", "family_name", "suffix")},
            "line1": row["address_line1"],
            **{part: row[part] for part in ("city", "state", "zip")},
            "taxable_period": 2023,
            "source_kind": "return",
            "protected": False,
        }
        for row in asked.iter_rows(named=True)
        if row["request_id"] != ids["no-record"]
    ]
    people = {row["request_id"]: row for row in named}
    people[ids["name-disagrees"]] |= {"given_name": "Zebulon", "family_name": "Quackenbush"}
    people[ids["tin-contradicts"]]["tin"] = "900990002"
    people[ids["address-not-of-record"]]["line1"] = "77 Elsewhere Ave"
    people[ids["near-miss"]]["line1"] = "119 Specimen St"
    people[ids["no-last-known-address"]]["source_kind"] = "information-return"
    people[ids["period-not-requested"]]["taxable_period"] = 2024
    people[ids["protected"]]["protected"] = True
    other = people[ids["ambiguous"]] | {"request_id": "C-TWIN"}
    everybody = [*named, other]
    key = pl.concat_str(pl.lit("T-"), "request_id").alias("taxpayer_id")
    frame = pl.DataFrame(everybody, infer_schema_length=None)
    taxpayers = frame.select(
        key,
        "tin",
        pl.lit("ITIN").alias("tin_type"),
        *[pl.col(n).cast(pl.String) for n in ("given_name", "middle_name", "family_name")],
        pl.col("suffix").cast(pl.String),
        pl.lit(None, pl.String).alias("prior_names"),
    )
    addresses = frame.select(
        key,
        "line1",
        pl.lit(None, pl.String).alias("line2"),
        "city",
        "state",
        "zip",
        pl.col("taxable_period").cast(pl.Int16),
        "source_kind",
        pl.lit(date(2024, 4, 10)).alias("processed_on"),
        "protected",
    )
    return taxpayers, addresses


def build(folder) -> worlds.World:
    """Make the world; its file ends with one row that is quarantined."""
    asked = requests()
    world = worlds.build(folder, requests=asked)
    taxpayers, addresses = records(asked)
    taxpayers.write_parquet(world.folder / "records" / "taxpayer.parquet")
    addresses.write_parquet(world.folder / "records" / "address_of_record.parquet")
    with world.batch_file.open("a") as batch:
        batch.write("C-0099,a,ragged,row\n")
    worlds.sign(world, world.batch_file, worlds.BATCH)
    return world

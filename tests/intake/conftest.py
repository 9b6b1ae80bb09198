"""A pack, people with keys, and batches written in each of the four formats."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from joserfc.jwk import ECKey

from portcullis import keys
from portcullis.agreements import (
    Person,
    Roster,
    builtin_pack,
    load_pack,
    template_rows,
)
from portcullis.intake import make_manifest, take_in

DAY = date(2025, 6, 5)
FORMATS = ("csv", "jsonl", "parquet", "xlsx")


@pytest.fixture(scope="session")
def pack():
    return load_pack(builtin_pack())


@pytest.fixture(scope="session")
def rows(pack):
    """Returns the maker of ``count`` complete requests, some fields changed by row."""
    example = template_rows(pack, DAY).row(0, named=True)

    def make(count: int, **changes: Sequence[str | None]) -> pl.DataFrame:
        made = [
            example
            | {"request_id": f"R-{number}", "officers": f"officer-{number % 3}"}
            | {name: values[number] for name, values in changes.items()}
            for number in range(count)
        ]
        return pl.DataFrame(made, schema=dict.fromkeys(pack.fields, pl.String))

    return make


def write(frame: pl.DataFrame, path: Path) -> Path:
    match path.suffix:
        case ".csv":
            with path.open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerows([frame.columns, *frame.iter_rows()])
        case ".jsonl":
            frame.write_ndjson(path)
        case ".parquet":
            frame.write_parquet(path)
        case ".xlsx":
            # As text, whatever it looks like: what a careful sender's program writes.
            options = {"strings_to_formulas": False, "strings_to_urls": False}
            with xlsxwriter.Workbook(path, options) as book:
                sheet = book.add_worksheet()
                for place, row in enumerate([frame.columns, *frame.iter_rows()]):
                    for column, value in enumerate(row):
                        if value is not None:
                            sheet.write_string(place, column, value)
    return path


@dataclass
class House:
    """People with keys, and what is done with them."""

    keys: dict[str, ECKey]
    people: dict[str, Person]

    @property
    def roster(self) -> Roster:
        return Roster.from_people(self.people.values())

    def sign(self, path, pack, **changes):
        officers = {name: key for name, key in self.keys.items() if name.startswith("officer")}
        given = {
            "batch_id": "batch-1",
            "created_on": DAY,
            "preparer": ("preparer", self.keys["preparer"]),
            "signatory": ("secretary", self.keys["secretary"]),
            "officers": officers,
        }
        return make_manifest(path, pack, **(given | changes))

    def take(self, path, pack, seen: Callable[[str, str], bool] = lambda *_: False, on=DAY):
        transmittal = take_in(path, pack, self.roster, on=on, seen=seen)
        frames = list(transmittal.frames())
        return pl.concat(frames), transmittal.result


@pytest.fixture(scope="session")
def _everybody():
    names = ["secretary", "preparer", "officer-0", "officer-1", "officer-2"]
    own = {name: keys.generate() for name in names}
    people = {
        name: Person(
            id=name,
            name=name,
            agency="DHS" if name == "secretary" else "ICE",
            office="of " + name,
            roles=[{"secretary": "signatory"}.get(name, name.partition("-")[0])],
            authority="agency-head" if name == "secretary" else None,
            jwk=keys.public_jwk(own[name]),
            in_force_from=date(2025, 1, 1),
        )
        for name in names
    }
    return House(own, people)


@pytest.fixture
def house(_everybody):
    return House(dict(_everybody.keys), dict(_everybody.people))

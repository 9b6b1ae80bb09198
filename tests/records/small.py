"""Small records for tests: taxpayers as plain dictionaries, indexed by the real thing."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from portcullis.records import Index, build_index, open_index
from portcullis.records.sources import ADDRESS_OF_RECORD, TAXPAYER

KEY = bytes(range(32))
_FOLDER = TemporaryDirectory(prefix="portcullis-known-")
_known: dict[str, Path] = {}


def address(line1: str | None = "12 Oak St", **fields: object) -> dict[str, object]:
    return {
        "line1": line1, "line2": None, "city": "Springfield", "state": "IL", "zip": "62701",
        "taxable_period": 2021, "source_kind": "return", "processed_on": date(2022, 4, 15),
        "protected": False, **fields,
    }  # fmt: skip


def taxpayer(
    taxpayer_id: str, name: str, tin: str | None, *addresses: dict[str, object], **fields: object
) -> dict[str, object]:
    """``name`` is ``Given|Middle|Family|Suffix``, the last ones optional."""
    given, middle, family, suffix = (*name.split("|"), "", "", "")[:4]
    return {
        "taxpayer_id": taxpayer_id, "tin": tin, "tin_type": tin and "SSN", "given_name": given,
        "middle_name": middle, "family_name": family, "suffix": suffix, "prior_names": None,
        "addresses": list(addresses or (address(),)), **fields,
    }  # fmt: skip


def tables(taxpayers: list[dict[str, object]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    people = [{name: each[name] for name in TAXPAYER} for each in taxpayers]
    places = [
        {"taxpayer_id": each["taxpayer_id"], **place}
        for each in taxpayers
        for place in each["addresses"]  # type: ignore[attr-defined]
    ]
    return (
        pl.DataFrame(people, schema=TAXPAYER),
        pl.DataFrame(places, schema=ADDRESS_OF_RECORD),
    )


def write(taxpayers: list[dict[str, object]], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    people, places = tables(taxpayers)
    people.write_parquet(folder / "taxpayer.parquet")
    places.write_parquet(folder / "address_of_record.parquet")
    return folder


def index_of(taxpayers: list[dict[str, object]], folder: Path) -> Index:
    """Index the taxpayers in ``folder`` and open the index; the caller closes it."""
    build_index(write(taxpayers, folder / "source"), folder / "index", KEY)
    return open_index(folder / "index", KEY)


def known(*taxpayers: dict[str, object]) -> Index:
    """Open an index of the taxpayers, made once a process; the caller closes it.

    For those who only ask: an index in use is never written.
    """
    folder = _known.get(repr(taxpayers))
    if folder is None:
        folder = Path(_FOLDER.name) / str(len(_known))
        index_of(list(taxpayers), folder).close()
        _known[repr(taxpayers)] = folder
    return open_index(folder / "index", KEY)

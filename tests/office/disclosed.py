"""Files of disclosures made elsewhere, and what the office does with them."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tests.office import acts
from tests.office import world as worlds

DAY = date(2025, 8, 8)
HISTORY = "august-2025"
NAIVE = "address-on-its-face"
SAID = {
    "disclosed_on": DAY.isoformat(),
    "disclosed_to": "Immigration and Customs Enforcement",
    "signed_by": "agency-head",
    "officers_employed": "yes",
    "officers_same_agency": "yes",
    "engaged": "yes",
    "sole_use": "yes",
}


def disclosures(lawful: int = 6, **changes: Any) -> pl.DataFrame:
    """Return the world's requests as disclosed on ``DAY``, all as text."""
    said = {name: pl.lit(value, pl.String) for name, value in (SAID | changes).items()}
    checked = pl.lit((DAY.replace(day=1)).isoformat()).alias("status_checked_on")
    return worlds.batch_rows(lawful).with_columns(checked, **said)


def write(world: worlds.World, rows: pl.DataFrame, name: str = "disclosed.csv") -> Path:
    path = world.folder / name
    rows.write_parquet(path) if path.suffix == ".parquet" else rows.write_csv(path)
    return path


def import_(
    world: worlds.World,
    path: Path,
    history: str = HISTORY,
    made_under: tuple[str, ...] = (NAIVE,),
    by: str = "counsel",
) -> Any:
    from portcullis.office.histories import import_history

    return import_history(world.home(), acts.hands(world, by), path, history, made_under)


def compare(world: worlds.World, history: str = HISTORY) -> int:
    from portcullis.office.histories import compare_history

    return compare_history(world.home(), acts.hands(world, "counsel"), history)


def quarantined(world: worlds.World, history: str = HISTORY) -> list[dict[str, Any]]:
    from portcullis.office.histories import find_history, quarantined_rows

    return quarantined_rows(world.home(), find_history(history)).to_dicts()


def reexamine(world: worlds.World, *named: str, **asked: Any) -> Any:
    from portcullis.office.reexamining import Asked
    from portcullis.office.reexamining import reexamine as run

    person = acts.hands(world, "counsel")
    return run(world.home(), person, Asked(named, **asked))

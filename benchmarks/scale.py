"""Cost against size: the same number of requests against 1, 10 and 50 million taxpayers.

Splink links the same tables in the same run, one row a taxpayer with the newest address: its
smaller and faster form. Where it fails or needs more than ``_LIMIT`` seconds that is said.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import altair as alt
import vl_convert as vlc

from benchmarks import gate, results, scene
from benchmarks.results import Result, Run
from benchmarks.splinked import link

SIZES = (1_000_000, 10_000_000, 50_000_000)
PICTURE = Path("docs/pictures/scale.svg")
_LIMIT = 3600.0
_MILLION = 1_000_000
_LINES = {
    ("Portcullis", "all, index standing"): "Portcullis: received file to signed list",
    ("Portcullis", "matching"): "of that, matching",
    ("Portcullis", "index (once for many batches)"): "Portcullis: the index",
    ("Splink", "all, added in"): "Splink: tables to links",
    ("Splink", "all, records and model standing"): "of that, with records and model standing",
}


def run(run: Run, seed: int, sizes: Sequence[int], say: Callable[[str], None]) -> list[Result]:
    """Send the batch against each of ``sizes`` taxpayers; return the rows, and draw them."""
    rows: list[Result] = []
    for taxpayers in sizes:
        sized = replace(run, taxpayers=taxpayers)
        data = scene.ready(run.requests, taxpayers, seed)
        say(f"Portcullis, {taxpayers:,} taxpayers")
        scene.fresh_home(data)
        rows += sized.results("scale", _side("Portcullis", taxpayers), gate.run(data))
        results.save(name(run), rows)  # Splink may need more than there is
        say(f"Splink, {taxpayers:,} taxpayers")
        try:
            linked = link(data, "latest", _LIMIT)
        except RuntimeError as error:
            say(f"Splink did not finish: {error}")
        else:
            rows += sized.results("scale", _side("Splink", taxpayers), linked)
        results.save(name(run), rows)
        say(results.table(rows))
    draw(rows)
    return rows


def name(run: Run) -> str:
    """Return the name of the file of results: one for all sizes."""
    return f"{run.requests}-scale"


def _side(name: str, taxpayers: int) -> str:
    return f"{name}, {taxpayers / _MILLION:g} M"


def draw(rows: Sequence[Result]) -> None:
    """Draw seconds against taxpayers, both by their powers of ten."""
    points = [
        {"taxpayers": row.taxpayers, "seconds": row.value, "what": what}
        for row in rows
        if (what := _LINES.get((row.side.partition(",")[0], row.stage)))
    ]
    what = alt.Color("what:N", sort=list(_LINES.values()), title=None).legend(
        orient="bottom", columns=1, labelLimit=400, symbolStrokeWidth=3
    )
    chart = (
        alt.Chart(alt.Data(values=points), width=560, height=360, background="white")
        .mark_line(point=True)
        .encode(
            x=alt.X("taxpayers:Q", title="taxpayers of record").scale(type="log"),
            y=alt.Y("seconds:Q", title="seconds").scale(type="log"),
            color=what,
            strokeDash=alt.StrokeDash("what:N", sort=list(_LINES.values()), legend=None),
        )
    )
    PICTURE.write_text(vlc.vegalite_to_svg(chart.to_dict()), encoding="utf-8")

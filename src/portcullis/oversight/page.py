"""The page that every report of a demonstration is: one HTML file, from the room's own templates.

No script, no address outside itself (its content security policy allows none), light and dark,
printable; each picture is also a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from portcullis import __version__
from portcullis.oversight import words
from portcullis.oversight.charts import PRIMARY, Bar, bars
from portcullis.oversight.facts import LedgerFacts, Stage


@dataclass(frozen=True)
class Figure:
    """A number of the summary; ``mood`` is ``good``, ``bad`` or empty."""

    label: str
    number: str
    more: str
    mood: str = ""


def rendered(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template names
    """Return the page that the room's ``template`` makes of ``values``."""
    page = _environment().get_template(template)
    style = Markup(text("demo_report.css"))  # noqa: S704 - our own file
    return page.render(version=__version__, style=style, **values)


def text(name: str) -> str:
    """Return a file of this room."""
    return files("portcullis.oversight").joinpath(name).read_text(encoding="utf-8")


def ledger_figure(ledger: LedgerFacts) -> Figure:
    """Return the figure of the ledger."""
    return Figure(
        "Ledger",
        "Verified" if ledger.verified else "Not verified",
        f"{words.count(ledger.size)} entries, checked from the files alone",
        "good" if ledger.verified else "bad",
    )


def time_by_stage(stages: Sequence[Stage]) -> dict[str, Any]:
    """Return what the section of the time by stage needs."""
    return {
        "stages": stages,
        "total_seconds": sum(stage.seconds for stage in stages),
        "time_picture": bars(
            [
                Bar(stage.name, ((stage.seconds, PRIMARY),), words.duration(stage.seconds))
                for stage in stages
            ]
        ),
        "time_spoken": "Time by stage: "
        + "; ".join(f"{stage.name} {words.duration(stage.seconds)}" for stage in stages)
        + ".",
    }


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "count": words.count,
        "day": day,
        "drawn": Markup,  # Vega has escaped the words in its SVG
        "duration": words.duration,
        "layer": words.LAYERS.__getitem__,
        "outcome": words.outcome,
        "outcomes": words.outcomes,
        "rate": words.rate,
        "share": words.share,
        "variant": words.variant,
    }
    return environment


def day(day: date) -> str:
    """Return the day as a reader expects it."""
    return f"{day.day} {day:%B %Y}"

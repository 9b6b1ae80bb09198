"""Results: a CSV with the machine in every row, and the tables in docs/benchmarks.md made of it."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

RESULTS = Path("benchmarks/results")
DOCUMENT = Path("docs/benchmarks.md")
_NO_FRACTION = 1000
_FEW = 10
BEGIN, END = "<!-- begin: {} -->", "<!-- end: {} -->"


@dataclass(frozen=True)
class Result:
    """One measured number.

    ``benchmark`` and ``side`` say whose it is (``gate``, ``Portcullis``), ``stage`` what was
    done, ``value`` and ``unit`` how much; ``on`` is the day of the run.
    """

    benchmark: str
    side: str
    stage: str
    value: float
    unit: str
    requests: int
    taxpayers: int
    on: str
    machine: str
    versions: str


Measurements = Iterable[tuple[str, float, str]]


@dataclass(frozen=True)
class Run:
    """One run: its size, and what stands in every row of its results."""

    requests: int
    taxpayers: int
    on: str
    machine: str
    versions: str

    def of(self, requests: int) -> "Run":
        """Return the same run over so many requests and no records."""
        return replace(self, requests=requests, taxpayers=0)

    def results(self, benchmark: str, side: str, measurements: Measurements) -> list[Result]:
        """Return the rows of one side."""
        return [
            Result(
                benchmark,
                side,
                stage,
                round(value, 4),
                unit,
                self.requests,
                self.taxpayers,
                self.on,
                self.machine,
                self.versions,
            )
            for stage, value, unit in measurements
        ]


def save(name: str, results: Iterable[Result]) -> Path:
    """Write ``results`` to ``benchmarks/results/<name>.csv`` and return its path."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [field.name for field in fields(Result)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(result) for result in results)
    return path


def load(path: Path) -> list[Result]:
    """Read what ``save`` wrote."""
    with path.open(encoding="utf-8", newline="") as source:
        return [
            Result(
                **{
                    **row,
                    "value": float(row["value"]),
                    "requests": int(row["requests"]),
                    "taxpayers": int(row["taxpayers"]),
                }
            )
            for row in csv.DictReader(source)
        ]


def fill(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Put ``text`` between the markers of ``name`` in ``document``."""
    page = document.read_text(encoding="utf-8")
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{document} has no place for {name}")
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def table(results: list[Result]) -> str:
    """Return ``results`` as a table in Markdown: a row a stage, a column a side."""
    sides = list(dict.fromkeys(result.side for result in results))
    stages = list(dict.fromkeys((result.stage, result.unit) for result in results))
    value = {(each.side, each.stage): each.value for each in results}
    lines = [
        "| | " + " | ".join(sides) + " |",
        "|---|" + "---:|" * len(sides),
    ]
    for stage, unit in stages:
        cells = [written(value.get((side, stage)), unit) for side in sides]
        label = f"**{stage}**" if stage.startswith("all") else stage
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", provenance(results[0])])


def written(value: float | None, unit: str) -> str:
    """Return a value with its unit, to the figures that mean something."""
    if value is None:
        return ""
    if unit == "share":
        return f"{100 * value:.2f} %"
    if unit == "times" and value < _FEW:
        return f"{value:.2g} times"
    digits = 0 if value >= _NO_FRACTION or value == int(value) else 1
    return f"{value:,.{digits}f} {unit}".strip()


def provenance(result: Result) -> str:
    """Return where the numbers come from, in one paragraph."""
    taxpayers = f", {result.taxpayers:,} taxpayers" if result.taxpayers else ""
    size = f"{result.requests:,} requests{taxpayers}. " if result.requests else ""
    return f"{size}Measured {result.on} on {result.machine}; {result.versions}."

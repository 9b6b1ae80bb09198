"""``python -m benchmarks.addresses``: addresses against their labels; fills docs/addresses.md.

How often each part of a labelled address is found, ours beside usaddress's, and how many addresses
a second go through. Every throughput is a process of its own. Under two minutes.
"""

import json
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import labelled, results
from benchmarks.labelled import FOLDER, PARTS, Labelled
from benchmarks.machine import machine, versions
from benchmarks.processes import measure
from benchmarks.results import Result
from portcullis import addresses

PAGE = Path("docs/addresses.md")
ADDRESSES = 1_280_000
_OURS, _PEER = "Portcullis", "usaddress"
_PEER_SECONDS = 10.0
_WEIGHTS = (0.6, 0.2)  # street, apartment; the rest of the kinds share what is left

Row = tuple[str, str, float, str]
"""(side, stage, value, unit)."""


def quality(path: Path) -> Iterator[Row]:
    """Yield, for one file, the shares of addresses in which each part agrees with the labels."""
    every = labelled.read(path)
    found = labelled.reading(every)
    sides = {
        _OURS: labelled.of_normal_form(found),
        _PEER: labelled.of_labels(_parsed(each.text) for each in every),
    }
    real = [each.is_real for each in every]
    absent = found["a_absent"].to_list()
    yield _OURS, "addresses", len(every), ""
    yield _OURS, "of those, with a number or box", sum(real), ""
    judged = sum(gone for gone, is_real in zip(absent, real, strict=True) if is_real)
    yield _OURS, "of these, judged absent", judged / sum(real), "share"
    for part in PARTS:
        for side, read in sides.items():
            yield from _shares(part, side, every, read)


def _shares(
    part: str, side: str, every: Sequence[Labelled], read: Sequence[dict[str, str]]
) -> Iterator[Row]:
    given = [
        labelled.agrees(part, each.parts, found)
        for each, found in zip(every, read, strict=True)
        if each.parts[part]
    ]
    if given:
        yield side, f"{part}, where labelled ({len(given):,})", sum(given) / len(given), "share"


def _parsed(text: str) -> list[tuple[str, str]]:
    import usaddress

    return list(usaddress.parse(text))


def scenario_addresses() -> pl.DataFrame:
    """Return the addresses of the synthetic records, as many as a batch has."""
    from portcullis.scenarios.places import KINDS, draw_homes

    rest = (1 - sum(_WEIGHTS)) / (len(KINDS) - len(_WEIGHTS))
    weights = [*_WEIGHTS, *[rest] * (len(KINDS) - len(_WEIGHTS))]
    numbers = np.random.default_rng(1)
    kinds = numbers.choice(len(KINDS), ADDRESSES, p=weights)
    homes = draw_homes(kinds, numbers, inhabited=True, buildings=ADDRESSES // 20)
    return homes.select(
        address_line1="written_line1",
        address_line2="written_line2",
        city="written_city",
        state="state",
        zip="zip9",
    )


def labelled_addresses() -> pl.DataFrame:
    """Return as many addresses of the labelled set, every figure drawn anew, no two alike."""
    every = [each for path in sorted(FOLDER.glob("*.xml")) for each in labelled.read(path)]
    base = labelled.received(each for each in every if re.search("[0-9]", each.text))
    draw = random.Random(1)  # noqa: S311 - figures of addresses, no secret
    lines = base["address_line1"].fill_null("").to_list()
    figures = re.compile("[0-9]+")

    def another(found: re.Match[str]) -> str:
        size = len(found.group())
        return str(draw.randrange(10 ** (size - 1), 10**size))

    count = -(-ADDRESSES // base.height)
    varied = [figures.sub(another, line) for _ in range(count) for line in lines]
    zips = pl.Series(np.random.default_rng(1).integers(10_000, 99_950, len(varied))).cast(pl.String)
    return pl.concat([base] * count).with_columns(address_line1=pl.Series(varied), zip=zips)[
        :ADDRESSES
    ]


def throughput(of: str) -> dict[str, float]:
    """Return the seconds of ``of`` (scenario, labelled, usaddress) and how many went through."""
    if of == "usaddress":
        texts = [each.text for path in sorted(FOLDER.glob("*.xml")) for each in labelled.read(path)]
        _parsed(texts[0])
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < _PEER_SECONDS:
            _parsed(texts[done % len(texts)])
            done += 1
        return {"seconds": time.perf_counter() - started, "addresses": done, "distinct": len(texts)}
    frame = scenario_addresses() if of == "scenario" else labelled_addresses()
    started = time.perf_counter()
    addresses.normalise(frame)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "addresses": frame.height, "distinct": frame.unique().height}


def speed() -> Iterator[Row]:
    """Yield seconds and addresses a second, each measured in a process of its own."""
    sides = {"scenario": _OURS, "labelled": _OURS, "usaddress": _PEER}
    for of, side in sides.items():
        answer = measure([sys.executable, "-m", "benchmarks.addresses", of]).answer
        count = int(answer["addresses"])
        name = "labelled" if of == "usaddress" else of
        if side == _OURS:
            yield side, f"{count:,} {name} addresses", answer["seconds"], "s"
            yield side, f"{name}: distinct among them", answer["distinct"], ""
        yield side, f"{name} addresses", count / answer["seconds"], "addresses/s"


def main() -> None:
    """Measure, save, and fill the page."""
    if len(sys.argv) > 1:
        print(json.dumps(throughput(sys.argv[1])))
        return
    blank = Result(
        *("", "", "", 0.0, "", 0, 0, datetime.now(UTC).date().isoformat(), machine()),
        versions({_PEER: version(_PEER)}),
    )
    tables: dict[str, list[Row]] = {
        f"addresses-{path.stem}": list(quality(path)) for path in sorted(FOLDER.glob("*.xml"))
    }
    tables["addresses-speed"] = list(speed())
    rows = {
        name: [
            replace(blank, benchmark=name, side=side, stage=stage, value=round(value, 4), unit=unit)
            for side, stage, value, unit in each
        ]
        for name, each in tables.items()
    }
    print(f"Saved {results.save('addresses', [row for each in rows.values() for row in each])}")
    for name, each in rows.items():
        table = results.table(each)
        print(f"\n{name}\n{table}")
        results.fill(name, table, PAGE)


if __name__ == "__main__":
    main()

"""What time, and a change of readings, may have changed: judged again on the day of release."""

from collections.abc import Iterator

import polars as pl

from portcullis import matching, screening
from portcullis.law import MET, Basis, Element, Phase, applicable, judge
from portcullis.office import files, readings
from portcullis.office.home import Home
from portcullis.office.models import Batch


def no_longer_met(home: Home, batch: Batch, rows: list[int]) -> dict[int, str]:
    """Return, for each of ``rows`` that does not pass any more, the first element not met today.

    Judged on this day are the elements that depend on it, and those whose test a reading put in
    force since has changed: a status checked too long ago, for one, closes the gate again.
    """
    if not rows:
        return {}
    wanted = pl.col("row").is_in(rows)
    requests = files.read_step(home, batch, files.REQUESTS).filter(wanted)
    frame = screening.prepare(requests, home.pack)
    for step in (files.MEASURES, files.MATCHES):
        found = files.read_step(home, batch, step).filter(wanted)
        if step == files.MATCHES:
            found = matching.as_of_today(found)
        frame = frame.join(found, on="row", how="left", maintain_order="left", suffix="_stored")
    today = readings.basis_on(home, home.today())
    again = list(_to_judge(files.basis_of(batch), today))
    judged = judge(frame, again, today)
    unmet: dict[int, str] = {}
    for element in reversed(again):
        for row in judged.filter(pl.col(element.id) != MET)["row"]:
            unmet[row] = element.id
    return unmet


def _to_judge(before: Basis, today: Basis) -> Iterator[Element]:
    then = before.on(today.as_of)
    for phase in (Phase.FACE, Phase.MATCH):
        for element in applicable(today, phase):
            same = element.result(then).meta.eq(element.result(today))
            if element.time_dependent or not same:
                yield element

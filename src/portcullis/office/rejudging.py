"""Time-dependent elements, judged again on the day of release."""

import polars as pl

from portcullis import screening
from portcullis.law import MET, Basis, Phase, elements, judge
from portcullis.office import files
from portcullis.office.home import Home
from portcullis.office.models import Batch


def no_longer_met(home: Home, batch: Batch, rows: list[int]) -> dict[int, str]:
    """Return, for each of ``rows`` that does not pass any more, the first element not met today.

    The requests' own answers are judged on this day: a status checked too long ago, for one,
    closes the gate again.
    """
    if not rows:
        return {}
    wanted = pl.col("row").is_in(rows)
    requests = files.read_step(home, batch, files.REQUESTS).filter(wanted)
    measures = files.read_step(home, batch, files.MEASURES).filter(wanted)
    timed = [element for element in elements(Phase.FACE) if element.time_dependent]
    basis = Basis.from_pack(home.pack, home.today())
    frame = screening.prepare(requests).join(measures, on="row", how="left", maintain_order="left")
    judged = judge(frame, timed, basis)
    unmet: dict[int, str] = {}
    for element in reversed(timed):
        for row in judged.filter(pl.col(element.id) != MET)["row"]:
            unmet[row] = element.id
    return unmet

"""How good the gate's links are against the truth. Its own process: it opens the holder's home."""

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks.data import Data
from portcullis.office import Home, open_office


def quality(data: Data) -> dict[str, float]:
    """Return recall (the right person found), wrong links, and the share found eligible.

    Eligible is less than found: the law withholds the address where, say, its taxable period was
    not among those requested.
    """
    home = open_office(Home.find(data.home))
    from portcullis.office import files

    batch = files.find_batch(data.batch_id)
    requests = files.read_step(home, batch, files.REQUESTS, ["row", "request_id"])
    matches = files.read_step(home, batch, files.MATCHES, ["row", "taxpayer_id"])
    decided = files.read_step(home, batch, files.DETERMINATIONS, ["request_id", "outcome"])
    found = requests.join(matches, on="row").join(decided, on="request_id")
    known = pl.read_parquet(data.truth).join(found, on="request_id", how="left", suffix="_found")
    linked = pl.col("taxpayer_id_found").is_not_null()
    right = (pl.col("taxpayer_id_found") == pl.col("taxpayer_id")).fill_null(value=False)
    return known.select(
        recall=right.mean(),
        wrong=(linked & ~right).sum(),
        eligible=(pl.col("outcome") == "eligible").fill_null(value=False).mean(),
    ).row(0, named=True)


if __name__ == "__main__":
    print(json.dumps(quality(Data.load(Path(sys.argv[1])))))

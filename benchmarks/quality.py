"""How good the gate's links are against the truth. Its own process: it opens the holder's home."""

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks.data import Data
from portcullis.office import Home, open_office


def quality(data: Data) -> dict[str, float]:
    """Return recall and wrong links as ``splink_side.judge`` does, and the share found eligible.

    Fewer are eligible than found: the law withholds the address where, say, its taxable period
    was not among those requested. Slips of the pen are referred to a person, not found.
    """
    home = open_office(Home.find(data.home))
    from portcullis.office import files

    batch = files.find_batch(data.batch_id)
    requests = files.read_step(home, batch, files.REQUESTS, ["row", "request_id"])
    matches = files.read_step(home, batch, files.MATCHES, ["row", "taxpayer_id"])
    decided = files.read_step(home, batch, files.DETERMINATIONS, ["request_id", "outcome"])
    found = requests.join(matches, on="row").join(decided, on="request_id")
    known = pl.read_parquet(data.truth).join(found, on="request_id", how="left", suffix="_found")
    about = pl.col("taxpayer_id")
    right = (pl.col("taxpayer_id_found") == about).fill_null(value=False)
    return known.select(
        recall=right.filter(about.is_not_null()).mean(),
        recall_within_rules=right.filter("lawful").mean(),
        wrong=(pl.col("taxpayer_id_found").is_not_null() & ~right).sum(),
        eligible=(pl.col("outcome") == "eligible").filter("lawful").mean(),
    ).row(0, named=True)


if __name__ == "__main__":
    print(json.dumps(quality(Data.load(Path(sys.argv[1])))))

"""Splink 5's best link of every request of one case, at each threshold.

    .venv-accuracy/bin/python -m benchmarks.accuracy.splink_links FOLDER OUT FORM

Runs under ``.venv-accuracy``. Cleaning, blocking, comparisons and training are those of
``benchmarks.splink_side``, argued there; ``FORM`` is one of its two. Written to ``OUT``:
``request_id, taxpayer_id, match_probability, match_weight``, the best link of each request at
p >= 0.99. Of
links that weigh the same the first taxpayer_id is taken, so that a run can be repeated.
"""

import sys
from pathlib import Path

import duckdb

from benchmarks.accuracy import layout
from benchmarks.splink_side import clean_records, clean_requests, linker_over, train

LOWEST = 0.99
_PAIRS = 1e6  # Splink's own default; the sets are small


def run(folder: Path, out: Path, form: str) -> None:
    """Link the requests in ``folder`` to its records and write the best links."""
    with duckdb.connect() as connection:
        clean_records(connection, folder, form)
        clean_requests(connection, f"read_parquet('{folder / layout.REQUESTS}')")
        stated = connection.execute("SELECT count(tin) / count(*) FROM requests").fetchone()
        linker = linker_over(connection)
        train(linker, stated[0] if stated else 0.0, _PAIRS)
        links = linker.inference.predict(threshold_match_probability=LOWEST).physical_name
        connection.execute(f"""
            COPY (
                SELECT request_id, taxpayer_id, match_probability, match_weight FROM (
                    SELECT unnest([unique_id_l, unique_id_r]) AS request_id,
                           split_part(unnest([unique_id_r, unique_id_l]), '|', 1) AS taxpayer_id,
                           match_weight, match_probability
                    FROM {links}
                )
                WHERE request_id IN (SELECT unique_id FROM requests)
                QUALIFY row_number() OVER (
                    PARTITION BY request_id ORDER BY match_weight DESC, taxpayer_id) = 1
            ) TO '{out}' (FORMAT parquet)
        """)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    print("{}")

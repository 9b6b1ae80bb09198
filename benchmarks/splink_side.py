"""Splink 5 linking requests to taxpayers, as a competent user would set it up.

Runs under ``.venv-accuracy`` in a process of its own and prints its result as one line of JSON:
seconds by stage, pairs, and how good its links at p >= 0.9999 are against the truth.

The settings and why:

- *Rows.* ``every``: one row for each distinct address of a taxpayer, so that an old address can
  match too, as it can in Portcullis. ``latest``: one row a taxpayer with the newest address, half
  the rows and faster, but blind to persons who gave an old one. Both are run.
- *Cleaning* in SQL: upper case, no diacritics or punctuation, the commonest street words
  abbreviated, ZIP cut to five. Less than our own normal form does. The records' part is charged
  apart, as our index is: both stand for many batches.
- *Blocking*: TIN; given name + family name + ZIP; street line + ZIP + first letter of the family
  name. Together they miss a pair only where two of TIN, name and address all differ.
- *Comparisons*: Jaro-Winkler names with term frequencies on both, suffix (father and son at one
  address), TIN with one slip, street line by Jaro-Winkler, ZIP.
- *Training* as the documentation advises: u by random sampling, the prior from a deterministic
  rule, m by two EM passes blocked on different things. Charged apart, since a user who links
  every month may keep the model; capped (``max_pairs``) so that it stays a small part.
- *Threshold* 0.9999: linking the wrong person is the costly error here. The best link of each
  request is taken, ties as they fall.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.cleaning import person, place
from benchmarks.data import Data

THRESHOLD = 0.9999
FORMS = ("latest", "every")
_SEED = 1


def clean_requests(connection: duckdb.DuckDBPyConnection, batch: str) -> None:
    """Read and clean the batch, a table function of SQL: table ``requests``."""
    connection.execute(f"""
        CREATE TABLE requests AS
        SELECT request_id AS unique_id, {person()}, {place("address_line1", "address_line2")}
        FROM {batch}
    """)


def clean_records(connection: duckdb.DuckDBPyConnection, folder: Path, form: str) -> None:
    """Read and clean the holder's records in ``folder``: table ``records``."""
    newest = "QUALIFY row_number() OVER (PARTITION BY taxpayer_id ORDER BY processed_on DESC) = 1"
    chosen = {
        "latest": f"SELECT taxpayer_id, line1, line2, zip FROM addresses {newest}",
        "every": "SELECT DISTINCT taxpayer_id, line1, line2, zip FROM addresses",
    }
    connection.execute(f"""
        CREATE TABLE records AS
        WITH addresses AS (
            SELECT * FROM read_parquet('{folder / "address_of_record.parquet"}')
        ), chosen AS (
            {chosen[form]}
        ), places AS (
            SELECT DISTINCT taxpayer_id, {place("line1", "line2")} FROM chosen
        ), people AS (
            SELECT taxpayer_id, {person()}
            FROM read_parquet('{folder / "taxpayer.parquet"}')
        )
        SELECT taxpayer_id || '|' || row_number() OVER () AS unique_id, *
        FROM people JOIN places USING (taxpayer_id)
    """)


def settings() -> SettingsCreator:
    """Return the model's settings (see the top of the file for why)."""
    return SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("tin"),
            block_on("given_name", "family_name", "zip5"),
            block_on("street", "zip5", "substr(family_name, 1, 1)"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("given_name", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            cl.JaroWinklerAtThresholds("family_name", [0.92, 0.8]).configure(
                term_frequency_adjustments=True
            ),
            cl.ExactMatch("suffix"),
            cl.DamerauLevenshteinAtThresholds("tin", 1),
            cl.JaroWinklerAtThresholds("street", [0.95, 0.88]),
            cl.ExactMatch("zip5"),
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def linker_over(connection: duckdb.DuckDBPyConnection) -> Linker:
    """Return the linker over the tables ``requests`` and ``records``, not yet trained."""
    api = DuckDBAPI(connection)
    tables = [
        api.register("requests", dataset_display_name="requests"),
        api.register("records", dataset_display_name="records"),
    ]
    return Linker(tables, settings(), log_level="WARNING")


def train(linker: Linker, with_tin: float, pairs: float = 1e7) -> None:
    """Estimate the prior, u and m.

    ``with_tin``: the share of requests that state a TIN. ``pairs``: how many are drawn for u.
    """
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("tin", "family_name")], recall=max(0.05, 0.9 * with_tin)
    )
    training.estimate_u_using_random_sampling(max_pairs=pairs, seed=_SEED)
    training.estimate_parameters_using_expectation_maximisation(block_on("tin"), max_pairs=2e6)
    training.estimate_parameters_using_expectation_maximisation(
        block_on("given_name", "family_name", "zip5"), max_pairs=2e6
    )


def judge(connection: duckdb.DuckDBPyConnection, links: str, truth: Path) -> dict[str, float | int]:
    """Return how good each request's best link at the threshold is.

    ``recall``: of the requests about a person of record, the share linked to that person;
    ``recall_within_rules``: likewise of those that agree with the records under our written
    rules, so without slips of the pen; ``wrong``: links to somebody else.
    """
    row = connection.execute(f"""
        WITH best AS (
            SELECT request_id, arg_max(taxpayer_id, match_weight) AS taxpayer_id
            FROM (
                SELECT unnest([unique_id_l, unique_id_r]) AS request_id,
                       split_part(unnest([unique_id_r, unique_id_l]), '|', 1) AS taxpayer_id,
                       match_weight
                FROM {links} WHERE match_probability >= {THRESHOLD}
            )
            WHERE request_id IN (SELECT unique_id FROM requests)
            GROUP BY request_id
        )
        SELECT
            avg(same::int) FILTER (about IS NOT NULL),
            avg(same::int) FILTER (lawful),
            count(*) FILTER (found IS NOT NULL AND NOT same)
        FROM (
            SELECT truth.taxpayer_id AS about, best.taxpayer_id AS found, lawful,
                   coalesce(about = found, false) AS same
            FROM read_parquet('{truth}') AS truth LEFT JOIN best USING (request_id)
        )
    """).fetchone()
    if row is None:
        raise ValueError("the truth file is empty")
    return dict(zip(("recall", "recall_within_rules", "wrong"), row, strict=True))


def run(data: Data, form: str, scratch: Path) -> dict[str, object]:
    """Link the batch in ``data`` and return what was measured."""
    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - started

    connection = duckdb.connect(str(scratch / f"splink-{form}.duckdb"))
    connection.execute(f"SET temp_directory = '{scratch}'")
    with stage("records"):
        clean_records(connection, data.records, form)
    with stage("requests"):
        clean_requests(connection, f"read_csv('{data.batch}', all_varchar = true)")
    count = connection.execute("SELECT count(*), count(tin) / count(*) FROM requests").fetchone()
    rows = connection.execute("SELECT count(*) FROM records").fetchone()
    if count is None or rows is None:
        raise ValueError("the tables are empty")

    linker = linker_over(connection)
    with stage("train"):
        train(linker, count[1])
    with stage("link"):
        links = linker.inference.predict(threshold_match_probability=THRESHOLD)
    with stage("choose"):
        quality = judge(connection, links.physical_name, data.truth)
    return {
        "form": form,
        "requests": count[0],
        "record_rows": rows[0],
        "seconds": seconds,
        **quality,
    }


def main() -> None:
    """Run one form and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("scratch", type=Path)
    arguments = parser.parse_args()
    measured = run(Data.load(arguments.data), arguments.form, arguments.scratch)
    json.dump(measured, sys.stdout)
    print()


if __name__ == "__main__":
    main()

"""TIN and name control: the comparison of the IRS's TIN matching, and of the script of 2025.

The name control is the first four letters of the surname (IRS Publication 2108-A); here a prior
surname will do as well. ``SIDE`` releases where the one taxpayer of that number has that name
control, whatever address the request gives; ``WITH_ADDRESS`` only where it is, cleaned as for
Splink, line and ZIP code of one of the addresses of record.
"""

import duckdb
import polars as pl

from benchmarks.accuracy import layout
from benchmarks.cleaning import person, place

SIDE = "TIN and name control"
WITH_ADDRESS = "TIN, name control and any address"

_LETTERS = "nullif(left(family_name, 4), '')"


def run(case: layout.Case) -> dict[str, pl.DataFrame]:
    """Return the answers with and without comparing the address."""
    with duckdb.connect() as connection:
        connection.execute(f"""
            CREATE TABLE asked AS
            SELECT request_id, tin, {_LETTERS} AS control, street, zip5 FROM (
                SELECT request_id, {person()}, {place("address_line1", "address_line2")}
                FROM read_parquet('{case.folder / layout.REQUESTS}'))
        """)
        connection.execute(f"""
            CREATE TABLE controls AS
            WITH taxpayers AS (FROM read_parquet('{case.folder / layout.TAXPAYER}')
            ), written AS (
                SELECT taxpayer_id, tin, given_name, family_name, suffix FROM taxpayers
                UNION ALL
                SELECT taxpayer_id, tin, NULL, split_part(prior, '|', 3), NULL FROM (
                    SELECT taxpayer_id, tin, unnest(string_split(prior_names, ';')) AS prior
                    FROM taxpayers)
            )
            SELECT DISTINCT taxpayer_id, tin, {_LETTERS} AS control
            FROM (SELECT taxpayer_id, {person()} FROM written)
        """)
        connection.execute(f"""
            CREATE TABLE homes AS
            SELECT DISTINCT taxpayer_id, {place("line1", "line2")}
            FROM read_parquet('{case.folder / layout.ADDRESS}')
        """)
        found = connection.execute("""
            SELECT request_id, min(taxpayer_id) AS taxpayer_id,
                   bool_or(EXISTS (FROM homes h WHERE h.taxpayer_id = c.taxpayer_id
                                   AND h.street = a.street AND h.zip5 = a.zip5)) AS at_home
            FROM asked a JOIN controls c USING (tin, control)
            GROUP BY request_id HAVING count(DISTINCT taxpayer_id) = 1
        """).pl()
    constants = {"route": pl.lit(None, pl.String), "referred": pl.lit(value=False)}
    return {
        SIDE: layout.answers(found, **constants),
        WITH_ADDRESS: layout.answers(found.filter("at_home"), **constants),
    }

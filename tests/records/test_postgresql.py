"""Records in PostgreSQL, read over ADBC."""

from collections.abc import Iterator
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import pytest

from portcullis.errors import Misuse
from portcullis.records import build_index
from tests import postgresql
from tests.records.small import KEY, tables, write
from tests.records.test_index import PEOPLE


def hold(address: str, people: pl.DataFrame, places: pl.DataFrame) -> None:
    """Put the tables into the database in place of those there."""
    with adbc.connect(address) as connection, connection.cursor() as cursor:
        for table, frame in (("taxpayer", people), ("address_of_record", places)):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            cursor.adbc_ingest(table, frame.to_arrow(), mode="create")
        connection.commit()


@pytest.fixture
def database() -> Iterator[str]:
    with postgresql.server() as address:
        hold(address, *tables(PEOPLE))
        yield address


def test_the_same_records_give_the_same_content(tmp_path: Path, database: str) -> None:
    parquet = write(PEOPLE, tmp_path / "source")
    expected = build_index(parquet, tmp_path / "index", KEY)
    found = build_index(database, tmp_path / "index", KEY)
    assert found.digest == expected.digest


def test_a_missing_table_is_named(tmp_path: Path, database: str) -> None:
    with adbc.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE address_of_record")
        connection.commit()
    with pytest.raises(Misuse, match="no table address_of_record"):
        build_index(database, tmp_path / "index", KEY)


def test_a_silent_database_does_not_tell_its_password(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="does not answer") as refused:
        build_index(
            "postgresql://holder:secret@127.0.0.1:1/records",
            tmp_path / "index", KEY,
        )  # fmt: skip
    assert "secret" not in str(refused.value)

"""The three engines, each really running, and one small world kept by each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from portcullis.records import EngineName, IndexInfo, build_index
from tests import postgresql
from tests import spark as sparks
from tests.records.small import KEY, tables, write
from tests.records.test_postgresql import hold

ENGINES: tuple[EngineName, ...] = ("duckdb", "postgresql", "spark")


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    with postgresql.server() as address:
        yield address


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    with sparks.running(tmp_path_factory.mktemp("spark")) as session:
        yield session


@dataclass(frozen=True)
class Engines:
    """Keeps records with every engine: a folder for DuckDB and Spark, tables for PostgreSQL."""

    address: str

    def source(self, engine: str, folder: Path) -> str | Path:
        return self.address if engine == "postgresql" else folder

    def index(
        self,
        taxpayers: list[dict[str, object]],
        folder: Path,
        engines: tuple[EngineName, ...] = ENGINES,
    ) -> dict[str, IndexInfo]:
        """Index the taxpayers by each of ``engines``, each in its folder of ``folder``."""
        source = write(taxpayers, folder / "source")
        hold(self.address, *tables(taxpayers))
        return {
            engine: build_index(self.source(engine, source), folder / engine, KEY, engine=engine)
            for engine in engines
        }


@pytest.fixture(scope="session")
def engines(database: str, spark: SparkSession) -> Engines:  # noqa: ARG001 - runs meanwhile
    return Engines(database)

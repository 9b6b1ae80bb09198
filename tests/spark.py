"""A real Spark for tests: in local mode, of two threads, started once a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from portcullis.records.spark.session import MASTER, spark_session


@contextmanager
def running(folder: Path) -> Iterator[SparkSession]:
    """Start Spark; everything that asks for a session meanwhile gets one of this Spark."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MASTER, "local[2]")
        # Java's second compiler pays in long runs only: without it the tests cost half.
        patch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        with spark_session(folder / "spill") as session:
            yield session

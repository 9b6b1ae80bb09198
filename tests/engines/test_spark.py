"""Records in reach of Spark: where they may be, what goes wrong, and nothing half-made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.records import build_index, elsewhere, open_index, versions
from portcullis.records.spark import build
from tests.records.small import KEY, address, tables, taxpayer, write

pytestmark = pytest.mark.xdist_group("engines")  # one Spark for all of them

PEOPLE = [
    taxpayer("t1", "Ana||Lopez", "000-12-3456", address(), address("7 Elm Ave")),
    taxpayer("t2", "Juan||Garcia", None),
]


def keep(source: Path | str, folder: Path, show: progress.Show = progress.unseen) -> str:
    return build_index(source, folder, KEY, show=show, engine="spark").digest


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(PEOPLE, tmp_path / "source")


def cut(source: Path) -> None:
    path = source / "address_of_record.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def without_column(source: Path) -> None:
    tables(PEOPLE)[1].drop("protected").write_parquet(source / "address_of_record.parquet")


def of_another_type(source: Path) -> None:
    places = tables(PEOPLE)[1].with_columns(processed_on=pl.lit("12 Oak St"))
    places.write_parquet(source / "address_of_record.parquet")


def without_table(source: Path) -> None:
    (source / "taxpayer.parquet").unlink()


def of_nobody(source: Path) -> None:
    tables(PEOPLE[1:])[0].write_parquet(source / "taxpayer.parquet")


def long(*values: object) -> object:
    return pytest.param(*values, marks=pytest.mark.long)


@pytest.mark.long
@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        long(cut, "The table address_of_record of the records cannot be read"),
        long(without_column, "address_of_record of the records has no column protected"),
        long(of_another_type, "The table address_of_record of the records cannot be read"),
        long(without_table, "no table taxpayer that can be read"),
        (of_nobody, "2 addresses that belong to no taxpayer"),
    ],
)
def test_bad_records_are_refused_in_words(
    source: Path, tmp_path: Path, spoil, message: str
) -> None:
    spoil(source)
    with pytest.raises(Misuse, match=message) as refused:
        keep(source, tmp_path / "index")
    assert "Oak" not in str(refused.value)
    assert "java" not in str(refused.value).lower()
    assert refused.value.__cause__ is None
    assert not list((tmp_path / "index").glob("segments/*"))
    assert versions.current(tmp_path / "index") is None


@pytest.mark.usefixtures("spark")
def test_an_index_that_lost_a_file_or_a_table_is_not_used(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "größe, x y"  # what JSON writes otherwise, and addresses too
    keep(source, folder)
    (segment,) = (folder / "segments").iterdir()
    open_index(folder, KEY).close()
    residents = segment / "table=find_resident"
    residents.rename(tmp_path / "away")
    with pytest.raises(Misuse, match="missing, damaged or another"):
        open_index(folder, KEY)
    (tmp_path / "away").rename(residents)
    filings = sorted((segment / "table=filing").glob("*.parquet"))
    filings[-1].unlink()
    with pytest.raises(Misuse, match="missing, damaged or another"):
        open_index(folder, KEY)


def test_a_worker_of_other_rules_or_another_hash_refuses() -> None:
    block = [pa.table(frame.with_columns(block=0).to_arrow()) for frame in tables(PEOPLE)]
    for under in ({**versions.rules(), "finders": "another"}, {**versions.rules(), "names": "0"}):
        made = pl.DataFrame(build._make(2, under)((pa.scalar(0),), *block))
        assert made["table"].to_list() == ["refused"]
        assert "another version" in made["message"][0]


@pytest.mark.long
@pytest.mark.usefixtures("spark")
def test_a_cancelled_build_leaves_nothing_half_made(source: Path, tmp_path: Path) -> None:
    def cancel(report: progress.Report) -> None:
        if report.ended:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(source, tmp_path / "index", cancel)
    assert not list((tmp_path / "index").glob("segments/*"))
    assert versions.current(tmp_path / "index") is None


@pytest.mark.long
def test_tables_of_a_catalogue_and_an_index_elsewhere(
    source: Path, tmp_path: Path, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = build_index(source, tmp_path / "duckdb", KEY).digest
    spark.sql("CREATE DATABASE holder")
    for table in ("taxpayer", "address_of_record"):
        spark.read.parquet(str(source / f"{table}.parquet")).write.saveAsTable(f"holder.{table}")
    shared = tmp_path / "größe"
    monkeypatch.setenv(elsewhere.SPARK_INDEX, f"file://{shared}")
    folder = tmp_path / "index"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "put_in_use", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keep("spark://holder", folder)
    assert len(list(shared.iterdir())) == 1
    assert keep("spark://spark_catalog.holder", folder) == digest
    (place,) = shared.iterdir()  # what the build before had left is gone
    with pytest.raises(Misuse, match="no table taxpayer"):
        keep("spark://nowhere", folder)
    assert place.exists()  # the one in use stays, whatever a build after it comes to
    assert not (folder / "segments").exists()
    with open_index(folder, KEY) as index:
        assert index.info.digest == digest
    shutil.rmtree(place / "table=built")
    with pytest.raises(Misuse, match="missing, damaged or another"):
        open_index(folder, KEY)
    with pytest.raises(Misuse, match="no table taxpayer"):
        keep("spark://nowhere", tmp_path / "another")
    with pytest.raises(Misuse, match="no records for Spark at nowhere"):
        keep("nowhere", tmp_path / "another")


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


WITHOUT = {
    "java": ("", "needs Java", "apt-get install openjdk-17-jre-headless"),
    "spark": ("sys.modules['pyspark'] = None", "Spark is not installed", "requirements/spark.txt"),
}


@pytest.mark.long
@pytest.mark.parametrize("missing", WITHOUT)
def test_what_is_missing_is_said_with_its_remedy(
    source: Path, tmp_path: Path, missing: str
) -> None:
    hide, message, remedy = WITHOUT[missing]
    script = (
        f"import sys; {hide}\n"
        "from pathlib import Path; from portcullis.records import build_index\n"
        "build_index(sys.argv[1], Path(sys.argv[2]), bytes(32), engine='spark')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(source), str(tmp_path / "index")],
        env={**os.environ, "JAVA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stderr.strip().splitlines()[-1]
    assert message in told
    assert remedy in told

"""The index: one content, one digest; whole or not at all; unreadable without its key."""

import random
import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import addresses
from portcullis.errors import Misuse
from portcullis.records import build_index, open_index, sources
from tests.records.small import KEY, address, index_of, tables, taxpayer, write
from tests.thorough import examples

PEOPLE = [
    taxpayer("t1", "Ana||Lopez", "000-12-3456", address(), address("7 Elm Ave")),
    taxpayer("t2", "Juan|A|Garcia|Jr", None, prior_names="Juan||Perez|;J||Garcia|"),
    taxpayer("t3", "Zoë||Müller", "912-34-5678", address("PO Box 7", processed_on=None)),
]


def build(source: Path, folder: Path) -> str:
    return build_index(source, folder, KEY).digest


@pytest.fixture
def digest(tmp_path: Path) -> str:
    return build(write(PEOPLE, tmp_path / "reference"), tmp_path / "reference-index")


def test_it_says_what_it_holds(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    info = build_index(source, tmp_path / "index", KEY)
    assert (info.version, info.taxpayers, info.addresses) == ("000001", 3, 4)
    with open_index(tmp_path / "index", KEY) as index:
        assert index.info == info


def test_chunks_and_order_of_the_source_do_not_matter(
    tmp_path: Path, digest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "CHUNK_ROWS", 1)
    backwards = [{**each, "addresses": each["addresses"][::-1]} for each in PEOPLE[::-1]]
    assert build(write(backwards, tmp_path / "source"), tmp_path / "index") == digest


def test_parts_and_duckdb_give_the_same_content(tmp_path: Path, digest: str) -> None:
    people, places = tables(PEOPLE)
    parts = tmp_path / "parts"
    for table, frame in (("taxpayer", people), ("address_of_record", places)):
        (parts / table).mkdir(parents=True)
        frame.head(1).write_parquet(parts / table / "a.parquet")
        frame.slice(1).write_parquet(parts / table / "b.parquet")
    assert build(parts, tmp_path / "index") == digest

    with duckdb.connect(str(tmp_path / "records.duckdb")) as database:
        database.register("people", people.to_arrow())
        database.register("places", places.to_arrow())
        database.execute("CREATE TABLE taxpayer AS FROM people")
        database.execute("CREATE TABLE address_of_record AS FROM places")
    assert build(tmp_path / "records.duckdb", tmp_path / "index") == digest


@settings(max_examples=examples(6), deadline=None)
@given(chance=st.randoms(use_true_random=False))
def test_any_change_of_any_value_changes_the_digest(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("change")
    before = build(write(PEOPLE, folder / "source"), folder / "index")
    people, places = tables(PEOPLE)
    table, frame = chance.choice([("taxpayer", people), ("address_of_record", places)])
    column = chance.choice([name for name in frame.columns if name != "taxpayer_id"])
    row = chance.randrange(frame.height)
    changed = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(_other(column)).otherwise(column)
        .alias(column)
    )  # fmt: skip
    changed.write_parquet(folder / "source" / f"{table}.parquet")
    assert build(folder / "source", folder / "index") != before


def _other(column: str) -> pl.Expr:
    changes = {
        "protected": ~pl.col(column),
        "processed_on": pl.coalesce(pl.col(column).dt.offset_by("1d"), pl.date(2020, 1, 1)),
        "taxable_period": pl.col(column) - 1,
        "source_kind": pl.lit("notice"),
        "prior_names": pl.lit("Eva||Braun|"),
        "line1": pl.lit("12 Willow St"),
    }
    return changes.get(column, pl.lit("9") + pl.col(column).cast(pl.String).fill_null(""))


def test_a_duplicate_row_counts(tmp_path: Path, digest: str) -> None:
    twice = [{**PEOPLE[0], "addresses": [*PEOPLE[0]["addresses"], address()]}, *PEOPLE[1:]]
    assert build(write(twice, tmp_path / "source"), tmp_path / "index") != digest


def test_nothing_at_rest_is_legible(tmp_path: Path) -> None:
    marked = [taxpayer("t-ZYXWVU", "Qwertzuiop||Lopez", "000-12-3456", address("12 Asdfghjkl St"))]
    index_of(marked, tmp_path).close()
    files = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"index.duckdb", "000001.json", "current", ".lock"}
    at_rest = b"".join(path.read_bytes() for path in files).upper()
    for secret in (b"QWERTZUIOP", b"ASDFGHJKL", b"ZYXWVU", b"000123456"):
        assert secret not in at_rest


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    index_of(PEOPLE, tmp_path).close()
    with pytest.raises(Misuse, match="not under this key") as refused:
        open_index(tmp_path / "index", bytes(32))
    assert "AAAA" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="There is no index"):
        open_index(tmp_path, KEY)


def test_an_index_of_other_rules_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_of(PEOPLE, tmp_path).close()
    monkeypatch.setattr(addresses, "VERSION", "another")
    with pytest.raises(Misuse, match="another version of the rules"):
        open_index(tmp_path / "index", KEY)


def test_a_cut_index_is_refused(tmp_path: Path) -> None:
    index_of(PEOPLE, tmp_path).close()
    database = tmp_path / "index" / "segments" / "000001" / "index.duckdb"
    database.write_bytes(database.read_bytes()[:9000])
    with pytest.raises(Misuse, match=r"cut, altered|another version"):
        open_index(tmp_path / "index", KEY)


def test_a_new_version_leaves_those_before(tmp_path: Path) -> None:
    index_of(PEOPLE, tmp_path).close()
    with index_of(PEOPLE[:1], tmp_path) as index:
        assert (index.info.version, index.info.taxpayers) == ("000002", 1)
    assert (tmp_path / "index" / "segments" / "000001" / "index.duckdb").exists()


def test_a_failed_or_killed_build_leaves_the_version_before(tmp_path: Path) -> None:
    index_of(PEOPLE, tmp_path).close()
    (tmp_path / "index" / ".building").mkdir()
    (tmp_path / "index" / ".building" / "index.duckdb").write_bytes(b"half")
    with pytest.raises(Misuse):
        build(write([PEOPLE[0], PEOPLE[0]], tmp_path / "bad"), tmp_path / "index")
    assert not (tmp_path / "index" / ".building").exists()
    with open_index(tmp_path / "index", KEY) as index:
        assert index.info.version == "000001"


def test_one_build_at_a_time(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")

    def meanwhile(_: object) -> None:
        with pytest.raises(Misuse, match="under way"):
            build(source, tmp_path / "index")

    build_index(source, tmp_path / "index", KEY, show=meanwhile)


BAD = {
    "The records hold 1 taxpayers without a taxpayer_id.": [
        {**PEOPLE[0], "taxpayer_id": None, "addresses": []}
    ],
    "The records hold 1 taxpayer_ids that stand more than once.": [PEOPLE[0], PEOPLE[0]],
    "The records hold 1 addresses of an unknown source_kind.": [
        taxpayer("t", "Ana||Lopez", None, address(source_kind="hearsay"))
    ],
    "The records hold 1 addresses with an impossible processed_on.": [
        taxpayer("t", "Ana||Lopez", None, address(processed_on=date(1066, 10, 14)))
    ],
    "The records hold 1 addresses with an impossible taxable_period.": [
        taxpayer("t", "Ana||Lopez", None, address(taxable_period=202))
    ],
    "A value of the records holds a control character (U+001E or U+001F).": [
        taxpayer("t", "Ana||Lopez", None, address("12 Oak\x1f St"))
    ],
}  # fmt: skip


@pytest.mark.parametrize("message", BAD)
def test_doubtful_records_are_refused(tmp_path: Path, message: str) -> None:
    with pytest.raises(Misuse) as refused:
        build(write(BAD[message], tmp_path / "source"), tmp_path / "index")
    assert refused.value.message == message


def test_addresses_of_nobody_are_refused(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    people, _ = tables(PEOPLE[1:])
    people.write_parquet(source / "taxpayer.parquet")
    with pytest.raises(Misuse, match="2 addresses that belong to no taxpayer"):
        build(source, tmp_path / "index")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    _, places = tables(PEOPLE)
    places.drop("protected").write_parquet(source / "address_of_record.parquet")
    with pytest.raises(Misuse, match="address_of_record of the records has no column protected"):
        build(source, tmp_path / "index")


def test_a_value_of_another_type_is_refused_without_being_told(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    _, places = tables(PEOPLE)
    places.with_columns(processed_on=pl.lit("12 Oak St")).write_parquet(
        source / "address_of_record.parquet"
    )
    with pytest.raises(Misuse, match="cannot be read") as refused:
        build(source, tmp_path / "index")
    assert "Oak" not in str(refused.value)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    source = write(PEOPLE, tmp_path / "source")
    path = source / "taxpayer.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Misuse, match="no table taxpayer that can be read"):
        build(source, tmp_path / "index")


def test_no_records_at_all(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="There are no records at nowhere"):
        build(tmp_path / "nowhere", tmp_path / "index")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Misuse, match="no table taxpayer"):
        build(tmp_path / "empty", tmp_path / "index")
    shutil.copy(__file__, tmp_path / "a.duckdb")
    with pytest.raises(Misuse, match=r"a\.duckdb is not a DuckDB file"):
        build(tmp_path / "a.duckdb", tmp_path / "index")

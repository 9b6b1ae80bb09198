"""Records that stay in PostgreSQL: what travels, what is written down, and what goes wrong."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.matching import match
from portcullis.records import append_to_index, blocks, build_index, open_index, versions
from portcullis.records.adbc import ADDRESS, without_secrets
from tests.matching.asking import Basis, frame, request
from tests.records.small import KEY, address, tables, taxpayer, write
from tests.records.test_postgresql import hold

pytestmark = pytest.mark.xdist_group("engines")  # one Spark for all of them

PEOPLE = [
    taxpayer("t1", "Qwertzuiop||Lopez", "000-12-3456", address("12 Asdfghjkl St")),
    taxpayer("t2", "Juan||Garcia", None, address(), address("7 Elm Ave")),
]
_NUMBERS = count()
ASKED = frame(
    [
        request("Qwertzuiop||Lopez", "000-12-3456", "12 Asdfghjkl St"),
        request("Yxcvbnm||Garcia", None, "7 Poiuztrewq Ave"),
    ]
)
# Writes into the server's log the columns of every table that is made.
SPY = (
    """CREATE FUNCTION spy() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE made record;
    BEGIN
      FOR made IN SELECT c.relname, string_agg(format_type(a.atttypid, a.atttypmod), ',') AS types
        FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE d.object_type = 'table' GROUP BY 1
      LOOP RAISE LOG 'spied: % holds %', made.relname, made.types; END LOOP;
    END $$""",
    "CREATE EVENT TRIGGER spying ON ddl_command_end EXECUTE FUNCTION spy()",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SELECT pg_reload_conf()",
)


@pytest.fixture
def server(database: str) -> Iterator[str]:
    """Give the address of a database of the test's own."""
    name = f"records_{next(_NUMBERS)}"
    act(database, f"CREATE DATABASE {name}", f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    address = database.replace("/postgres?", f"/{name}?")
    hold(address, *tables(PEOPLE))
    yield address
    act(database, f"DROP DATABASE {name} WITH (FORCE)")


def act(server: str, *statements: str) -> list[tuple]:
    """Perform the statements; return what the last one finds."""
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def name_of(server: str) -> str:
    return server.partition("?")[0].rpartition("/")[2]


def schemas(server: str) -> list[str]:
    found = act(server, r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'portcullis\_%'")
    return [row[0] for row in found]


def keep(server: str, folder: Path, show: progress.Show = progress.unseen) -> None:
    build_index(server, folder, KEY, show=show, engine="postgresql")


def test_only_finder_keys_and_numbers_travel(server: str, tmp_path: Path) -> None:
    keep(server, tmp_path)
    log = Path(act(server, "SHOW data_directory")[0][0]) / "log"
    act(server, *SPY)
    before = len(log.read_text())
    with open_index(tmp_path, KEY) as index:
        found = match(ASKED, index, Basis())
    assert found["result"].to_list() == ["one", "none"]
    told = log.read_text()[before:]
    made = [line.partition("spied: ")[2] for line in told.splitlines() if "spied: " in line]
    assert len(made) >= 6
    assert {line.partition(" holds ")[2] for line in made} == {
        "bigint",
        "bigint,bigint",
        "bigint,bigint,bigint,bigint",
    }
    for word in ("Qwertzuiop", "Asdfghjkl", "Yxcvbnm", "Poiuztrewq", "000123456", "000-12-3456"):
        assert word.upper() not in told.upper()


def test_no_record_is_in_the_folder_of_the_index(server: str, tmp_path: Path) -> None:
    keep(server, tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    at_rest = b"".join(path.read_bytes() for path in files).upper()
    for secret in (b"QWERTZUIOP", b"ASDFGHJKL", b"000123456", b"PARQUET", b"DUCK"):
        assert secret not in at_rest


def test_a_password_is_neither_written_nor_told(server: str, tmp_path: Path) -> None:
    hba = Path(act(server, "SHOW hba_file")[0][0])
    hba.write_text("local all holder scram-sha-256\n" + hba.read_text())
    act(
        server,
        "CREATE ROLE holder LOGIN PASSWORD 'hush-hush'",
        f"GRANT CONNECT, CREATE ON DATABASE {name_of(server)} TO holder",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO holder",
        "SELECT pg_reload_conf()",
    )
    right = server.replace("postgres:@", "holder:hush-hush@")
    keep(right, tmp_path)
    written = next((tmp_path / "versions").iterdir()).read_text()
    assert "holder@" in written
    assert "hush" not in written
    with pytest.raises(Misuse, match="does not answer"):
        open_index(tmp_path, KEY)  # without a password
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADDRESS, right)
        open_index(tmp_path, KEY).close()
        patch.setenv(ADDRESS, right.replace("hush-hush", "hush-wrong"))
        with pytest.raises(Misuse, match="does not answer") as refused:
            open_index(tmp_path, KEY)
    assert "hush" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("postgresql://a:b@h:1/d?x=1", "postgresql://a@h:1/d?x=1"),
        ("postgresql://h/d?password=p&sslpassword=q&x=1", "postgresql://h/d?x=1"),
        ("postgresql://a@h/d", "postgresql://a@h/d"),
    ],
)
def test_what_may_be_written_of_an_address(address: str, written: str) -> None:
    assert without_secrets(address) == written


def test_a_cancelled_build_leaves_the_version_before_and_nothing_half_made(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_TAXPAYERS", 1)
    monkeypatch.setattr(progress, "_BETWEEN", 0)
    keep(server, tmp_path)
    before = schemas(server)

    def cancel(report: progress.Report) -> None:
        if report.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(server, tmp_path, cancel)
    assert schemas(server) == before
    with open_index(tmp_path, KEY) as index:
        assert index.info.version == "000001"


def test_what_was_never_put_in_use_is_dropped_at_the_next_build(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(server, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(versions, "put_in_use", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keep(server, tmp_path)
    assert len(schemas(server)) == 2
    build_index(write(PEOPLE, tmp_path / "files"), tmp_path, KEY)  # by whatever engine
    assert len(schemas(server)) == 1
    assert not list((tmp_path / ".begun").iterdir())
    keep(server, tmp_path)
    keep(server, tmp_path)
    kept = {path.name for path in (tmp_path / "versions").iterdir()}
    assert len(schemas(server)) == len(kept) - 1 == 3
    with open_index(tmp_path, KEY) as index:
        assert match(ASKED, index, Basis())["result"][0] == "one"


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_was_left_is_dropped_where_it_lies_or_stays_noted(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(server, "CREATE ROLE keeper SUPERUSER LOGIN PASSWORD 'hush-hush'")
    with_password = server.replace("postgres:@", "keeper:hush-hush@")
    with monkeypatch.context() as patch:
        patch.setattr(versions, "put_in_use", interrupted)
        with pytest.raises(KeyboardInterrupt):
            keep(with_password, tmp_path)
    (note,) = (tmp_path / ".begun").iterdir()
    written = note.read_text()
    assert "hush" not in written
    files = write(PEOPLE, tmp_path / "files")
    note.write_text(written.replace(name_of(server), "gone"))
    build_index(files, tmp_path, KEY)  # a database that does not answer stops no build
    assert note.exists()
    note.write_text(written)
    build_index(files, tmp_path, KEY)
    assert not note.exists()
    assert schemas(server) == []


def test_two_tables_larger_than_one_message_are_read_side_by_side(
    server: str, tmp_path: Path
) -> None:
    act(
        server,
        "INSERT INTO taxpayer SELECT 'x' || g, NULL, NULL, repeat('Ana', 30), NULL, "
        "repeat('Li', 30), NULL, NULL FROM generate_series(1, 90000) g",
        "INSERT INTO address_of_record SELECT 'x' || g, repeat('1 Oak ', 30), NULL, 'Springfield', "
        "'IL', '62701', 2021, 'return', '2022-04-15', false FROM generate_series(1, 90000) g",
    )
    info = build_index(server, tmp_path, KEY)
    assert (info.taxpayers, info.addresses) == (90_002, 90_003)


WRONG = {
    "DROP TABLE address_of_record": "no table address_of_record",
    "ALTER TABLE taxpayer DROP COLUMN tin": "taxpayer of the records has no column tin",
    "ALTER TABLE address_of_record ALTER processed_on TYPE text USING '1 Oak'": "cannot be read",
    "INSERT INTO taxpayer SELECT * FROM taxpayer": "2 taxpayer_ids that stand more than once",
    "DELETE FROM taxpayer": "3 addresses that belong to no taxpayer",
    "UPDATE address_of_record SET processed_on = '1066-10-14'": "3 addresses with an impossible",
    "UPDATE taxpayer SET taxpayer_id = ' t2' WHERE taxpayer_id = 't2'": "blanks around",
}


def test_bad_records_are_refused_and_the_version_before_stays(server: str, tmp_path: Path) -> None:
    keep(server, tmp_path)
    before = schemas(server)
    for statement, message in WRONG.items():
        hold(server, *tables(PEOPLE))
        act(server, statement)
        with pytest.raises(Misuse, match=message) as refused:
            keep(server, tmp_path)
        assert "Oak" not in str(refused.value)
    assert schemas(server) == before
    with open_index(tmp_path, KEY) as index:
        assert index.info.version == "000001"


def test_a_role_without_rights_is_told_which(server: str, tmp_path: Path) -> None:
    name = name_of(server)
    act(server, "CREATE ROLE reader LOGIN", f"GRANT CONNECT, CREATE ON DATABASE {name} TO reader")
    reader = server.replace("postgres:@", "reader@")
    with pytest.raises(Misuse, match="taxpayer of the records cannot be read: the role may not"):
        keep(reader, tmp_path)
    act(
        server,
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
        f"REVOKE CREATE ON DATABASE {name} FROM reader",
    )
    with pytest.raises(Misuse, match="could not be written") as refused:
        keep(reader, tmp_path)
    assert "right to create a schema" in refused.value.remedy


def test_an_index_that_is_gone_or_altered_is_not_used(server: str, tmp_path: Path) -> None:
    keep(server, tmp_path)
    (schema,) = schemas(server)
    index = open_index(tmp_path, KEY)
    act(server, f"DROP TABLE {schema}.filing")
    with index, pytest.raises(Misuse, match="stopped answering"):
        match(ASKED, index, Basis())
    keep(server, tmp_path)
    schema = max(schemas(server))
    act(server, f"DELETE FROM {schema}.find_resident WHERE person = 0")  # noqa: S608
    with pytest.raises(Misuse, match="does not hold the index in use"):
        open_index(tmp_path, KEY)
    keep(server, tmp_path)
    schema = max(schemas(server))
    act(server, f"UPDATE {schema}.about SET digest = 'another'")  # noqa: S608
    with pytest.raises(Misuse, match="does not hold the index in use"):
        open_index(tmp_path, KEY)
    act(server, f"DROP SCHEMA {schema} CASCADE")
    with pytest.raises(Misuse, match="does not hold the index in use"):
        open_index(tmp_path, KEY)


def test_other_sources_and_appending_are_refused(server: str, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="keeps the index of records that are in PostgreSQL"):
        keep(str(tmp_path), tmp_path / "index")
    keep(server, tmp_path / "index")
    with pytest.raises(Misuse, match="kept by postgresql: there it is always built whole"):
        append_to_index(server, tmp_path / "index", KEY)

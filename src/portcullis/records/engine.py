"""DuckDB as the records need it: encrypted at rest and in its spill, closed to everything else.

AES-256-GCM comes from the ``httpfs`` extension as its wheel carries it (OpenSSL); nothing is
downloaded, and no other extension can be loaded.
"""

import base64
import contextlib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import duckdb

from portcullis.errors import Misuse

KEY_BYTES = 32
_EXTENSION = "httpfs.duckdb_extension"


@contextlib.contextmanager
def engine(spill: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an empty DuckDB of at most ``memory`` (``3GB``), spilling encrypted to ``spill``."""
    connection = connect(spill, memory)
    try:
        yield connection
    finally:
        connection.close()


def connect(spill: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """Open what ``engine`` gives, to be closed by the caller."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    connection.execute(f"LOAD {literal(str(_extension()))}")
    connection.execute("SET temp_file_encryption = true")
    connection.execute("SET enable_progress_bar = false")
    return connection


def attach(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, key: bytes, *, read_only: bool
) -> None:
    """Attach the encrypted database at ``path`` under ``name``.

    Raises Misuse where it is missing, cut, altered or not under ``key``.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key of an index has {KEY_BYTES} bytes")
    secret = base64.b64encode(key).decode()
    options = f"ENCRYPTION_KEY {literal(secret)}, ENCRYPTION_CIPHER 'GCM'"
    if read_only:
        options += ", READ_ONLY"
    try:
        connection.execute(f"ATTACH {literal(str(path))} AS {name} ({options})")
    except duckdb.Error:
        # The statement holds the key: the engine's own message must go no further.
        raise Misuse(
            "The index of the holder's records cannot be opened: it is cut, altered "
            "or not under this key.",
            "Restore it or build it again with `portcullis records index`.",
        ) from None


def seal(connection: duckdb.DuckDBPyConnection) -> None:
    """Shut the connection off from files other than those attached, for good."""
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def literal(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def _extension() -> Path:
    folder = resources.files("duckdb_extension_httpfs")
    path = Path(str(folder)) / "extensions" / f"v{duckdb.__version__}" / _EXTENSION
    if not path.exists():
        raise Misuse(
            f"The encryption extension for DuckDB {duckdb.__version__} is not installed.",
            "Install duckdb and duckdb-extension-httpfs of one version.",
        )
    return path

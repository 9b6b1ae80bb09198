"""Which side a home is of, by its mark."""

import json
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.office.home import MARK


def role_of(path: Path) -> str:
    """Return ``holder`` or ``requester``. Raises Misuse where the folder is no home."""
    try:
        return str(json.loads((path / MARK).read_bytes())["role"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Misuse("This folder is no home.", "Name one with --home.") from None

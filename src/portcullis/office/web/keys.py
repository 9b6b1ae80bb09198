"""The key under which a deployment's pages sign their sessions and forms."""

import os
from pathlib import Path

from portcullis.tables import publish

FILE = Path("keys") / "web.key"
_BYTES = 32


def web_key(home: Path) -> str:
    """Return the deployment's key (hex); one that lasts for this process where none was made."""
    path = home / FILE
    return (path.read_bytes() if path.is_file() else os.urandom(_BYTES)).hex()


def make_web_key(home: Path) -> None:
    """Draw the deployment's key, where it has none yet."""
    path = home / FILE
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        publish(path, os.urandom(_BYTES))

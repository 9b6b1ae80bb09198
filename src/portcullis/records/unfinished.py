"""What a build began outside the index's own files: after a kill it is found again and removed."""

from pathlib import Path

from portcullis.records.versions import VERSIONS
from portcullis.tables import publish


def begin(folder: Path, engine: str, place: str) -> None:
    """Note in the index's ``folder`` that ``engine`` is now writing at ``place``."""
    publish(folder / _file(engine), place.encode())


def left_over(folder: Path, engine: str) -> str | None:
    """Return where ``engine`` began to write last, if no version of ``folder`` is there."""
    try:
        place = (folder / _file(engine)).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    named = [path.read_text(encoding="utf-8") for path in (folder / VERSIONS).glob("*.json")]
    return None if any(place in text for text in named) else place


def _file(engine: str) -> str:
    return f".begun-{engine}"

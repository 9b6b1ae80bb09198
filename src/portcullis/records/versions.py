"""The versions of an index: each names the segments it is made of; one of them is current.

An index is a folder::

    current                 the name of the version in use
    versions/000002.json    a version: format, rules, digest, its segments in order
    segments/000002/...     a segment, written once by an engine
    .building/              a segment being made; left by a kill, it is gone on with

A segment and a version are never changed. The switch to a version is one rename.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from portcullis import addresses, names
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.records import finders
from portcullis.records.sources import TABLES
from portcullis.tables import publish

EngineName = Literal["duckdb", "postgresql", "spark"]

FORMAT = "portcullis-index/3"
CURRENT, VERSIONS, SEGMENTS, BUILDING = "current", "versions", "segments", ".building"


@dataclass(frozen=True)
class IndexInfo:
    """A version of the index: its name, the digest of its content (hex), and how much it holds."""

    version: str
    digest: str
    taxpayers: int
    addresses: int


@dataclass(frozen=True)
class Segment:
    """A segment: its name and digest (hex), and where the numbers of what it holds end.

    ``rows``: those of each of its tables, where another engine than DuckDB keeps them.
    """

    name: str
    digest: str
    taxpayers: int
    addresses: int
    next_person: int
    next_place: int
    rows: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Version:
    """A version: its name, the engine that holds it, where (``place``), and its segments."""

    name: str
    engine: str
    place: str
    segments: tuple[Segment, ...]

    @property
    def info(self) -> IndexInfo:
        """What users are told of it."""
        return IndexInfo(
            version=self.name,
            digest=content_digest(self.segments),
            taxpayers=self.segments[-1].next_person,
            addresses=sum(segment.addresses for segment in self.segments),
        )


def rules() -> dict[str, Any]:
    """Return what an index depends on: made under other rules, it cannot be used."""
    return {
        "format": FORMAT,
        "addresses": addresses.VERSION,
        "names": names.VERSION,
        "finders": finders.mark(),
    }


def content_digest(segments: tuple[Segment, ...]) -> str:
    """Return the SHA-256 (hex) of an index's content: its rules and its segments' digests."""
    header = {"format": FORMAT, "addresses": addresses.VERSION, "names": names.VERSION}
    listed = [segment.digest for segment in segments]
    return hashlib.sha256(json_bytes({**header, "segments": listed})).hexdigest()


def segment_digest(blocks: list[bytes]) -> str:
    """Return the SHA-256 (hex) of a segment: its columns, then the digest of block after block."""
    header = json_bytes({"columns": {table: list(schema) for table, schema in TABLES.items()}})
    return hashlib.sha256(header + b"\n" + b"".join(blocks)).hexdigest()


def current(folder: Path) -> Version | None:
    """Return the version in use in ``folder``; None where there is none.

    Raises Misuse where its file is missing or damaged, or it was made under other rules.
    """
    try:
        name = (folder / CURRENT).read_text().strip()
    except OSError:
        return None
    try:
        told = json.loads((folder / VERSIONS / f"{name}.json").read_text(encoding="utf-8"))
        under = told["rules"]
        segments = tuple(Segment(**segment) for segment in told["segments"])
        version = Version(name, str(told["engine"]), str(told["place"]), segments)
    except (OSError, ValueError, KeyError, TypeError):
        if (folder / name).is_dir():
            raise _of_other_rules() from None
        raise Misuse(
            f"The description of version {name} of the index is missing or damaged.",
            "Restore it or build it again with `portcullis records index`.",
        ) from None
    if under != rules() or not segments:
        raise _of_other_rules()
    return version


def _of_other_rules() -> Misuse:
    return Misuse(
        "The index was made by another version of the rules or of the engine.",
        "Build it again: `portcullis records index`.",
    )


def put_in_use(folder: Path, version: Version) -> None:
    """Write ``version`` and make it the current one: whole or not at all."""
    told = {
        "rules": rules(),
        "engine": version.engine,
        "place": version.place,
        "digest": version.info.digest,
        "segments": [asdict(segment) for segment in version.segments],
    }
    publish(folder / VERSIONS / f"{version.name}.json", json.dumps(told, indent=2).encode())
    publish(folder / CURRENT, f"{version.name}\n".encode())


def next_name(folder: Path) -> str:
    """Return the name of the version that comes next in ``folder``."""
    places = (folder / VERSIONS, folder / SEGMENTS, folder)
    names_ = [path.name.partition(".")[0] for place in places for path in place.glob("[0-9]*")]
    return f"{max((int(name) for name in names_ if name.isdigit()), default=0) + 1:06d}"

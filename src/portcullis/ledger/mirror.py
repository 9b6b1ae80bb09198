"""A copy of a ledger at its published checkpoint, from a folder or over HTTP.

What a verifier needs and no more: the checkpoint, the archived checkpoints, the tiles and bundles
that a log of that size has, the batch trees that its entries name, the public keys. Nothing here is
believed: a copy is worth what ``verify_log`` says of it.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import urllib3
from urllib3.exceptions import HTTPError

from portcullis import progress
from portcullis.errors import Misuse, Refused
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.log import CHECKPOINT, CHECKPOINTS
from portcullis.ledger.merkle import HASH_BYTES
from portcullis.ledger.notes import Checkpoint, NoteInvalid, parse_checkpoint, split_note
from portcullis.ledger.proofs import ProofInvalid, tree_in
from portcullis.ledger.tiles import (
    ENTRIES,
    LONGEST_ENTRY,
    TileName,
    checkpoint_path,
    decode_bundle,
    parse_checkpoint_path,
    stored_files,
    tile_names,
)
from portcullis.ledger.trees import TreeHead
from portcullis.ledger.verify import CONTENTS, tree_folder
from portcullis.tables import publish

LOG = "ledger"
TREES = "trees"
KEYS = ("public.json", "policy")
"""What the holder says of its own keys: for who has nothing better, and to be compared."""

_CONNECTIONS = 8
_AT_ONCE = 512  # files asked for before the first of them is waited for
_TIMEOUT = 30.0  # seconds, for a connection and for each wait
_LONGEST_TEXT = 1 << 20
_LONGEST_CONTENTS = 1 << 26
_CHUNK = 1 << 16


def mirror(source: str, to: Path, *, trees: bool, show: progress.Show = progress.unseen) -> None:
    """Copy the ledger at ``source``, a home's address or folder, to ``to``.

    Writes ``to/ledger``, ``to/public.json`` and ``to/policy`` (where they are there) and, with
    ``trees``, the batch trees below ``to/trees``. ``checkpoint`` comes last, so that a copy cut off
    is no ledger yet; run again, it goes on, and files that never change are not fetched again.
    Raises Refused where the source cannot be read, LedgerDamaged where a file that must be there is
    missing or cannot be one, Misuse where ``source`` is no ledger's address.
    """
    place = _open_source(source)
    note = place.get(f"{LOG}/{CHECKPOINT}", _LONGEST_TEXT)
    head = _head(note)
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        copy = _Copy(place, to, pool)
        for name in KEYS:
            copy.text(name)
        with progress.step(show, "Fetch the checkpoints", unit="files") as advance:
            copy.checkpoints(head.size, advance)
        with progress.step(show, "Fetch the ledger", _files(head.size), "files") as advance:
            copy.tree(LOG, head.size, advance)
        named = _trees(to / LOG, head.size) if trees else {}
        wanted = sum(_files(tree.size) for tree in named.values())
        with progress.step(show, "Fetch the lists", wanted, "files") as advance:
            for path, tree in named.items():
                copy.tree(f"{TREES}/{path}", tree.size, advance)
    publish(to / LOG / CHECKPOINT, note or b"")


def write_contents(folder: Path) -> None:
    """Write the sizes of the archived checkpoints in ``folder`` down, for who can list no folder.

    The file is a table of contents and proves nothing: whoever reads it looks at each checkpoint.
    """
    sizes = _archived(folder)
    publish(folder / CONTENTS, "".join(f"{size}\n" for size in sizes).encode())


class _Source(Protocol):
    def get(self, path: str, longest: int) -> bytes | None:
        """Return the file at ``path``, None where there is none; raise where it is too long."""

    def sizes(self) -> list[int]:
        """Return the sizes of the archived checkpoints."""


class _Folder:
    """A ledger's copy in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, path: str, longest: int) -> bytes | None:
        try:
            with (self._folder / path).open("rb") as file:
                data = file.read(longest + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise _unreadable(path, problem.strerror or "an error") from None
        _within(len(data), path, longest)
        return data

    def sizes(self) -> list[int]:
        return _archived(self._folder / LOG)


class _Server:
    """A ledger served over HTTP, by ``portcullis serve`` or by any web server over a home."""

    def __init__(self, url: str) -> None:
        self._base = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            maxsize=_CONNECTIONS,
            block=True,
            timeout=urllib3.Timeout(_TIMEOUT),
            retries=urllib3.Retry(3, redirect=False, backoff_factor=0.2),
            headers={"Accept-Encoding": "gzip, identity"},
        )

    def get(self, path: str, longest: int) -> bytes | None:
        try:
            response = self._pool.request(
                "GET", f"{self._base}/{quote(path)}", preload_content=False
            )
            with contextlib.closing(response):
                if response.status == HTTPStatus.NOT_FOUND:
                    response.drain_conn()
                    return None
                if response.status != HTTPStatus.OK:
                    raise _unreadable(path, f"it was answered with status {response.status}")
                data = bytearray()
                while chunk := response.read(_CHUNK, decode_content=True):
                    data += chunk
                    _within(len(data), path, longest)
                response.release_conn()
        except HTTPError as problem:
            raise _unreadable(path, type(problem).__name__) from None
        return bytes(data)

    def sizes(self) -> list[int]:
        lines = (self.get(f"{LOG}/{CONTENTS}", _LONGEST_CONTENTS) or b"").split()
        return [int(line) for line in lines if line.isdigit() and len(line) < len(str(1 << 63))]


class _Copy:
    """The copying: many files at a time, each written whole or not at all."""

    def __init__(self, source: _Source, to: Path, pool: ThreadPoolExecutor) -> None:
        self._source = source
        self._to = to
        self._pool = pool

    def text(self, path: str) -> None:
        data = self._source.get(path, _LONGEST_TEXT)
        if data is not None:
            publish(self._to / path, data)

    def checkpoints(self, size: int, advance: progress.Advance) -> None:
        """Copy the archived checkpoints up to ``size``, and the table of their sizes."""
        paths = [f"{LOG}/{checkpoint_path(one)}" for one in self._source.sizes() if one <= size]
        self._all((partial(self._archived, path) for path in paths), advance)
        self.text(f"{LOG}/{checkpoint_path(size)}")
        if (self._to / LOG / CHECKPOINTS).is_dir():
            write_contents(self._to / LOG)

    def tree(self, folder: str, size: int, advance: progress.Advance) -> None:
        """Copy the tiles and bundles of a tree of ``size`` leaves."""
        self._all((partial(self._tile, folder, name) for name in tile_names(size)), advance)

    def _archived(self, path: str) -> None:
        """Copy an archived checkpoint, which never changes."""
        if not (self._to / path).is_file():
            data = self._source.get(path, _LONGEST_TEXT)
            if data is None:
                raise LedgerDamaged(f"{path} is missing.", Fault.MISSING_CHECKPOINT)
            _write(self._to / path, data)

    def _tile(self, folder: str, name: TileName) -> None:
        """Copy a tile or bundle; one that has been outgrown is the beginning of the full one."""
        path = self._to / folder / name.path
        if path.is_file() and _fits(path.read_bytes(), name):
            return
        data = None
        for choice in (name, TileName(name.level, name.index)):
            data = self._source.get(f"{folder}/{choice.path}", _longest(choice))
            if data is not None:
                break
        where = f"{folder}/{name.path}"
        bundle = name.level == ENTRIES
        if data is None:
            fault = Fault.MISSING_BUNDLE if bundle else Fault.MISSING_TILE
            raise LedgerDamaged(f"{where} is missing.", fault)
        data = _beginning(data, name)
        if not _fits(data, name):
            fault = Fault.CORRUPT_BUNDLE if bundle else Fault.CORRUPT_TILE
            raise LedgerDamaged(f"{where} does not hold what it should.", fault)
        _write(path, data)

    def _all(self, acts: Iterable[Callable[[], object]], advance: progress.Advance) -> None:
        rest = iter(acts)
        while some := [self._pool.submit(act) for act in islice(rest, _AT_ONCE)]:
            try:
                for done in some:
                    done.result()
                    advance(1)
            finally:
                for one in some:
                    one.cancel()


def _files(size: int) -> int:
    """Return how many tiles and bundles a tree of ``size`` leaves has."""
    return sum(1 for _ in tile_names(size))


def _open_source(source: str) -> _Source:
    if "://" in source:
        if not source.startswith(("http://", "https://")):
            raise Misuse("A ledger's address begins with http:// or https://.", "See the operator.")
        return _Server(source)
    if not (Path(source) / LOG).is_dir():
        raise Misuse(
            f"There is no ledger in {source}.",
            "Name a home or a copy of one, a folder or an address that holds `ledger`.",
        )
    return _Folder(Path(source))


def _head(note: bytes | None) -> Checkpoint:
    if note is None:
        raise LedgerDamaged("There is no checkpoint.", Fault.MISSING_CHECKPOINT)
    try:
        return parse_checkpoint(split_note(note.decode())[0])
    except (UnicodeDecodeError, NoteInvalid):
        raise LedgerDamaged(
            "What is there for a checkpoint is none.", Fault.CORRUPT_CHECKPOINT
        ) from None


def _trees(log: Path, size: int) -> dict[str, TreeHead]:
    """Return the trees that the copied entries name; what names none soundly, a verifier says."""
    named: dict[str, TreeHead] = {}
    for entry in _entries(log, size):
        if b'"leaves_root"' in entry:
            with contextlib.suppress(ProofInvalid):
                value, head = tree_in(entry)
                path = tree_folder(value)
                if path is not None:
                    named[path] = head
    return named


def _entries(log: Path, size: int) -> Iterator[bytes]:
    for name in tile_names(size):
        if name.level == ENTRIES:
            yield from decode_bundle((log / name.path).read_bytes(), name.width, name.path)


def _archived(log: Path) -> list[int]:
    paths = map(parse_checkpoint_path, stored_files(log, CHECKPOINTS))
    return sorted(size for size in paths if size is not None)


def _longest(name: TileName) -> int:
    return name.width * (LONGEST_ENTRY + 2 if name.level == ENTRIES else HASH_BYTES)


def _beginning(data: bytes, name: TileName) -> bytes:
    """Return as much of a tile or bundle as one of this width has."""
    if name.level != ENTRIES:
        return data[: name.width * HASH_BYTES]
    at = 0
    for _ in range(name.width):
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    return data[:at]


def _fits(data: bytes, name: TileName) -> bool:
    if name.level != ENTRIES:
        return len(data) == name.width * HASH_BYTES
    try:
        return bool(decode_bundle(data, name.width, name.path))
    except LedgerDamaged:
        return False


def _within(length: int, path: str, longest: int) -> None:
    if length > longest:
        fault = Fault.CORRUPT_BUNDLE if "/tile/entries/" in path else Fault.CORRUPT_TILE
        raise LedgerDamaged(f"{path} is longer than it can be.", fault)


def _unreadable(path: str, why: str) -> Refused:
    return Refused(
        f"{path} cannot be read from there ({why}).",
        "Try again; what was copied already is kept.",
    )


def _write(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all. A copy need not outlive a power failure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)

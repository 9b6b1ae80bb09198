"""Bulk facts at rest: one file a step, encrypted, written once, read as a stream.

A file is a header line and a run of segments. Each segment is a Parquet table of at most
``SEGMENT_ROWS`` rows, encrypted whole with AES-256-GCM (NIST SP 800-38D) under the key of its
batch; the associated data binds the file's label, the segment's number and whether it is the
last, so that a segment cannot be moved, dropped or added unseen. Destroying the key of a batch
makes its files unreadable, backups included.
"""

import contextlib
import io
import os
import struct
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Self

import polars as pl
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portcullis.errors import Misuse

MAGIC = b"portcullis-table/1\n"
SEGMENT_ROWS = 131_072
_FRAME = struct.Struct(">QB")
_NONCE_BYTES = 12
_LAST = 1
_HOST = os.uname().nodename.replace(".", "-")
_FORSAKEN = 24 * 3600.0  # seconds


def new_key() -> bytes:
    """Return a fresh 32-byte key for one batch's files."""
    return AESGCM.generate_key(256)


class TableWriter:
    """Writes one table, frame by frame (one schema, in order); a context manager.

    The file appears under its name only when the block ends well and it is whole and on the disk
    (fsync, then rename); left by an error, nothing appears.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.rows = 0
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._cipher = AESGCM(key)
        self._number = 0
        self._pending: pl.DataFrame | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._out = _private(self._part)
        self._out.write(MAGIC)

    def write(self, frame: pl.DataFrame) -> None:
        """Add the rows of ``frame``."""
        if self._pending is None:
            self._pending = frame.clear()
        for segment in frame.iter_slices(SEGMENT_ROWS):
            if self._pending.height:
                self._seal(self._pending, last=False)
            self._pending = segment
            self.rows += segment.height

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None or self._pending is None:
            self._out.close()
            self._part.unlink(missing_ok=True)
            if kind is None:
                raise ValueError("a table needs at least one frame, if an empty one")
            return
        self._seal(self._pending, last=True)
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._part.rename(self._path)
        fsync_folder(self._path.parent)

    def _seal(self, frame: pl.DataFrame, *, last: bool) -> None:
        plain = io.BytesIO()
        frame.write_parquet(plain, compression="lz4", statistics=False)
        binding = _binding(self._path.name, self._number, int(last))
        _write_segment(self._out, self._cipher, plain.getbuffer(), binding, int(last))
        self._number += 1


def write_table(path: Path, frames: pl.DataFrame | Iterable[pl.DataFrame], key: bytes) -> int:
    """Write ``frames`` (one schema, in order) to ``path`` and return the number of rows."""
    with TableWriter(path, key) as table:
        for frame in [frames] if isinstance(frames, pl.DataFrame) else frames:
            table.write(frame)
    return table.rows


def read_table(path: Path, key: bytes, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the whole table at ``path``, or only ``columns`` of it.

    Raises Misuse where the file is missing, cut, altered or under another key.
    """
    return pl.concat(list(scan_table(path, key, columns)), rechunk=False)


def scan_table(
    path: Path, key: bytes, columns: Sequence[str] | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the table at ``path`` a segment at a time (same errors as ``read_table``)."""
    with _opened(path) as source:
        for data, _ in _segments(source, path, key):
            yield pl.read_parquet(io.BytesIO(data), columns=list(columns) if columns else None)


def parse_table(data: bytes, path: Path, key: bytes) -> pl.DataFrame:
    """Return the whole table of which ``data`` was read at ``path`` (errors as ``read_table``).

    For what was digested: the file may be another by now.
    """
    found = _segments(io.BytesIO(data), path, key)
    return pl.concat([pl.read_parquet(io.BytesIO(each)) for each, _ in found], rechunk=False)


def encrypt_anew(path: Path, key: bytes, to: Path, new: bytes) -> None:
    """Write the table at ``path`` to ``to``, of the same name, under the key ``new``.

    What is in it is not looked at. Raises Misuse as ``read_table``; then nothing is written.
    """
    if path.name != to.name:
        raise ValueError("a table is bound to its name")
    to.parent.mkdir(parents=True, exist_ok=True)
    cipher = AESGCM(new)
    with _opened(path) as source, whole(to) as part, _private(part) as out:
        out.write(MAGIC)
        for number, (data, last) in enumerate(_segments(source, path, key)):
            _write_segment(out, cipher, data, _binding(to.name, number, last), last)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise Misuse(
            f"There is no file {path.name} in this batch.", "Run the step before."
        ) from None


def _segments(source: BinaryIO, path: Path, key: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each segment of the table at ``path``, decrypted, and whether it is the last."""
    cipher = AESGCM(key)
    if source.read(len(MAGIC)) != MAGIC:
        raise _damaged(path)
    number = 0
    last = 0
    while not last:
        head = source.read(_FRAME.size)
        if len(head) != _FRAME.size:
            raise _damaged(path)
        size, last = _FRAME.unpack(head)
        nonce, sealed = source.read(_NONCE_BYTES), source.read(size)
        try:
            data = cipher.decrypt(nonce, sealed, _binding(path.name, number, last))
        except (InvalidTag, ValueError):
            raise _damaged(path) from None
        yield data, last
        number += 1
    if source.read(1):
        raise _damaged(path)


def _write_segment(
    out: BinaryIO, cipher: AESGCM, plain: bytes | memoryview, binding: bytes, last: int
) -> None:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = cipher.encrypt(nonce, plain, binding)
    out.write(_FRAME.pack(len(sealed), last) + nonce)
    out.write(sealed)


def fsync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    _fsync(folder)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def publish(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` so that it is there whole or not at all (fsync, rename, fsync)."""
    publish_pieces(path, [data])


def publish_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write ``pieces`` to ``path``, one after another, as ``publish``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, _private(part) as out:
        out.writelines(pieces)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file to write; what is in it at the block's end appears at ``path``, durably.

    Left by an error, or by a cancel, nothing appears and nothing is left.
    """
    writer = f"{_HOST}.{os.getpid()}.{threading.get_native_id()}"
    part = path.with_name(f".{path.name}.{writer}.part")
    try:
        yield part
        _fsync(part)
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _fsync(path.parent)


def sweep(folder: Path) -> None:
    """Remove from ``folder`` the parts of files whose writer was killed.

    Whether a writer of another machine lives cannot be seen here: its part goes after a day.
    """
    for path in folder.glob(".*.part"):
        with contextlib.suppress(FileNotFoundError):
            if not _may_be_written(path):
                path.unlink()


def _may_be_written(part: Path) -> bool:
    _, *writer = part.name.removesuffix(".part").rsplit(".", 3)
    if len(writer) == len(("host", "process", "thread")):
        host, process, _ = writer
        if host == _HOST and process.isdecimal():
            return _lives(int(process))
    return time.time() - part.stat().st_mtime < _FORSAKEN


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _private(path: Path) -> io.BufferedWriter:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _binding(name: str, number: int, last: int) -> bytes:
    return f"{name}\n{number}\n{last}".encode()


def _damaged(path: Path) -> Misuse:
    return Misuse(
        f"The file {path.name} is cut, altered or not under this batch's key.",
        "Restore it from a backup; nothing is released from a damaged file.",
    )


def seal(key: bytes, data: bytes, about: str) -> bytes:
    """Return ``data`` under ``key`` (AES-256-GCM, SP 800-38D), bound to what it is ``about``.

    The first 12 bytes are the nonce, fresh each time.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, about.encode())


def unseal(key: bytes, sealed: bytes, about: str) -> bytes:
    """Undo ``seal``. Raises Misuse where key, bytes or what it is about are others."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        raise Misuse(
            "Something stored cannot be read.", "It is damaged, or the home's key is another."
        ) from None

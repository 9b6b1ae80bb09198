"""Files that are there whole or not at all, and stay there."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# From about this many files on, one sync of the system first is cheaper than an fsync for each;
# and of those that follow, some at a time share the disk's own flush.
_MANY = 64
_AT_ONCE = 8


def write_durably(path: Path, data: bytes, part: Path) -> None:
    """Write ``data`` under ``path`` by way of ``part``: fsync, rename, fsync of the folder."""
    make_folder(path.parent)
    write_file(part, data)
    fsync_path(part)
    part.rename(path)
    fsync_path(path.parent)


def write_file(path: Path, data: bytes) -> None:
    """Write ``data`` to the file ``path``, anew and whole; it is not yet durable."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and those above it, their names durable."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        fsync_path(folder.parent)


def fsync_path(path: Path) -> None:
    """Make a file's content, or a folder's names, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folders(folder: Path) -> None:
    """Make the names of all that lies in ``folder``, and in folders below it, durable."""
    for place, _, _ in os.walk(folder):
        fsync_path(Path(place))


def fsync_all(paths: Iterable[Path]) -> None:
    """Make files and folders durable. An error of any one of them is raised (OSError)."""
    paths = list(paths)
    if len(paths) < _MANY:
        for path in paths:
            fsync_path(path)
        return
    os.sync()  # brings all to the disk at once; only the fsync of each then reports an error
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(fsync_path, paths):
            pass


def remove(path: Path) -> None:
    """Remove a file for good, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
        fsync_path(path.parent)


def remove_files(folder: Path) -> None:
    """Remove the files in ``folder``, if it is there (not durably: they are but in the way)."""
    with contextlib.suppress(FileNotFoundError):
        for path in list(folder.iterdir()):
            path.unlink()


@contextlib.contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file ``path``: alone, or together with other readers. Waits its turn."""
    descriptor = _take(path, shared=shared)
    try:
        yield
    finally:
        os.close(descriptor)


def _take(path: Path, *, shared: bool) -> int:
    """Return a descriptor that holds the lock ``path``."""
    while True:
        if not shared:
            make_folder(path.parent)
        descriptor = os.open(path, os.O_RDONLY | (0 if shared else os.O_CREAT), 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            if _is_still(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether ``path`` is still the file we locked: who held it may have moved its folder away."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


class FolderWriter:
    """Writes many new files below ``folder``, then makes them and their folders durable at once.

    With a folder ``parts``, files lie there until ``sync`` has brought their content to the disk,
    and only then take their names, so that nobody reads half a file.
    """

    def __init__(self, folder: Path, parts: Path | None = None) -> None:
        self.folder = folder
        self._parts = parts
        self._files: list[tuple[Path, Path]] = []
        self._made = {folder}
        self._changed: dict[Path, None] = {}

    def write(self, relative: str, data: bytes) -> None:
        """Write a file, its folders as needed."""
        path = self.folder / relative
        self._make(path.parent)
        self._changed[path.parent] = None
        part = self._parts / str(len(self._files)) if self._parts else path
        write_file(part, data)
        self._files.append((part, path))

    def sync(self) -> None:
        """Return when every file and folder made is on the disk."""
        fsync_all(part for part, _ in self._files)
        for part, path in self._files if self._parts else []:
            part.rename(path)
        fsync_all(self._changed)

    def _make(self, folder: Path) -> None:
        if folder in self._made:
            return
        self._make(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            self._changed[folder.parent] = None
        self._made.add(folder)


Announce = Callable[[str], None]


def quietly(_step: str) -> None:
    """Announce nothing."""

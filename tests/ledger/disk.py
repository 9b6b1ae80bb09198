"""A disk that fails, or whose machine dies, at any one system call; and one that loses its power.

Every call that changes the disk below a folder is seen, in this process and its threads: the
creation of a file, write, fsync, rename, unlink, mkdir, rmdir. What is left after the power went is
the worst that POSIX allows: no content that was not fsynced, and of the names in a folder either
those alone that the folder's own fsync brought to the disk, or all.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Real = Callable[[], Any]
Around = Callable[[str, list[Path], Real], Any]
Image = dict[Path, bytes | None]
"""What a disk holds: each file's content, None for a folder, by path."""


@contextmanager
def calls_go_through(root: Path, around: Around) -> Iterator[None]:
    """Send each changing call below ``root`` through ``around(name, paths, real)``."""
    opened: dict[int, Path] = {}

    def by_path(name: str, count: int, call: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments, **options):
            paths = [Path(path) for path in arguments[:count]]
            if not paths[0].is_relative_to(root):
                return call(*arguments, **options)
            return around(name, paths, lambda: call(*arguments, **options))

        return act

    def by_descriptor(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def act(descriptor, *rest):
            path = opened.get(descriptor)
            if path is None:
                return call(descriptor, *rest)
            return around(name, [path], lambda: call(descriptor, *rest))

        return act

    def open_below(path, flags, *rest, **options):
        if not Path(path).is_relative_to(root):
            return open_(path, flags, *rest, **options)
        descriptor = (create if flags & os.O_CREAT else open_)(path, flags, *rest, **options)
        opened[descriptor] = Path(path)
        return descriptor

    def close_below(descriptor):
        opened.pop(descriptor, None)
        close(descriptor)

    open_, close = os.open, os.close
    create = by_path("create", 1, open_)
    with pytest.MonkeyPatch.context() as patch:
        for name, count in {"rename": 2, "unlink": 1, "mkdir": 1, "rmdir": 1}.items():
            patch.setattr(os, name, by_path(name, count, getattr(os, name)))
        for name in ("write", "fsync"):
            patch.setattr(os, name, by_descriptor(name, getattr(os, name)))
        patch.setattr(os, "open", open_below)
        patch.setattr(os, "close", close_below)
        yield


class FaultAt:
    """Has ``fault`` at one call, before it took effect or (``persisted``) after."""

    def __init__(self, number: int, fault: Callable[[], None], *, persisted: bool) -> None:
        self.seen: list[str] = []
        self._number = number
        self._fault = fault
        self._persisted = persisted

    def __call__(self, name: str, _paths: list[Path], real: Real) -> Any:
        self.seen.append(name)
        if len(self.seen) - 1 != self._number:
            return real()
        if self._persisted:
            with suppress(OSError):
                real()
        return self._fault()


@dataclass
class _File:
    content: bytes = b""
    safe: bytes = b""


@dataclass
class _Folder:
    names: dict[str, "_Node"] = field(default_factory=dict)
    safe: dict[str, "_Node"] = field(default_factory=dict)


_Node = _File | _Folder


class Power:
    """Follows what the disk would hold if the power went, for use with ``calls_go_through``."""

    def __init__(self, root: Path) -> None:
        self.images: list[Image] = []
        self._root = root
        self._top = _load(root)

    def __call__(self, name: str, paths: list[Path], real: Real) -> Any:
        result = real()
        self._follow(name, *paths)
        for names_safe in (False, True):
            image: Image = {}
            _write_down(self._top, Path(), image, names_safe=names_safe)
            if image not in self.images:
                self.images.append(image)
        return result

    def behind(self, fault: Around) -> Around:
        """Return ``fault`` with this behind it: what it lets through is followed."""
        return lambda name, paths, real: fault(name, paths, lambda: self(name, paths, real))

    def _follow(self, name: str, path: Path, target: Path | None = None) -> None:
        if path == self._root:
            self._top.safe = dict(self._top.names)
            return
        names = self._folder(path.parent).names
        if name == "create":
            names.setdefault(path.name, _File())
        elif name == "mkdir":
            names[path.name] = _Folder()
        elif name in ("unlink", "rmdir"):
            del names[path.name]
        elif name == "rename":
            self._folder(target.parent).names[target.name] = names.pop(path.name)
        elif isinstance(node := names[path.name], _Folder):
            node.safe = dict(node.names)
        elif name == "write":
            node.content = path.read_bytes()
        else:
            node.safe = node.content

    def _folder(self, path: Path) -> _Folder:
        folder = self._top
        for part in path.relative_to(self._root).parts:
            folder = folder.names[part]
        return folder


def lay_out(image: Image, folder: Path) -> None:
    """Make in ``folder`` the files that a power cut left."""
    for path, content in image.items():
        if content is None:
            (folder / path).mkdir(parents=True)
        else:
            (folder / path).write_bytes(content)


def _load(path: Path) -> _Node:
    if path.is_file():
        return _File(path.read_bytes(), path.read_bytes())
    names = {below.name: _load(below) for below in path.iterdir()}
    return _Folder(names, dict(names))


def _write_down(node: _Node, path: Path, image: Image, *, names_safe: bool) -> None:
    if isinstance(node, _File):
        image[path] = node.safe
        return
    image[path] = None
    for name, below in (node.names if names_safe else node.safe).items():
        _write_down(below, path / name, image, names_safe=names_safe)

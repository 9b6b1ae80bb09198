"""Streams of frames: the next one made while this one is used."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_END = object()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield ``items``, making the next one in another thread while this one is used."""
    with ThreadPoolExecutor(1) as pool:
        step: Callable[[], object] = lambda: next(items, _END)  # noqa: E731
        coming = pool.submit(step)
        while (item := coming.result()) is not _END:
            coming = pool.submit(step)
            yield item  # type: ignore[misc]

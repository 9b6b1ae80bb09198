"""Streams of frames: the next ones made while this one is used."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
Made = TypeVar("Made")

_END = object()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield ``items``, making the next one in another thread while this one is used."""
    with ThreadPoolExecutor(1) as pool:
        step: Callable[[], object] = lambda: next(items, _END)  # noqa: E731
        coming = pool.submit(step)
        while (item := coming.result()) is not _END:
            coming = pool.submit(step)
            yield item  # type: ignore[misc]


def side_by_side(make: Callable[[T], Made], items: Iterable[T], at_once: int) -> Iterator[Made]:
    """Yield ``make`` of each of ``items``, in their order; ``at_once`` are made in other threads.

    One more than that is taken from ``items`` ahead.
    """
    pool = ThreadPoolExecutor(at_once)
    try:
        coming: deque[Future[Made]] = deque()
        for item in items:
            coming.append(pool.submit(make, item))
            if len(coming) > at_once:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)

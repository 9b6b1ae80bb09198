"""A demonstration's work in processes of their own: memory given back, one home a process."""

import multiprocessing
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import resource_tracker
from typing import Any

from portcullis.cli import cancelling
from portcullis.progress import Report, Show


def apart(work: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - any work's answer
    """Do ``work`` in a process of its own, which gives its memory back when it is done."""
    with _process() as pool:
        return _begun(pool, work, *arguments).result()


@contextmanager
def _process(*initial: Any) -> Iterator[ProcessPoolExecutor]:  # noqa: ANN401 - what it begins with
    """Give a process to work in; it is killed where this block is left by an error or a cancel."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        1, mp_context=context, initializer=_end_with_the_first, initargs=initial
    ) as pool:
        try:
            yield pool
        except BaseException:
            for each in multiprocessing.active_children():
                each.kill()
            raise


def _begun(pool: ProcessPoolExecutor, work: Callable[..., Any], *arguments: Any) -> "Future[Any]":  # noqa: ANN401
    """Begin ``work`` in a process that leaves Ctrl-C, sent by a terminal to all, to this one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(work, *arguments)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def track_resources() -> None:
    """Begin multiprocessing's tracker: begun by a worker, it would let the signal through again.

    Where a cancel leaves semaphores it removes them, and need not warn of it.
    """
    sys.warnoptions.append("ignore::UserWarning")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.pop()


def _end_with_the_first(heard: Any = None) -> None:  # noqa: ANN401 - a queue of another process
    """Let this process end as soon as the one that began it does, however that ends."""
    global _heard  # noqa: PLW0603 - a worker's only way to what it began with
    _heard = heard
    first = multiprocessing.parent_process()

    def end() -> None:
        if first is not None:
            first.join()
            os._exit(cancelling.EXIT)

    threading.Thread(target=end, daemon=True).start()


def play_apart(shown: Show, play: Callable[..., Any], *arguments: Any, called: str = "") -> Any:  # noqa: ANN401 - what was played
    """Do ``play(*arguments, show)`` in a process of its own (one process, one home).

    What it reports is shown here, each step as a step of what is ``called`` so.
    """
    heard = multiprocessing.get_context("spawn").Queue()
    with _process(heard) as pool:
        done = _begun(pool, _play, play, *arguments)
        for report in _told(heard, done):
            shown(replace(report, step=f"{called}: {report.step}") if called else report)
        return done.result()


def _told(heard: "multiprocessing.Queue[Report | None]", done: "Future[Any]") -> Iterator[Report]:
    """Yield what another process reports, until it says None or is done."""
    while True:
        try:
            report = heard.get(timeout=0.1)
        except queue.Empty:
            if done.done():
                return
            continue
        if report is None:
            return
        yield report


_heard: Any = None
"""In a process that plays: the queue for its reports."""


def _play(play: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - what was played
    try:
        return play(*arguments, _heard.put)
    finally:
        _heard.put(None)

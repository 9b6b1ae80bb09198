"""Runs the real command: in a process of its own, on a terminal, or in this one."""

import io
import json
import os
import pty
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connections

from portcullis import cli
from portcullis.office import setup
from tests.office.homes import switch
from tests.office.world import World
from tests.thorough import THOROUGH


def portcullis(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command to its end: the installed one, or in a hurry its verbs in this process."""
    return started(*words) if THOROUGH else _here(list(map(str, words)))


def started(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a process of its own."""
    command = Path(sys.executable).with_name("portcullis")
    return subprocess.run(
        [command, *map(str, words)], capture_output=True, text=True, check=False, timeout=280
    )


_command = cache(cli._command)  # it can be put together once a process


def _here(words: list[str]) -> subprocess.CompletedProcess[str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(setup, "point_django_at", switch),
    ):
        try:
            _command()(words, exit_on_error=False, print_error=False)
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        except Exception as error:
            code = cli._told(error)
    if apps.ready:
        connections.close_all()
    said, told = (each.buffer.getvalue().decode() for each in (out, err))
    return subprocess.CompletedProcess(words, code, said, told)


def on_a_terminal(*words: object) -> tuple[int, str]:
    """Run the command with a terminal for its output; return its exit code and what it showed."""
    command = Path(sys.executable).with_name("portcullis")
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        [command, *map(str, words)], stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = bytearray()
    with running:
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # how Linux says that the other side has closed it
                break
            if not part:
                break
            shown += part
    os.close(ours)
    return running.returncode, shown.decode()


def run(
    world: World, *words: object, by: str = "", code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command on the world's home, as a person of it, and expect its exit code."""
    signed = ("--as", by, "--key", world.key_path(by)) if by else ()
    done = portcullis(*words, *signed, "--home", world.home_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


def ask(world: World, *words: object, by: str = "", code: int = 0) -> Any:
    """Run the command on the world's home and read what it answers to programs."""
    return json.loads(run(world, *words, "--json", by=by, code=code).stdout)

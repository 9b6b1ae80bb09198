"""Runs the real command in a process of its own."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.office.world import World


def portcullis(*words: object) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("portcullis")
    return subprocess.run(
        [command, *map(str, words)], capture_output=True, text=True, check=False, timeout=280
    )


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

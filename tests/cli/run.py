"""Runs the real command in a process of its own."""

import os
import pty
import subprocess
import sys
from pathlib import Path


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

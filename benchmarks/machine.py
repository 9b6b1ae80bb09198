"""What a number was measured on, and with what."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

_TOOLS = ("polars", "duckdb", "joserfc", "cryptography")


def machine() -> str:
    """Return the machine in one line: processor, cores, memory, system."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {_system()}"


def versions(peers: Mapping[str, str]) -> str:
    """Return the versions that matter, those of ``peers`` among them."""
    found = {"Python": platform.python_version(), **{name: version(name) for name in _TOOLS}}
    return ", ".join(f"{name} {number}" for name, number in {**found, **peers}.items())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _system() -> str:
    return platform.freedesktop_os_release()["PRETTY_NAME"]

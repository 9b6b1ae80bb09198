"""What the command line prints: facts as a small table or as JSON, complaints on stderr."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


def show(facts: Mapping[str, Any], *, as_json: bool, title: str = "") -> None:
    """Print ``facts`` as JSON, or as a table of names and values."""
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, default=str) + "\n")
        return
    table = Table(title=title or None, show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="left", overflow="fold")
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), _words(value))
    console.print(table)


def say(text: str) -> None:
    """Print a line of plain words."""
    console.print(text, markup=False, soft_wrap=True)


def complain(message: str, remedy: str = "") -> None:
    """Print an error and its remedy on stderr."""
    _errors.print(message, markup=False, style="bold red", soft_wrap=True)
    if remedy:
        _errors.print(remedy, markup=False, soft_wrap=True)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return "\n".join(_words(item) for item in value)
    return str(value)

"""A statement in words, for the one who signs it."""

from collections.abc import Iterator, Mapping
from typing import Any

_NAMES = {
    "act": "Act",
    "person": "Signed by",
    "at": "At (UTC)",
    "batch": "Batch",
    "ledger": "Ledger of the office",
    "home": "Office",
    "list": "Ledger entry of the list",
    "root": "Root of the list",
    "leaves_root": "Root of the list",
    "docket": "Docket",
    "document": "Source document (SHA-256)",
    "scope": "Scope",
}


def facts(statement: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the statement's facts as pairs of a name in words and a value, in its own order.

    Nothing is left out: what is not shown would be signed unread.
    """
    return list(_flat(statement, ""))


def _flat(value: object, name: str) -> Iterator[tuple[str, str]]:
    if name == _NAMES["scope"] and not value:
        yield name, "everything"
    elif isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}, {_named(key)}" if name else _named(key))
    elif isinstance(value, list | tuple) and value:
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{name} {number}")
    else:
        yield name, _said(value)


def _named(key: str) -> str:
    return _NAMES.get(key, key.replace("_", " ").replace("-", " ").capitalize())


def _said(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)

"""What may leave: the items the agreement's pack names, and nothing beside them [law.md 27]."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from portcullis.errors import Misuse, Refused

FORMAT = "portcullis-disclosure/1"
_LINES = ("line1", "line2", "city", "state", "zip")


def disclosure_content(
    items: Iterable[str], request: Mapping[str, Any], lka: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the content of one package.

    ``items`` are the pack's ``disclosure.items``; ``request`` gives ``request_id`` and the
    ``items`` it asks for (``;`` between); ``lka`` is a row of the match: ``lka_line1`` ...
    ``lka_zip``, ``lka_period``. No TIN and no name: the officer has those in the request.
    Raises Refused where the request asks for nothing or for what the pack does not let out,
    Misuse where the pack names an item that is unknown.
    """
    asked = [item for item in str(request.get("items") or "").split(";") if item]
    allowed = set(items)
    if not asked or not allowed.issuperset(asked):
        raise Refused(
            "The request asks for nothing, or for an item that the agreement does not let out.",
            "Ask only for the items that the agreement lists.",
        )
    return {
        "format": FORMAT,
        "request_id": str(request["request_id"]),
        **{item: _item(item)(lka) for item in asked},
    }


def _item(name: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    try:
        return _ITEMS[name]
    except KeyError:
        raise Misuse(
            f"There is no disclosure item {name}.", f"The items are: {', '.join(_ITEMS)}."
        ) from None


def _last_known_address(lka: Mapping[str, Any]) -> dict[str, Any]:
    if not lka.get("lka_line1") or lka.get("lka_period") is None:
        raise Refused("There is no last known address to disclose.")
    lines = {line: str(lka.get(f"lka_{line}") or "") for line in _LINES}
    return {**lines, "taxable_period": int(lka["lka_period"])}


_ITEMS = {"last_known_address": _last_known_address}

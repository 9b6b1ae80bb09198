"""The pages a person has: those of their desks, and what these link to."""

import re
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

_MOST = 40
_LINK = re.compile(rb'<a [^>]*href="(/[^"#]*|\?[^"#]*)"')
# What is no page of a desk: signing in and out, style and scripts, files to take away.
_LEFT_OUT = ("/accounts/", "/static/", "/health/", "/api/", "/banner/")
_PAGE = 200


class _Asks(Protocol):
    said: bytes

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
        """Send one request, keep what was said, return its status."""


def walk(line: _Asks, person: dict[str, Any]) -> list[str]:
    """Return the addresses of a person's pages, found by following links from their desks."""
    found: list[str] = []
    waiting = list(person["desks"])
    while waiting and len(found) < _MOST:
        path = waiting.pop(0)
        if path in found:
            continue
        status = line.ask("GET", path, {"Host": person["host"], "Cookie": person["cookie"]})
        if status != _PAGE or b"<main" not in line.said:
            continue
        found.append(path)
        main = line.said[line.said.index(b"<main") :]
        links = [urljoin(path, each.decode().replace("&amp;", "&")) for each in _LINK.findall(main)]
        waiting += [each for each in links if _is_page(each, person["desks"])]
    if not found:
        raise RuntimeError(f"{person['person']} has no page that answers")
    return found


def _is_page(path: str, desks: list[str]) -> bool:
    plain = urlsplit(path).path
    theirs = plain.startswith(tuple(desks)) and not plain.startswith(_LEFT_OUT)
    return theirs and plain.endswith("/")

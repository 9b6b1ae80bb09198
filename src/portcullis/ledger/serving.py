"""A ledger over HTTP: the WSGI application (c2sp.org/tlog-tiles).

Every answer is a file as it lies in the folder, so any web server over the same folder serves the
same bytes; this one adds the headers that the format asks for, and can reach nothing else. What
may be read is recognised by the formats' own names, never by what happens to lie there.
"""

import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from portcullis.ledger.tiles import parse_checkpoint_path, parse_path
from portcullis.ledger.verify import CONTENTS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 4096
"""Nothing is posted here; a request's body is never read."""

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
BINARY = "application/octet-stream"

_FOR_EVER = "public, max-age=31536000, immutable"
_SECONDS = "public, max-age=3"
_MINUTE = "public, max-age=60"

_SINGLE = {
    "ledger/checkpoint": (TEXT, _SECONDS),
    f"ledger/{CONTENTS}": (TEXT, _SECONDS),
    "public.json": (JSON, _MINUTE),
    "policy": (TEXT, _MINUTE),
}
_TILE = re.compile(r"(?:ledger|trees/(?P<batch>[^/]+)/(?P<number>[0-9]+))/(?P<tile>tile/.+)")
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ENTRIES = "tile/entries/"
_LONGEST_PATH = 512


@dataclass(frozen=True)
class Resource:
    """How a file is served: its content type, how long it may be kept, whether it is compressed."""

    kind: str
    cache: str
    compressed: bool = False


def resource(path: str) -> Resource | None:
    """Return how the file at ``path`` (from the served folder) is served, None if it is not."""
    if path in _SINGLE:
        return Resource(*_SINGLE[path])
    if len(path) > _LONGEST_PATH:
        return None
    if parse_checkpoint_path(path.removeprefix("ledger/")) is not None:
        return Resource(TEXT, _FOR_EVER) if path.startswith("ledger/") else None
    found = _TILE.fullmatch(path)
    if found is None or not _FOLDER.fullmatch(found["batch"] or "0"):
        return None
    bundle = found["tile"].startswith(_ENTRIES)
    return Resource(BINARY, _FOR_EVER, compressed=bundle) if parse_path(found["tile"]) else None


def application(base: Path) -> "WSGIApplication":
    """Return the WSGI application over ``base``, a home or a copy of one.

    Reachable are ``ledger/checkpoint``, ``ledger/checkpoints/``, ``ledger/tile/``,
    ``trees/<batch>/<number>/tile/``, ``public.json`` and ``policy``; by GET and HEAD.
    """
    base = base.resolve()

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        status, headers, body = _respond(base, environ)
        fields = {
            **headers,
            "Content-Length": str(len(body)),
            "X-Content-Type-Options": "nosniff",
        }
        start(f"{status.value} {status.phrase}", list(fields.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def _respond(base: Path, environ: "WSGIEnvironment") -> tuple[HTTPStatus, dict[str, str], bytes]:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        headers = {"Content-Type": TEXT, "Allow": "GET, HEAD"}
        return HTTPStatus.METHOD_NOT_ALLOWED, headers, b"A ledger is only read.\n"
    path = environ.get("PATH_INFO", "").removeprefix("/")
    how = resource(path)
    data = _read(base, path) if how else None
    if how is None or data is None:
        return HTTPStatus.NOT_FOUND, {"Content-Type": TEXT}, b"There is nothing here.\n"
    headers = {"Content-Type": how.kind, "Cache-Control": how.cache}
    if how.compressed:
        headers["Vary"] = "Accept-Encoding"
        if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            headers["Content-Encoding"] = "gzip"
            data = gzip.compress(data, compresslevel=6, mtime=0)
    return HTTPStatus.OK, headers, data


def _read(base: Path, path: str) -> bytes | None:
    """Return the bytes of a file that lies in ``base`` itself: no link leads out of it."""
    file = base / path
    try:
        return file.read_bytes() if file.resolve() == file else None
    except OSError:
        return None


def _takes_gzip(accepted: str) -> bool:
    for choice in accepted.lower().split(","):
        coding, *parameters = [part.strip() for part in choice.split(";")]
        if coding == "gzip":
            return not any(re.fullmatch(r"q=0(\.0*)?", part) for part in parameters)
    return False

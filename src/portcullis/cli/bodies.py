"""How much of a request's body is read: more than anybody's only once it is known whose it is.

The web server buffers a body before the application sees it, on the disk where it is long. So
whoever is nobody may send little, and what is long is asked about when its head has come.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from waitress.channel import HTTPChannel

_LOOK = 8 << 20  # bytes of a body between two looks


@dataclass(frozen=True)
class Head:
    """What a request says before its body.

    ``path`` as WSGI has it, ``query`` as it came; ``headers`` by their names in capitals, with
    underscores.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Longer:
    """Who is asked about long bodies.

    ``most_bytes``: how long the body of that request may be; it raises nothing. ``has_room``:
    whether the disk has room for what is buffered; asked again while it comes.
    """

    most_bytes: Callable[[Head], int]
    has_room: Callable[[], bool]


def reading(longer: Longer) -> "type[HTTPChannel]":
    """Return the kind of a connection that asks ``longer`` about a body beyond anybody's limit."""
    from waitress.channel import HTTPChannel
    from waitress.parser import HTTPRequestParser
    from waitress.utilities import RequestEntityTooLarge

    class Parser(HTTPRequestParser):
        long = False
        looked_at = 0

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            anybody = self.adj.max_request_body_size
            if not self.chunked and self.content_length < anybody:
                return
            most = longer.most_bytes(_head(self)) if longer.has_room() else 0
            self.long = most > anybody
            if self.long:
                self.adj = copy(self.adj)  # of this request alone
                self.adj.max_request_body_size = most

        def received(self, data: bytes) -> int:
            consumed = super().received(data)
            if self.long and self.body_bytes_received - self.looked_at >= _LOOK:
                self.looked_at = self.body_bytes_received
                if not longer.has_room():
                    self.error = RequestEntityTooLarge("no room on the disk")
                    self.completed = True
            return consumed

    class Channel(HTTPChannel):
        parser_class = Parser

    return Channel


def _head(parser: Any) -> Head:  # noqa: ANN401 - its attributes are not all in the types
    return Head(parser.command, parser.path, parser.query, parser.headers)

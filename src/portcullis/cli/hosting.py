"""Runs a WSGI application in a process of its own until it is stopped."""

import logging
import socket
from typing import TYPE_CHECKING, Annotated, cast

from cyclopts import Parameter

from portcullis.cli.bodies import Longer, reading
from portcullis.cli.output import say
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from waitress.server import BaseWSGIServer

HostOption = Annotated[str, Parameter(name="--host", help="The address to listen on.")]
PortOption = Annotated[int, Parameter(name="--port", help="The port; 0 takes a free one.")]

LOOPBACK = "127.0.0.1"

_THREADS = 8


def listen(application: "WSGIApplication", address: str, port: int, *, most_bytes: int) -> None:
    """Serve ``application`` on ``address`` and ``port``, and say where; return when stopped.

    ``most_bytes``: the longest request body that is read. Raises Misuse where the place is taken.
    """
    place = open_place(address, port)
    tell(place)
    serve_at(place, application, most_bytes=most_bytes)


def open_place(address: str, port: int) -> socket.socket:
    """Return a socket that listens on ``address`` and ``port``.

    Raises Misuse where the place is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except (OSError, OverflowError):
        raise Misuse(
            f"Nothing can listen on {address}, port {port}.",
            "Name another with --host and --port; perhaps it runs already.",
        ) from None


def tell(place: socket.socket) -> None:
    """Say where the socket listens."""
    address, port = place.getsockname()[:2]
    shown = f"[{address}]" if place.family == socket.AF_INET6 else address
    say(f"Listening on http://{shown}:{port}/ (stop with Ctrl-C).")


def serve_at(
    place: socket.socket,
    application: "WSGIApplication",
    *,
    most_bytes: int,
    longer: Longer | None = None,
    scheme: str = "http",
) -> None:
    """Serve ``application`` on a socket that listens, as ``listen`` does.

    ``longer``: asked about a request whose body is longer, or tells no length.
    ``scheme``: that of the address as browsers name it; ``https`` where a proxy has the TLS.

    Other processes may serve on the same socket: whichever is free takes the next connection.
    """
    from waitress.server import create_server

    server = create_server(
        application,
        sockets=[place],
        threads=_THREADS,
        max_request_body_size=most_bytes,
        ident=None,
        url_scheme=scheme,
        # Whom to believe in them, the application is told (PORTCULLIS_PROXIES); by default nobody.
        clear_untrusted_proxy_headers=False,
    )
    if longer is not None:
        # Of one socket it is one server.
        cast("BaseWSGIServer", server).channel_class = reading(longer)
    # A request that waits for a thread is no news to whoever runs this.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server.run()

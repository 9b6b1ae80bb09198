"""Runs a WSGI application in a process of its own until it is stopped."""

import logging
import socket
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from portcullis.cli.output import say
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HostOption = Annotated[str, Parameter(name="--host", help="The address to listen on.")]
PortOption = Annotated[int, Parameter(name="--port", help="The port; 0 takes a free one.")]

LOOPBACK = "127.0.0.1"

_THREADS = 8


def listen(application: "WSGIApplication", address: str, port: int, *, most_bytes: int) -> None:
    """Serve ``application`` on ``address`` and ``port``, and say where; return when stopped.

    ``most_bytes``: the longest request body that is read. Raises Misuse where the place is taken.
    """
    from waitress.server import create_server

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        place = socket.create_server((address, port), family=family)
    except (OSError, OverflowError):
        raise Misuse(
            f"Nothing can listen on {address}, port {port}.",
            "Name another with --host and --port; perhaps it runs already.",
        ) from None
    server = create_server(
        application,
        sockets=[place],
        threads=_THREADS,
        max_request_body_size=most_bytes,
        ident=None,
    )
    shown = f"[{address}]" if family == socket.AF_INET6 else address
    # A request that waits for a thread is no news to whoever runs this.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    say(f"Listening on http://{shown}:{place.getsockname()[1]}/ (stop with Ctrl-C).")
    server.run()

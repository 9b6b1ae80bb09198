"""``portcullis serve``: the public ledger over HTTP; with --role, an office in the browser."""

import os
import socket
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from cyclopts import App, Parameter, validators

from portcullis.cli import beside as processes_beside
from portcullis.cli.bodies import Head, Longer
from portcullis.cli.hosting import (
    LOOPBACK,
    HostOption,
    PortOption,
    listen,
    open_place,
    serve_at,
    tell,
)
from portcullis.cli.options import DEFAULT_HOME, HomeOption
from portcullis.errors import Misuse

DEFAULT_PORT = 8810
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")

RoleOption = Annotated[
    Literal["holder", "requester"] | None,
    Parameter(help="Serve that side's office, with its pages and API; else the ledger alone."),
]
OriginOption = Annotated[
    str,
    Parameter(help="With --role: the address as browsers name it; else http://localhost:PORT."),
]
WorkerOption = Annotated[
    bool,
    Parameter(help="With --role: do the office's long work too, in a process beside this one."),
]
ProcessesOption = Annotated[
    int,
    Parameter(
        help="With --role: how many processes answer; about one a processor, on PostgreSQL.",
        validator=validators.Number(gte=1, lte=64),
    ),
]
HolderOption = Annotated[
    str,
    Parameter(help="With --role requester: the address of the holder's office, to send there."),
]
# For the command's own use: the socket that the process which began this one listens on.
BesideOption = Annotated[int | None, Parameter(show=False)]


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(serve)


def serve(
    *,
    role: RoleOption = None,
    origin: OriginOption = "",
    worker: WorkerOption = True,
    processes: ProcessesOption = 1,
    holder: HolderOption = "",
    home: HomeOption = DEFAULT_HOME,
    host: HostOption = LOOPBACK,
    port: PortOption = DEFAULT_PORT,
    beside: BesideOption = None,
) -> None:
    """Serve the home's ledger, or a copy's, over HTTP until stopped; with --role, an office.

    Any web server over ledger/, trees/, public.json and policy does as well as the first. Before
    the public, and before an office that is not on this machine alone, put one with TLS in front.
    """
    if beside is not None and role is not None:
        _another(home, role, origin, socket.socket(fileno=beside))
    elif role is not None:
        here = origin or f"http://localhost:{port}"
        if holder:
            # The worker beside this process, and the others that answer, are told too.
            os.environ["PORTCULLIS_HOLDER"] = _checked(holder)
        _office(home, role, here, (host, port), worker=worker, processes=processes)
    else:
        _ledger(home, host, port)


def _checked(holder: str) -> str:
    """Return the address of the holder's office. Raises Misuse unless it is one with TLS."""
    place = urlsplit(holder)
    here = place.hostname in ("localhost", "127.0.0.1")
    if place.scheme != "https" and not (here and place.scheme == "http"):
        raise Misuse(
            "The holder's office is not at an address with TLS.",
            "Name it as https://office.example.gov; http only on this machine.",
        )
    return holder


def _ledger(home: Path, host: str, port: int) -> None:
    from portcullis.ledger import serving

    if not (home / "ledger" / "checkpoint").is_file():
        raise Misuse(
            f"There is no ledger in the folder {home}.",
            "Name a home, or a copy of one, with --home or PORTCULLIS_HOME.",
        )
    listen(serving.application(home), host, port, most_bytes=serving.MOST_BYTES)


def _office(
    home: Path, role: str, origin: str, at: tuple[str, int], *, worker: bool, processes: int
) -> None:
    from portcullis.office.web import serving

    named = urlsplit(origin)
    if named.scheme == "http" and named.hostname not in _THIS_MACHINE:
        raise Misuse(
            "Over http: passwords and cookies would go over the network in clear.",
            "Put a proxy with TLS before the office, and name its https:// address with --origin.",
        )
    serving.prepare(home, role, origin)
    place = open_place(*at)
    working = processes_beside.worker(home) if worker else nullcontext()
    with working, processes_beside.servers(processes - 1, home, role, origin, place):
        tell(place)
        _serve_at(place, origin)


def _another(home: Path, role: str, origin: str, place: socket.socket) -> None:
    """Serve the office on a socket that another process opened, until that one is gone."""
    from portcullis.office.web import serving

    processes_beside.end_with_the_first()
    serving.prepare(home, role, origin)
    _serve_at(place, origin)


def _serve_at(place: socket.socket, origin: str) -> None:
    from portcullis.office.web import serving

    scheme = urlsplit(origin).scheme
    application = serving.application()

    def most_bytes(head: Head) -> int:
        return serving.most_bytes(head.method, head.path, head.query, head.headers)

    longer = Longer(most_bytes, serving.has_room)
    serve_at(place, application, most_bytes=serving.ANYBODY, longer=longer, scheme=scheme)

"""``portcullis serve``: the public ledger over HTTP; with --role, an office in the browser."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from portcullis.cli import beside
from portcullis.cli.hosting import LOOPBACK, HostOption, PortOption, listen
from portcullis.cli.options import DEFAULT_HOME, HomeOption
from portcullis.errors import Misuse

DEFAULT_PORT = 8810

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


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(serve)


def serve(
    *,
    role: RoleOption = None,
    origin: OriginOption = "",
    worker: WorkerOption = True,
    home: HomeOption = DEFAULT_HOME,
    host: HostOption = LOOPBACK,
    port: PortOption = DEFAULT_PORT,
) -> None:
    """Serve the home's ledger, or a copy's, over HTTP until stopped; with --role, an office.

    Any web server over ledger/, trees/, public.json and policy does as well as the first. Before
    the public, and before an office that is not on this machine alone, put one with TLS in front.
    """
    if role is not None:
        here = origin or f"http://localhost:{port}"
        _office(home, role, here, (host, port), worker=worker)
    else:
        _ledger(home, host, port)


def _ledger(home: Path, host: str, port: int) -> None:
    from portcullis.ledger import serving

    if not (home / "ledger" / "checkpoint").is_file():
        raise Misuse(
            f"There is no ledger in the folder {home}.",
            "Name a home, or a copy of one, with --home or PORTCULLIS_HOME.",
        )
    listen(serving.application(home), host, port, most_bytes=serving.MOST_BYTES)


def _office(home: Path, role: str, origin: str, place: tuple[str, int], *, worker: bool) -> None:
    from portcullis.office.web import serving

    serving.prepare(home, role, origin)
    with beside.worker(home) if worker else nullcontext():
        listen(serving.application(), *place, most_bytes=serving.MOST_BYTES)

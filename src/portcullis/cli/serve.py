"""``portcullis serve``: the ledger over HTTP, for everybody to read and to check."""

from cyclopts import App

from portcullis.cli.hosting import LOOPBACK, HostOption, PortOption, listen
from portcullis.cli.options import DEFAULT_HOME, HomeOption
from portcullis.errors import Misuse

DEFAULT_PORT = 8810


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(serve)


def serve(
    *, home: HomeOption = DEFAULT_HOME, host: HostOption = LOOPBACK, port: PortOption = DEFAULT_PORT
) -> None:
    """Serve the home's ledger, or a copy's, over HTTP until stopped: files to read, no more.

    Any web server over ledger/, trees/, public.json and policy does the same. Before the public,
    put one with TLS in front.
    """
    from portcullis.ledger import serving

    if not (home / "ledger" / "checkpoint").is_file():
        raise Misuse(
            f"There is no ledger in the folder {home}.",
            "Name a home, or a copy of one, with --home or PORTCULLIS_HOME.",
        )
    listen(serving.application(home), host, port, most_bytes=serving.MOST_BYTES)

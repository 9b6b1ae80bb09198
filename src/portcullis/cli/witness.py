"""``portcullis witness``: run a witness for other people's ledgers (c2sp.org/tlog-witness)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.hosting import LOOPBACK, HostOption, PortOption, listen
from portcullis.cli.options import JsonOption
from portcullis.cli.output import say, show

if TYPE_CHECKING:
    from portcullis.ledger import Witness

DEFAULT_PORT = 8811


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="witness", help="A witness: it sees that a ledger only grows, and signs so.")
    noun.command(init)
    noun.command(add_log)
    noun.command(serve)
    noun.command(show_witness, name="show")
    app.command(noun)


def init(
    folder: Path,
    *,
    name: Annotated[str, Parameter(help="Its name for ever, like witness.example.org/w1.")],
    json: JsonOption = False,
) -> None:
    """Make a witness with a new key in FOLDER, and print the key that others check it by."""
    from portcullis.ledger.witness_folder import make_witness

    witness = make_witness(folder, name)
    show({"folder": str(folder), "vkey": witness.vkey}, as_json=json, title="A new witness")


def add_log(
    folder: Path,
    *,
    key: Annotated[
        list[str],
        Parameter(
            help="A ledger's verifier key; give all that it may sign with. Keys known "
            "before for the same ledger are replaced."
        ),
    ],
) -> None:
    """Trust these keys for the ledger they are named after; a running witness heeds it at once."""
    from portcullis.ledger.witness_folder import open_witness, trust_logs

    trust_logs(folder, key)
    known = len(open_witness(folder).logs)
    say(f"The witness knows {known} ledger{'s' if known != 1 else ''}.")


def serve(folder: Path, *, host: HostOption = LOOPBACK, port: PortOption = DEFAULT_PORT) -> None:
    """Run the witness in FOLDER over HTTP until it is stopped.

    Before the public, put a web server with TLS in front of it.
    """
    from portcullis.ledger import witness_service
    from portcullis.ledger.submissions import MOST_BYTES
    from portcullis.ledger.witness_folder import open_witness

    witness = open_witness(folder)
    say(f"Witness {witness.vkey}")
    listen(witness_service.application(witness), host, port, most_bytes=MOST_BYTES)


def show_witness(folder: Path, *, json: JsonOption = False) -> None:
    """Print the witness's key, the ledgers it knows, and how far it has seen each of them."""
    from portcullis.ledger.witness_folder import open_witness

    witness = open_witness(folder)
    logs = [_facts(witness, origin) for origin in witness.logs]
    if json:
        show({"vkey": witness.vkey, "logs": logs}, as_json=True)
        return
    lines = [
        f"{log['origin']}: "
        + ("nothing seen yet" if log["size"] is None else f"{log['size']:,} entries")
        for log in logs
    ]
    show({"vkey": witness.vkey, "ledgers": lines or "none"}, as_json=False, title="A witness")


def _facts(witness: "Witness", origin: str) -> dict[str, Any]:
    seen = witness.seen(origin)
    return {
        "origin": origin,
        "keys": list(witness.logs[origin]),
        "size": seen.size if seen else None,
        "root": seen.root.hex() if seen else None,
    }

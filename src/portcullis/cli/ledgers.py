"""``portcullis verify``: the offline verifier."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from portcullis.cli.options import JsonOption
from portcullis.cli.output import say, show


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(verify)


def verify(
    path: Path = Path("portcullis-home"),
    *,
    keys: Annotated[
        Path | None, Parameter(help="The holder's public.json; else the home's.")
    ] = None,
    json: JsonOption = False,
) -> int:
    """Verify a ledger from its files: the home at PATH, or a copy of its ledger/ and trees/.

    Recomputes every tile, the checkpoint and its signatures, and every batch's tree; names the
    place of every fault. Needs no database and no secret.
    """
    from portcullis import ledger
    from portcullis.office.public import FILE, read_public

    public = read_public(keys or path / FILE)
    found = ledger.verify_log(
        path / "ledger", list(public.ledger), list(public.witnesses), public.k, trees=path / "trees"
    )
    facts = {
        "ok": found.ok,
        "size": found.size,
        "root": found.root.hex() if found.root else None,
        "trees": found.trees,
        "problems": list(found.problems),
    }
    if json:
        show(facts, as_json=True)
    elif found.ok:
        say(
            f"Everything agrees: {found.size:,} entries, {found.trees} lists, root {facts['root']}."
        )
    else:
        for problem in found.problems:
            say(problem)
    return 0 if found.ok else 1

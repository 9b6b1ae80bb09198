"""``portcullis verify``: the offline verifier."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import JsonOption
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress
from portcullis.cli.trusting import KeysOption, PolicyOption, at_hand, trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portcullis.ledger import Problem


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(verify)


def verify(
    place: Annotated[
        str, Parameter(help="A home, a copy of its ledger/ and trees/, or its address.")
    ] = "portcullis-home",
    *,
    policy: PolicyOption = None,
    keys: KeysOption = None,
    json: JsonOption = False,
) -> int:
    """Verify a ledger from its files: the home at PLACE, a copy of one, or what an address serves.

    Recomputes every tile, the checkpoints and their signatures, and every batch's tree; names the
    place of every fault, and what to do. Needs no database and no secret.
    """
    from portcullis import ledger

    trust = trusted(place, policy, keys)
    facts: dict[str, Any] = {"ok": False, "size": None, "root": None, "trees": 0}
    problems: Sequence[Problem]
    try:
        with progress() as shown, at_hand(place, trees=True, show=shown) as folder:
            found = ledger.verify_log(
                folder / "ledger",
                trust.vkeys,
                trust.witnesses,
                trust.k,
                trees=folder / "trees",
                show=shown,
            )
    except ledger.LedgerDamaged as damage:
        problems = [ledger.Problem(damage.fault, damage.message)]
    else:
        problems = found.problems
        facts = {
            "ok": found.ok,
            "size": found.size,
            "root": found.root.hex() if found.root else None,
            "trees": found.trees,
            "checkpoints": len(found.checkpoints),
        }
    if json:
        told = [{"fault": problem.fault, "message": problem.message} for problem in problems]
        show({**facts, "problems": told}, as_json=True)
    elif problems:
        _say_problems(problems)
    else:
        say(
            f"Everything agrees: {facts['size']:,} entries, {facts['checkpoints']:,} checkpoints, "
            f"{facts['trees']} lists, root {facts['root']}."
        )
    return 1 if problems else 0


def _say_problems(problems: "Sequence[Problem]") -> None:
    """Say what is wrong, and once for each kind of fault what to do about it."""
    from portcullis.ledger import REMEDIES

    for problem in problems:
        say(f"{problem.fault}: {problem.message}")
    for fault in dict.fromkeys(problem.fault for problem in problems):
        say(f"What to do about {fault}: {REMEDIES[fault]}")

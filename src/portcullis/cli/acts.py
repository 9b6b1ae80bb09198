"""``portcullis acts``: who signed what, taken away, and checked without the home."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, office
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress
from portcullis.cli.trusting import KeysOption, PolicyOption, trusted
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.oversight.signed_acts import Checked

_SHOWN = 20  # acts with something wrong that are listed one by one


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="acts", help="Who signed what: exported, and checked without the home.")
    noun.command(export)
    noun.command(verify)
    app.command(noun)


def export(
    batch: Annotated[str, Parameter(help="The batch's id.")] = "",
    *,
    all: Annotated[bool, Parameter(negative="", help="Every act there was.")] = False,
    out: Annotated[Path, Parameter(help="The new folder to write to.")],
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the acts with their signatures, their proofs, the roster and the public keys."""
    if bool(batch) == all:
        raise Misuse("Which acts?", "Name a batch, or say --all.")
    opened = office(home)
    from portcullis.office.act_export import export_acts

    with progress() as shown:
        count = export_acts(opened, batch or None, out, show=shown)
    show({"acts": count, "folder": str(out)}, as_json=json)


def verify(
    folder: Annotated[Path, Parameter(help="The folder of an export.")],
    *,
    policy: PolicyOption = None,
    keys: KeysOption = None,
    json: JsonOption = False,
) -> int:
    """Check every signature of an export; no home is needed. Exit 1 where one does not hold.

    Without --policy or --keys the ledger's keys are those in the export itself, which says who
    signed, and not that it was in the holder's true ledger.
    """
    from portcullis.agreements import load_roster
    from portcullis.canonical import sha256_hex
    from portcullis.oversight import signed_acts

    trust = trusted(str(folder), policy, keys)
    people = folder / signed_acts.PEOPLE
    roster = load_roster(people)
    opened = signed_acts.Opened.by(trust.vkeys, trust.witnesses, trust.k)
    acts = list(signed_acts.read_acts(folder / signed_acts.ACTS))
    checked = list(signed_acts.verify_acts(acts, roster, opened))
    recorded = signed_acts.recorded_roster(zip(acts, checked, strict=True))
    same = None if recorded is None else recorded == sha256_hex([people.read_bytes()])
    facts = _facts(checked, same) | {"keys_are_the_exports_own": not (policy or keys)}
    if json:
        show(facts, as_json=True)
    else:
        _tell(facts)
    return 0 if facts["verified"] else 1


def _facts(checked: "list[Checked]", roster_is_recorded: bool | None) -> dict[str, Any]:
    from portcullis.oversight.act_signing import KEY, MISSING, NOBODY, ORDER, PASSKEY

    wrong = [vars(each) for each in checked if each.wrong]
    good = [each.by for each in checked if not each.wrong]
    missing, acts = good.count(MISSING), len(checked) - good.count(NOBODY)
    return {
        "verified": bool(acts) and not wrong and not missing and roster_is_recorded is not False,
        "acts": acts,
        "by_key": good.count(KEY),
        "by_passkey": good.count(PASSKEY),
        "by_order": good.count(ORDER),
        "signature_missing": missing,
        "roster_on_the_ledger": roster_is_recorded,
        "wrong": wrong,
    }


def _tell(facts: dict[str, Any]) -> None:
    say(
        f"{facts['acts']:,} acts: {facts['by_key']:,} signed by key, {facts['by_passkey']:,} by "
        f"passkey, {facts['by_order']:,} under an order that was signed."
    )
    if facts["keys_are_the_exports_own"]:
        say("The ledger's keys are the export's own: name --policy or --keys to know whose it is.")
    if facts["signature_missing"]:
        say(
            f"Of {facts['signature_missing']:,} only the signature's digest was left in the home, "
            "which was put back from a backup: look for the signatures in a newer one."
        )
    if facts["roster_on_the_ledger"] is None:
        say("The ledger has no roster; that beside the acts is the holder's word alone.")
    elif not facts["roster_on_the_ledger"]:
        say("The roster beside the acts is not the newest that the ledger has.")
    for each in facts["wrong"][:_SHOWN]:
        who = ", ".join(each["people"]) or "nobody"
        say(f"Entry {each['position']}, {each['kind'] or 'unknown'} by {who}: {each['wrong']}")
    if len(facts["wrong"]) > _SHOWN:
        say(f"There are {len(facts['wrong']) - _SHOWN} more.")
    say("Verified." if facts["verified"] else "Not verified.")

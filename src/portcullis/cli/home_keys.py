"""``portcullis key``: the home's own keys, how old they are, and their change."""

from typing import Any

from cyclopts import App

from portcullis.cli.options import (
    DEFAULT_HOME,
    Acting,
    HomeOption,
    JsonOption,
    office,
)
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="key", help="The home's own keys: their age, and their change.")
    noun.command(list_, name="list")
    noun.command(rotate_root)
    noun.command(rotate_service)
    noun.command(rotate_witness)
    app.command(noun)


def list_(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """List the home's own keys with their age, by the ledger. Exit 1: one is older than it should.

    People's keys are on the roster: `portcullis people list`.
    """
    opened = office(home)
    from portcullis.office.key_ages import CHANGED_BY, GOOD_FOR, ages

    today = opened.today()
    rows: list[dict[str, Any]] = [
        {
            "key": each.kind,
            "id": each.id,
            "since": each.since,
            "days": each.days(today),
            "good_for_days": GOOD_FOR[each.kind].days,
            "old": each.is_old(today),
            "changed_by": CHANGED_BY[each.kind],
        }
        for each in ages(opened)
    ]
    if json:
        show({"keys": rows}, as_json=True)
    else:
        for row in rows:
            late = f"  OLD: `{row['changed_by']}`" if row["old"] else ""
            say(f"{row['key']:8} {row['id']}  since {row['since']}, {row['days']:,} days{late}")
    return 1 if any(row["old"] for row in rows) else 0


def rotate_root(*, acting: Acting) -> None:
    """Put a fresh root key in the place of the home's: what is stored is encrypted anew under it.

    Stop the office and every worker first. Make a backup after it at once: those of before hold the
    former key. The index of the records is built again.
    """
    opened = acting.office()
    from portcullis.office import rotating

    person = acting.actor(opened, rotating.ACT)
    with progress() as shown:
        done = rotating.rotate(opened, person, show=shown)
    show(vars(done), as_json=acting.json, title="A fresh root key")
    if not acting.json:
        again = "Build the index again: `portcullis records index`. " if done.index_gone else ""
        say(f"{again}Make a backup now; the ones of before open with the former key.")


def rotate_service(*, acting: Acting) -> None:
    """Put a new service key in force: it signs receipts, answers, notices and tokens from now on.

    Then hand out public.json anew, by a way that is trusted: tokens are believed by it alone.
    """
    opened = acting.office()
    from portcullis.keys import thumbprint
    from portcullis.office import service_keys

    done = service_keys.rotate(opened, acting.actor(opened, service_keys.ACT))
    facts = {name: thumbprint(done[name]) for name in ("key", "former")}
    show(facts, as_json=acting.json, title="A new service key; hand out public.json")


def rotate_witness(*, acting: Acting) -> None:
    """Give the witness in this home a new key; the change stands in the ledger."""
    opened = acting.office()
    from portcullis.office import ledger_keys

    person = acting.actor(opened, ledger_keys.WITNESSES_ACT)
    show({"witness": ledger_keys.rotate_witness(opened, person)}, as_json=acting.json)

"""``portcullis history`` and ``reexamine``: disclosures made elsewhere; the past judged again."""

import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse


def register(app: App) -> None:
    """Add these verbs."""
    noun = App(name="history", help="Disclosures made elsewhere or before: import, compare, list.")
    noun.command(import_, name="import")
    noun.command(compare)
    noun.command(list_, name="list")
    app.command(noun)
    app.command(reexamine)


def import_(
    file: Path,
    *,
    id: Annotated[str, Parameter(help="A name for this history, e.g. irs-august-2025.")],
    as_: AsOption,
    key: KeyOption,
    made_under: Annotated[
        list[str] | None, Parameter(help="A reading the disclosures were made under.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Take in disclosures made elsewhere, each with the request it answered.

    FILE (CSV, JSON Lines, Parquet or XLSX) has the request's fields, and disclosed_on and
    disclosed_to; signed_by, officers_employed, officers_same_agency, engaged and sole_use where
    known. Exit 1 where rows had to be quarantined; they are listed.
    """
    opened = office(home)
    from portcullis.office.histories import import_history, quarantined_rows

    person = actor(opened, as_, key, "history-import")
    with progress() as shown:
        history = import_history(opened, person, file, id, made_under or (), show=shown)
    apart = quarantined_rows(opened, history)
    facts: dict[str, Any] = {
        "history": history.id,
        "rows": history.taken + history.quarantined,
        "taken": history.taken,
        "quarantined": history.quarantined,
    }
    if json:
        show({**facts, "rows_quarantined": apart.to_dicts()}, as_json=True)
    else:
        show(facts, as_json=False, title="Imported")
        for row in apart.iter_rows(named=True):
            say(f"Row {row['source_row']}, {row['field'] or 'the whole row'}: {row['message']}")
    return 1 if history.quarantined else 0


def compare(
    history: str,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Compare imported requests with the holder's records; every look-up is logged first."""
    opened = office(home)
    from portcullis.office.histories import compare_history

    person = actor(opened, as_, key, "history-compare")
    with progress() as shown:
        compared = compare_history(opened, person, history, show=shown)
    show({"history": history, "compared": compared}, as_json=json)


def list_(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List what was imported."""
    opened = office(home)
    from portcullis.office.erased import erasure_of
    from portcullis.office.keystore import Erasable
    from portcullis.office.models import History

    rows = [
        {
            "history": each.id,
            "taken": each.taken,
            "quarantined": each.quarantined,
            "imported_on": each.imported_on,
            "made_under": each.made_under,
            "compared": each.compared is not None,
            "erased_on": gone.on if gone else None,
        }
        for each in History.objects.order_by("imported_on", "id")
        for gone in [erasure_of(opened, Erasable.history(each.id))]
    ]
    if json:
        show({"histories": rows}, as_json=True)
        return
    for row in rows:
        state = "compared" if row["compared"] else "not compared yet"
        if row["erased_on"]:
            state += f"; working data erased on {row['erased_on']}"
        say(f"{row['history']}  {row['taken']:,} disclosures, {state}")


def reexamine(
    *,
    as_: AsOption,
    key: KeyOption,
    reading: Annotated[
        list[str] | None, Parameter(help="A reading to judge under, beside those in force.")
    ] = None,
    agreement_version: Annotated[
        str | None, Parameter(help="Another version of the agreement, added before.")
    ] = None,
    batch: Annotated[list[str] | None, Parameter(help="Only this batch.")] = None,
    history: Annotated[list[str] | None, Parameter(help="Only this history.")] = None,
    out: Annotated[
        Path | None, Parameter(help="A folder for the lists and the draft demands.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Judge every stored request again, looking nobody up; exit 1 where a disclosure closes.

    --out writes unlawful.csv (disclosures that should not have been made), changes.csv (all that
    is not the same), summary.json and, for each recipient, the draft of a recall demand.
    """
    began = time.perf_counter()
    opened = office(home)
    from portcullis.office import reexaminations
    from portcullis.office.reexamining import Asked
    from portcullis.office.reexamining import reexamine as run

    if out is not None:
        _make_folder(out)
    person = actor(opened, as_, key, "reexamine")
    asked = Asked(tuple(reading or ()), agreement_version, batch, history)
    with progress() as shown:
        done = run(opened, person, asked, show=shown)
    facts = reexaminations.facts_of(opened, done)
    facts["seconds"] = round(time.perf_counter() - began, 2)
    if out is not None:
        reexaminations.write(opened, done, facts, out)
    if json:
        show(facts, as_json=True)
    else:
        _say(facts)
    return 1 if facts["should_not_have_left"] else 0


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Misuse(f"The folder {out} cannot be made.", "Name another with --out.") from None


def _say(facts: dict[str, Any]) -> None:
    names = ("judged", "same", "closes", "opens", "needs_look_up", "should_not_have_left")
    show({name: facts[name] for name in names}, as_json=False, title="Judged again")
    if gone := facts["erased"]:
        told = ", ".join(f"{each['kind']} {each['source']} on {each['on']}" for each in gone)
        say(
            f"Not judged again, {len(gone):,}: their working data was erased under the retention "
            f"schedule: {told}."
        )
    say(f"Under: {', '.join(facts['readings'])}.")
    for verdict in ("closes", "opens"):
        if facts[f"{verdict}_by_element"]:
            say(f"{verdict.capitalize()}, by element (requests; newly; by it alone):")
        for row in facts[f"{verdict}_by_element"]:
            say(f"  {row['element']}: {row['requests']:,}; {row['newly']:,}; {row['alone']:,}")

"""``portcullis order`` and ``portcullis hold``: court orders and preservation holds."""

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    file_digest,
    office,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.office import Home

DocketOption = Annotated[str, Parameter(help="The docket reference, e.g. 1:25-cv-00457.")]
DocumentOption = Annotated[Path, Parameter(help="The source document; only its digest is kept.")]


def register(app: App) -> None:
    """Add these nouns' verbs."""
    for noun, words in (
        ("order", "Court orders: an order closes the gate at once."),
        ("hold", "Preservation holds: a hold overrides every erasure."),
    ):
        app.command(_noun(noun, words))


def _noun(noun: str, words: str) -> App:
    app = App(name=noun, help=words)
    kind: Literal["order", "hold"] = "order" if noun == "order" else "hold"

    def file(
        id: str,
        *,
        docket: DocketOption,
        court: Annotated[str, Parameter(help="The court's code or abbreviation, e.g. dcd.")],
        document: DocumentOption,
        as_: AsOption,
        key: KeyOption,
        scope: Annotated[
            Path | None, Parameter(help="A JSON scope; none means everything.")
        ] = None,
        home: HomeOption = DEFAULT_HOME,
        json: JsonOption = False,
    ) -> None:
        """File it: in force at once, everything in its scope."""
        from portcullis.standing import Hold, Order

        opened = office(home)
        from portcullis.office.orders import place, read_scope

        person = actor(opened, as_, key, "counsel", f"{kind}-file")
        reach = read_scope(_read_json(scope), _known(opened))
        cls = Order if kind == "order" else Hold
        placed = cls(id, docket, court, opened.today(), file_digest(document), reach)
        row = place(opened, person, placed)
        facts = {**row.entry, "everything": reach.everything, "position": row.act.entry_id}
        show(facts, as_json=json)

    def lift(
        id: str,
        *,
        docket: DocketOption,
        document: DocumentOption,
        as_: AsOption,
        key: KeyOption,
        home: HomeOption = DEFAULT_HOME,
        json: JsonOption = False,
    ) -> int:
        """Approve its lifting; it is lifted when a second person has approved the same."""
        opened = office(home)
        from portcullis.office import orders

        person = actor(opened, as_, key, "counsel", f"{kind}-lift")
        state = orders.lift(opened, person, id, docket, file_digest(document))
        facts = {"id": state.id, "approvals": state.approvals, "lifted": state.lifted}
        show(facts, as_json=json)
        return 0 if state.lifted else 1

    def list_(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
        """List what was filed and what of it stands."""
        office(home)
        from portcullis.office.orders import listing

        rows = [row for row in listing() if row["kind"] == kind]
        if json:
            show({"items": rows}, as_json=True)
            return
        for row in rows:
            standing = "stands" if row["standing"] else "lifted"
            say(f"{row['id']}  {row['court']} {row['docket']}  {row['on']}  {standing}")

    app.command(file)
    app.command(lift)
    app.command(list_, name="list")
    return app


def _known(home: "Home") -> dict[str, list[str]]:
    """Return every value a scope can name here; one it cannot makes the scope everything."""
    from portcullis import law
    from portcullis.office.models import Batch, Package

    return {
        "agreements": [home.pack.id],
        "officers": [person.id for person in home.roster.people],
        "readings": [reading.id for reading in law.READINGS],
        "batches": list(Batch.objects.values_list("id", flat=True)),
        "packages": list(Package.objects.values_list("id", flat=True)),
    }


def _read_json(path: Path | None) -> object:
    if path is None:
        return None
    try:
        return json_text.loads(path.read_text())
    except (OSError, ValueError):
        raise Misuse(
            f"{path.name} is no readable scope.", "Give JSON, or none for everything."
        ) from None

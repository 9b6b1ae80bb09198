"""``portcullis order`` and ``portcullis hold``: court orders and preservation holds.

Filing, lifting and clearing are counsel's. What the recipient's custodians have to do with either
is in ``custodians``.
"""

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from portcullis.cli import custodians
from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    day_of,
    file_digest,
    office,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.office import Home
    from portcullis.office.notices import Tracked
    from portcullis.office.people import Actor
    from portcullis.office.persons import Named
    from portcullis.standing import Hold, Order, Scope

DocketOption = Annotated[str, Parameter(help="The docket reference, e.g. 1:25-cv-00457.")]
CourtOption = Annotated[str, Parameter(help="The court's code or abbreviation, e.g. dcd.")]
DocumentOption = Annotated[Path, Parameter(help="The source document; only its digest is kept.")]
ScopeOption = Annotated[Path | None, Parameter(help="A JSON scope; none means everything.")]
PersonsOption = Annotated[
    Path | None,
    Parameter(help="A CSV of the persons under seal (tin, names); only keyed digests are kept."),
]


def register(app: App) -> None:
    """Add these nouns' verbs."""
    order = _noun("order", "Court orders: an order closes the gate at once.")
    order.command(file_order, name="file")
    hold = _noun("hold", "Preservation holds: a hold overrides every erasure and disposal.")
    hold.command(place_hold, name="file")
    hold.command(clear)
    app.command(order)
    app.command(hold)


def file_order(
    id: str,
    *,
    docket: DocketOption,
    court: CourtOption,
    document: DocumentOption,
    as_: AsOption,
    key: KeyOption,
    scope: ScopeOption = None,
    persons: PersonsOption = None,
    stops: Annotated[
        tuple[Literal["look-up", "release", "use"], ...],
        Parameter(help="What it stops: look-up, release, use; once for each. Else all three."),
    ] = (),
    effective: Annotated[
        str, Parameter(help="From which day or time, e.g. 2026-02-05T17:00; else from now.")
    ] = "",
    zone: Annotated[
        str, Parameter(help="The time zone of --effective, e.g. America/New_York.")
    ] = "",
    expires: Annotated[
        str, Parameter(help="Its last day by its own words, YYYY-MM-DD. It stands until lifted.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """File it: the gate closes at once for everything in its scope; the recipient is told."""
    from portcullis.standing import STOPS, Order, read_instant

    opened = office(home)
    person = actor(opened, as_, key, "order-file")
    reach, named = _scope(opened, id, scope, persons)
    placed = Order(
        id,
        docket,
        court,
        opened.today(),
        file_digest(document),
        reach,
        stops=tuple(stops) or STOPS,
        effective_at=read_instant(effective, zone) if effective else None,
        expires_on=day_of(expires) if expires else None,
    )
    _file(opened, person, placed, named, json)


def place_hold(
    id: str,
    *,
    docket: DocketOption,
    court: CourtOption,
    document: DocumentOption,
    as_: AsOption,
    key: KeyOption,
    scope: ScopeOption = None,
    persons: PersonsOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Place it: nothing in its scope is erased, disposed of or destroyed; the recipient is told."""
    from portcullis.standing import Hold

    opened = office(home)
    person = actor(opened, as_, key, "hold-file")
    reach, named = _scope(opened, id, scope, persons)
    hold = Hold(id, docket, court, opened.today(), file_digest(document), reach)
    _file(opened, person, hold, named, json)


def clear(
    id: str,
    *packages: str,
    docket: DocketOption,
    document: DocumentOption,
    as_: AsOption,
    key: KeyOption,
    history: Annotated[
        tuple[str, ...], Parameter(help="An imported history whose copies may be destroyed.")
    ] = (),
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Clear, as counsel, that disclosed PACKAGES may be destroyed though the hold ID keeps them."""
    opened = office(home)
    from portcullis.office import clearances

    person = actor(opened, as_, key, clearances.ACT)
    wanted = clearances.Clearance(id, docket, file_digest(document), packages, history)
    act = clearances.clear(opened, person, wanted)
    facts = {"hold": id, "packages": len(packages), "histories": len(history)}
    show({**facts, "position": act.entry_id}, as_json=json, title="Cleared for destruction")


def _noun(noun: str, words: str) -> App:
    app = App(name=noun, help=words)
    kind: Literal["order", "hold"] = "order" if noun == "order" else "hold"

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
        from portcullis.office import notices

        person = actor(opened, as_, key, "lift")
        state = notices.lift(opened, person, id, docket, file_digest(document))
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

    def show_(id: str, *, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
        """Show it, and which custodians have attested; exit code 1 while one has not."""
        opened = office(home)
        from portcullis.office import notices

        found = notices.tracked(opened, id)
        show(_facts(found), as_json=json)
        return 1 if found.standing and found.outstanding else 0

    def persons(id: str, persons: Path, *, home: HomeOption = DEFAULT_HOME) -> None:
        """Seal again the PERSONS that ID names, in a home put back from a backup before it."""
        opened = office(home)
        from portcullis.office.persons import read, seal_again

        seal_again(opened, id, read(opened, id, persons))

    for verb, name in ((lift, "lift"), (list_, "list"), (show_, "show")):
        app.command(verb, name=name)
    app.command(persons)
    custodians.add(app)
    return app


def _file(
    home: "Home", person: "Actor", placed: "Order | Hold", named: "Named | None", as_json: bool
) -> None:
    from portcullis.office import notices

    row = notices.file(home, person, placed, named)
    told = home.path / "notices" / f"{placed.id}.jws"
    facts = {
        **row.entry,
        # As filed: a scope too long for one entry of the ledger was filed as everything.
        "everything": not row.entry["scope"],
        "position": row.act.entry_id,
        "notice": str(told) if told.exists() else "",
    }
    show(facts, as_json=as_json)


def _facts(found: "Tracked") -> dict[str, Any]:
    from portcullis.standing import Order, placed_entry

    said = {name: value for name, value in placed_entry(found.placed).items() if name != "kind"}
    dates = (
        {"expired_by_its_own_words": found.expired, "delivered_since_effect": found.since_effect}
        if isinstance(found.placed, Order)
        else {}
    )
    return {
        **said,
        "scope": json_text.dumps(said["scope"]) if said["scope"] else "everything",
        "by": found.by,
        "filed_at": found.filed_at,
        **dates,
        "standing": found.standing,
        "approvals_to_lift": found.approvals,
        "notice": str(found.notice or ""),
        "custodians": [
            f"{each.custodian}: {each.disclosures} disclosures, "
            + (
                f"attested {each.attested_at} by {each.signed_by}, entered {each.entered_at}"
                if each.attested_at
                else "open"
            )
            for each in found.duties
        ],
        "outstanding": list(found.outstanding),
    }


def _scope(
    home: "Home", id: str, scope: Path | None, persons: Path | None
) -> "tuple[Scope, Named | None]":
    """Return the scope as written, and the persons under seal; what is unclear is everything."""
    from portcullis.office import persons as sealed
    from portcullis.office import scopes
    from portcullis.standing import EVERYTHING

    written = _read_json(scope)
    if persons is None:
        return scopes.read(home, written), None
    if not persons.is_file():
        raise Misuse(f"{persons.name} cannot be read.", "Name the CSV of the persons.")
    named = sealed.read(home, id, persons)
    if named is None:
        return EVERYTHING, None
    if scope is not None and not written:
        return EVERYTHING, None
    return scopes.read(home, written, named), named


def _read_json(path: Path | None) -> object:
    if path is None:
        return None
    try:
        return json_text.loads(path.read_text())
    except (OSError, ValueError):
        raise Misuse(
            f"{path.name} is no readable scope.", "Give JSON, or none for everything."
        ) from None

"""``portcullis recall``: what should not have left is demanded back, and followed to the end."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    Acting,
    HomeOption,
    JsonOption,
    ReaderKeyOption,
    ReaderOption,
    day_of,
    file_digest,
    office,
    reader,
)
from portcullis.cli.output import say, show
from portcullis.cli.trusting import KeysOption, PolicyOption, at_hand, trusted
from portcullis.errors import Misuse
from portcullis.tables import whole

if TYPE_CHECKING:
    from portcullis.office.recall_cover import Ground
    from portcullis.oversight.recall import Lot, Place, Recall

LotsOption = Annotated[list[str] | None, Parameter(help="A lot's number; none: all lots.")]
DocumentOption = Annotated[Path, Parameter(help="The signed paper; only its digest is kept.")]


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="recall", help="Recall: list, demand, attestations, proof.")
    noun.command(open_, name="open")
    noun.command(list_, name="list")
    noun.command(show_, name="show")
    noun.command(demand)
    noun.command(demanded)
    noun.command(attest)
    noun.command(close)
    noun.command(due)
    noun.command(statement)
    noun.command(check)
    app.command(noun)


def open_(
    id: Annotated[str, Parameter(help="A name for this recall, e.g. script-2025-recall.")],
    *,
    acting: Acting,
    reexamination: Annotated[
        str, Parameter(help="Its number: recall what left and does not meet the law.")
    ] = "",
    reading: Annotated[str, Parameter(help="A faulty reading: recall all made under it.")] = "",
    agreement_version: Annotated[
        str, Parameter(help="A faulty version: recall all made under it.")
    ] = "",
    incident: Annotated[str, Parameter(help="An incident's id; name what it reaches.")] = "",
    cause: Annotated[
        str, Parameter(help="unlawful-disclosure, reading-changed, order, incident.")
    ] = "",
    package: Annotated[list[str] | None, Parameter(help="A delivered package.")] = None,
    batch: Annotated[list[str] | None, Parameter(help="All a batch delivered.")] = None,
    history: Annotated[list[str] | None, Parameter(help="All of an imported history.")] = None,
) -> None:
    """Recall, in one act, all that a ground covers; no token is given for its packages any more.

    Name one ground. With --incident or --cause, name packages, batches or histories too.
    """
    opened = acting.office()
    from portcullis.office.recall_cover import Named
    from portcullis.office.recalls import Asked, open_recall

    ground = _ground(
        reexamination=reexamination,
        reading=reading,
        agreement_version=agreement_version,
        incident=incident,
        named=cause,
    )
    person = acting.actor(opened, "recall")
    named = Named(tuple(package or ()), tuple(batch or ()), tuple(history or ()))
    _show(open_recall(opened, person, Asked(id, ground, named)), json=acting.json)


def list_(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List the recalls and how far each is."""
    opened = office(home)
    from portcullis.office.recall_steps import overdue
    from portcullis.office.recalls import every

    found, late = every().values(), overdue(opened)
    if json:
        show({"recalls": [_facts(one, late) for one in found]}, as_json=True)
        return
    for one in found:
        _say_line(one, late)


def show_(
    id: str,
    *,
    picture: Annotated[Path | None, Parameter(help="Write the picture, as SVG.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Show one recall: its lots, the places that hold any of it, and how far each is."""
    opened = office(home)
    from portcullis.office.recall_steps import overdue
    from portcullis.office.recalls import find, unread_rows

    found = find(id)
    unread = unread_rows(found)
    if picture is not None:
        from portcullis.oversight.recall_picture import standalone

        with whole(picture) as part:
            part.write_text(standalone(found))
    if json:
        show({**_whole(found, overdue(opened)), "rows_not_read": unread}, as_json=True)
        return
    _show(found, json=False)
    for lot in found.lots.values():
        asked = f", demanded {lot.demanded_on}" if lot.demanded_on else ", not demanded"
        whose = f", {lot.custodian}" if lot.custodian else ""
        say(
            f"Lot {lot.id}: {lot.disclosures:,} of {lot.source}{whose}{asked}: "
            f"{found.stage_of(lot.id)}"
        )
        for each in found.of_lot(lot.id):
            state = each.stage if each.told else "has not attested"
            say(f"  {each.place.place} ({each.place.custodian}): {state}")
    for source, rows in unread.items():
        say(f"In no lot, for they could not be read: {rows:,} rows of {source}")


def demand(
    id: str,
    *,
    out: Annotated[Path, Parameter(help="The folder for the drafts.")],
    acting: Acting,
) -> None:
    """Write the draft of the demand to each recipient, for counsel to settle and send.

    The reading of the list goes on the ledger.
    """
    opened = acting.office()
    from portcullis.office import unsealing
    from portcullis.office.recall_demands import drafts

    texts = drafts(opened, acting.actor(opened, unsealing.RECALL_DRAFTS), id)
    out.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts.values(), start=1):
        with whole(out / f"recall-demand-{number}.md") as part:
            part.write_text(text)
    show({"recall": id, "drafts": len(texts), "folder": str(out)}, as_json=acting.json)


def demanded(
    id: str,
    *,
    document: DocumentOption,
    acting: Acting,
    lot: LotsOption = None,
    on: Annotated[str, Parameter(help="The day it was sent; else today.")] = "",
) -> None:
    """Record, as counsel, that the demand was sent."""
    opened = acting.office()
    from portcullis.office.recall_steps import demanded as run

    person = acting.actor(opened, "recall-demand")
    sent_on = day_of(on) if on else opened.today()
    found = run(opened, person, id, lots=lot or (), sent_on=sent_on, document=file_digest(document))
    _show(found, json=acting.json)


def attest(
    id: str,
    *,
    custodian: Annotated[str, Parameter(help="The custodian: an office's or roster's id.")],
    place: Annotated[str, Parameter(help="Where it is kept: a system's id, e.g. hsi-laptop-7.")],
    stage: Annotated[
        Literal["frozen", "sequestered", "disposed"], Parameter(help="What is attested.")
    ],
    copies: Annotated[int, Parameter(help="Copies there, or that were; 0 for none.")],
    derived: Annotated[int, Parameter(help="Records made from it; 0 for none.")],
    actions: Annotated[int, Parameter(help="Actions taken on it; 0 for none.")],
    document: DocumentOption,
    acting: Acting,
    onward: Annotated[
        list[str] | None, Parameter(help="An onward recipient: CUSTODIAN:PLACE.")
    ] = None,
    no_onward: Annotated[
        bool, Parameter(negative="", help="It was passed on to nobody; say so.")
    ] = False,
    method: Annotated[
        str,
        Parameter(help="Of a disposal: returned, destroyed, made-undisclosable, nothing-held."),
    ] = "",
    lot: Annotated[
        list[str] | None, Parameter(help="A lot the place holds; each, where there are several.")
    ] = None,
) -> None:
    """Record a custodian's attestation for one place: freeze, sequestration or disposal.

    A disposal is refused while a preservation hold stands that counsel has not cleared.
    """
    if bool(onward) == no_onward:
        raise Misuse("To whom was it passed on?", "Say --onward for each, or --no-onward.")
    opened = acting.office()
    from portcullis.office.recall_steps import Attestation
    from portcullis.office.recall_steps import attest as run
    from portcullis.oversight.recall import Place

    person = acting.actor(opened, "recall-attest")
    said = Attestation(
        place=Place(custodian, place),
        lots=lot or (),
        stage=stage,
        copies=copies,
        derived_records=derived,
        actions_taken=actions,
        document=file_digest(document),
        onward=[_place(each) for each in onward or ()],
        method=method,
    )
    _show(run(opened, person, id, said), json=acting.json)


def close(
    id: str,
    *,
    acting: Acting,
) -> None:
    """Close a recall once every place has attested its disposal."""
    opened = acting.office()
    from portcullis.office.recall_steps import close as run

    _show(run(opened, acting.actor(opened, "recall-close"), id), json=acting.json)


def due(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """List the recalls still open; exit 1 where the day of one has passed."""
    opened = office(home)
    from portcullis.office.recall_steps import overdue
    from portcullis.office.recalls import every

    found, late = [one for one in every().values() if one.closed_on is None], overdue(opened)
    if json:
        show({"due": [_facts(one, late) for one in found]}, as_json=True)
    elif not found:
        say("No recall is open.")
    else:
        for one in found:
            _say_line(one, late)
    return 1 if late else 0


def statement(
    id: str,
    *,
    out: Annotated[Path, Parameter(help="The file to write.")],
    listed: Annotated[
        bool, Parameter(negative="", help="With the list of the requests covered.")
    ] = False,
    as_: ReaderOption = "",
    key: ReaderKeyOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the statement of a recall: every step with its proof, for an outsider to verify.

    With --listed it takes --as and --key, and the reading goes on the ledger.
    """
    opened = office(home)
    from portcullis.office import unsealing
    from portcullis.office.recall_proof import statement as run

    person = reader(opened, as_, key, unsealing.RECALL_LIST) if listed else None
    said = run(opened, id, reader=person)
    with whole(out) as part:
        part.write_text(said.text)
    show({"recall": id, "steps": len(said.steps), "file": str(out)}, as_json=json)


def check(
    file: Path,
    *,
    policy: PolicyOption = None,
    keys: KeysOption = None,
    ledger: Annotated[
        str, Parameter(help="A ledger (home, copy or address): is any step left out?")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Check a statement with public keys alone; exit 1 where it does not hold."""
    from portcullis.ledger import Log
    from portcullis.oversight.recall_statement import RecallStatement

    trust = trusted(str(home), policy, keys)
    try:
        said = RecallStatement.parse(file.read_text())
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{file.name} cannot be read.", "Name the statement's file.") from None
    found = said.check(trust.vkeys, trust.witnesses, trust.k)
    if ledger:
        with at_hand(ledger, trees=False) as folder:
            said.check_whole(Log.open(folder / "ledger").entries())
    facts = {
        "recall": found.id,
        "proven": True,
        "steps": len(said.steps),
        "list_proven": said.covered is not None,
        "none_left_out": bool(ledger),
        "disclosures": found.disclosures,
        "stage": found.stage,
        "closed_on": found.closed_on,
    }
    show(facts, as_json=json)


def _ground(**named: str) -> "Ground":
    from portcullis.office.recall_cover import Ground

    given = {kind.replace("_", "-"): of for kind, of in named.items() if of}
    if len(given) != 1:
        raise Misuse(
            "On which ground?",
            "Name one: --reexamination, --reading, --agreement-version, --incident or --cause.",
        )
    return Ground(*next(iter(given.items())))


def _place(text: str) -> "Place":
    from portcullis.oversight.recall import Place

    custodian, _, place = text.partition(":")
    if not place:
        raise Misuse("An onward recipient is written CUSTODIAN:PLACE.", "Name both by their ids.")
    return Place(custodian, place)


def _show(found: "Recall", *, json: bool) -> None:
    facts = {
        "recall": found.id,
        "because": f"{found.ground['kind']} {found.ground['of']}",
        "disclosures": found.disclosures,
        "packages_closed": len(found.packages),
        "lots": len(found.lots),
        "due_on": found.due_on.isoformat(),
        "stage": found.stage,
        "closed_on": found.closed_on.isoformat() if found.closed_on else None,
    }
    show(facts, as_json=json)


def _facts(found: "Recall", late: Collection[str]) -> dict[str, Any]:
    return {
        "recall": found.id,
        "because": dict(found.ground),
        "disclosures": found.disclosures,
        "packages_closed": len(found.packages),
        "opened_on": found.opened_on.isoformat(),
        "due_on": found.due_on.isoformat(),
        "overdue": found.id in late,
        "stage": found.stage,
        "by_stage": found.by_stage(),
        "closed_on": found.closed_on.isoformat() if found.closed_on else None,
    }


def _whole(found: "Recall", late: Collection[str]) -> dict[str, Any]:
    places = [
        {
            "custodian": each.place.custodian,
            "place": each.place.place,
            "lots": sorted(each.lots, key=int),
            "stage": each.stage,
            "attested": each.told is not None,
        }
        for each in found.places.values()
    ]
    lots = [_lot(found, lot) for lot in found.lots.values()]
    return {**_facts(found, late), "totals": found.totals(), "lots": lots, "places": places}


def _lot(found: "Recall", lot: "Lot") -> dict[str, Any]:
    return {
        "lot": lot.id,
        "source": lot.source,
        "custodian": lot.custodian,
        "disclosures": lot.disclosures,
        "demanded_on": lot.demanded_on.isoformat() if lot.demanded_on else None,
        "stage": found.stage_of(lot.id),
    }


def _say_line(found: "Recall", overdue: Collection[str]) -> None:
    state = f"closed on {found.closed_on}" if found.closed_on else found.stage
    late = "  OVERDUE" if found.id in overdue else ""
    say(f"{found.id}  {found.disclosures:,} disclosures  due {found.due_on}  {state}{late}")

"""``portcullis custody``: the recipient's home; what is kept, its log, status, certificates."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from portcullis.cli.options import AsOption, JsonOption, KeyOption, PackOption, pack_folder
from portcullis.cli.output import say, show
from portcullis.cli.visits import (
    DEFAULT_RECIPIENT,
    AcknowledgeOption,
    AtOption,
    RecipientOption,
    enter,
    moment,
    visit,
)
from portcullis.errors import Misuse
from portcullis.tables import publish

if TYPE_CHECKING:
    from portcullis.custody import Kept

StatusOption = Annotated[
    Literal["proceeding", "closed", "none"],
    Parameter(help="The case goes on, is closed, or nothing came of the disclosure."),
]
KindOption = Annotated[
    Literal["returned", "destroyed", "continued"],
    Parameter(help="26 USC 6103(p)(4)(F)(ii): (I), (II), or (III) continued safeguarding."),
]
MethodOption = Annotated[
    Literal["", "cleared", "purged", "media-destroyed", "burned", "pulped", "shredded"],
    Parameter(help="With --kind destroyed: how (of media, after NIST SP 800-88)."),
]


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="custody", help="The recipient's home: what is kept, its log, what is due.")
    noun.command(init)
    noun.command(list_, name="list")
    noun.command(log)
    noun.command(status)
    noun.command(certify)
    noun.command(notice)
    noun.command(mend_log)
    noun.command(due)
    app.command(noun)


def init(
    *,
    people: Annotated[Path, Parameter(help="The roster of people and their public keys.")],
    pack: PackOption = None,
    demo: Annotated[
        bool, Parameter(negative="", help="A demonstration's home: acts may have another time.")
    ] = False,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    json: JsonOption = False,
) -> None:
    """Make the recipient's home, or put a newer roster or agreement in place in it."""
    from portcullis.custody import RecipientHome

    home = RecipientHome(recipient)
    home.make(people, pack_folder(pack), demo=demo)
    facts = {
        "recipient": str(recipient),
        "agreement": home.pack().id,
        "people": len(home.roster().people),
    }
    show(facts, as_json=json, title="The recipient's home")


def list_(
    *,
    as_: AsOption,
    key: KeyOption,
    acknowledge: AcknowledgeOption = False,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """List the packages whose cases you are engaged in: identifiers and dates, never content."""
    from portcullis.custody import LABEL

    kept = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge).kept()
    rows = [_row(one) for one in kept]
    if json:
        show({"label": LABEL, "packages": rows}, as_json=True)
        return
    say(f"{LABEL}: {len(rows):,} packages, sealed; open one at a time with `portcullis open`.")
    for row in rows:
        next_due = f"{row['owed']} due on {row['due_on']}" if row["owed"] else "nothing owed"
        say(f"{row['package']}  request {row['request']}  {row['state']}  {next_due}")


def log(
    *,
    request: Annotated[str, Parameter(help="The request's identifier.")],
    as_: AsOption,
    key: KeyOption,
    acknowledge: AcknowledgeOption = False,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Show the FTI log of one request, its chain checked from the first entry on."""
    from portcullis.custody import LABEL

    visited = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge)
    entries = [asdict(entry) for entry in visited.log_of(request)]
    if json:
        show({"label": LABEL, "request": request, "entries": entries}, as_json=True)
        return
    for entry in entries:
        facts = {name: value for name, value in entry.items() if value not in ("", ())}
        show(facts, as_json=False, title=f"{LABEL}: log of request {request}")


def status(
    packages: list[str],
    *,
    status: StatusOption,
    as_: AsOption,
    key: KeyOption,
    acknowledge: AcknowledgeOption = False,
    out: Path = Path("status.jws"),
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """State, as the officer they name, what became of PACKAGES' cases; carry it to the holder."""
    visited = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge)
    publish(out, visited.state(packages, status).encode())
    facts = {"status": status, "packages": len(set(packages)), "statement": str(out)}
    show(facts, as_json=json, title="For the holder: `portcullis duties enter`")


def certify(
    packages: list[str],
    *,
    kind: KindOption,
    as_: AsOption,
    key: KeyOption,
    method: MethodOption = "",
    acknowledge: AcknowledgeOption = False,
    out: Path = Path("certificate.jws"),
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Certify, as the custodian, what became of PACKAGES' information; carry it to the holder.

    What is certified as returned or destroyed is removed from this home first.
    """
    visited = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge)
    publish(out, visited.certify(packages, kind, method).encode())
    facts = {"certified": kind, "packages": len(set(packages)), "certificate": str(out)}
    show(facts, as_json=json, title="For the holder: `portcullis duties enter`")


def notice(
    file: Path,
    *,
    public: Annotated[Path, Parameter(help="The holder's public.json.")],
    as_: AsOption,
    key: KeyOption,
    acknowledge: AcknowledgeOption = False,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Keep the holder's notice FILE, as the custodian: what a hold preserves is not disposed of."""
    from portcullis.office.public import read_public

    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{file.name} cannot be read.", "Name the notice's file.") from None
    visited = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge)
    show({"notice": visited.keep_notice(text, read_public(public).holder)}, as_json=json)


def mend_log(
    *,
    as_: AsOption,
    key: KeyOption,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Mend the end of the FTI log, as the custodian: a torn line, or a clock that was wrong.

    What was torn is kept beside the log, and what was mended is entered in it.
    """
    made = enter(recipient, as_, key, at=moment(at, recipient))
    show({"mended": made.mend_log()}, as_json=json)


def due(
    *,
    as_: AsOption,
    key: KeyOption,
    acknowledge: AcknowledgeOption = False,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> int:
    """List what is owed of the packages you may know of; exit 1 where something is overdue."""
    from portcullis.custody import day_of

    now = moment(at, recipient)
    owed = visit(recipient, as_, key, at=now, acknowledge=acknowledge).due()
    rows = [
        {
            "what": duty.what,
            "due_on": duty.due_on,
            "overdue": duty.overdue(day_of(now)),
            "package": duty.package_id,
            "request": one.request_id,
            "officer": duty.officer,
        }
        for one, duty in owed
    ]
    overdue = sum(1 for row in rows if row["overdue"])
    if json:
        show({"overdue": overdue, "due": rows}, as_json=True)
    else:
        say(f"{len(rows):,} duties, {overdue:,} overdue.")
        for row in rows:
            late = "  OVERDUE" if row["overdue"] else ""
            say(f"{row['due_on']}  {row['what']}  request {row['request']}{late}")
    return 1 if overdue else 0


def _row(one: "Kept") -> dict[str, Any]:
    first = one.duties[0] if one.duties else None
    kept = one.disclosure
    return {
        "package": kept.package_id,
        "request": one.request_id,
        "officer": kept.officer,
        "received_on": one.received_on,
        "clock_since": kept.since,
        "state": kept.certificate or kept.status or "no status",
        "here": one.here,
        "access": list(one.access),
        "owed": first.what if first else "",
        "due_on": first.due_on if first else None,
    }

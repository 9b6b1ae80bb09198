"""Write docs/permissions.md, docs/states.md and the pictures of the states, from the code's tables.

    python tools/office_docs.py

The same tables give the same bytes; a test says that the committed files are these.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from portcullis.agreements import HOLDER_ROLES, PERMISSIONS, REQUESTER_ROLES, Permission
from portcullis.office.lifecycle import Lifecycle
from portcullis.office.lifecycles import LIFECYCLES
from portcullis.office.requesting.stages import DRAFT
from portcullis.office.state_pictures import draw

ROOT = Path(__file__).parents[1]
_GENERATED = "<!-- Written by tools/office_docs.py from the code's tables; do not edit. -->"


def documents() -> dict[str, str]:
    """Return every generated document by its path below ``docs``."""
    lives = (*LIFECYCLES, DRAFT)
    pictures = {f"pictures/states/{_file(life)}.svg": draw(life) for life in lives}
    return {"permissions.md": _permissions(), "states.md": _states(lives), **pictures}


def _permissions() -> str:
    return "\n".join(
        [
            "# Who may do what",
            "",
            _GENERATED,
            "",
            _INTRODUCTION,
            "",
            "## The holder's office",
            "",
            *_acts("holder", reads=False),
            "",
            "### What may be seen there",
            "",
            *_acts("holder", reads=True),
            "",
            "## The requester's office",
            "",
            *_acts("requester", reads=False),
            "",
            "### What may be seen there",
            "",
            *_acts("requester", reads=True),
            "",
            "## Who must be another",
            "",
            "Of one batch: who has done the one does not do the other.",
            "",
            *_apart(),
            "",
            "## By role",
            "",
            *_by_role(),
            "",
        ]
    )


_INTRODUCTION = """\
One table in code says it, `agreements/permissions.py`: every check of both homes, every desk and
every menu asks it, and what is not in it is denied. Roles come from the roster alone, and only
while the person is in office there. It is apart from the question what state a thing must be in:
that is in [states](states.md).

- **Passkey**: in the browser the act takes a passkey's assertion with the person verified. Every
  other act takes the person's enrolled key or a passkey. From the command line each takes the
  person's key file.
- **People**: how many must do it, each with their own key, before it is done; who has ceased to be
  in office by then is not counted.

**A denied attempt is an event.** Who is not enrolled, not in office, has not the role, comes with
another key, or did what must be another's, is refused, and the attempt stands on the ledger as
`denied`, with the act, the id of the person and the reason: `not-enrolled` (then the person is
`unknown`: what was typed may be anybody's name), `not-in-force`, `role`, `key`, `two-people`; and,
for what nobody may do then, `not-findable`, `hold`, `own-alarm`, `agency`. Another role's page that
was only opened is `page`; where a link on another site led there, it is refused and held against
nobody. What the same person tries again within ten minutes, at the same act and for the same
reason, is counted, and the next entry says of how many attempts it tells (`times`): each is on
record, and nobody makes the ledger grow with each. At the recipient's home
it is the event `denied` of the log of federal tax information. What is refused because of the
state a thing is in (a batch not yet sampled, an approval already given, an answer day still to
come) is no denied attempt: whoever asks may do it, at another time. Neither is a request that a
web page does not know."""


def _acts(side: str, *, reads: bool) -> Iterator[str]:
    head = "| act | | who |" if reads else "| act | | who | people | passkey |"
    yield head
    yield "|---" * (head.count("|") - 1) + "|"
    for act, one in PERMISSIONS.items():
        if (one.side, one.reads) == (side, reads):
            more = "" if reads else f" {_people(one)} | {'yes' if one.binding else ''} |"
            yield f"| `{act}` | {one.says} | {', '.join(one.roles)} |{more}"


def _people(one: Permission) -> str:
    among = f", one of them {one.among}" if one.among else ""
    return f"{one.people}{among}" if one.people > 1 else "1"


def _apart() -> Iterator[str]:
    yield "| act | not by who has done |"
    yield "|---|---|"
    for act, one in PERMISSIONS.items():
        if one.apart:
            yield f"| `{act}` | {', '.join(f'`{other}`' for other in one.apart)} |"


def _by_role() -> Iterator[str]:
    yield "| role | acts | sees |"
    yield "|---|---|---|"
    for role in (*HOLDER_ROLES, *REQUESTER_ROLES):
        mine = {act: one for act, one in PERMISSIONS.items() if role in one.roles}
        acts = ", ".join(f"`{act}`" for act, one in mine.items() if not one.reads)
        sees = ", ".join(f"`{act}`" for act, one in mine.items() if one.reads)
        yield f"| {role} | {acts} | {sees} |"


def _states(lives: Iterable[Lifecycle]) -> str:
    parts = [
        "# What a thing may become, and whose turn it is",
        "",
        _GENERATED,
        "",
        _ABOUT_STATES,
    ]
    for life in lives:
        picture = f"pictures/states/{_file(life)}.svg"
        parts += [
            "",
            f"## A {life.name}" if life.name[0] not in "aeiou" else f"## An {life.name}",
            "",
            f"![What a {life.name} may become; the table below says the same]({picture})",
            "",
            *_table(life),
        ]
    return "\n".join([*parts, ""])


_ABOUT_STATES = """\
The ways are data (`office/lifecycles.py`, `office/requesting/stages.py`), from which this page and
its pictures are drawn; a batch and a package move by no other. Every state that is not final owes
an act, and whoever may do that act ([permissions](permissions.md)) owns the state: nothing stands
where nobody may move it on. A final state has a broken frame."""


def _table(life: Lifecycle) -> Iterator[str]:
    yield "| state | that is | whose turn | what is next | it may become |"
    yield "|---|---|---|---|---|"
    for name, state in life.states.items():
        ways: dict[str, list[str]] = {}
        for move in life.moves:
            if move.of == name:
                ways.setdefault(move.to, []).append(f"`{move.act}`")
        becomes = "; ".join(f"{to} by {' or '.join(acts)}" for to, acts in ways.items())
        owner = ", ".join(life.owners(name)) or "nobody's: it is over"
        owes = f"`{state.owes}`" if state.owes else ""
        yield f"| **{name}** | {state.says} | {owner} | {owes} | {becomes} |"


def _file(life: Lifecycle) -> str:
    return life.name.replace(" ", "-")


def main() -> None:
    """Write the documents."""
    for name, text in documents().items():
        path = ROOT / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

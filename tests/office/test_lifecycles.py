"""States and ways as data: whole, tied to what the code does, and drawn into the docs."""

import ast
import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portcullis.agreements import HOLDER_ROLES, PERMISSIONS, REQUESTER_ROLES
from portcullis.errors import Refused
from portcullis.office.lifecycle import Lifecycle, Move, State
from portcullis.office.lifecycles import (
    BATCH,
    INCIDENT,
    LIFECYCLES,
    NEAR_MISS,
    PACKAGE,
    RECALL,
    state_of_incident,
)
from portcullis.office.requesting.stages import DRAFT
from portcullis.office.state_pictures import draw
from portcullis.oversight import incidents, recall

ROOT = Path(__file__).parents[2]
EVERY = (*LIFECYCLES, DRAFT)
NAMES = [life.name for life in EVERY]


def generated() -> dict[str, str]:
    """Return the documents as the tool makes them."""
    spec = importlib.util.spec_from_file_location("office_docs", ROOT / "tools" / "office_docs.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool.documents()


@pytest.mark.parametrize("life", EVERY, ids=NAMES)
def test_whoever_owns_a_state_may_move_it_on_to_an_end(life: Lifecycle) -> None:
    ends = {name for name, state in life.states.items() if not state.owes}
    assert ends
    for name, state in life.states.items():
        assert bool(life.owners(name)) == bool(life.ways(name)) == (name not in ends)
        if state.owes:
            assert life.owners(name) == PERMISSIONS[state.owes].roles
        reached, waiting = {name}, [name]
        while waiting:
            ways = [way for way in life.ways(waiting.pop()) if way not in reached]
            reached |= set(ways)
            waiting += ways
        assert reached & ends, f"a {life.name} that is {name} never ends"


def test_a_batch_moves_by_the_table_alone() -> None:
    BATCH.check("examined", "approved")
    for of, to in (("received", "approved"), ("answered", "releasing"), ("lost", "received")):
        with pytest.raises(Refused, match=f"A batch that is {of} cannot become {to}"):
            BATCH.check(of, to)
    with pytest.raises(Refused):
        PACKAGE.check("not-sent", "delivered")


@pytest.mark.parametrize(
    ("states", "moves"),
    [
        ({"a": State("", "sign")}, (Move("", "sign", "a"),)),
        ({"a": State(""), "b": State("")}, (Move("", "sign", "a"),)),
        ({"a": State("")}, (Move("", "no-act", "a"),)),
        ({"a": State("")}, (Move("", "sign", "b"),)),
        ({"a": State(""), "b": State("")}, (Move("", "sign", "a"), Move("a", "sign", "b"))),
    ],
    ids=["owes what moves nothing", "never reached", "no act", "no state", "owes nothing"],
)
def test_a_life_that_is_not_whole_is_none(states, moves) -> None:
    with pytest.raises(ValueError, match="thing"):
        Lifecycle("thing", states, moves)


def test_the_states_are_those_of_the_code() -> None:
    assert list(RECALL.states) == [*recall.STAGES, "closed"]
    assert {"open", "found", "confirmed", "refused"} <= set(NEAR_MISS.states)


def entry(kind: str, **facts: object) -> dict[str, object]:
    return {"kind": kind, "incident": "I-1", "at": "2025-07-01T10:00:00+00:00", "by": "p", **facts}


def test_an_incident_owes_first_things_first() -> None:
    said = [
        entry(incidents.SUSPECTED, suspected_at="2025-07-01T10:00:00+00:00", zone="UTC", hours=24)
    ]

    def state() -> str:
        register = incidents.fold(said)
        return state_of_incident(register, register.incidents["I-1"])

    def told(whom: str) -> dict[str, object]:
        return entry(incidents.TOLD, to=whom, sent_at="2025-07-01T11:00:00+00:00", reference="x")

    def reported(*unknown: str) -> dict[str, object]:
        return entry(incidents.REPORTED, number=1, discovered_at="", unknown=list(unknown))

    seen = [state()]
    for step in (
        reported("cause"),
        reported(),
        told(incidents.SAFEGUARDS),
        told(incidents.TIGTA),
        entry(incidents.CLOSED),
    ):
        said.append(step)
        seen.append(state())
    assert seen == ["to-report", "to-report", "to-tell", "to-tell", "to-close", "closed"]
    assert set(seen) <= set(INCIDENT.states)


def test_the_docs_are_what_the_tables_say() -> None:
    for name, text in generated().items():
        stored = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert stored == text, f"docs/{name} is another; run: python tools/office_docs.py"


@pytest.mark.parametrize("life", EVERY, ids=NAMES)
def test_a_picture_has_every_state_and_every_way_in_words(life: Lifecycle) -> None:
    picture = ElementTree.fromstring(draw(life))  # noqa: S314 - our own
    texts = ["".join(each.itertext()) for each in picture.iter() if each.tag.endswith("}text")]
    assert set(life.states) <= set(texts)
    (told,) = (each.text or "" for each in picture.iter() if each.tag.endswith("}desc"))
    for move in life.moves:
        assert not move.of or move.of == move.to or f"{move.of} to {move.to} by" in told


KEEPERS = (
    "agreements/permissions.py",  # the table
    "agreements/roster.py",  # which roles there are
    "agreements/person.py",  # likewise
    "scenarios/people.py",  # whom a scenario enrols
    "cli/people.py",  # shows a person's roles
    "office/web/context.py",  # likewise
    "office/web/desks/",  # desks are called as their people are
    "office/web/accounts.py",  # names desks, and shows a person's roles
    "office/web/losses.py",  # names desks
    "office/web/reported.py",  # likewise
    "office/web/rostering.py",  # likewise
)
# These words are also members of documents, columns or acts; none is told from a role by itself.
ALSO_OTHERWISE = {"preparer", "signatory", "officer", "custodian", "safeguards"}


def of_table(node: ast.Attribute) -> bool:
    """Whether it is ``PERMISSIONS[...].roles``: what the table says."""
    of = node.value
    table = of.value if isinstance(of, ast.Subscript) else None
    return isinstance(table, ast.Name) and table.id == "PERMISSIONS"


def test_no_role_is_named_outside_the_table() -> None:
    """Nor is anybody's list of roles looked into: whoever asks, asks the table."""
    named = set(HOLDER_ROLES) | set(REQUESTER_ROLES)
    found = []
    source = ROOT / "src" / "portcullis"
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        if name.startswith(KEEPERS) or "/migrations/" in name:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            looks = isinstance(node, ast.Attribute) and node.attr == "roles" and not of_table(node)
            says = isinstance(node, ast.Constant) and node.value in named - ALSO_OTHERWISE
            asks = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "holds"
                and any(isinstance(arg, ast.Constant) and arg.value in named for arg in node.args)
            )
            if looks or says or asks:
                found.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert not found

"""Two more agreements, as packs and provisions only: whole, each element alone, named nowhere."""

import ast
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import portcullis
from portcullis import agreements, law, screening
from portcullis.law import FOR_A_PERSON, Layer, Phase
from portcullis.oversight import Terms, Witness, witnesses
from portcullis.oversight.analysis import Space

ROOT = Path(portcullis.__file__).parent
DAYS = {"irs-doj-fugitive": date(2025, 6, 27), "nhs-home-office-2017": date(2017, 6, 27)}
TERMS = {
    name: Terms.of(agreements.load_pack(agreements.builtin_pack(name)), day)
    for name, day in DAYS.items()
}
each_agreement = pytest.mark.parametrize("name", DAYS)
_found: dict[str, tuple[Witness, ...]] = {}


def found(name: str) -> tuple[Witness, ...]:
    if name not in _found:
        _found[name] = witnesses(TERMS[name])
    return _found[name]


@each_agreement
def test_no_element_is_implied_by_another(name: str) -> None:
    assert [each.element.id for each in found(name) if each.implied] == []


@each_agreement
def test_the_template_passes_and_a_request_that_fails_one_element_is_told_that_one(
    name: str,
) -> None:
    terms = TERMS[name]
    space = Space.of(terms)
    (start,) = space.starts
    face = [each for each in found(name) if each.element.phase is Phase.FACE]
    rows = [start[0]]
    for witness in face:
        row = start[0].copy()
        for column, value in (witness.differs or {}).items():
            row[space.columns.index(column)] = space.values[column].index(value)
        rows.append(row)
    frame = space.frame(np.stack(rows), terms.pack).with_row_index("row")
    findings = screening.screen(frame, terms.basis, None)
    assert findings.table["face_outcome"][0] == screening.PASSED
    for row, witness in enumerate(face, start=1):
        one = findings.table.filter(row=row)
        alone = screening.Findings(one, terms.basis)
        (line,) = screening.explain(alone, frame.filter(row=row)).iter_rows(named=True)
        assert line["element"] == witness.element.id
        assert line["message"]
        assert line["outcome"] == outcome(witness, one[witness.element.id].item())


def outcome(witness: Witness, result: int) -> str:
    if result == FOR_A_PERSON:
        return screening.REFERRED
    statute = witness.element.layer is Layer.STATUTE
    return screening.REFUSED if statute else screening.RETURNED


def test_the_withdrawn_memorandum_is_in_force_on_its_own_days_alone() -> None:
    pack = TERMS["nhs-home-office-2017"].pack
    days = {
        date(2016, 12, 31): False,
        date(2017, 1, 1): True,
        date(2018, 5, 8): True,
        date(2018, 5, 9): False,
        date(2018, 11, 9): False,
        date(2026, 1, 1): False,
    }
    assert {day: pack.in_force(day) for day in days} == days


def test_a_terminated_agreement_that_does_not_say_since_when_was_never_in_force() -> None:
    pack = TERMS["nhs-home-office-2017"].pack
    undated = pack.agreement.model_copy(update={"terminated_on": None})
    silent = pack.model_copy(update={"agreement": undated})
    assert not silent.in_force(DAYS["nhs-home-office-2017"])


def test_a_termination_closes_an_agreement_whose_last_day_is_yet_to_come() -> None:
    pack = TERMS["irs-doj-fugitive"].pack
    ended = {"state": "terminated", "terminated_on": date(2025, 6, 1)}
    closed = pack.model_copy(update={"agreement": pack.agreement.model_copy(update=ended)})
    assert closed.in_force(date(2025, 5, 31))
    assert not closed.in_force(date(2025, 6, 1))


def test_the_memorandum_asks_for_narrow_demographics() -> None:
    asked = set(TERMS["nhs-home-office-2017"].pack.fields)
    assert not asked & {"tin", "taxable_periods"}
    assert asked >= {"given_name", "family_name", "address_line1", "case_reference"}


def test_nothing_of_the_memorandum_refuses_in_a_statutes_name() -> None:
    terms = TERMS["nhs-home-office-2017"]
    layers = {each.layer for each in terms.elements if each.phase is Phase.FACE}
    assert layers == {Layer.AGREEMENT, Layer.POLICY}


@each_agreement
def test_the_agreement_in_words_names_who_may_sign_under_it(name: str) -> None:
    pack = TERMS[name].pack
    words = agreements.describe(pack)
    assert all(office in words for office in pack.signing_authorities)
    assert "inspector general" not in words


# Whatever one agreement alone has stands in the law and in its pack, and nowhere else.

_LAW_AND_PACKS = (ROOT / "law", ROOT / "agreements" / "packs")
_PLAYS = ROOT / "scenarios"
_DEFAULT = ROOT / "agreements" / "loading.py"


def own_words() -> dict[str, str]:
    """Return the pack ids, and the fields that one agreement alone has, and its element ids."""
    packs = [agreements.load_pack(path) for path in sorted(_LAW_AND_PACKS[1].iterdir())]
    assert len(packs) == 3
    words = {pack.id: pack.id for pack in packs}
    for pack in packs:
        others = {name for other in packs if other is not pack for name in other.fields}
        words |= dict.fromkeys(set(pack.fields) - others, pack.id)
    return words


# Fields of the first agreement that rooms still know by name, each with what reads it there. None
# of the other agreements needs it: where the field is not there, it counts as not stated.
_KNOWN_BY_NAME = {
    "taxable_periods": "compared with the period of the last known address; the recipient's log",
    "investigation_id": "the measure of investigations; the permanent accounting",
    "order_number": "the measure of investigations and of repeated persons",
}


def strings(path: Path) -> set[str]:
    """Return every text in the code of a module, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    }


def test_no_other_room_names_what_is_one_agreements_own() -> None:
    words = own_words()
    modules = [
        path
        for path in ROOT.rglob("*.py")
        if not any(path.is_relative_to(each) for each in (*_LAW_AND_PACKS, _PLAYS))
    ]
    assert len(modules) > 100
    named = {
        (word, path.relative_to(ROOT).as_posix())
        for path in modules
        for word in strings(path) & set(words)
    }
    named.discard(("irs-dhs-2025", _DEFAULT.relative_to(ROOT).as_posix()))
    assert {pair for pair in named if pair[0] not in _KNOWN_BY_NAME} == set()
    for word, why in _KNOWN_BY_NAME.items():
        assert words[word] == "irs-dhs-2025", why
        assert word in {each for each, _ in named}, f"{word} is named nowhere any more: take it out"


def test_each_purpose_of_opening_belongs_to_one_authority() -> None:
    every = [each for authority in law.AUTHORITIES.values() for each in authority.purposes]
    assert len(every) == len(set(every))
    assert all(each.purposes for each in law.AUTHORITIES.values() if each.provisions)

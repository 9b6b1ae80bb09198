"""``law check``: does every element ask something of its own; what does a change open and close."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table

from portcullis.cli.options import (
    DEFAULT_HOME,
    DayOption,
    HomeOption,
    JsonOption,
    day_of,
    pack_of,
)
from portcullis.cli.output import console, say, show

if TYPE_CHECKING:
    from portcullis.oversight import Change, Comparison, Value, Witness

AgainstOption = Annotated[
    str | None, Parameter(name="--against", help="The agreement to compare with.")
]
ReadingOption = Annotated[
    tuple[str, ...], Parameter(name="--reading", help="A reading to compare under, by its id.")
]
_LONGEST = 60


def check(
    pack: str | None = None,
    *,
    against: AgainstOption = None,
    reading: ReadingOption = (),
    on: DayOption = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Show for each element a request that fails only it; compare agreements or readings.

    PACK and --against name a built-in agreement or the folder of one. Without PACK it is the
    home's own. The answer is "no" (1) where an element asks nothing that others do not.
    """
    from portcullis.oversight import Terms, compare, witnesses

    day = day_of(on)
    own = pack_of(home, pack)
    before = Terms.of(own, day)
    after = Terms.of(own if against is None else pack_of(home, against), day, reading)
    found = witnesses(before)
    comparison = compare(before, after) if against is not None or reading else None
    if json:
        show(_facts(found, comparison), as_json=True)
    else:
        _print(found, comparison)
    return 1 if any(each.implied for each in found) else 0


def _facts(found: Iterable["Witness"], comparison: "Comparison | None") -> dict[str, Any]:
    facts: dict[str, Any] = {
        "elements": [
            {
                "element": each.element.id,
                "citation": each.element.citation,
                "fails_only_it_where": each.differs,
                "implied_by": list(each.implied_by),
            }
            for each in found
        ]
    }
    if comparison is not None:
        facts |= {
            "tried": comparison.tried,
            "newly_opens": [_change(each) for each in comparison.opens],
            "newly_closes": [_change(each) for each in comparison.closes],
            "fields_only_before": list(comparison.only_before),
            "fields_only_after": list(comparison.only_after),
        }
    return facts


def _change(change: "Change") -> dict[str, Any]:
    return {
        "element": change.element.id,
        "was": change.was,
        "now": change.now,
        "count": change.count,
        "example": change.differs,
        "example_of": change.of,
    }


def _print(found: tuple["Witness", ...], comparison: "Comparison | None") -> None:
    implied = [each for each in found if each.implied]
    if comparison is None:
        _table(("Element", "A request"), [(each.element.id, _witness(each)) for each in found])
    else:
        _print_changes(comparison)
        for each in implied:
            say(f"{each.element.id}: {_witness(each)}")
    say(
        f"{len(implied)} of {len(found)} elements ask nothing that others do not. Take them out, "
        "or let their tests say what is their own."
        if implied
        else f"Each of the {len(found)} elements can fail alone: none is implied by another."
    )


def _print_changes(comparison: "Comparison") -> None:
    for title, changes in (
        ("Newly opens", comparison.opens),
        ("Newly closes", comparison.closes),
    ):
        rows = [
            (each.element.id, f"{each.was} → {each.now}", f"{each.count:,}", _example(each))
            for each in changes
        ]
        say(f"{title}:" if rows else f"{title}: nothing.")
        if rows:
            _table(("Element", "Result", "Requests", "For example"), rows)
    for title, names in (("before", comparison.only_before), ("after", comparison.only_after)):
        if names:
            say(f"Fields only {title}: {', '.join(names)}.")
    say(f"Of {comparison.tried:,} requests tried; examples by what they change of a complete one.")


def _witness(witness: "Witness") -> str:
    if witness.differs is not None:
        return f"fails only this where {_words(witness.differs)}"
    if not witness.implied_by:
        return "no request was found that fails it"
    return f"never fails alone; always with {' or '.join(witness.implied_by)}"


def _example(change: "Change") -> str:
    if not change.differs:
        return f"the complete request of the agreement {change.of}"
    of = "" if change.of == "before" else f", of the agreement {change.of}"
    return f"{_words(change.differs)}{of}"


def _words(differs: Mapping[str, "Value"]) -> str:
    return " and ".join(f"{name} = {_value(value)}" for name, value in differs.items())


def _value(value: "Value") -> str:
    if value is None:
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head == "Element")
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)

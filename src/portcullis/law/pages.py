"""The law as pages to read: Markdown made of the provisions, so that it cannot say anything else.

``docs/law`` holds what ``pages`` returns. Figures of an agreement stand by their names, in
italics: the law's words are the same whatever an agreement sets them to.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from portcullis.law import (
    AUTHORITIES,
    PROVISIONS,
    READINGS,
    Authority,
    Element,
    Field,
    Phase,
    Provision,
    Reading,
)
from portcullis.law.quotation import paragraphs

INDEX = "README.md"

_PHASES = {
    Phase.FACE: "the request's face",
    Phase.STANDING: "the standing of the gate",
    Phase.MATCH: "the holder's records",
    Phase.OFFICIAL: "the holder's officials",
}
_MADE = "Made of the provisions in `src/portcullis/law` by `portcullis law pages`, not by hand."
_FIGURES = (
    "A word in italics within a message, such as *officer_load*, is a figure that the agreement "
    "sets; the message names the figure itself."
)
_NONE = "–"


def pages() -> dict[str, str]:
    """Return every page as Markdown by its file's name: the index, and one a provision."""
    return {
        INDEX: _text(_index()),
        **{page_name(each): _text(_page(each)) for each in PROVISIONS.values()},
    }


def page_name(provision: Provision) -> str:
    """Return the file name of a provision's page: ``26-usc-6103-i-2-a.md``."""
    return "-".join(re.findall(r"[a-z0-9]+", provision.id.lower())) + ".md"


def _text(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _index() -> Iterator[str]:
    yield "# The law as code"
    yield (
        "What a request must meet, provision by provision, in the law's own order. An agreement "
        "names the provisions that apply to it; a request must meet every element of each of them."
    )
    yield _MADE
    yield "## Provisions"
    yield _provisions()
    yield (
        "*Layer*: whose words an element speaks; only the statute refuses in the statute's name. "
        "*Phase*: what it is judged by: the request's face, the standing of the gate, the holder's "
        "records, or the acts of the holder's officials. *Again*: how many are judged again before "
        "release, because they depend on the day."
    )
    yield "## Readings"
    yield (
        "Constructions that courts have given, or that are open. One that tightens can be put in "
        "force; one that loosens serves to judge the past again and is never in force. Those on "
        "the floor hold whatever an agreement says."
    )
    yield _readings()
    for reading in READINGS:
        yield from _reading(reading)
    yield "## Authorities"
    yield (
        "The paragraphs under which information may leave. An agreement rests on one of them. "
        "Those that Portcullis does not carry are here so that a request made under the wrong one "
        "is told the right one."
    )
    for authority in AUTHORITIES.values():
        yield from _authority(authority)


def _provisions() -> str:
    counts = {each.id: _counts(each) for each in PROVISIONS.values()}
    rows = [
        [f"[{each.citation}]({page_name(each)})", each.title, *map(str, counts[each.id])]
        for each in PROVISIONS.values()
    ]
    sums = [str(sum(column)) for column in zip(*counts.values(), strict=True)]
    numbers = ["Elements", *[each.capitalize() for each in Phase], "Again"]
    return _table(["Provision", "Title", *numbers], [*rows, ["All", "", *sums]], right=len(numbers))


def _counts(provision: Provision) -> list[int]:
    """Return how many elements there are, of each phase, and judged again before release."""
    phases = [element.phase for element in provision.elements]
    again = sum(element.time_dependent for element in provision.elements)
    return [len(phases), *[phases.count(phase) for phase in Phase], again]


def _readings() -> str:
    rows = [
        [
            f"[{each.id}](#{each.id})",
            each.source,
            each.docket,
            each.effect,
            str(each.in_force_from or ""),
            str(each.in_force_to or ""),
            "yes" if each.on_the_floor else "no",
        ]
        for each in READINGS
    ]
    return _table(["Reading", "Source", "Docket", "Effect", "From", "To", "On the floor"], rows)


def _reading(reading: Reading) -> Iterator[str]:
    yield f"### {reading.id}"
    yield _quoted(reading.holding)
    decided = f"decided {reading.decided_on}" if reading.decided_on else ""
    docket = f"No. {reading.docket}" if reading.docket else ""
    yield _list(
        [
            ("Source", ", ".join(part for part in (reading.source, docket, decided) if part)),
            ("What it changes", reading.changes),
            ("Bears on", _elements_of(reading)),
            ("Nobody asks for", ", ".join(f"the {layer}" for layer in reading.waives)),
            ("Effect", reading.effect),
            ("Can be in force", _in_force(reading)),
            ("On the floor", "yes" if reading.on_the_floor else "no"),
            ("Cannot hold beside", ", ".join(f"`{each}`" for each in reading.conflicts)),
        ]
    )


def _in_force(reading: Reading) -> str:
    if reading.in_force_from is None:
        return "never: for judging the past again"
    to = f" to {reading.in_force_to}" if reading.in_force_to else ""
    return f"from {reading.in_force_from}{to}"


def _elements_of(reading: Reading) -> str:
    """Return links to the elements the reading bears on, in every provision that has them."""
    links = [
        f"[`{element.id}`]({page_name(provision)}#{element.id})"
        for provision, element in _every_element()
        if element.id in reading.elements
    ]
    return ", ".join(links)


def _every_element() -> Iterator[tuple[Provision, Element]]:
    return ((each, element) for each in PROVISIONS.values() for element in each.elements)


def _authority(authority: Authority) -> Iterator[str]:
    yield f"### {authority.citation}: {authority.title}"
    carried = authority.provisions
    links = [f"[{PROVISIONS[each].citation}]({page_name(PROVISIONS[each])})" for each in carried]
    yield _list(
        [
            ("Opens", authority.opens),
            ("Asks for", authority.asks),
            ("Signed under", ", ".join(f"`{each}`" for each in authority.signatories)),
            ("Each officer attests", authority.attestation),
            ("Provisions of every agreement", ", ".join(links)),
            ("Predicate offence", "one whose provisions are here" if authority.predicate else ""),
            ("Carried by Portcullis", "yes" if carried else "no"),
        ]
    )


def _page(provision: Provision) -> Iterator[str]:
    yield f"# {provision.citation}: {provision.title}"
    yield f"[The law as code]({INDEX}) · in an agreement: `{provision.id}`"
    yield _MADE
    yield _quoted(provision.text)
    yield f"Source: {provision.source}."
    if provision.fields:
        yield "## Fields of the request"
        yield _fields(provision.fields)
    yield f"## Elements ({len(provision.elements)})"
    yield _FIGURES
    for element in provision.elements:
        yield from _element(element)


def _fields(fields: Sequence[Field]) -> str:
    rows = [[f"`{each.name}`", each.says, each.kind] for each in fields]
    return _table(["Field", "What it says", "Kind"], rows)


def _element(element: Element) -> Iterator[str]:
    yield f"### {element.id}"
    yield f"**{element.statement}**"
    bearing = [each.id for each in READINGS if element.id in each.elements]
    yield _list(
        [
            ("Citation", element.citation),
            ("Layer", element.layer),
            ("Judged by", _PHASES[element.phase]),
            (
                "Again before release",
                "yes: it depends on the day" if element.time_dependent else "no",
            ),
            ("Field at fault", f"`{element.field}`" if element.field else ""),
            ("Requirements", ", ".join(str(each) for each in element.requirements)),
            ("Readings", ", ".join(f"[`{each}`]({INDEX}#{each})" for each in bearing)),
        ]
    )
    rows = [["not met", _message(element.message)]]
    rows += [
        [f"not met: `{code}`", _message(text)] for code, text in element.cause_messages.items()
    ]
    if element.for_a_person:
        rows.append(["for a person", _message(element.for_a_person)])
    yield _table(["Result", "What is said"], rows)


def _message(text: str) -> str:
    return re.sub(r"{(\w+)}", r"*\1*", text)


def _quoted(text: str) -> str:
    """Return ``text`` as a quotation, its paragraphs indented as the provision has them."""
    return "\n>\n".join(f"> {'&nbsp;' * each.indent}{each.words}" for each in paragraphs(text))


def _list(facts: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"- {name}: {text}" for name, text in facts if text)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], right: int = 0) -> str:
    """Return a table; the last ``right`` columns hold numbers."""
    rules = ["---"] * (len(head) - right) + ["---:"] * right
    lines = [head, rules, *[[_cell(cell) for cell in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ") or _NONE

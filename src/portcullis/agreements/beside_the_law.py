"""What a pack asks of the law: provisions that are there and whole, readings that go together."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations

from portcullis import law
from portcullis.agreements.pack import Agreement, Provisions, ReadingInForce, Readings, Request
from portcullis.agreements.problems import Problem, not_empty, once
from portcullis.law import READINGS
from portcullis.law.soundness import Flaw, flaws, unknown_elements

_KNOWN = frozenset(reading.id for reading in READINGS)


def overlaps(part: Readings, file: str) -> Iterator[Problem]:
    """Yield the readings in force twice at once, and those that cannot be together."""
    for (first, one), (second, other) in combinations(enumerate(part.readings, start=1), 2):
        if not _together(one, other):
            continue
        if one.id == other.id:
            yield Problem(
                file,
                f"readings[{second}]",
                f"The reading {one.id!r} is in force already in these days: readings[{first}].",
                "Make one entry of the two, or keep their dates apart.",
            )
        elif {one.id, other.id} <= _KNOWN and any(law.conflicts([one.id, other.id])):
            yield Problem(
                file,
                f"readings[{second}]",
                f"The readings {one.id!r} and {other.id!r} conflict, and both would be in force.",
                "Keep one of them, or keep their dates apart.",
            )


def _together(one: ReadingInForce, other: ReadingInForce) -> bool:
    def ends_before(first: ReadingInForce, second: ReadingInForce) -> bool:
        return first.in_force_to is not None and first.in_force_to < second.in_force_from

    return not ends_before(one, other) and not ends_before(other, one)


def provisions(part: Provisions, file: str) -> Iterator[Problem]:
    """Yield the provisions and elements that are not there, and what is wrong in those that are."""
    yield from not_empty(part.provisions, file, "provisions")
    yield from once(part.provisions, file, "provisions")
    for name in part.provisions:
        if name not in law.PROVISIONS:
            yield Problem(
                file,
                "provisions",
                f"There is no provision {name!r}.",
                f"The provisions are {', '.join(law.PROVISIONS)}.",
            )
    elements = {each.id: each for name in _known(part) for each in law.PROVISIONS[name].elements}
    for id_ in part.tightened:
        if id_ not in elements:
            yield Problem(
                file,
                "tightened",
                f"There is no element {id_!r} in the provisions of this agreement.",
                "Name an element by its id, as docs/law lists them.",
            )
        elif not elements[id_].for_a_person:
            yield Problem(
                file,
                "tightened",
                f"The element {id_!r} never asks a person: there is nothing to tighten.",
                "Take it out.",
            )
    for flaw in _flaws(_known(part)):
        key = f"{flaw.provision}: {flaw.key}"
        yield Problem(file, key, flaw.message, flaw.remedy)


def _known(part: Provisions) -> tuple[str, ...]:
    return tuple(name for name in part.provisions if name in law.PROVISIONS)


@cache
def _flaws(provisions: tuple[str, ...]) -> tuple[Flaw, ...]:
    every = frozenset(element.id for element in law.elements())
    found = flaws([law.PROVISIONS[name] for name in provisions])
    return (*found, *unknown_elements(READINGS, every))


def may_rest_on() -> str:
    """Return the authorities an agreement can rest on, in one line."""
    return ", ".join(each for each in law.AUTHORITIES if carried(each))


def carried(authority: str) -> bool:
    """Say whether an agreement can rest on ``authority``."""
    return authority in law.AUTHORITIES and bool(law.AUTHORITIES[authority].provisions)


def fields(request: Request, provisions: Provisions) -> Iterator[Problem]:
    """Yield what a request has too much or too little of for its provisions."""
    file, wanted = "request.toml", law.fields(_known(provisions))
    names = [field.name for field in request.fields]
    for name in names:
        if name not in wanted:
            yield Problem(
                file,
                f"fields.{name}",
                "No provision of the agreement reads such a field, and what is not needed is not "
                "stored.",
                "Take the field out of the pack.",
            )
    for name in wanted:
        if name not in names:
            yield Problem(
                file,
                f"fields.{name}",
                "The field is missing; its absence would leave an element untested.",
                "Add the field with its max_length and required.",
            )


def complete(agreement: Agreement, provisions: Provisions, request: Request) -> Iterator[Problem]:
    """Yield the provisions that the authority and the offences ask for and the pack lacks."""
    file = "provisions.toml"
    if not carried(agreement.legal_basis):
        return
    authority = law.AUTHORITIES[agreement.legal_basis]
    wanted = dict.fromkeys(authority.provisions, authority.id)
    for statute in request.statutes if authority.predicate else ():
        if statute not in law.PREDICATES:
            yield Problem(
                "request.toml",
                "statutes",
                f"No provision here judges whether {statute} was committed.",
                f"The offences are {', '.join(law.PREDICATES)}.",
            )
        wanted |= dict.fromkeys(law.PREDICATES.get(statute, ()), statute)
    for name, because in wanted.items():
        if name not in provisions.provisions:
            yield Problem(
                file,
                "provisions",
                f"{name!r} is missing, and {because} asks for it.",
                "Add it; no agreement leaves it out.",
            )


def bearing(readings: Readings, provisions: Provisions) -> Iterator[Problem]:
    """Yield the readings that bear on no element of the agreement."""
    ids = {each.id for name in _known(provisions) for each in law.PROVISIONS[name].elements}
    for number, each in enumerate(readings.readings, start=1):
        if each.id in _KNOWN and not ids & set(law.reading(each.id).elements):
            yield Problem(
                "readings.toml",
                f"readings[{number}].id",
                f"The reading {each.id!r} bears on no element of this agreement's provisions.",
                "Take it out.",
            )

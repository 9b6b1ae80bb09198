"""What must be true between the keys of a pack, beyond each value's own form."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import combinations

from pydantic import BaseModel

from portcullis import law
from portcullis.agreements import floor
from portcullis.agreements.pack import (
    Agreement,
    Disclosure,
    Provisions,
    ReadingInForce,
    Readings,
    Request,
    Safeguards,
    Thresholds,
    Witnesses,
)
from portcullis.agreements.problems import Problem
from portcullis.law import READINGS, Effect
from portcullis.law.soundness import Flaw, flaws, unknown_elements

_EFFECTS = {reading.id: reading.effect for reading in READINGS}


def check(parts: Mapping[str, BaseModel]) -> Iterator[Problem]:
    """Yield the problems in and between the ``parts`` (file name to part) that could be read."""
    for file, part in parts.items():
        match part:
            case Agreement():
                yield from _agreement(part, file)
            case Provisions():
                yield from _provisions(part, file)
            case Request():
                yield from _request(part, file)
            case Disclosure():
                yield from _disclosure(part, file)
            case Readings():
                yield from _readings(part, file)
                yield from _overlaps(part, file)
            case Thresholds():
                yield from _limits(part, file, floor.THRESHOLDS)
            case Safeguards():
                yield from _safeguards(part, file)
            case Witnesses():
                yield from _witnesses(part, file)
    yield from _between(parts)


def _agreement(part: Agreement, file: str) -> Iterator[Problem]:
    if part.in_force_from < part.signed_on:
        yield Problem(
            file,
            "in_force_from",
            "The agreement would be in force before it was signed.",
            "Put in_force_from on or after signed_on.",
        )
    yield from _order(file, "in_force_to", part.in_force_from, part.in_force_to)
    if part.terminated_on is not None and part.state != "terminated":
        yield Problem(
            file,
            "terminated_on",
            "A day of termination is written, and the agreement's state is another.",
            'Write state = "terminated", or take the day out.',
        )
    if not _carried(part.legal_basis):
        yield Problem(
            file,
            "legal_basis",
            "Portcullis carries no agreement under this authority.",
            f"Write one of {', '.join(id_ for id_ in law.AUTHORITIES if _carried(id_))}.",
        )
    if part.accept_delegation and part.delegation_determination is None:
        yield Problem(
            file,
            "accept_delegation",
            f"{part.legal_basis} names who signs, and no delegate.",
            "Write false, or cite the legal determination in [delegation_determination].",
        )
    for side in ("holder", "requester"):
        if not any(signatory.party == side for signatory in part.signatories):
            yield Problem(
                file,
                "signatories",
                f"Nobody signed for the {side}.",
                f'Add a [[signatories]] table with party = "{side}".',
            )
    if part.requester.employs(part.holder.agency):
        yield Problem(
            file,
            "requester.agency",
            "The holder and the requester are the same agency.",
            "Name two different agencies.",
        )


def _request(part: Request, file: str) -> Iterator[Problem]:
    yield from _not_empty(part.statutes, file, "statutes")
    yield from _once(part.statutes, file, "statutes")
    yield from _limits(part, file, floor.REQUEST)
    names = [field.name for field in part.fields]
    yield from _once(names, file, "fields")
    if any(field.name == "request_id" and not field.required for field in part.fields):
        yield Problem(
            file,
            "fields.request_id",
            "A request without an identifier cannot be accounted for.",
            "Write required = true.",
        )


def _disclosure(part: Disclosure, file: str) -> Iterator[Problem]:
    yield from _not_empty(part.items, file, "items")
    yield from _once(part.items, file, "items")
    for item in part.items:
        if item not in floor.DISCLOSABLE_ITEMS:
            yield Problem(
                file,
                "items",
                f"There is no disclosable item {item!r}.",
                f"The items are {', '.join(floor.DISCLOSABLE_ITEMS)}.",
            )


def _readings(part: Readings, file: str) -> Iterator[Problem]:
    for number, reading in enumerate(part.readings, start=1):
        key = f"readings[{number}]"
        yield from _order(file, f"{key}.in_force_to", reading.in_force_from, reading.in_force_to)
        effect = _EFFECTS.get(reading.id)
        if effect is None:
            yield Problem(
                file,
                f"{key}.id",
                f"There is no reading {reading.id!r}.",
                f"The readings are {', '.join(_EFFECTS)}.",
            )
        elif effect is Effect.LOOSENS:
            yield Problem(
                file,
                f"{key}.id",
                "The reading loosens the law, and a pack may only tighten it.",
                "Take it out; use it for re-examination only.",
            )


def _overlaps(part: Readings, file: str) -> Iterator[Problem]:
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
        elif one.id in _EFFECTS and other.id in _EFFECTS and any(law.conflicts([one.id, other.id])):
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


def _provisions(part: Provisions, file: str) -> Iterator[Problem]:
    yield from _not_empty(part.provisions, file, "provisions")
    yield from _once(part.provisions, file, "provisions")
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


def _carried(authority: str) -> bool:
    return authority in law.AUTHORITIES and bool(law.AUTHORITIES[authority].provisions)


def _safeguards(part: Safeguards, file: str) -> Iterator[Problem]:
    yield from _limits(part, file, floor.SAFEGUARDS)
    present = [condition.id for condition in part.conditions]
    yield from _once(present, file, "conditions")
    for needed in floor.SAFEGUARD_CONDITIONS:
        if needed not in present:
            yield Problem(
                file,
                "conditions",
                f"The condition {needed!r} is missing; 26 USC 6103(p)(4) makes it one.",
                f'Add a [[conditions]] table with id = "{needed}".',
            )


def _witnesses(part: Witnesses, file: str) -> Iterator[Problem]:
    yield from _once(part.names, file, "names")
    if part.k > len(set(part.names)):
        yield Problem(
            file,
            "k",
            "More cosignatures are asked for than there are witnesses.",
            "Name more witnesses, or lower k.",
        )


def _between(parts: Mapping[str, BaseModel]) -> Iterator[Problem]:
    request, thresholds = parts.get("request.toml"), parts.get("thresholds.toml")
    if (
        isinstance(request, Request)
        and isinstance(thresholds, Thresholds)
        and request.max_rows > thresholds.batch_volume
    ):
        yield Problem(
            "request.toml",
            "max_rows",
            "One batch could hold more requests than the whole window allows.",
            "Put max_rows at or below batch_volume in thresholds.toml.",
        )
    provisions = parts.get("provisions.toml")
    agreement, readings = parts.get("agreement.toml"), parts.get("readings.toml")
    if isinstance(provisions, Provisions):
        if isinstance(request, Request):
            yield from _fields(request, provisions)
        if isinstance(agreement, Agreement) and isinstance(request, Request):
            yield from _complete(agreement, provisions, request)
        if isinstance(readings, Readings):
            yield from _bearing(readings, provisions)


def _fields(request: Request, provisions: Provisions) -> Iterator[Problem]:
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


def _complete(agreement: Agreement, provisions: Provisions, request: Request) -> Iterator[Problem]:
    """Yield the provisions that the authority and the offences ask for and the pack lacks."""
    file = "provisions.toml"
    if not _carried(agreement.legal_basis):
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


def _bearing(readings: Readings, provisions: Provisions) -> Iterator[Problem]:
    """Yield the readings that bear on no element of the agreement."""
    ids = {each.id for name in _known(provisions) for each in law.PROVISIONS[name].elements}
    for number, each in enumerate(readings.readings, start=1):
        if each.id in _EFFECTS and not ids & set(law.reading(each.id).elements):
            yield Problem(
                "readings.toml",
                f"readings[{number}].id",
                f"The reading {each.id!r} bears on no element of this agreement's provisions.",
                "Take it out.",
            )


def _limits(part: BaseModel, file: str, limits: Iterable[floor.Limit]) -> Iterator[Problem]:
    for limit in limits:
        if not limit.allows(getattr(part, limit.key)):
            yield Problem(
                file,
                limit.key,
                f"This is looser than the floor: {limit.why}.",
                f"Write {limit.sense} {limit.value}.",
            )


def _order(file: str, key: str, first: date, last: date | None) -> Iterator[Problem]:
    if last is not None and last < first:
        yield Problem(
            file,
            key,
            "The last day in force lies before the first.",
            "Put in_force_to on or after in_force_from.",
        )


def _not_empty(values: tuple[str, ...], file: str, key: str) -> Iterator[Problem]:
    if not values:
        yield Problem(file, key, "The list is empty.", "Name at least one.")


def _once(values: Iterable[str], file: str, key: str) -> Iterator[Problem]:
    listed = list(values)
    for value in sorted({value for value in listed if listed.count(value) > 1}):
        yield Problem(file, key, f"{value!r} stands more than once.", "Keep one of them.")

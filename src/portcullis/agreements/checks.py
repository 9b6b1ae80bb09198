"""What must be true between the keys of a pack, beyond each value's own form."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pydantic import BaseModel

from portcullis.agreements import beside_the_law, floor
from portcullis.agreements.pack import (
    Agreement,
    Disclosure,
    Provisions,
    Readings,
    Request,
    Retention,
    Safeguards,
    Thresholds,
    Witnesses,
    WitnessNamed,
)
from portcullis.agreements.problems import Problem, not_empty, once
from portcullis.law import READINGS, Effect

# What follows a witness's name in its verifier key: the key's id, its type (04) and 32 bytes.
_VKEY = re.compile(r"\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}")
_URL = re.compile(r"https?://[^\s?#]+")
_EFFECTS = {reading.id: reading.effect for reading in READINGS}


def check(parts: Mapping[str, BaseModel]) -> Iterator[Problem]:
    """Yield the problems in and between the ``parts`` (file name to part) that could be read."""
    for file, part in parts.items():
        match part:
            case Agreement():
                yield from _agreement(part, file)
            case Provisions():
                yield from beside_the_law.provisions(part, file)
            case Request():
                yield from _request(part, file)
            case Disclosure():
                yield from _disclosure(part, file)
            case Readings():
                yield from _readings(part, file)
                yield from beside_the_law.overlaps(part, file)
            case Thresholds():
                yield from _limits(part, file, floor.THRESHOLDS)
            case Safeguards():
                yield from _safeguards(part, file)
            case Retention():
                yield from _limits(part, file, floor.RETENTION)
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
    if not beside_the_law.carried(part.legal_basis):
        yield Problem(
            file,
            "legal_basis",
            "Portcullis carries no agreement under this authority.",
            f"Write one of {beside_the_law.may_rest_on()}.",
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
    yield from not_empty(part.statutes, file, "statutes")
    yield from once(part.statutes, file, "statutes")
    yield from _limits(part, file, floor.REQUEST)
    names = [field.name for field in part.fields]
    yield from once(names, file, "fields")
    if any(field.name == "request_id" and not field.required for field in part.fields):
        yield Problem(
            file,
            "fields.request_id",
            "A request without an identifier cannot be accounted for.",
            "Write required = true.",
        )


def _disclosure(part: Disclosure, file: str) -> Iterator[Problem]:
    yield from not_empty(part.items, file, "items")
    yield from once(part.items, file, "items")
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


def _safeguards(part: Safeguards, file: str) -> Iterator[Problem]:
    yield from _limits(part, file, floor.SAFEGUARDS)
    present = [condition.id for condition in part.conditions]
    yield from once(present, file, "conditions")
    for needed in floor.SAFEGUARD_CONDITIONS:
        if needed not in present:
            yield Problem(
                file,
                "conditions",
                f"The condition {needed!r} is missing; 26 USC 6103(p)(4) makes it one.",
                f'Add a [[conditions]] table with id = "{needed}".',
            )


def _witnesses(part: Witnesses, file: str) -> Iterator[Problem]:
    yield from once(part.names, file, "witness.name")
    for one in part.witness:
        yield from _witness(one, file)
    if part.k > len(set(part.names)):
        yield Problem(
            file,
            "k",
            "More cosignatures are asked for than there are witnesses.",
            "Name more witnesses, or lower k.",
        )


def _witness(one: WitnessNamed, file: str) -> Iterator[Problem]:
    key = f"witness {one.name}"
    if (one.vkey is None) != (one.url is None):
        yield Problem(
            file,
            key,
            "A witness elsewhere has both a vkey and a url; one in the holder's own home neither.",
            "Write both, as the witness's operator gave them, or leave both out.",
        )
    if one.vkey is not None and not _VKEY.fullmatch(one.vkey.removeprefix(one.name)):
        yield Problem(
            file,
            f"{key}.vkey",
            "This is not the verifier key of a witness of that name.",
            "Copy the whole line name+id+base64 from the witness's operator.",
        )
    if one.url is not None and not _URL.fullmatch(one.url):
        yield Problem(
            file,
            f"{key}.url",
            "This is not the address of a witness.",
            "Write its submission prefix: https://witness.example.org/",
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
    yield from _window_kept(thresholds, parts.get("retention.toml"))
    provisions = parts.get("provisions.toml")
    agreement, readings = parts.get("agreement.toml"), parts.get("readings.toml")
    if isinstance(provisions, Provisions):
        if isinstance(request, Request):
            yield from beside_the_law.fields(request, provisions)
        if isinstance(agreement, Agreement) and isinstance(request, Request):
            yield from beside_the_law.complete(agreement, provisions, request)
        if isinstance(readings, Readings):
            yield from beside_the_law.bearing(readings, provisions)


def _window_kept(thresholds: BaseModel | None, retention: BaseModel | None) -> Iterator[Problem]:
    if (
        isinstance(thresholds, Thresholds)
        and isinstance(retention, Retention)
        and retention.working_data_days < thresholds.window_days
    ):
        yield Problem(
            "retention.toml",
            "working_data_days",
            "Working data would be erased while the rolling window still counts it.",
            "Put working_data_days at or above window_days in thresholds.toml.",
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

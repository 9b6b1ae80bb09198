"""Matching as the text has it, in plain Python, one request at a time, against everybody.

Written from the law and the design, not from the code; it shares with the code only the
comparison of one name with one name and of one address with one address.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from portcullis import addresses, names

AGREES = {"same", "reordered"}
NEAR_NAMES = {"suffix-missing", "initial", "partial", "nickname", "misplaced", "near"}
NEAR_ADDRESSES = {"unit-missing", "near"}
OTHER_DOORS = {"unit-differs", "number-differs"}
# Best first.
NAME_CODES = [
    "same", "reordered", "suffix-missing", "initial", "partial", "nickname", "misplaced", "near",
    "middle-differs", "suffix-differs", "different", "absent",
]  # fmt: skip
ADDRESS_CODES = [
    "same", "unit-missing", "near", "unit-differs", "number-differs", "different", "absent",
]  # fmt: skip

Name = tuple[str | None, str | None, str | None, str | None]
Place = tuple[str | None, str | None, str | None, str | None, str | None]
Record = dict[str, Any]


@cache
def name_form(name: Name) -> dict[str, Any]:
    columns = ["given_name", "middle_name", "family_name", "suffix"]
    row = pl.DataFrame([name], schema=dict.fromkeys(columns, pl.String), orient="row")
    return names.normalise(row).to_dicts()[0]


@cache
def place_form(place: Place) -> dict[str, Any]:
    columns = ["address_line1", "address_line2", "city", "state", "zip"]
    row = pl.DataFrame([place], schema=dict.fromkeys(columns, pl.String), orient="row")
    return addresses.normalise(row).to_dicts()[0]


@cache
def names_agree(left: Name, right: Name) -> str:
    return _code(name_form(left), name_form(right), "n_", names.agreement)


@cache
def places_agree(left: Place, right: Place) -> str:
    return _code(place_form(left), place_form(right), "a_", addresses.agreement)


def _code(
    left: dict[str, Any], right: dict[str, Any], prefix: str,
    agreement: Callable[[str, str], pl.Expr],
) -> str:  # fmt: skip
    row = {f"l_{key}": value for key, value in left.items() if key.startswith(prefix)}
    row |= {f"r_{key}": value for key, value in right.items() if key.startswith(prefix)}
    return pl.DataFrame([row]).select(agreement(f"l_{prefix}", f"r_{prefix}")).item()


def digits(tin: str | None) -> str | None:
    return "".join(sign for sign in tin or "" if sign in "0123456789") or None


def text(value: str | None) -> str | None:
    return (value or "").strip() or None


def all_names(taxpayer: Record) -> list[Name]:
    present = tuple(
        text(taxpayer[part]) for part in ("given_name", "middle_name", "family_name", "suffix")
    )
    found: list[Name] = [present]  # type: ignore[list-item]
    for prior in (taxpayer["prior_names"] or "").split(";"):
        parts = [text(part) for part in (*prior.split("|"), "", "", "")[:4]]
        if any(parts):
            if not name_form(tuple(parts))["n_suffix"]:  # type: ignore[arg-type]
                # No name change turns a son into his father.
                parts[3] = name_form(found[0])["n_suffix"] or None
            found.append(tuple(parts))  # type: ignore[arg-type]
    return found


def place_of(record: Record) -> Place:
    return tuple(text(record[part]) for part in ("line1", "line2", "city", "state", "zip"))  # type: ignore[return-value]


def last_known(taxpayer: Record, as_of: date) -> Record | None:
    """26 CFR 301.6212-2: the most recently processed return or notice, or the postal update."""
    rank = {"usps": 1, "return": 2, "notice": 3}
    eligible = [
        each
        for each in taxpayer["addresses"]
        if each["source_kind"] in rank
        and each["processed_on"] is not None
        and each["processed_on"] <= as_of
    ]
    return max(
        eligible,
        key=lambda each: (
            each["processed_on"],
            -1 if each["taxable_period"] is None else each["taxable_period"],
            rank[each["source_kind"]],
            each["protected"],
            *[(part is None, part or "") for part in place_of(each)],
        ),
        default=None,
    )


def has_last_known(last: Record | None) -> bool:
    return (
        last is not None and text(last["line1"]) is not None and last["taxable_period"] is not None
    )


class Compared:
    """One request beside one taxpayer."""

    def __init__(self, request: Record, taxpayer: Record, as_of: date) -> None:
        self.taxpayer = taxpayer
        name: Name = tuple(
            request[part] for part in ("given_name", "middle_name", "family_name", "suffix")
        )  # type: ignore[assignment]
        place: Place = tuple(
            request[part] for part in ("address_line1", "address_line2", "city", "state", "zip")
        )  # type: ignore[assignment]
        theirs = all_names(taxpayer)
        places = [place_of(each) for each in taxpayer["addresses"]]
        wanted, held = digits(request["tin"]), digits(taxpayer["tin"])
        # A number that is not of nine digits finds nobody, but still contradicts another.
        self.by_tin = wanted is not None and wanted == held and len(wanted) == 9
        self.contradicts = wanted is not None and held is not None and wanted != held
        self.name = min((names_agree(name, each) for each in theirs), key=NAME_CODES.index)
        self.named = any(
            names_agree(name, each) in AGREES
            and name_form(name)["n_key"] == name_form(each)["n_key"]
            for each in theirs
        )
        self.nowhere = all(place_form(each)["a_absent"] for each in places)
        self.namesake = not name_form(name)["n_absent"] and any(
            not name_form(each)["n_absent"] and name_form(name)["n_key"] == name_form(each)["n_key"]
            for each in theirs
        )
        self.suffix_said = name_form(name)["n_suffix"] != ""
        self.whole = any(
            names_agree(name, each) in AGREES
            and name_form(name)["n_middle"] == name_form(each)["n_middle"]
            for each in theirs
        )
        codes = [places_agree(place, each) for each in places]
        self.address = min(codes, key=ADDRESS_CODES.index, default=None)
        self.unique = any(
            code == "same"
            and place_form(place)["a_unique_point"]
            and place_form(each)["a_unique_point"]
            for code, each in zip(codes, places, strict=True)
        )
        last = last_known(taxpayer, as_of)
        self.latest = last is not None and places_agree(place, place_of(last)) == "same"
        self.sought = any(
            _sought(name_form(name), place_form(place), name_form(one), place_form(other))
            for one in theirs
            for other in places
        )

    def looked_at(self, *, numbered: bool) -> bool:
        """Whether he is one of those near the request; without a TIN, of no address too."""
        return self.by_tin or self.sought or (not numbered and self.nowhere and self.namesake)

    @property
    def agrees(self) -> bool:
        return self.name in AGREES

    @property
    def near(self) -> bool:
        return self.name in NEAR_NAMES

    @property
    def near_miss(self) -> bool:
        return (self.agrees and self.address in NEAR_ADDRESSES) or (
            self.near and self.address == "same"
        )


def _sought(name: Record, place: Record, other_name: Record, other_place: Record) -> bool:
    """Where others are sought: of the name nearby, sharing a name in the building, at the door.

    A locality is the ZIP Code or the town, whichever both state alike.
    """
    if place["a_absent"] or other_place["a_absent"]:
        return False

    def equal(*parts: str) -> bool:
        return all(place[f"a_{part}"] == other_place[f"a_{part}"] for part in parts)

    zipped = place["a_zip5"] != "" and equal("zip5")
    town = place["a_city"] != "" and place["a_state"] != "" and equal("city", "state")
    here = zipped or town
    unique = place["a_unique_point"] and other_place["a_unique_point"]
    if unique and here and equal("number", "street", "unit", "box"):
        return True
    if name["n_absent"] or other_name["n_absent"]:
        return False
    named = name["n_key"] == other_name["n_key"]
    parts, other_parts = ({each["n_given"], each["n_family_set"]} for each in (name, other_name))
    numbered = place["a_number"] + place["a_box"] != ""
    house = numbered and equal("number", "box") and here
    street = place["a_street"] != "" and equal("street") and here
    building = numbered and equal("number", "street", "box") and here
    return (named and (equal("number", "street", "box") or house or street)) or (
        building and bool(parts & other_parts)
    )


def comes_close(each: Compared, *, numbered: bool, matched: bool) -> tuple[bool, bool]:
    """Whether a person at least nearly agrees on the name, and on some address of record.

    ``numbered``: the request's TIN is in the records. Without one, the address alone tells two of
    one name apart, so a neighbour of that name is close. ``matched``: somebody bears the very name,
    suffix and all; then one without the suffix asked for is another.
    """
    another = matched and each.suffix_said and each.name == "suffix-missing"
    # Somebody else must have both borrowed the number and misspelt the name into its owner's.
    another = another or (matched and numbered and each.name == "near" and each.contradicts)
    name = each.agrees or (each.near and not another)
    address = each.address == "same" or each.address in NEAR_ADDRESSES
    if not numbered:
        address = address or each.address in OTHER_DOORS or each.nowhere
    return name, address


def margin(
    everybody: list[Compared], one: Compared, *, numbered: bool, matched: bool
) -> tuple[int, str]:
    """How far everybody else falls short of ``one``: in how many elements, and what they share."""
    best = (2, "nobody")
    places = ["name-and-address", "name", "address", "number", "nobody"]
    for each in everybody:
        if each is one or not each.looked_at(numbered=numbered):
            continue
        name, address = comes_close(each, numbered=numbered, matched=matched)
        if name and address:
            found = (0, "name-and-address")
        elif name or address:
            found = (1, "name" if name else "address")
        else:
            found = (2, "number" if each.by_tin else "nobody")
        best = min(best, found, key=lambda pair: places.index(pair[1]))
    return best


def answer(  # noqa: PLR0912, PLR0915 - the rules in one reading
    request: Record, taxpayers: list[Record], as_of: date
) -> dict[str, Any]:
    """Return what matching must say of one request."""
    everybody = [Compared(request, each, as_of) for each in taxpayers]
    holders = [each for each in everybody if each.by_tin]
    agreeing = [each for each in holders if each.agrees]
    nearly = [each for each in holders if each.near]
    namesakes = [each for each in everybody if each.named and each.address == "same"]
    compared = agreeing or nearly

    found: Compared | None = None
    route = cause = None
    if holders:
        if len(agreeing) > 1:
            cause = "ambiguous"
        elif agreeing and agreeing[0].address == "same":
            found, route = agreeing[0], "tin"
        elif any(each.near_miss for each in compared):
            cause = "near-miss"
        else:
            cause = "address-not-of-record" if agreeing else "name-disagrees"
    elif len(namesakes) > 1:
        cause = "ambiguous"
    elif namesakes and not namesakes[0].unique:
        cause = "not-unique-point"
    elif namesakes and namesakes[0].contradicts:
        cause = "tin-contradicts"
    elif namesakes and not namesakes[0].whole:
        # Without a TIN, a middle name left out leaves brothers of one given name alike.
        cause = "near-miss"
    elif namesakes:
        found, route = namesakes[0], "name-address"
    elif any(each.sought and each.near_miss and not each.contradicts for each in everybody):
        cause = "near-miss"
    else:
        cause = "no-record"

    short, runner_up = None, None
    if found or cause == "near-miss":
        numbered, matched = bool(holders), found is not None
        close = [
            each
            for each in everybody
            if each.looked_at(numbered=numbered)
            and all(comes_close(each, numbered=numbered, matched=matched))
        ]
        short, runner_up = margin(everybody, close[0], numbered=numbered, matched=matched)
        if short == 0:
            both = [
                each
                for each in everybody
                if (each.agrees or each.name == "suffix-missing")
                and each.address == "same"
                and each.looked_at(numbered=numbered)
            ]
            found, route, cause = None, None, "ambiguous" if len(both) > 1 else "no-margin"

    last = None
    protected = False
    result = "ambiguous" if cause in {"ambiguous", "no-margin"} else "none"
    if found:
        result = "one"
        last = last_known(found.taxpayer, as_of)
        protected = any(each["protected"] for each in found.taxpayer["addresses"])
        if protected:
            cause = "protected"
        elif last is None or text(last["line1"]) is None:
            cause = "no-last-known-address"
        elif last["taxable_period"] not in request["periods"]:
            cause = "period-not-requested"
    lines = place_of(last) if last and found and cause is None else (None,) * 5
    return {
        "route": route,
        "result": result,
        "cause": cause,
        "taxpayer_id": found and found.taxpayer["taxpayer_id"],
        "tin_candidates": len(holders),
        "tin_agreeing": len(agreeing),
        "tin_name": min((each.name for each in holders), key=NAME_CODES.index, default=None),
        "tin_address": min(
            (each.address for each in compared if each.address),
            key=ADDRESS_CODES.index,
            default=None,
        ),
        "tin_address_latest": any(each.latest for each in agreeing),
        "name_address_candidates": len(namesakes),
        "name_address_whole": any(each.whole for each in namesakes),
        "name_address_unique_point": any(each.unique for each in namesakes),
        "name_address_contradicted": any(each.contradicts for each in namesakes),
        "near_miss": cause == "near-miss",
        "margin": short,
        "runner_up": runner_up,
        "lka_line1": lines[0],
        "lka_line2": lines[1],
        "lka_city": lines[2],
        "lka_state": lines[3],
        "lka_zip": lines[4],
        "lka_found": has_last_known(last) if found else None,
        "lka_period": last["taxable_period"] if last and found else None,
        "protected": protected,
    }

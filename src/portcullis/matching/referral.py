"""A near miss before a person: what is near, what may be found of it, and the match as found.

A reviewer may find only that the address in a request *is* an address of record of one taxpayer,
by one of the written rules (``RULES``). What is found then takes the place of what was slipped, and
the request is matched again by the very rules that match every other: nothing else is loosened.
Sharing a household, a building or a surname is no rule, and no probability is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from portcullis import addresses, names
from portcullis.matching.match import MATCH, Basis, match
from portcullis.records import ADDRESS_FORM, NAME_FORM, Index, tin_digits

ABOUT_ADDRESS, ABOUT_NAME = "address", "name"
UNIT_MISSING = "unit-missing"
_NEAR_ADDRESS = (UNIT_MISSING, *addresses.REFERS)
_NEVER = ("middle-differs", "suffix-differs")
_NAMED = [f"n_{part}" for part in NAME_FORM]
_PLACED = [f"a_{part}" for part in ADDRESS_FORM]
_IN_ORDER = ["r_a_street", "r_a_number", "r_a_unit"]
_BUILDING = ["r_a_number", "r_a_box", "r_a_street", "r_a_zip5"]


@dataclass(frozen=True)
class Rule:
    """One written rule by which an address may be found to be of record.

    ``about``: whether the slip is in the address or in the name. ``code``: what comparison must
    have come to. ``differs``: for an address, the one part in which alone the two may differ.
    """

    id: str
    about: str
    code: str
    statement: str
    differs: str = ""


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "street-slip",
            ABOUT_ADDRESS,
            "near",
            "The two are one address: number, unit and place are equal, and the street's name "
            "differs by a slip of the pen, or by a direction or a kind of street left out.",
            "street",
        ),
        Rule(
            "number-slip",
            ABOUT_ADDRESS,
            "near",
            "The two are one address: street, unit and place are equal, and the number differs by "
            "a sign or a letter, by digits changed round, or by one left out.",
            "number",
        ),
        Rule(
            "place-slip",
            ABOUT_ADDRESS,
            "near",
            "The two are one address: number, street and unit are equal, and the town has two ZIP "
            "Codes, or the ZIP Code is a keystroke off.",
            "place",
        ),
        Rule(
            "unit-left-out",
            ABOUT_ADDRESS,
            UNIT_MISSING,
            "The two are one address: all is equal but for the unit, which one side leaves out; "
            "the taxpayer has no other unit of record in that building.",
            "unit",
        ),
        Rule(
            "initial",
            ABOUT_NAME,
            "initial",
            "The address is of record, and the name is that taxpayer's: the given name is written "
            "as its initial.",
        ),
        Rule(
            "nickname",
            ABOUT_NAME,
            "nickname",
            "The address is of record, and the name is that taxpayer's: the given name is written "
            "as its customary short form.",
        ),
        Rule(
            "part-of-surname",
            ABOUT_NAME,
            "partial",
            "The address is of record, and the name is that taxpayer's: one side writes a part of "
            "the compound surname.",
        ),
        Rule(
            "name-slip",
            ABOUT_NAME,
            "near",
            "The address is of record, and the name is that taxpayer's: it differs by a slip of "
            "the pen, or has its parts in each other's place.",
        ),
    )
}
"""The closed list of what a reviewer may find, by id [law.md 21 to 24]."""

NOT_FINDABLE: dict[str, str] = {
    "no-rule": (
        "A finding rests on one of the written rules. That two people share a household, a "
        "building or a surname is none, nor is a likelihood."
    ),
    "not-near": "Nobody in the records is a near miss of this request.",
    "not-one": (
        "More than one taxpayer nearly agrees with the request on both name and address: it is "
        "nobody's (requirement 24)."
    ),
    "other-tin": "The taxpayer has another TIN than the request: they are two people.",
    "other-name": (
        "A middle name or suffix of that taxpayer contradicts the request: they are two people."
    ),
    "no-such-address": "The taxpayer has no address of record of that number.",
    "rule-not-met": "The comparison of the two does not meet that rule.",
    "other-unit": "The taxpayer has another unit of record in that building: it may be either.",
    "not-as-found": "Matched again as found, the request does not lead to that one taxpayer.",
}
"""Why a finding is not accepted -> the sentence that says it, inside the office only."""


class NotFindable(ValueError):  # noqa: N818 - it names what is refused
    """A finding that the written rules do not allow; ``reason`` is a key of ``NOT_FINDABLE``."""

    def __init__(self, reason: str) -> None:
        super().__init__(NOT_FINDABLE[reason])
        self.reason = reason


@dataclass(frozen=True)
class Near:
    """What the records show beside one request.

    ``asked``: the request's one row as matching reads it. ``names``: a row each name of those
    looked at: ``person, code, tin_equal, tin_contradicts, r_tin`` and ``r_n_*``.
    ``addresses``: a row each different address of record of theirs: ``person, number`` (from 1, in
    order of street and number), ``code, may_be_last`` and ``r_a_*``. Return information.
    """

    asked: pl.DataFrame
    names: pl.DataFrame
    addresses: pl.DataFrame

    @property
    def candidates(self) -> Sequence[int]:
        """Those who agree, or nearly, on both name and address, whatever their TIN."""
        named = self.names.filter(pl.col("code").is_in([*names.AGREES, *names.REFERS]))
        placed = self.addresses.filter(pl.col("code").is_in([*addresses.AGREES, *_NEAR_ADDRESS]))
        return sorted(set(named["person"]) & set(placed["person"]))

    @property
    def household(self) -> dict[str, int]:
        """How many others have the address, or one like it: by whether their name agrees."""
        there = pl.col("code").is_in([*addresses.AGREES, *_NEAR_ADDRESS])
        others = set(self.addresses.filter(there)["person"])
        near = set(self.candidates)
        one = near if len(near) == 1 else set()
        return {"agrees": len(near - one), "does not agree": len(others - near)}

    def of(self, person: int) -> "Near":
        """Return what is shown of one person."""
        mine = pl.col("person") == person
        return Near(self.asked, self.names.filter(mine), self.addresses.filter(mine))


def near(request: pl.DataFrame, index: Index, basis: Basis) -> Near:
    """Look up who is near ``request`` (one row, columns as for ``match``), and compare.

    A look-up under 26 U.S.C. 7213A, which whoever calls has logged.
    """
    asked = request.select(
        pl.lit(0, pl.UInt32).alias("row"),
        (tin_digits("tin") if "tin" in request.columns else pl.lit(None, pl.String)).alias("tin"),
        "^periods$",
        *_NAMED,
        *_PLACED,
    )
    pairs = pl.concat([index.candidates(asked), index.neighbours(asked)])
    first = _compared(asked, pairs, index, basis)
    # Whoever is at the address of record, or has the name of record near it, counts as well.
    others = index.neighbours(_as_of_record(first))
    return _compared(asked, pl.concat([pairs, others]), index, basis)


def _compared(asked: pl.DataFrame, pairs: pl.DataFrame, index: Index, basis: Basis) -> Near:
    pairs = pairs.unique().sort("person", "row")
    return Near(
        asked,
        _compared_names(asked, index.names(pairs)),
        _compared_addresses(asked, index.addresses(pairs, basis.as_of)),
    )


def _as_of_record(seen: Near) -> pl.DataFrame:
    """Return the request as each candidate's record has it: every name at every near address."""
    mine = pl.col("person").is_in(list(seen.candidates))
    there = pl.col("code").is_in([*addresses.AGREES, *_NEAR_ADDRESS])
    named = seen.names.filter(mine).select("person", *_renamed(_NAMED))
    placed = seen.addresses.filter(mine & there).select("person", *_renamed(_PLACED))
    row, tin = pl.lit(0, pl.UInt32).alias("row"), pl.lit(None, pl.String).alias("tin")
    return named.join(placed, on="person").select(row, tin, *_NAMED, *_PLACED)


def _renamed(columns: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(f"r_{name}").alias(name) for name in columns]


def _compared_names(asked: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    worst = {code: place for place, code in enumerate(names.REASONS)}
    order = {code: place for place, code in enumerate((*names.AGREES, *names.REFERS))}
    equal = pl.col("tin") == pl.col("r_tin")
    return (
        found.join(asked.select("row", "tin", *_NAMED), on="row")
        .with_columns(
            names.agreement("n_", "r_n_").alias("code"),
            equal.fill_null(value=False).alias("tin_equal"),
            (~equal).fill_null(value=False).alias("tin_contradicts"),
        )
        .sort(
            "person",
            pl.col("code").replace_strict(
                {**{code: place + len(order) for code, place in worst.items()}, **order}
            ),
            *[f"r_{name}" for name in _NAMED],
        )
        .drop("row", "tin", *_NAMED)
    )


def _compared_addresses(asked: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    shown = [f"r_{name}" for name in _PLACED]
    return (
        found.group_by("row", "person", *shown)
        .agg(pl.col("may_be_last").any())
        .sort("person", *_IN_ORDER, *shown)
        .with_columns((pl.col("may_be_last").cum_count().over("person")).alias("number"))
        .join(asked.select("row", *_PLACED), on="row", maintain_order="left")
        .with_columns(addresses.agreement("a_", "r_a_").alias("code"))
        .drop("row", *_PLACED)
    )


def the_one(seen: Near) -> int:
    """Return the one person who is near the request and whom a finding may concern.

    Raises NotFindable where it is nobody, several, or another by TIN, middle name or suffix.
    """
    candidates = seen.candidates
    if len(candidates) != 1:
        raise NotFindable("not-one" if candidates else "not-near")
    (person,) = candidates
    named = seen.of(person).names
    if named["tin_contradicts"].any():
        raise NotFindable("other-tin")
    if named["code"].is_in(_NEVER).any():
        raise NotFindable("other-name")
    return person


def as_found(seen: Near, index: Index, basis: Basis, number: int, rule_id: str) -> pl.DataFrame:
    """Return the one row of ``MATCH`` that the request comes to as a reviewer found it.

    The finding: by ``rule_id`` the address in the request is address ``number`` of record of the
    one near person. The address (or name) of record then stands for that of the request, and it
    is matched again. Raises NotFindable where the rules do not allow it.
    """
    rule = RULES.get(rule_id)
    if rule is None:
        raise NotFindable("no-rule")
    person = the_one(seen)
    mine = seen.of(person)
    address = mine.addresses.filter(pl.col("number") == number)
    if address.is_empty():
        raise NotFindable("no-such-address")
    name = mine.names.head(1)
    _check_rule(rule, mine, name, address)
    found, columns = (address, _PLACED) if rule.about == ABOUT_ADDRESS else (name, _NAMED)
    asked = seen.asked.with_columns(found[f"r_{column}"].alias(column) for column in columns)
    matched = match(asked, index, basis)
    known = index.last_known(pl.DataFrame({"row": [0], "person": [person]}, _PAIR), basis.as_of)
    if matched["result"][0] != "one" or matched["taxpayer_id"][0] != known["taxpayer_id"][0]:
        raise NotFindable("not-as-found")
    return matched.select(list(MATCH))


_PAIR = {"row": pl.UInt32, "person": pl.UInt32}


def _check_rule(rule: Rule, mine: Near, name: pl.DataFrame, address: pl.DataFrame) -> None:
    """Raise NotFindable unless what comparison found of name and address meets ``rule``."""
    named, placed = name["code"][0], address["code"][0]
    if rule.about == ABOUT_NAME:
        met = named == rule.code and placed in addresses.AGREES
    else:
        met = (
            named in names.AGREES
            and placed == rule.code
            and differing(mine.asked, address) == (rule.differs,)
        )
    if not met:
        raise NotFindable("rule-not-met")
    if rule.code == UNIT_MISSING and _other_units(mine, address):
        raise NotFindable("other-unit")


def differing(asked: pl.DataFrame, address: pl.DataFrame) -> tuple[str, ...]:
    """Return in which of place, number, street and unit a request and an address differ."""
    ours, theirs = asked.row(0, named=True), address.row(0, named=True)

    def differ(*parts: str) -> bool:
        return any(ours[f"a_{part}"] != theirs[f"r_a_{part}"] for part in parts)

    towns = differ("city", "state")
    zips = differ("zip5")
    zip_missing = "" in (ours["a_zip5"], theirs["r_a_zip5"])
    found = {
        "place": towns if zip_missing else zips,
        "number": differ("number", "box"),
        "street": differ("street"),
        "unit": differ("unit"),
    }
    return tuple(part for part, differs in found.items() if differs)


def _other_units(mine: Near, address: pl.DataFrame) -> bool:
    """Whether the person has several units of record in the building of ``address``."""
    building = mine.addresses.join(address.select(_BUILDING), on=_BUILDING)
    units = {*building["r_a_unit"], mine.asked["a_unit"][0]} - {""}
    return len(units) > 1

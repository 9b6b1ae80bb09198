"""Two names part by part, for a person who looks at them side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from portcullis.names.comparison import (
    family_kinship,
    given_kinship,
    middle_differs,
    swapped,
)

State = Literal[
    "equal", "differs", "slip", "initial", "nickname", "partial", "reordered", "swapped",
    "absent-left", "absent-right",
]  # fmt: skip

_PARTS = ("given", "middle", "family", "suffix")
_STATES: dict[str, State] = {
    "initial": "initial", "nickname": "nickname", "near": "slip", "partial": "partial",
    "misplaced": "swapped",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One part of two names: ``given``, ``middle``, ``family`` or ``suffix``, and its two texts.

    ``state``: ``equal``; ``absent-left`` or ``absent-right`` (one side has none); ``initial``,
    ``nickname``, ``slip`` (a keystroke or two), ``partial`` (one gives only part of it),
    ``reordered`` (the same surnames in another order), ``swapped`` (given and family name, or two
    forenames, in each other's place); else ``differs``.
    """

    part: str
    left: str
    right: str
    state: State


def differences(
    left: Mapping[str, str | None], right: Mapping[str, str | None]
) -> tuple[Difference, ...]:
    """Return the four parts of two names in normal form, in order, with how far each agrees.

    ``left``, ``right``: ``given``, ``middle``, ``family``, ``family_set`` and ``suffix`` of each,
    as `normalise` gives them under its prefix; null counts as absent. The states go by the rules of
    `agreement`: it is ``same`` or ``reordered`` only where given and family are ``equal`` or
    ``reordered``, the suffix is ``equal``, and the middle names are ``equal``, absent on one side,
    ``initial`` or ``partial``.
    """
    names = [*_PARTS, "family_set"]
    sides = {
        f"{side}_{name}": row.get(name) or ""
        for side, row in (("l", left), ("r", right))
        for name in names
    }
    row = pl.DataFrame([sides])
    judges = {"given": _given, "middle": _middle, "family": _family, "suffix": _differs}
    found = []
    for part in _PARTS:
        one, other = sides[f"l_{part}"], sides[f"r_{part}"]
        state: State = "equal"
        if one != other:
            state = _absent(one, other) or judges[part](row)
        found.append(Difference(part, one, other, state))
    return tuple(found)


def _absent(left: str, right: str) -> State | None:
    if left and right:
        return None
    return "absent-right" if left else "absent-left"


def _given(row: pl.DataFrame) -> State:
    if swapped(row).item():
        return "swapped"
    return _STATES.get(given_kinship(row).item(), "differs")


def _family(row: pl.DataFrame) -> State:
    if row["l_family_set"].item() == row["r_family_set"].item():
        return "reordered"
    if swapped(row).item():
        return "swapped"
    return _STATES.get(family_kinship(row).item(), "differs")


def _middle(row: pl.DataFrame) -> State:
    left, right = row["l_middle"].item(), row["r_middle"].item()
    if row.select(middle_differs(pl.col("l_middle"), pl.col("r_middle"))).item():
        return "differs"
    shorter = min(left, right, key=len)
    return "initial" if all(len(word) == 1 for word in shorter.split()) else "partial"


def _differs(_row: pl.DataFrame) -> State:
    return "differs"

"""Two addresses part by part, for a person who looks at them side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from portcullis.addresses.comparison import agreement, street_parts
from portcullis.addresses.normal import COLUMNS

State = Literal["equal", "differs", "slip", "absent-left", "absent-right"]

PARTS = (
    "house number", "direction before", "street", "kind of street", "direction after",
    "urbanization", "unit", "box", "city", "state", "ZIP Code",
)  # fmt: skip
"""Every part `differences` may name, in the order of an address."""

_DELIVERY = PARTS[:8]


@dataclass(frozen=True)
class Difference:
    """One part of two addresses.

    ``left`` and ``right`` are its text in normal form, "" for none. ``decides`` says whether
    `agreement` rests on the part: city and state decide nothing where both have a ZIP Code.
    """

    part: str
    left: str
    right: str
    state: State
    decides: bool


def differences(
    left_row: Mapping[str, Any], right_row: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Return the parts in which two addresses agree, differ, or which one of them lacks.

    ``left_row`` and ``right_row`` hold the columns `normalise` adds under its own prefix ``a_``
    (others are passed over; a missing one is null). A part neither has is left out. The answer
    fits `agreement`: it is `same` where both are addresses and every part that decides is equal,
    and only where it is `near` a part is a ``slip``.
    """
    left, right = _parts(left_row), _parts(right_row)
    code = _code(left_row, right_row)
    deciding = {*_DELIVERY, *_place_decides(left, right)}
    slipping = deciding if code == "near" else set()
    return tuple(
        Difference(part, *texts, _state(*texts, slip=part in slipping), part in deciding)
        for part, texts in _beside(left, right)
    )


def _beside(
    left: Mapping[str, str], right: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    for part in PARTS:
        if left[part] or right[part]:
            yield part, (left[part], right[part])


def _state(left: str, right: str, *, slip: bool) -> State:
    if left == right:
        return "equal"
    if not left:
        return "absent-left"
    if not right:
        return "absent-right"
    return "slip" if slip else "differs"


def _place_decides(left: Mapping[str, str], right: Mapping[str, str]) -> tuple[str, ...]:
    """Return the parts of the place that decide: the ZIP Codes, else the town, else all."""
    if left["ZIP Code"] and right["ZIP Code"]:
        return ("ZIP Code",)
    if all(side[part] for side in (left, right) for part in ("city", "state")):
        return ("city", "state")
    return ("city", "state", "ZIP Code")


def _parts(row: Mapping[str, Any]) -> dict[str, str]:
    given = {name: row.get(f"a_{name}") or "" for name in COLUMNS}
    street = street_parts(pl.Series([given["street"]], dtype=pl.String)).row(0, named=True)
    return {
        "house number": given["number"],
        "direction before": street["pre"],
        "street": street["name"],
        "kind of street": street["suffix"],
        "direction after": street["post"],
        "urbanization": street["urb"],
        "unit": given["unit"],
        "box": given["box"],
        "city": given["city"],
        "state": given["state"],
        "ZIP Code": given["zip5"],
    }


def _code(left: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    sides = {
        f"{side}{name}": pl.Series([row.get(f"a_{name}")], dtype=kind)
        for side, row in (("l_", left), ("r_", right))
        for name, kind in COLUMNS.items()
    }
    code: str = pl.DataFrame(sides).select(agreement("l_", "r_")).item()
    return code

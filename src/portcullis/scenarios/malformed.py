"""Rows that are no requests: what a careless export leaves in a file."""

from collections.abc import Callable

import polars as pl

_LONG = 20_000


def _ragged_short(line: bytes) -> bytes:
    return line.rpartition(b",")[0].rpartition(b",")[0]


def _ragged_long(line: bytes) -> bytes:
    return line + b",surplus,surplus"


def _bad_encoding(line: bytes) -> bytes:
    return line.replace(b"MARK", b"Mu\xf1oz")


def _nul(line: bytes) -> bytes:
    return line.replace(b"MARK", b"Mu\x00oz")


# What is wrong, as the intake names it; the values that make it so; what happens to the line.
_SORTS: tuple[tuple[str, dict[str, str], Callable[[bytes], bytes] | None], ...] = (
    ("ragged", {}, _ragged_short),
    ("ragged", {}, _ragged_long),
    ("encoding", {"family_name": "MARK"}, _bad_encoding),
    ("control-character", {"family_name": "MARK"}, _nul),
    ("formula", {"given_name": '=HYPERLINK("x")'}, None),
    ("oversize", {"reason": "x" * _LONG}, None),
    ("duplicate-request-id", {}, None),
    ("missing-request-id", {"request_id": ""}, None),
    ("spreadsheet-mangled", {"zip": "2139"}, None),
    ("spreadsheet-mangled", {"tin": "1.23E+08"}, None),
    ("spreadsheet-mangled", {"address_line1": "#REF!"}, None),
)


def reasons(first: int, count: int) -> list[str]:
    """Return what is wrong with each of ``count`` malformed rows from the number ``first`` on."""
    return [_SORTS[number % len(_SORTS)][0] for number in range(first, first + count)]


def lines(requests: pl.DataFrame, first: int, earlier_id: str) -> bytes:
    """Return ``requests`` (String columns) as CSV lines, each malformed in its turn.

    ``first`` is the number of the first among the batch's malformed rows, ``earlier_id`` a
    request_id that already stands above.
    """
    out = []
    for number, row in enumerate(requests.iter_slices(1), start=first):
        reason, values, mangle = _SORTS[number % len(_SORTS)]
        if reason == "duplicate-request-id":
            values = {"request_id": earlier_id}
        spoiled = row.with_columns(**{name: pl.lit(value) for name, value in values.items()})
        line = spoiled.write_csv(include_header=False).encode().removesuffix(b"\n")
        out.append(mangle(line) if mangle else line)
    return b"".join(line + b"\n" for line in out)

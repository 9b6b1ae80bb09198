"""Canonical bytes: one way, and only one, to write a value down before it is hashed or signed.

Two forms are used.

``json_bytes``
    Small objects (ledger entries, manifests, acts): JSON with sorted keys, no white space, UTF-8,
    no floats. The same bytes as RFC 8785 gives for objects of strings, integers and booleans.

``record_column``
    Bulk rows: a label, then the values of the named fields, joined by U+001F (unit separator).
    Intake quarantines rows with control characters, so the form is injective; an empty field
    and an absent one are the same thing, as the request schema says.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

SEPARATOR = "\x1f"
DIGEST_BYTES = 32


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of ``value``: strings, integers, booleans, None, lists, objects.

    Raises ValueError for a float, which has no single written form.
    """
    _refuse_floats(value)
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _refuse_floats(value: object) -> None:
    if isinstance(value, str):
        return  # most are
    if isinstance(value, float):
        raise ValueError("a float has no canonical form; write it as a string")  # noqa: TRY004
    if isinstance(value, dict | Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def record_column(label: str, fields: Sequence[str]) -> pl.Expr:
    """Return the expression that writes each row's canonical text: label, then ``fields`` in order.

    ``label`` names the schema and its version, e.g. ``portcullis/request/1``.
    """
    values = [pl.col(field).cast(pl.String).fill_null("") for field in fields]
    return pl.concat_str([pl.lit(label), *values], separator=SEPARATOR)


def sha256_column(texts: pl.Series) -> pl.Series:
    """Return the SHA-256 digest (32 bytes, Binary) of each text of ``texts`` (String, no nulls)."""
    sha256 = hashlib.sha256
    values = texts.cast(pl.Binary).to_list()
    return pl.Series(texts.name, [sha256(value).digest() for value in values], dtype=pl.Binary)


def sha256_hex(parts: Iterable[bytes]) -> str:
    """Return the hexadecimal SHA-256 of the concatenation of ``parts``."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()

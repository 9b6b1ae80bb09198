"""Keyed digests: how the window remembers persons, orders and texts without holding them.

HMAC-SHA-256 (FIPS 198-1) under the holder's window key, cut to 16 bytes, over a label, U+001F
and the value. The label keeps one kind's digests from standing for another's.
"""

import hashlib

import polars as pl

BYTES = 16
_BLOCK = 64
# Below this share of distinct values each is digested once and the digests are spread by a join.
_REPETITIVE = 0.5


def digest_column(texts: pl.Series, label: str, key: bytes) -> pl.Series:
    """Return the digest (Binary, 16 bytes) of each of ``texts`` (String); null stays null."""
    distinct = texts.drop_nulls().unique()
    if distinct.len() >= _REPETITIVE * texts.len():
        return _digest_each(texts, label, key)
    spread = pl.DataFrame({"text": distinct, "digest": _digest_each(distinct, label, key)})
    return (
        texts.to_frame("text")
        .join(spread, on="text", how="left", maintain_order="left")["digest"]
        .rename(texts.name)
    )


def _digest_each(texts: pl.Series, label: str, key: bytes) -> pl.Series:
    """Apply HMAC with the key's two pads laid out once (RFC 2104, section 4)."""
    sha256 = hashlib.sha256
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner = bytes(byte ^ 0x36 for byte in block) + f"{label}\x1f".encode()
    outer = bytes(byte ^ 0x5C for byte in block)
    digests = [
        None if text is None else sha256(outer + sha256(inner + text).digest()).digest()[:BYTES]
        for text in texts.cast(pl.Binary).to_list()
    ]
    return pl.Series(texts.name, digests, dtype=pl.Binary)

"""Keyed digests: how the window remembers persons, orders and texts without holding them.

AES-256-CMAC (NIST SP 800-38B) under the holder's window key, 16 bytes, over the first 16 bytes of
SHA-256 of a label, U+001F and the value. A message of one whole block is what lets a column of a
million be authenticated in one call; the label keeps one kind's digests from standing for
another's.
"""

import numpy as np
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from portcullis.canonical import DIGEST_BYTES, sha256_column

BYTES = 16
# Below this share of distinct values each is digested once and the digests are spread by a join.
_REPETITIVE = 0.5
_FEEDBACK = 0x87


def digest_column(texts: pl.Series, label: str, key: bytes) -> pl.Series:
    """Return the digest (Binary, 16 bytes) of each of ``texts`` (String); null stays null.

    ``key`` has 32 bytes.
    """
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
    labelled = pl.select(pl.lit(f"{label}\x1f") + texts.fill_null("")).to_series()
    hashed = b"".join(sha256_column(labelled).to_list())
    blocks = np.frombuffer(hashed, np.uint8).reshape(-1, DIGEST_BYTES)[:, :BYTES]
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - CMAC of one block
    subkey = np.frombuffer(_subkey(cipher.update(bytes(BYTES))), np.uint8)
    tags = cipher.update((blocks ^ subkey).tobytes())
    column = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(BYTES), len(texts), [None, pa.py_buffer(tags)]
    )
    digests = pl.Series(texts.name, pl.from_arrow(column.cast(pa.large_binary())))
    return pl.select(pl.when(texts.is_not_null()).then(digests).alias(texts.name)).to_series()


def _subkey(zero: bytes) -> bytes:
    """Return K1 of the cipher whose encryption of the zero block is ``zero`` (SP 800-38B, 6.1)."""
    doubled = int.from_bytes(zero, "big") << 1
    carried = doubled >> (8 * BYTES)
    return ((doubled & ((1 << 8 * BYTES) - 1)) ^ (_FEEDBACK * carried)).to_bytes(BYTES, "big")

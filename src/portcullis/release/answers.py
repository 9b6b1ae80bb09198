"""The answers to a batch: three words, one shape, nothing that tells causes apart.

``returned`` carries findings, which depend on the face of the request alone. ``disclosed`` and ``no
disclosure`` carry none, and their records are of the same members and length, whatever happened
inside the office.

The answer file is JSON Lines: a header, then one record a request in received order. A detached
signature of the holder over its digest stands beside it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
from joserfc.jwk import ECKey

from portcullis import keys
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.tables import publish, whole

FORMAT = "portcullis-answers/1"
RETURNED = "returned"
DISCLOSED = "disclosed"
NO_DISCLOSURE = "no disclosure"
ANSWERS = (RETURNED, DISCLOSED, NO_DISCLOSURE)

_OF_OUTCOME = {
    "returned": RETURNED,
    "refused": RETURNED,
    "referred": NO_DISCLOSURE,
    "no_disclosure": NO_DISCLOSURE,
    "eligible": NO_DISCLOSURE,
    "approved": NO_DISCLOSURE,
    "held": NO_DISCLOSURE,
    "released": DISCLOSED,
}
_FINDING = ("citation", "element", "field", "message")
_WIDTH = max(map(len, ANSWERS))


def public_answer(outcome: str) -> str:
    """Return the public answer to an inside outcome. Raises Misuse at an outcome unknown."""
    try:
        return _OF_OUTCOME[outcome]
    except KeyError:
        raise Misuse(f"There is no outcome {outcome}.", "Nothing was answered.") from None


def public_answers(outcome: str = "outcome") -> pl.Expr:
    """Return ``public_answer`` over the column ``outcome``; Polars raises at one unknown.

    A null stays null, which ``answer_rows`` refuses.
    """
    return pl.col(outcome).replace_strict(_OF_OUTCOME, return_dtype=pl.String).alias("answer")


def answer_rows(requests: pl.DataFrame, findings: pl.DataFrame) -> pl.Series:
    """Return the canonical record (JSON text) of each of ``requests``, in their order.

    ``requests``: ``source_row`` (UInt32; its row in the received file), ``request_id`` (null where
    the row was not legible) and ``answer`` (of ANSWERS). ``findings``: ``source_row, element,
    citation, field, message``, one row a finding; those of requests that are not ``returned`` are
    left out. Raises Misuse at an unknown answer.
    """
    if not requests["answer"].is_in(ANSWERS).all() or requests["answer"].has_nulls():
        raise Misuse("There is an answer that is none of the three.", "Nothing was answered.")
    finding = pl.struct(pl.col(name).cast(pl.String) for name in _FINDING)
    gathered = (
        findings.filter(pl.col("element").is_not_null())
        .sort("source_row", maintain_order=True)
        .group_by("source_row", maintain_order=True)
        .agg(finding.alias("findings"))
    )
    returned = pl.col("answer") == RETURNED
    none = pl.lit([], dtype=pl.List(pl.Struct(dict.fromkeys(_FINDING, pl.String))))
    record = pl.struct(
        "answer",
        pl.when(returned)
        .then(pl.col("findings").fill_null(none))
        .otherwise(none)
        .alias("findings"),
        pl.lit(" ")
        .repeat_by(_WIDTH - pl.col("answer").str.len_bytes())
        .list.join("")
        .alias("padding"),
        "request_id",
        "source_row",
    )
    joined = requests.join(gathered, on="source_row", how="left", maintain_order="left")
    return joined.select(record.struct.json_encode().alias("record"))["record"]


def write_answers(
    path: Path, header: Mapping[str, Any], records: Iterable[pl.Series], key: ECKey
) -> str:
    """Write the answer file to ``path``, its signature to ``path`` + ``.jws``; return the digest.

    ``header`` names the batch, its manifest's digest and the day of answer. The file appears whole
    or not at all, and is an answer only once its signature stands beside it.
    """
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, part.open("wb") as out:
        for lines in _lines(header, records):
            digest.update(lines)
            out.write(lines)
    publish(_signature(path), sign_answers(digest.hexdigest(), key).encode())
    return digest.hexdigest()


def sign_answers(digest: str, key: ECKey) -> str:
    """Return the holder's signature over the SHA-256 (hex) of an answer file."""
    return keys.sign({"format": FORMAT, "sha256": digest}, key)


def read_answers(path: Path, *holder_jwks: Mapping[str, str]) -> pl.DataFrame:
    """Return ``source_row, request_id, answer, findings`` of the answer file at ``path``.

    ``holder_jwks``: the holder's service key, and those it had before. Raises Refused unless one of
    them signed exactly these bytes.
    """
    try:
        signature = _signature(path).read_text("utf-8").strip()
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
    except (OSError, ValueError):
        raise Misuse(f"{path.name} or its signature is not there.", "Fetch both.") from None
    if keys.verify_any(signature, holder_jwks) != {"format": FORMAT, "sha256": digest}:
        raise Refused("The signature is of another answer file.", "Fetch both again.")
    with path.open("rb") as source:
        source.readline()
        return pl.read_ndjson(source, schema=ANSWER_SCHEMA)


def _signature(path: Path) -> Path:
    return path.with_name(path.name + ".jws")


def _lines(header: Mapping[str, Any], records: Iterable[pl.Series]) -> Iterator[bytes]:
    yield json_bytes({**header, "format": FORMAT}) + b"\n"
    for series in records:
        if len(series):
            yield ("\n".join(series) + "\n").encode()


ANSWER_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "source_row": pl.UInt32,
    "request_id": pl.String,
    "answer": pl.String,
    "findings": pl.List(pl.Struct(dict.fromkeys(_FINDING, pl.String))),
}

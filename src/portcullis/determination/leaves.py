"""What a request's leaf commits to: its public answer and its private determination, apart.

    commitment = SHA-256(nonce || canonical text)
    leaf       = {"answer":"<hex>","determination":"<hex>"}

Each of the two has 32 random bytes of its own, drawn once at intake: whoever is shown one text
and its nonce can check it against the ledger and learns nothing of the other.
"""

from hashlib import sha256

import polars as pl

from portcullis.canonical import SEPARATOR, record_column

NONCE_BYTES = 32
NONCES_BYTES = 2 * NONCE_BYTES

ANSWER_FIELDS = ("request_id", "answer")
DETERMINATION_FIELDS = (
    "request_id",
    "request_hash",
    "outcome",
    "route",
    "cause",
    "reasons",
    "taxpayer_id",
    "disclosure",
    "basis",
)
_ANSWER_LABEL = "portcullis/answer/1"
_DETERMINATION_LABEL = "portcullis/determination/1"


def answer_text() -> pl.Expr:
    """Return the expression that writes a request's public answer (columns ANSWER_FIELDS)."""
    return record_column(_ANSWER_LABEL, ANSWER_FIELDS).alias("answer_text")


def one_answer_text(request_id: str, answer: str) -> str:
    """Return the same text as ``answer_text`` for one request."""
    return SEPARATOR.join((_ANSWER_LABEL, request_id, answer))


def determination_text() -> pl.Expr:
    """Return the expression that writes a request's private determination.

    Columns DETERMINATION_FIELDS, all String, absent ones null: ``request_hash`` in hex;
    ``outcome, route, cause, reasons`` as ``decide`` gives them; ``disclosure`` the SHA-256 (hex)
    of the content that would leave; ``basis`` the digest (hex) of the basis: provisions, readings,
    agreement version, index and as-of date.
    """
    return record_column(_DETERMINATION_LABEL, DETERMINATION_FIELDS).alias("determination_text")


def commitment(nonce: bytes, text: str) -> str:
    """Return the commitment (hex) to ``text`` under ``nonce`` (32 bytes)."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce has 32 bytes")
    return sha256(nonce + text.encode()).hexdigest()


def leaf(answer: str, determination: str) -> bytes:
    """Return the leaf's canonical bytes for two commitments (hex)."""
    return f'{{"answer":"{answer}","determination":"{determination}"}}'.encode()


def nonces_of(nonces: bytes, row: int) -> tuple[bytes, bytes]:
    """Return the answer's and the determination's nonce of leaf ``row`` (0-based)."""
    start = row * NONCES_BYTES
    pair = nonces[start : start + NONCES_BYTES]
    if len(pair) != NONCES_BYTES:
        raise ValueError("there are no nonces for this row")
    return pair[:NONCE_BYTES], pair[NONCE_BYTES:]


def leaves(answers: pl.Series, determinations: pl.Series, nonces: bytes) -> list[bytes]:
    """Return the leaves of a batch, in row order.

    ``answers`` and ``determinations`` are the two texts (String, no nulls), ``nonces`` the batch's
    random bytes: for each row 32 for the answer, then 32 for the determination.
    Raises ValueError where the three are not of one length.
    """
    if not len(answers) == len(determinations) == len(nonces) / NONCES_BYTES:
        raise ValueError("answers, determinations and nonces are not of one length")
    made = []
    start = 0
    for answer, determination in zip(answers, determinations, strict=True):
        middle, end = start + NONCE_BYTES, start + NONCES_BYTES
        # The body of commitment() and leaf(), written out: this runs 1.28 million times.
        a = sha256(nonces[start:middle] + answer.encode()).hexdigest()
        d = sha256(nonces[middle:end] + determination.encode()).hexdigest()
        made.append(b'{"answer":"%b","determination":"%b"}' % (a.encode(), d.encode()))
        start = end
    return made

"""Findings and match become an outcome; outcomes become leaves; eligible ones are sampled."""

from portcullis.determination.decide import OUTCOMES, decide
from portcullis.determination.leaves import (
    NONCES_BYTES,
    answer_text,
    commitment,
    determination_text,
    leaves,
    nonces_of,
)
from portcullis.determination.sampling import draw, sample_size, seed

__all__ = [
    "NONCES_BYTES",
    "OUTCOMES",
    "answer_text",
    "commitment",
    "decide",
    "determination_text",
    "draw",
    "leaves",
    "nonces_of",
    "sample_size",
    "seed",
]

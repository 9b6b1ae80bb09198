"""Whether the tests take their time: ``make test-all`` says so, ``make test`` has ten minutes."""

import os

THOROUGH = bool(os.environ.get("PORTCULLIS_THOROUGH"))


def examples(many: int) -> int:
    """Return how many examples Hypothesis makes up: ``many``, or a quarter of them in a hurry."""
    return many if THOROUGH else max(3, many // 4)

"""The batch of June 2025, synthetic: whom it asked about and how, with the truth kept apart.

Two variants ask about the same people. ``as-filed``: one Assistant Director engaged in every
case, one reason for all. ``per-person``: officers and reasons of their own.
"""

from pathlib import Path

from portcullis.scenarios.batch_file import Batch, write_batch
from portcullis.scenarios.people import make_people, officers_for
from portcullis.scenarios.truth import WHOLE, plan
from portcullis.scenarios.variants import PER_PERSON, Variant


def make_batch(
    folder: Path,
    records: Path,
    requests: int = WHOLE,
    variant: Variant = PER_PERSON,
    seed: int = 0,
) -> Batch:
    """Write the batch, its people and its truth to ``folder``, about the people of ``records``.

    The same records, number and seed give the same file. Raises Misuse where the records hold
    too few taxpayers for so many requests.
    """
    people = make_people(folder, officers_for(requests), seed)
    name = f"june-2025-{variant}"
    return write_batch(
        folder, records, plan(requests), people, name=name, seed=seed, variant=variant
    )

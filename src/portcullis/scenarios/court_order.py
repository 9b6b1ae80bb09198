"""The batch of the scenario in which an order arrives while its answers are being released.

The batch of June 2025, per person, with more lawful requests in it: so many packages go out that
an order can arrive between one and the next.
"""

from pathlib import Path

from portcullis.scenarios.batch_file import Batch, write_batch
from portcullis.scenarios.people import make_people, officers_for
from portcullis.scenarios.truth import plan, with_lawful

LAWFUL_MORE = 0.02
"""Lawful requests beyond those of June 2025, as a share of the batch."""


def make_order_batch(folder: Path, records: Path, requests: int, seed: int = 0) -> Batch:
    """Write the batch, its people and its truth to ``folder``, about the people of ``records``.

    Raises Misuse where the records hold too few taxpayers for so many requests.
    """
    people = make_people(folder, officers_for(requests), seed)
    cells = with_lawful(plan(requests), round(LAWFUL_MORE * requests))
    return write_batch(folder, records, cells, people, name="court-order", seed=seed)

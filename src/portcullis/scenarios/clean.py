"""The benchmark's batch: every request passes screening, and some are about people of record.

Of those, some are spelled exactly, some otherwise but the same under the written rules, and some
with a slip of the pen; the truth names the taxpayer each is about, for recall to be reported of
whatever linked the two tables.
"""

from pathlib import Path

from portcullis.scenarios.batch_file import Batch, write_batch
from portcullis.scenarios.people import make_people, officers_for
from portcullis.scenarios.truth import BY_NAME, NO_RECORD, Cell

# Shares of the requests; the rest is about nobody of record.
_SHARES = {
    ("lawful-tin", "of_record"): 0.05,
    ("lawful-prior-address", "of_record"): 0.02,
    ("lawful-name-address", "of_record"): 0.02,
    ("lawful-other-format", "of_record"): 0.02,
    ("lawful-diacritics", "of_record"): 0.005,
    ("lawful-reordered-surnames", "of_record"): 0.005,
    ("near-miss-street", "elsewhere"): 0.01,
    ("near-miss-surname", "of_record"): 0.005,
    ("typo-surname", "of_record"): 0.005,
    ("typo-surname-no-tin", "of_record"): 0.005,
    ("typo-street-no-tin", "elsewhere"): 0.005,
}


def make_clean_batch(folder: Path, records: Path, requests: int, seed: int = 0) -> Batch:
    """Write a batch of which every request passes screening, and its truth.

    In the truth, ``taxpayer_id`` is the taxpayer a request is about, null for none. Raises
    Misuse where the records hold too few taxpayers.
    """
    people = make_people(folder, officers_for(requests), seed)
    about = [
        Cell(BY_NAME[name], standing, round(share * requests))
        for (name, standing), share in _SHARES.items()
    ]
    nobody = Cell(NO_RECORD, "nobody", requests - sum(cell.count for cell in about))
    return write_batch(folder, records, [*about, nobody], people, name="clean", seed=seed)

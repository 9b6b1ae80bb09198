"""What the sampler reads: each sampled request beside the record it was matched with."""

import polars as pl
from django.db import transaction

from portcullis.errors import Refused
from portcullis.office import entries, files, locks
from portcullis.office.duties import check_apart
from portcullis.office.home import Home
from portcullis.office.models import Act, Batch, Sample
from portcullis.office.people import Actor, sign_act
from portcullis.office.stages import check_state
from portcullis.tables import read_table, scan_table, write_table

SAMPLED = "sampled.tbl"
"""The file of a batch that has its sampled requests by themselves, once somebody opened them."""

SEEN = "see-sample"
"""The act of whoever reads the sample: on the ledger before they do."""


def open_sample(home: Home, batch_id: str, actor: Actor) -> None:
    """Put on the ledger that ``actor`` reads the sample, to examine it; then lay it out to be read.

    Raises Refused where it is not theirs to examine, or no sample waits for that.
    """
    batch = files.find_batch(batch_id)
    check_apart(home, actor, "examine", batch)
    check_state(batch, "sampled")
    with transaction.atomic():
        sign_act(home, actor, SEEN, {"list": files.list_in_force(batch).entry_id}, batch.id)
    entries.integrate(home)
    _lay_out(home, batch)


def has_opened(batch_id: str, person: str) -> bool:
    """Say whether it is on the ledger that ``person`` reads the sample of the batch."""
    return Act.objects.filter(kind=SEEN, batch=batch_id, person=person).exists()


def sampled_requests(home: Home, batch_id: str) -> pl.DataFrame:
    """Return one row a sampled request: its fields, the route and the comparison flags.

    Return information: for the sampler's eyes, inside the holder's office only. Once somebody has
    opened the sample it is read from a file of its own, under the batch's key and gone with it, so
    that a page need neither read the whole batch nor keep any of it. Raises Refused where no sample
    was drawn, or the batch's working data was erased.
    """
    batch = files.find_batch(batch_id)
    sample = _sample(batch)
    path = home.batch(batch.id) / files.of_list(SAMPLED, sample.list.number)
    if path.exists():
        return read_table(path, files.batch_key(home, batch))
    return _chosen(home, batch, sample)


def _sample(batch: Batch) -> Sample:
    found = Sample.objects.filter(list=files.list_in_force(batch)).select_related("list").first()
    if found is None:
        raise Refused("No sample of this batch was drawn.", "The sampler draws it first.")
    return found


def _lay_out(home: Home, batch: Batch) -> None:
    """Write the sampled requests to their own file; what is there already stays."""
    sample, folder = _sample(batch), home.batch(batch.id)
    path = folder / files.of_list(SAMPLED, sample.list.number)
    with locks.alone(home, folder / "sampled.lock"):
        if not path.exists():
            write_table(path, _chosen(home, batch, sample), files.batch_key(home, batch))


def _chosen(home: Home, batch: Batch, sample: Sample) -> pl.DataFrame:
    """Return the sampled requests, picked out of the batch's whole files."""
    folder, key = home.batch(batch.id), files.batch_key(home, batch)
    wanted = pl.col("row").is_in(sample.rows)

    def chosen(name: str) -> pl.DataFrame:
        return pl.concat(part.filter(wanted) for part in scan_table(folder / name, key))

    requests = chosen(files.REQUESTS).drop("request_hash")
    matches = chosen(files.in_force(batch, files.MATCHES))
    return requests.join(matches, on="row", maintain_order="left")

"""What the sampler reads: each sampled request beside the record it was matched with."""

import polars as pl
from django.db import transaction

from portcullis.errors import Refused
from portcullis.office import entries, files
from portcullis.office.duties import check_apart
from portcullis.office.home import Home
from portcullis.office.models import Act, Sample
from portcullis.office.people import Actor, sign_act
from portcullis.office.stages import check_state
from portcullis.tables import scan_table

SEEN = "see-sample"
"""The act of whoever reads the sample: on the ledger before they do."""


def open_sample(home: Home, batch_id: str, actor: Actor) -> None:
    """Put on the ledger that ``actor`` reads the sample, to examine it.

    Raises Refused where it is not theirs to examine, or no sample waits for that.
    """
    batch = files.find_batch(batch_id)
    check_apart(home, actor, "examine", batch)
    check_state(batch, "sampled")
    with transaction.atomic():
        sign_act(home, actor, SEEN, {"list": files.list_in_force(batch).entry_id}, batch.id)
    entries.integrate(home)


def has_opened(batch_id: str, person: str) -> bool:
    """Say whether it is on the ledger that ``person`` reads the sample of the batch."""
    return Act.objects.filter(kind=SEEN, batch=batch_id, person=person).exists()


def sampled_requests(home: Home, batch_id: str) -> pl.DataFrame:
    """Return one row a sampled request: its fields, the route and the comparison flags.

    Return information: for the sampler's eyes, inside the holder's office only.
    """
    batch = files.find_batch(batch_id)
    sample = Sample.objects.filter(list=files.list_in_force(batch)).first()
    if sample is None:
        raise Refused("No sample of this batch was drawn.", "The sampler draws it first.")
    folder, key = home.batch(batch.id), files.batch_key(home, batch)
    wanted = pl.col("row").is_in(sample.rows)

    def chosen(name: str) -> pl.DataFrame:
        return pl.concat(part.filter(wanted) for part in scan_table(folder / name, key))

    requests = chosen(files.REQUESTS).drop("request_hash")
    matches = chosen(files.in_force(batch, files.MATCHES))
    return requests.join(matches, on="row", maintain_order="left")

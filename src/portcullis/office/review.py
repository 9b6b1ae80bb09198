"""What the sampler reads: each sampled request beside the record it was matched with."""

import polars as pl

from portcullis.office import files
from portcullis.office.home import Home
from portcullis.office.models import Sample


def sampled_requests(home: Home, batch_id: str) -> pl.DataFrame:
    """Return one row a sampled request: its fields, the route and the comparison flags.

    Return information: for the sampler's eyes, inside the holder's office only.
    """
    batch = files.find_batch(batch_id)
    sample = Sample.objects.get(list=files.list_in_force(batch))
    wanted = pl.col("row").is_in(sample.rows)
    requests = files.read_step(home, batch, files.REQUESTS).filter(wanted)
    matches = files.read_step(home, batch, files.in_force(batch, files.MATCHES)).filter(wanted)
    return requests.drop("request_hash").join(matches, on="row", maintain_order="left")

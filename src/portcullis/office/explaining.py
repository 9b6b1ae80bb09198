"""Findings on the face of requests, in the words their requester may read."""

import polars as pl

from portcullis import screening, tables
from portcullis.law import FOR_A_PERSON, MET, Basis, Phase, applicable
from portcullis.office import files
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch

_PUBLIC = ["returned", "refused"]
_FINDING = ("element", "citation", "field", "message")


def public_findings(home: Home, batch: Batch) -> pl.DataFrame:
    """Return ``source_row, element, citation, field, message`` of every returned request.

    Findings depend on the face of the request alone. What is for a person is left out: whether
    a request was referred is not the requester's to read.
    """
    folder, key = home.batch(batch.id), batch_key(home, batch)
    basis = files.basis_of(batch)
    requests = tables.scan_table(folder / files.REQUESTS, key)
    findings = tables.scan_table(folder / files.FINDINGS, key)
    measures = _measures(home, batch, basis)
    parts = [
        _explain(home, part, found, basis, measures)
        for part, found in zip(requests, findings, strict=True)
    ]
    quarantined = files.read_step(home, batch, files.QUARANTINE).select(
        "source_row",
        pl.col("reason").alias("element"),
        pl.lit("Agreement, form of the batch").alias("citation"),
        "field",
        "message",
    )
    return pl.concat([*parts, quarantined])


def _measures(home: Home, batch: Batch, basis: Basis) -> pl.DataFrame:
    """Return ``row`` and the measures of the batch that the causes behind the messages read."""
    causes = [each.cause(basis) for each in applicable(basis, Phase.FACE) if each.cause is not None]
    read = {name for cause in causes for name in cause.meta.root_names()}
    wanted = sorted(name for name in read if name.startswith("m_"))
    if not wanted:
        return pl.DataFrame(schema={"row": pl.UInt32})
    return files.read_step(home, batch, files.MEASURES, ["row", *wanted])


def _explain(
    home: Home, requests: pl.DataFrame, found: pl.DataFrame, basis: Basis, measures: pl.DataFrame
) -> pl.DataFrame:
    judged = [name for name in found.columns if name not in ("row", "face_outcome")]
    shown = found.filter(pl.col("face_outcome").is_in(_PUBLIC)).with_columns(
        pl.when(pl.col(name) == FOR_A_PERSON).then(MET).otherwise(name).cast(pl.UInt8).alias(name)
        for name in judged
    )
    rows = requests.filter(pl.col("row").is_in(shown["row"].implode()))
    prepared = screening.prepare(rows, home.pack).join(
        measures, on="row", how="left", maintain_order="left"
    )
    lines = screening.explain(screening.Findings(shown, basis), prepared)
    return lines.join(
        rows.select("request_id", "source_row"), on="request_id", maintain_order="left"
    ).select("source_row", *_FINDING)

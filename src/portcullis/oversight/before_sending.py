"""A requester's own request explained before it is sent: its face, with no records behind it."""

import secrets
from datetime import date
from pathlib import Path

import polars as pl

from portcullis import law, screening
from portcullis.agreements import Pack
from portcullis.errors import Misuse
from portcullis.law import Basis, Phase
from portcullis.oversight.explanation import Explanation, Returned

TAKEN_AS_GIVEN = (
    "Not known before sending, and taken as given: who signs, and what the officers attest to. "
    "Earlier batches are not looked at."
)


def explain_before_sending(path: Path, pack: Pack, request_id: str, on: date) -> Explanation:
    """Explain one request of the batch file at ``path``, judged as of ``on``.

    ``request_id`` may be ``row N`` for a row that would be returned without a legible id. Reads
    the file twice. Raises Misuse where no such request is in it, and as ``intake.read_batch``.
    """
    basis = Basis.from_pack(pack, on)
    chunks = (frame for frame, _ in screening.prepared_chunks(path, pack))
    measured = screening.measure(chunks, None, secrets.token_bytes(32), basis, on, batch_id="")
    taken, returned = _find(path, pack, request_id)
    if taken is None and returned is None:
        raise Misuse(
            "No request of that id is in the file.", "Write the id as the file's request_id has it."
        )
    lines: tuple[law.Explained, ...] = ()
    outcome = screening.RETURNED
    if taken is not None:
        frame = taken.join(measured.measures, on="row", how="left")
        found = screening.screen(taken, basis, measured.measures).table
        outcome = str(found["face_outcome"][0])
        every = law.explain(frame, basis, {Phase.FACE})
        lines = tuple(line for line in every if line.element.phase is Phase.FACE)
    return Explanation(
        request_id=request_id,
        batch="",
        agreement=basis.agreement,
        agreement_version=basis.agreement_version,
        as_of=on,
        basis=basis.digest(),
        outcome=outcome,
        lines=lines,
        returned=returned if taken is None else None,
        notes=(TAKEN_AS_GIVEN,),
    )


def _find(path: Path, pack: Pack, request_id: str) -> tuple[pl.DataFrame | None, Returned | None]:
    """Return the request's prepared row, or why it would be returned; a row taken goes first."""
    why = None
    for frame, quarantined in screening.prepared_chunks(path, pack):
        row = frame.filter(pl.col("request_id") == request_id)
        if row.height:
            return row, None
        named = pl.col("request_id").fill_null(pl.format("row {}", "source_row"))
        for one in quarantined.filter(named == request_id).iter_rows(named=True):
            why = Returned(one["reason"], one["field"] or "", one["message"])
    return None, why

"""Taking a transmittal in: everything about it is checked before its requests are stored.

``take_in`` checks agreement, signatures, replay and the file's digest. ``Transmittal.frames`` then
streams the taken requests; after the last one it compares counts and Merkle roots with what was
signed, and raises instead of ending if they differ. ``tables.write_table`` publishes a file only
when its frames have ended, so requests that were not signed for never stand under its name.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from portcullis.agreements import Pack, Roster
from portcullis.errors import Misuse
from portcullis.intake.batch import Batch, chunk_schema, open_batch
from portcullis.intake.manifest import Manifest, file_digest, read_manifest
from portcullis.intake.officers import (
    OFFICERS_SCHEMA,
    Engagement,
    Roots,
    named_officers,
    with_officers,
)
from portcullis.intake.refusals import TransmittalRefused
from portcullis.intake.signers import (
    attested_officers,
    check_agreement,
    check_signers,
    engagement,
)


@dataclass(frozen=True)
class Intake:
    """What came in: counts, quarantine and the roots as signed and found again.

    ``rows`` is always ``taken`` plus the height of ``quarantined`` (``QUARANTINE_SCHEMA``).
    Digests and roots are hex. ``unattested`` are officers named without a valid attestation.
    """

    batch_id: str
    manifest: Manifest
    manifest_digest: str
    rows: int
    taken: int
    quarantined: pl.DataFrame
    dropped_columns: tuple[str, ...]
    requests_root: str
    attested: tuple[str, ...]
    unattested: tuple[str, ...]

    @property
    def quarantine_digest(self) -> str:
        """SHA-256 (hex) over row number, code and row digest of each quarantined row, in order."""
        total = hashlib.sha256()
        entries = self.quarantined.select("source_row", "reason", "row_digest")
        for number, code, digest in entries.iter_rows():
            total.update(f"{number}\n{code}\n".encode() + digest)
        return total.hexdigest()


class Transmittal:
    """A transmittal whose manifest, signatures and digest hold. Stream ``frames`` once."""

    def __init__(self, batch: Batch, manifest: Manifest, engagement: Engagement) -> None:
        self.manifest = manifest
        self.manifest_digest = manifest.digest
        self._batch = batch
        self._engagement = engagement
        self._result: Intake | None = None

    @property
    def result(self) -> Intake:
        """What came in; Misuse before ``frames`` has ended."""
        if self._result is None:
            raise Misuse("The transmittal has not been read to its end.", "Read its frames first.")
        return self._result

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the taken requests (``taken_schema``), at least one frame, in the file's order.

        Raises TransmittalRefused (count, root, too-many-rows, format) where the file turns out not
        to be what was signed.
        """
        roots = Roots()
        quarantined = []
        for chunk in self._batch.chunks():
            named = named_officers(chunk.taken)
            roots.add(chunk.taken, named)
            quarantined.append(chunk.quarantined)
            yield with_officers(chunk.taken, named, self._engagement)
        self._result = self._conclude(roots, pl.concat(quarantined).sort("source_row"))

    def _conclude(self, roots: Roots, quarantined: pl.DataFrame) -> Intake:
        manifest, rows = self.manifest, self._batch.rows
        if rows != manifest.file.rows:
            raise TransmittalRefused("count")
        if roots.all() != manifest.requests_root:
            raise TransmittalRefused("root")
        found = {(share.id, share.count, share.root) for share in roots.by_officer()}
        if found != {(officer.id, officer.count, officer.root) for officer in manifest.officers}:
            raise TransmittalRefused("root", "Concerned: the officers' shares.")
        named = {officer.id for officer in manifest.officers}
        return Intake(
            batch_id=manifest.batch_id,
            manifest=manifest,
            manifest_digest=self.manifest_digest,
            rows=rows,
            taken=rows - quarantined.height,
            quarantined=quarantined,
            dropped_columns=self._batch.dropped_columns,
            requests_root=manifest.requests_root,
            attested=tuple(sorted(self._engagement.attested)),
            unattested=tuple(sorted(named - self._engagement.attested)),
        )


def taken_schema(pack: Pack) -> pl.Schema:
    """Return the columns of the requests taken in under ``pack``."""
    return pl.Schema({**chunk_schema(pack), **OFFICERS_SCHEMA})


def take_in(
    path: Path,
    pack: Pack,
    roster: Roster,
    *,
    on: date,
    seen: Callable[[str, str], bool],
) -> Transmittal:
    """Check the transmittal at ``path`` (its manifest beside it) as received on the day ``on``.

    ``seen(manifest_digest, batch_id)`` says whether it, or that batch, was received before.
    Raises TransmittalRefused with the code of the first reason found (see ``REFUSALS``).
    """
    signed = read_manifest(path)
    manifest = signed.manifest
    check_agreement(manifest, pack, on)
    signatory = check_signers(signed, pack, roster, on)
    if seen(manifest.digest, manifest.batch_id):
        raise TransmittalRefused("replay")
    batch = open_batch(path, pack)
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(file_digest, path)
        attested = attested_officers(signed, pack, roster, on)
        if (digest.result(), batch.format) != (manifest.file.sha256, manifest.file.format):
            raise TransmittalRefused("digest")
    return Transmittal(batch, manifest, engagement(signatory, attested, pack, roster, on))

"""Single requests, each signed for by itself, taken in together.

A single request is a transmittal of one request: its manifest, with its own signatures, over a JSON
Lines file of one line. Many that come in the same moment are read, put into normal form and hashed
together, and each is then held against its own manifest; what is refused is refused by itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import polars as pl

from portcullis.agreements import Pack, Roster
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.intake.batch import open_batch
from portcullis.intake.manifest import Manifest, SignedManifest
from portcullis.intake.officers import Engagement, named_officers, with_attestations
from portcullis.intake.refusals import TransmittalRefused
from portcullis.intake.signers import attested_officers, check_agreement, check_signers
from portcullis.intake.transmittal import Intake
from portcullis.ledger import leaf_hashes, root_of_hashes

FORMAT = "jsonl"


@dataclass(frozen=True)
class Single:
    """One request with its signed manifest; ``line`` is the file that was signed for, one line."""

    signed: SignedManifest
    line: bytes

    @property
    def manifest(self) -> Manifest:
        """What was signed."""
        return self.signed.manifest

    @property
    def signers(self) -> tuple[str, str]:
        """Signatory and preparer: only singles of the same two are taken in together."""
        return self.manifest.signatory, self.manifest.prepared_by


def single_line(request: Mapping[str, str | None]) -> bytes:
    """Return the one-line file of ``request`` (field to text), as its manifest's digest is over."""
    return json_bytes(dict(request)) + b"\n"


def check_single(single: Single, pack: Pack, roster: Roster, on: date) -> frozenset[str]:
    """Return who of its officers attested to the single, received on the day ``on``.

    Raises TransmittalRefused with the code of the first reason found, as ``take_in`` does; whether
    the request is the one signed for shows when it is read (``Collected``).
    """
    manifest = single.manifest
    check_agreement(manifest, pack, on)
    check_signers(single.signed, pack, roster, on)
    if (manifest.file.rows, manifest.file.format) != (1, FORMAT):
        raise TransmittalRefused("count")
    if single.line.count(b"\n") != 1 or sha256(single.line).hexdigest() != manifest.file.sha256:
        raise TransmittalRefused("digest")
    return attested_officers(single.signed, pack, roster, on)


class Collected:
    """Singles of one signatory and preparer, checked each, read together. Stream ``frames`` once.

    ``refused`` maps the places of those that turn out not to be what was signed to the code; their
    rows are in no frame. ``rows_of`` maps the place of each that was taken to its row. Those that
    are neither were quarantined. Places count from 0 in the order given.
    """

    def __init__(
        self,
        batch_id: str,
        singles: Sequence[tuple[Single, frozenset[str]]],
        engagement: Engagement,
        path: Path,
        pack: Pack,
    ) -> None:
        """Write the singles' lines to ``path`` (JSON Lines) and open it.

        ``singles`` come with who attested to each (``check_single``); ``engagement`` is what else
        holds of the officers of all of them.
        """
        self._batch_id = batch_id
        self._singles = singles
        self._engagement = engagement
        path.write_bytes(b"".join(single.line for single, _ in singles))
        self._batch = open_batch(path, pack)
        self._quarantined = pl.DataFrame()
        self.refused: dict[int, str] = {}
        self.rows_of: dict[int, int] = {}

    @property
    def manifest(self) -> Manifest:
        """The manifest of all of them together: signed by nobody, each has its own."""
        first = self._singles[0][0].manifest
        file = first.file.model_copy(update={"rows": len(self._singles)})
        return first.model_copy(update={"batch_id": self._batch_id, "file": file})

    @cached_property
    def manifest_digest(self) -> str:
        """SHA-256 (hex) over the digests of all the singles' manifests, in order."""
        return sha256_hex([single.manifest.digest.encode() for single, _ in self._singles])

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the taken requests (``taken_schema``): one frame."""
        chunks = list(self._batch.chunks())
        self._quarantined = pl.concat(chunk.quarantined for chunk in chunks).sort("source_row")
        taken = pl.concat(chunk.taken for chunk in chunks)
        kept = taken.filter(self._as_signed(taken))
        numbered = kept.with_columns(row=pl.int_range(pl.len(), dtype=pl.UInt32))
        places = (numbered["source_row"] - 1).to_list()
        self.rows_of = {place: row for row, place in enumerate(places)}
        yield self._with_officers(numbered, places)

    @property
    def result(self) -> Intake:
        """What came in, once ``frames`` has ended."""
        roots = [single.manifest.requests_root for single, _ in self._singles]
        named = {each.id for single, _ in self._singles for each in single.manifest.officers}
        attested = frozenset[str]().union(*(attested for _, attested in self._singles))
        return Intake(
            batch_id=self._batch_id,
            manifest=self.manifest,
            manifest_digest=self.manifest_digest,
            rows=len(self.rows_of) + self._quarantined.height,
            taken=len(self.rows_of),
            quarantined=self._quarantined,
            dropped_columns=self._batch.dropped_columns,
            requests_root=root_of_hashes(
                leaf_hashes([bytes.fromhex(each) for each in roots])
            ).hex(),
            attested=tuple(sorted(attested)),
            unattested=tuple(sorted(named - attested)),
        )

    def _as_signed(self, taken: pl.DataFrame) -> pl.Series:
        """Say of each row whether it is the request, with the officers, that was signed for."""
        named = dict(named_officers(taken).group_by("row").agg("officer").iter_rows())
        good = []
        rows = taken.select("row", "source_row", "request_hash").iter_rows()
        for row, source_row, request_hash in rows:
            manifest = self._singles[source_row - 1][0].manifest
            root = root_of_hashes(leaf_hashes([request_hash])).hex()
            shares = {(each.id, each.count, each.root) for each in manifest.officers}
            found = {(officer, 1, root) for officer in named.get(row, [])}
            good.append(root == manifest.requests_root and shares == found)
            if not good[-1]:
                self.refused[source_row - 1] = "root"
        return pl.Series(good, dtype=pl.Boolean)

    def _with_officers(self, taken: pl.DataFrame, places: Iterable[int]) -> pl.DataFrame:
        """Return the rows with what holds of their officers, each by its own attestations."""
        pairs = [
            (row, officer)
            for row, place in enumerate(places)
            for officer in self._singles[place][1]
        ]
        attested = pl.DataFrame(pairs, schema=_ATTESTED, orient="row")
        return with_attestations(taken, named_officers(taken), self._engagement, attested)


_ATTESTED = {"row": pl.UInt32, "officer": pl.String}

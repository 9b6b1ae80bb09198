"""Intake: a transmittal comes in. Formats, the signed manifest, quarantine, the receipt.

A batch is CSV, JSON Lines, Parquet or XLSX with one request a row, beside a signed manifest.
Every value is read as text. A defective row is quarantined with its number and the reason; a
defective transmittal is refused whole. Rows in are always rows taken and rows quarantined.

    transmittal = take_in(path, pack, roster, on=day, seen=already_received)
    write_table(file, transmittal.frames(), key)   # nothing is published if the roots are wrong
    intake = transmittal.result
"""

from portcullis.intake.batch import FORMATS, Batch, Chunk, open_batch, open_received, read_batch
from portcullis.intake.defects import DEFECTS, QUARANTINE_SCHEMA, trimmed
from portcullis.intake.manifest import (
    GATHERED,
    Manifest,
    SignedManifest,
    approval,
    attest,
    attestation,
    draft_manifest,
    file_digest,
    make_manifest,
    manifest_path,
    read_manifest,
    write_manifest,
)
from portcullis.intake.officers import (
    OFFICERS_SCHEMA,
    Engagement,
    named_officers,
    with_officers,
)
from portcullis.intake.raw import Broken, Reader
from portcullis.intake.receipt import receipt_statement
from portcullis.intake.refusals import REFUSALS, TransmittalRefused
from portcullis.intake.signers import check_signed, engagement
from portcullis.intake.singles import Collected, Single, check_single, single_line
from portcullis.intake.transmittal import Intake, Transmittal, take_in, taken_schema

__all__ = [
    "DEFECTS",
    "FORMATS",
    "GATHERED",
    "OFFICERS_SCHEMA",
    "QUARANTINE_SCHEMA",
    "REFUSALS",
    "Batch",
    "Broken",
    "Chunk",
    "Collected",
    "Engagement",
    "Intake",
    "Manifest",
    "Reader",
    "SignedManifest",
    "Single",
    "Transmittal",
    "TransmittalRefused",
    "approval",
    "attest",
    "attestation",
    "check_signed",
    "check_single",
    "draft_manifest",
    "engagement",
    "file_digest",
    "make_manifest",
    "manifest_path",
    "named_officers",
    "open_batch",
    "open_received",
    "read_batch",
    "read_manifest",
    "receipt_statement",
    "single_line",
    "take_in",
    "taken_schema",
    "trimmed",
    "with_officers",
    "write_manifest",
]

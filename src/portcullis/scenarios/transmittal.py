"""Sending the scenario's batch: the manifest, signed by everybody whose signature it is to bear."""

from pathlib import Path

from portcullis.agreements import Pack
from portcullis.intake import make_manifest
from portcullis.scenarios.batch_file import Batch
from portcullis.scenarios.people import PREPARER, SIGNATORY


def sign_batch(batch: Batch, pack: Pack) -> Path:
    """Write the signed manifest beside the batch's file, and return its path."""
    people = batch.people
    return make_manifest(
        batch.path,
        pack,
        batch.batch_id,
        batch.day,
        (PREPARER, people.key(PREPARER)),
        (SIGNATORY, people.key(SIGNATORY)),
        {officer: people.key(officer) for officer in batch.signing},
    )

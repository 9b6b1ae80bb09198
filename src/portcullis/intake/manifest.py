"""The manifest: what is sent, by whom, signed; ``<file>.manifest.json`` beside the batch.

The signatory (agency head or inspector general) and the preparer sign the digest of the manifest,
which carries the Merkle root of all request hashes; each officer signs, over the root of the
requests naming that officer, an attestation of engagement and sole use (26 USC 6103(i)(2)(A)).
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, TypeAdapter, ValidationError

from portcullis import keys, progress
from portcullis.agreements import Many, Pack, Part, Text
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.intake.batch import open_batch
from portcullis.intake.officers import Roots, named_officers
from portcullis.intake.refusals import TransmittalRefused
from portcullis.tables import publish

GATHERED = "singles-"
"""How the identifiers begin that the holder gives to single requests gathered in one batch."""
MANIFEST_FORMAT = "portcullis-manifest/1"
SIGNATURE_FORMAT = "portcullis-manifest-signature/1"
ATTESTATION_FORMAT = "portcullis-attestation/1"
_LONGEST_MANIFEST = 64 << 20

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
BatchId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class FilePart(Part):
    """The batch file: its name, format, SHA-256 (hex) and rows, taken and quarantined."""

    name: Text
    format: Text
    sha256: Digest
    rows: int


class OfficerPart(Part):
    """One officer named in the batch: in how many requests, and the root of their hashes."""

    id: Text
    count: int
    root: Digest


class Manifest(Part):
    """What is sent, as the signatory and the preparer sign for it."""

    format: Literal["portcullis-manifest/1"]
    agreement: Text
    agreement_version: Text
    batch_id: BatchId
    created_on: date
    prepared_by: Text
    signatory: Text
    file: FilePart
    requests_root: Digest
    officers: Many[OfficerPart]
    salt: Digest

    def content(self) -> dict[str, Any]:
        """Return the manifest as a JSON object."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the manifest's canonical bytes."""
        return sha256_hex([json_bytes(self.content())])


class Signatures(Part):
    """The signatures (``Person.verify``): two over the manifest, each officer's attestation."""

    signatory: Text
    preparer: Text
    officers: dict[str, str]


class SignedManifest(Part):
    """A manifest with its signatures, as it stands in the file."""

    manifest: Manifest
    signatures: Signatures


_FILE = TypeAdapter(SignedManifest)


def manifest_path(path: Path) -> Path:
    """Return where the manifest of the batch at ``path`` stands."""
    return path.with_name(f"{path.name}.manifest.json")


def read_manifest(path: Path) -> SignedManifest:
    """Read the manifest beside the batch at ``path``; refuse the transmittal without one."""
    try:
        with manifest_path(path).open("rb") as source:
            return _FILE.validate_json(source.read(_LONGEST_MANIFEST))
    except (OSError, ValidationError):
        raise TransmittalRefused("manifest") from None


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of the file at ``path``."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def approval(manifest: Manifest, role: Literal["signatory", "preparer"]) -> dict[str, Any]:
    """Return the statement the signatory or the preparer signs for the whole batch.

    It names the manifest by digest: the list of officers can outgrow what a JWS may carry.
    """
    person = manifest.signatory if role == "signatory" else manifest.prepared_by
    return {
        "format": SIGNATURE_FORMAT,
        "batch_id": manifest.batch_id,
        "manifest_digest": manifest.digest,
        "role": role,
        "person": person,
    }


def attestation(manifest: Manifest, officer: OfficerPart, pack: Pack) -> dict[str, Any]:
    """Return the statement an officer signs for the requests that name that officer.

    Its words are those of the authority that the agreement rests on.
    """
    return {
        "format": ATTESTATION_FORMAT,
        "batch_id": manifest.batch_id,
        "officer": officer.id,
        "count": officer.count,
        "root": officer.root,
        "statement": pack.authority.attestation,
    }


def draft_manifest(  # noqa: PLR0917 - as many as a manifest has parties and particulars
    path: Path,
    pack: Pack,
    batch_id: str,
    created_on: date,
    prepared_by: str,
    signatory: str,
    *,
    show: progress.Show = progress.unseen,
) -> Manifest:
    """Read the batch at ``path`` and return its manifest, unsigned.

    Raises TransmittalRefused where the file would be refused whole at intake.
    """
    batch = open_batch(path, pack)
    roots = Roots()
    for chunk in batch.shown_chunks(show, "Read the batch"):
        roots.add(chunk.taken, named_officers(chunk.taken))
    draft = {
        "format": MANIFEST_FORMAT,
        "agreement": pack.id,
        "agreement_version": pack.version,
        "batch_id": batch_id,
        "created_on": created_on,
        "prepared_by": prepared_by,
        "signatory": signatory,
        "file": FilePart(
            name=path.name, format=batch.format, sha256=file_digest(path), rows=batch.rows
        ),
        "requests_root": roots.all(),
        "officers": tuple(
            OfficerPart(id=share.id, count=share.count, root=share.root)
            for share in roots.by_officer()
        ),
        "salt": secrets.token_hex(32),
    }
    return Manifest.model_validate(draft)


def attest(manifest: Manifest, officer_id: str, key: keys.ECKey | keys.Signer, pack: Pack) -> str:
    """Return the officer's signed attestation for the requests naming that officer.

    Raises KeyError where no request of the batch does.
    """
    shares = {officer.id: officer for officer in manifest.officers}
    return keys.sign(attestation(manifest, shares[officer_id], pack), key)


def write_manifest(
    path: Path, manifest: Manifest, signatory: str, preparer: str, officers: Mapping[str, str]
) -> Path:
    """Write the manifest of the batch at ``path`` with its signatures."""
    signatures = {"signatory": signatory, "preparer": preparer, "officers": dict(officers)}
    content = {"manifest": manifest.content(), "signatures": signatures}
    publish(manifest_path(path), json.dumps(content, ensure_ascii=False, indent=1).encode())
    return manifest_path(path)


def make_manifest(  # noqa: PLR0917 - as many as a manifest has parties and particulars
    path: Path,
    pack: Pack,
    batch_id: str,
    created_on: date,
    preparer: tuple[str, keys.ECKey | keys.Signer],
    signatory: tuple[str, keys.ECKey | keys.Signer],
    officers: Mapping[str, keys.ECKey | keys.Signer],
    *,
    show: progress.Show = progress.unseen,
) -> Path:
    """Make and sign the manifest of the batch at ``path`` with everybody's keys at hand.

    ``preparer`` and ``signatory`` are (identifier, key); ``officers`` maps identifiers to keys.
    Officers named in the batch without a key here stay unattested. Returns the manifest's path.
    """
    manifest = draft_manifest(
        path, pack, batch_id, created_on, preparer[0], signatory[0], show=show
    )
    attested = {
        officer.id: attest(manifest, officer.id, officers[officer.id], pack)
        for officer in manifest.officers
        if officer.id in officers
    }
    return write_manifest(
        path,
        manifest,
        keys.sign(approval(manifest, "signatory"), signatory[1]),
        keys.sign(approval(manifest, "preparer"), preparer[1]),
        attested,
    )

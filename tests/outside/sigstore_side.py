"""sigstore-python's own checks of an entry in Rekor, over an entry of ours.

They stand in its internals (there is no public door to them): the Merkle inclusion proof, and the
checkpoint under the log's key. Of consistency and cosignatures it knows nothing.
"""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore.errors import Error
from sigstore.models import TransparencyLogEntry
from sigstore_models.common.v1 import LogId, PublicKey, PublicKeyDetails
from sigstore_models.rekor.v1 import Checkpoint, InclusionProof, KindVersion
from sigstore_models.rekor.v1 import TransparencyLogEntry as Inner

from portcullis.ledger import parse_vkey
from tests.outside.shown import Bare, Shown


def accepts(shown: Shown) -> bool:
    """Say whether sigstore finds the leaf in the log, and the log's key under its checkpoint."""
    log = parse_vkey(shown.trust.keys[0])
    try:
        head = SignedCheckpoint.from_text(shown.note).checkpoint
        bare = Bare(
            shown.leaf, b"", shown.index, head.log_size, bytes.fromhex(head.log_hash), shown.path
        )
        found = entry(bare, shown.note, log.key_id)
        verify_merkle_inclusion(found)
        verify_checkpoint(_keyring(log.public), found)
    except (Error, ValueError):  # a ValueError is the entry's own form, as pydantic refuses it
        return False
    return True


def accepts_bare(bare: Bare) -> bool:
    """Say whether sigstore accepts the inclusion proof by itself."""
    try:
        verify_merkle_inclusion(entry(bare))
    except (Error, ValueError):
        return False
    return True


def entry(bare: Bare, note: str = "", log_id: bytes = b"") -> TransparencyLogEntry:
    """Return the proof as the entry that sigstore takes."""
    return TransparencyLogEntry(
        Inner(
            log_index=str(bare.index),
            log_id=LogId(key_id=base64.b64encode(log_id)),
            kind_version=KindVersion(kind="hashedrekord", version="0.0.1"),
            inclusion_proof=InclusionProof(
                log_index=str(bare.index),
                root_hash=base64.b64encode(bare.root),
                tree_size=str(bare.size),
                hashes=[base64.b64encode(digest) for digest in bare.path],
                checkpoint=Checkpoint(envelope=note),
            ),
            canonicalized_body=base64.b64encode(bare.leaf),
        )
    )


def _keyring(public: bytes) -> Keyring:
    der = Ed25519PublicKey.from_public_bytes(public).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    details = PublicKeyDetails.PKIX_ED25519
    return Keyring([PublicKey(raw_bytes=base64.b64encode(der), key_details=details)])

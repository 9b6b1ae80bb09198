"""The ledger: an append-only log that outsiders check with their own tools.

RFC 6962 hashing; C2SP tlog-tiles, checkpoint, signed-note, cosignature and tlog-proof formats. This
room knows entries, trees, signatures and witnesses; it knows nothing of what is logged.

``Log``                 create, open, append, read, prove
``write_tree, Tree``    a batch's own tree of up to millions of leaves
``Witness``             the one local witness (no independent one)
``LogProof, TwoLevelProof, two_level_proofs``   proofs that travel as text
``verify_log``          everything again from the files, each fault by file and position
"""

from portcullis.ledger.faults import REMEDIES, Fault, LedgerDamaged, Problem
from portcullis.ledger.log import Log
from portcullis.ledger.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    in_memory,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    leaf_hashes,
    merkle_root,
    root_of_hashes,
)
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    SignedCheckpoint,
    generate_key,
    load_key,
    log_verifier,
    open_checkpoint,
    parse_vkey,
    save_key,
    witness_verifier,
)
from portcullis.ledger.proofs import (
    LogProof,
    ProofInvalid,
    ProvenLeaf,
    TwoLevelProof,
    two_level_proofs,
)
from portcullis.ledger.tiles import LONGEST_ENTRY
from portcullis.ledger.trees import Tree, TreeHead, write_tree
from portcullis.ledger.verify import Verification, verify_log, verify_tree
from portcullis.ledger.witness import Cosigner, Witness, WitnessRefused

__all__ = [
    "EMPTY_ROOT",
    "LONGEST_ENTRY",
    "REMEDIES",
    "Checkpoint",
    "Cosigner",
    "Fault",
    "LedgerDamaged",
    "Log",
    "LogProof",
    "NoteInvalid",
    "Problem",
    "ProofInvalid",
    "ProvenLeaf",
    "SignedCheckpoint",
    "Tree",
    "TreeHead",
    "TwoLevelProof",
    "Verification",
    "Witness",
    "WitnessRefused",
    "consistency_proof",
    "generate_key",
    "in_memory",
    "inclusion_proof",
    "is_consistent",
    "is_included",
    "leaf_hash",
    "leaf_hashes",
    "load_key",
    "log_verifier",
    "merkle_root",
    "open_checkpoint",
    "parse_vkey",
    "root_of_hashes",
    "save_key",
    "two_level_proofs",
    "verify_log",
    "verify_tree",
    "witness_verifier",
    "write_tree",
]

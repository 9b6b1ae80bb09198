"""The ledger: an append-only log that outsiders check with their own tools.

RFC 6962 hashing; C2SP tlog-tiles, checkpoint, signed-note, cosignature and tlog-proof formats. This
room knows entries, trees, signatures and witnesses; it knows nothing of what is logged.

``Log``                 create, open, append, read, prove
``LogKeys, key_history``    who signs and who cosigns, as the log itself records it
``write_tree, Tree``    a batch's own tree of up to millions of leaves
``Witness``             the one local witness (no independent one)
``LogProof, TwoLevelProof, two_level_proofs``   proofs that travel as text
``ConsistencyProof``    that the log only grew, as text
``Statement, make_statement``   how many entries of a kind by a day, and none left out
``verify_log``          everything again from the files, each fault by file and position
"""

from portcullis.ledger.asking import TooFewCosigned
from portcullis.ledger.consistency import CONSISTENCY, ConsistencyProof
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
from portcullis.ledger.mirror import mirror, write_contents
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
from portcullis.ledger.policy import Policy
from portcullis.ledger.proofs import (
    LogProof,
    ProofInvalid,
    ProvenLeaf,
    TwoLevelProof,
    two_level_proofs,
)
from portcullis.ledger.remote import RemoteWitness
from portcullis.ledger.signers import (
    LEDGER_KEYS,
    KeyHistory,
    LogKeys,
    key_history,
    keys_at,
    keys_over,
)
from portcullis.ledger.statements import Statement, make_statement, make_statements
from portcullis.ledger.tiles import LONGEST_ENTRY, checkpoint_path, parse_checkpoint_path
from portcullis.ledger.trees import Tree, TreeHead, write_tree
from portcullis.ledger.verify import Verification, verify_log, verify_tree
from portcullis.ledger.view import write_view
from portcullis.ledger.witness import Cosigner, Witness, WitnessRefused

__all__ = [
    "CONSISTENCY",
    "EMPTY_ROOT",
    "LEDGER_KEYS",
    "LONGEST_ENTRY",
    "REMEDIES",
    "Checkpoint",
    "ConsistencyProof",
    "Cosigner",
    "Fault",
    "KeyHistory",
    "LedgerDamaged",
    "Log",
    "LogKeys",
    "LogProof",
    "NoteInvalid",
    "Policy",
    "Problem",
    "ProofInvalid",
    "ProvenLeaf",
    "RemoteWitness",
    "SignedCheckpoint",
    "Statement",
    "TooFewCosigned",
    "Tree",
    "TreeHead",
    "TwoLevelProof",
    "Verification",
    "Witness",
    "WitnessRefused",
    "checkpoint_path",
    "consistency_proof",
    "generate_key",
    "in_memory",
    "inclusion_proof",
    "is_consistent",
    "is_included",
    "key_history",
    "keys_at",
    "keys_over",
    "leaf_hash",
    "leaf_hashes",
    "load_key",
    "log_verifier",
    "make_statement",
    "make_statements",
    "merkle_root",
    "mirror",
    "open_checkpoint",
    "parse_checkpoint_path",
    "parse_vkey",
    "root_of_hashes",
    "save_key",
    "two_level_proofs",
    "verify_log",
    "verify_tree",
    "witness_verifier",
    "write_contents",
    "write_tree",
    "write_view",
]

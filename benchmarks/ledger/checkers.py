"""One verifier over the sample: microseconds a proof, the leaf's hash and the Merkle part alone.

    python -m benchmarks.ledger.checkers SIDE FOLDER

What a side's call takes is made beforehand; every proof must be accepted. Prints JSON.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.outside import gochecker, single_file
from tests.outside.shown import Bare

from benchmarks.ledger import ROUNDS, proofs
from portcullis.ledger import is_included, leaf_hash


def ours(sample: list[Bare]) -> float:
    """Time Portcullis itself."""

    def check(bare: Bare) -> bool:
        digest = leaf_hash(bare.leaf)
        return is_included(digest, bare.index, bare.size, bare.path, bare.root)

    return _microseconds(check, sample)


def verify_py(sample: list[Bare]) -> float:
    """Time the single-file verifier."""
    module = single_file.load().module

    def check(bare: Bare) -> bool:
        digest = module.leaf_hash(bare.leaf)
        return module.root_by_path(digest, bare.index, bare.size, bare.path) == bare.root

    return _microseconds(check, sample)


def pymerkle(sample: list[Bare]) -> float:
    """Time pymerkle, given our proofs in its own form."""
    from pymerkle import InclusionProof
    from tests.outside import pymerkle_side

    def check(case: tuple[InclusionProof, Bare]) -> bool:
        proof, bare = case
        proof.verify(proof.hasher.hash_buff(bare.leaf), bare.root)  # raises where it is invalid
        return True

    return _microseconds(check, [(pymerkle_side.proof(bare), bare) for bare in sample])


def sigstore(sample: list[Bare]) -> float:
    """Time sigstore's check of an entry in Rekor."""
    from sigstore._internal.merkle import verify_merkle_inclusion
    from sigstore.models import TransparencyLogEntry
    from tests.outside import sigstore_side

    def check(entry: TransparencyLogEntry) -> bool:
        verify_merkle_inclusion(entry)  # raises where it is invalid
        return True

    return _microseconds(check, [sigstore_side.entry(bare) for bare in sample])


def go(sample: list[Bare]) -> float:
    """Time Go's sumdb/tlog, by its own clock."""
    with (
        tempfile.TemporaryDirectory() as folder,
        gochecker.GoChecker(gochecker.build(Path(folder))) as checker,
    ):
        return checker.microseconds(sample, ROUNDS)


SIDES = {
    "Portcullis": ours,
    "tools/verify.py": verify_py,
    "pymerkle": pymerkle,
    "sigstore": sigstore,
    "Go": go,
}


def _microseconds(check: Callable[..., bool], cases: list) -> float:
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        accepted = sum(map(check, cases))
        seconds.append(time.perf_counter() - started)
        if accepted != len(cases):
            raise RuntimeError(f"{len(cases) - accepted} proofs were refused")
    return statistics.median(seconds) / len(cases) * 1e6


def main() -> None:
    """Time the side that is named."""
    match sys.argv[1:]:
        case [side, folder] if side in SIDES:
            print(json.dumps(SIDES[side](proofs.sample(Path(folder)))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()

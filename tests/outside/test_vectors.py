"""Published proofs, sound and malformed (transparency-dev/merkle): every verifier agrees with them.

They are read where they lie beside the clone, and are no part of it.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from portcullis.ledger import is_consistent, is_included
from tests.outside import pymerkle_side
from tests.outside.shown import Bare, BareGrowth
from tests.outside.single_file import load

VECTORS = Path(__file__).parents[3] / "shared/data/merkle-vectors/testdata"

pytestmark = [
    pytest.mark.xdist_group("outside"),
    pytest.mark.skipif(
        not VECTORS.is_dir(), reason="the public Merkle vectors are not beside this clone"
    ),
]


def cases(kind: str) -> Iterator[tuple[str, dict]]:
    files = sorted((VECTORS / kind).rglob("*.json"))
    assert len(files) > 50
    for file in files:
        yield str(file.relative_to(VECTORS)), json.loads(file.read_text())


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def path_of(case: dict) -> tuple[bytes, ...]:
    return tuple(decoded(text) for text in case["proof"] or [])


def are_hashes(*digests: bytes) -> bool:
    return {len(digest) for digest in digests} == {32}


def sound(case: dict, *digests: bytes) -> bool:
    """Say what a verifier must: what is no hash at all we and Go refuse, whatever its proof."""
    return not case["wantErr"] and are_hashes(*digests)


def test_inclusion(go):
    verify = load()
    for name, case in cases("inclusion"):
        digest, root = decoded(case["leafHash"]), decoded(case["root"])
        bare = Bare(b"", digest, case["leafIdx"], case["treeSize"], root, path_of(case))
        right = sound(case, digest, root)
        assert is_included(digest, bare.index, bare.size, bare.path, root) == right, name
        assert (go.refusal(bare) is None) == right, name
        assert pymerkle_side.accepts_bare(bare) == right, name
        # The single file looks at lengths where it reads them.
        assert verify.includes(bare) == right or not are_hashes(digest, root), name


def test_consistency(go):
    verify = load()
    for name, case in cases("consistency"):
        old_root, root = decoded(case["root1"]), decoded(case["root2"])
        bare = BareGrowth(case["size1"], case["size2"], old_root, root, path_of(case))
        right = sound(case, old_root, root)
        assert is_consistent(bare.old_size, bare.size, bare.path, old_root, root) == right, name
        assert (go.refusal(bare) is None) == right, name
        assert verify.extends(bare) == right or not are_hashes(old_root, root), name

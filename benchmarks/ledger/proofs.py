"""A list of determinations on a log, and the proofs of all of them. Prints JSON.

python -m benchmarks.ledger.proofs make FOLDER LEAVES WITNESS-KEY WITNESS-URL
python -m benchmarks.ledger.proofs prove FOLDER POSITION
"""

import base64
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.outside.shown import Bare

from benchmarks.ledger import LIST, LOG, SAMPLE, scene
from benchmarks.rules.files import read_lines, write_lines
from portcullis import ledger

_FILE, POLICY = "sample.jsonl", "policy"


def make(folder: Path, leaves: int, vkey: str, url: str) -> dict[str, int]:
    """Make list and log, the policy that they are verified by, and the sample of proofs."""
    from portcullis.ledger.policy import Policy
    from portcullis.ledger.remote import RemoteWitness

    position = scene.build(folder, leaves, [RemoteWitness(vkey, url)])
    log_vkey = ledger.log_verifier(scene.origin(LOG), ledger.load_key(folder / f"{LOG}.pem")).vkey
    (folder / POLICY).write_text(Policy((log_vkey,), (vkey,), 1).text, encoding="utf-8")
    tree = ledger.Tree(folder / "trees" / LIST)
    head = tree.head
    lines = []
    for proof in _spread(folder, position, SAMPLE):
        hashes = [*proof.leaf_path, head.root]
        lines.append(
            [proof.leaf_index, head.size, *map(_b64, [tree.leaf(proof.leaf_index), *hashes])]
        )
    write_lines(folder / _FILE, lines)
    return {"position": position}


def sample(folder: Path) -> list[Bare]:
    """Read the sample of proofs in the list."""
    bares = []
    for index, size, *texts in read_lines(folder / _FILE):
        leaf, *path, root = map(base64.b64decode, texts)
        bares.append(Bare(leaf, ledger.leaf_hash(leaf), index, size, root, tuple(path)))
    return bares


def prove(folder: Path, position: int) -> dict[str, float]:
    """Make the file of every proof in the list, then check a sample of them whole."""
    from portcullis.ledger.policy import Policy

    log, tree = ledger.Log.open(folder / LOG), ledger.Tree(folder / "trees" / LIST)
    started = time.perf_counter()
    for proof in ledger.two_level_proofs(log, position, tree, range(tree.size)):
        proof.text  # noqa: B018 - the file itself is what is made here
    made = time.perf_counter() - started
    policy = Policy.read(folder / POLICY)
    proofs = list(_spread(folder, position, SAMPLE))
    leaves = [tree.leaf(proof.leaf_index) for proof in proofs]
    started = time.perf_counter()
    for leaf, proof in zip(leaves, proofs, strict=True):
        proof.check(leaf, policy.logs, policy.witnesses, policy.k)
    checked = time.perf_counter() - started
    return {
        "making a proof, all of the list": made / tree.size * 1e6,
        "checking a proof, two signatures": checked / len(proofs) * 1e6,
    }


def _spread(folder: Path, position: int, wanted: int) -> Iterator[ledger.TwoLevelProof]:
    log, tree = ledger.Log.open(folder / LOG), ledger.Tree(folder / "trees" / LIST)
    places = range(0, tree.size, max(1, tree.size // wanted))
    return ledger.two_level_proofs(log, position, tree, places)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main() -> None:
    """Do what is named and print what was measured."""
    match sys.argv[1:]:
        case ["make", folder, leaves, vkey, url]:
            print(json.dumps(make(Path(folder), int(leaves), vkey, url)))
        case ["prove", folder, position]:
            print(json.dumps(prove(Path(folder), int(position))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()

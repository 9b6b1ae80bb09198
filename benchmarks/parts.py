"""Parts of the gate by themselves: screening, sealing, checking a proof. Each prints JSON.

python -m benchmarks.parts screening FOLDER     rows a second, every finding kept
python -m benchmarks.parts sealing              seconds for 50,000 packages, one process
python -m benchmarks.parts proofs               microseconds a proof
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import Data
from portcullis import keys, ledger, release, screening, tables
from portcullis.canonical import json_bytes

PACKAGES = 50_000
LEAVES = 1_280_000
_SAMPLE = 2_000
_ROUNDS = 5
_ORIGIN, _WITNESS = "bench.example/log", "bench.example/witness"


def screen_alone(data: Data) -> dict[str, float]:
    """Screen the batch already taken in and measured; findings are kept as tables in memory."""
    from portcullis.office import Home, open_office

    home = open_office(Home.find(data.home))
    from portcullis.law import Basis
    from portcullis.office import files

    batch = files.find_batch(data.batch_id)
    basis = Basis.from_pack(home.pack, home.today())
    measures = files.read_step(home, batch, files.MEASURES)
    path, key = home.batch(batch.id) / files.REQUESTS, files.batch_key(home, batch)
    started = time.perf_counter()
    requests = tables.scan_table(path, key)
    prepared = [screening.prepare(part, home.pack) for part in requests]
    ready = time.perf_counter()
    findings = [screening.screen(part, basis, measures) for part in prepared]
    done = time.perf_counter()
    rows = sum(found.table.height for found in findings)
    return {
        "screening alone": rows / (done - ready),
        "screening with reading and normal forms": rows / (done - started),
    }


def seal_alone() -> dict[str, float]:
    """Seal one address ``PACKAGES`` times, each to its officer's key and a fresh half."""
    officer = keys.public_jwk(keys.generate())
    with tempfile.TemporaryDirectory() as folder:
        _, _, proofs = _proofs(Path(folder), 1)
    proof = proofs[0].text
    address = {
        "lka_line1": "4500 UNKNOWN CREEK RD",
        "lka_line2": "APT 12",
        "lka_city": "SPRINGFIELD",
        "lka_state": "IL",
        "lka_zip": "62701-1234",
        "lka_period": 2023,
    }
    started = time.perf_counter()
    for number in range(PACKAGES):
        request = {"request_id": f"R-{number:09d}", "items": "last_known_address"}
        parcel = release.Parcel(
            package_id=release.new_package_id(),
            agreement="irs-dhs-2025",
            batch_id="bench",
            request_id=request["request_id"],
            officer="ice-officer-0001",
            leaf=_leaf(number).decode(),
            answer_nonce="00" * 32,
            proof=proof,
        )
        content = release.disclosure_content(["last_known_address"], request, address)
        release.seal(content, officer, parcel)
    return {f"sealing {PACKAGES:,} packages": time.perf_counter() - started}


def check_alone() -> dict[str, float]:
    """Check proofs of a list of ``LEAVES``: the Merkle part, and all with both signatures."""
    with tempfile.TemporaryDirectory() as folder:
        log_key, witness_key, proofs = _proofs(Path(folder), _SAMPLE)
        head = ledger.Tree(Path(folder) / "list").head
    leaves = [_leaf(proof.leaf_index) for proof in proofs]

    def merkle_part() -> None:
        for leaf, proof in zip(leaves, proofs, strict=True):
            hashed = ledger.leaf_hash(leaf)
            ledger.is_included(hashed, proof.leaf_index, head.size, proof.leaf_path, head.root)

    def whole() -> None:
        for leaf, proof in zip(leaves, proofs, strict=True):
            proof.check(leaf, [log_key], [witness_key], k=1)

    return {
        "proof, Merkle part": _microseconds(merkle_part),
        "proof, whole, two signatures": _microseconds(whole),
    }


def _proofs(folder: Path, wanted: int) -> tuple[str, str, list[ledger.TwoLevelProof]]:
    """Return the log's and the witness's public keys, and ``wanted`` proofs spread over a list."""
    head = ledger.write_tree(folder / "list", (_leaf(number) for number in range(LEAVES)))
    log_key = ledger.generate_key()
    log_vkey = ledger.log_verifier(_ORIGIN, log_key).vkey
    witness = ledger.Witness(
        folder / "witness",
        _WITNESS,
        ledger.generate_key(),
        {_ORIGIN: [log_vkey]},
        lambda: int(time.time()),
    )
    log = ledger.Log.create(folder / "log", _ORIGIN, log_key, [witness])
    entry = {"leaves": head.size, "leaves_root": head.root.hex()}
    (place,) = log.append([json_bytes(entry)], [witness])
    places = range(0, LEAVES, LEAVES // wanted)
    proofs = list(ledger.two_level_proofs(log, place, ledger.Tree(folder / "list"), places))
    return log_vkey, witness.vkey, proofs


def _leaf(number: int) -> bytes:
    """Return a leaf of the size of the real ones: two commitments and a request's place."""
    return json_bytes({"answer": "0" * 64, "determination": "1" * 64, "request": number})


def _microseconds(act: Callable[[], None]) -> float:
    seconds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) / _SAMPLE * 1e6


def main() -> None:
    """Run the part that is named and print what was measured."""
    match sys.argv[1:]:
        case ["screening", folder]:
            measured = screen_alone(Data.load(Path(folder)))
        case ["sealing"]:
            measured = seal_alone()
        case ["proofs"]:
            measured = check_alone()
        case _:
            sys.exit(__doc__)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()

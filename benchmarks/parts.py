"""Parts of the gate by themselves: screening, sealing. Each prints JSON.

python -m benchmarks.parts screening FOLDER     rows a second, every finding kept
python -m benchmarks.parts sealing              seconds for 50,000 packages, one process
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.data import Data
from benchmarks.ledger import LIST, LOG
from benchmarks.ledger.scene import build, leaf, make_key, origin
from portcullis import keys, ledger, release, screening, tables

PACKAGES = 50_000
LEAVES = 1_280_000


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
        proof = _proof(Path(folder))
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
            leaf=leaf(number).decode(),
            answer_nonce="00" * 32,
            proof=proof,
        )
        content = release.disclosure_content(["last_known_address"], request, address)
        release.seal(content, officer, parcel)
    return {f"sealing {PACKAGES:,} packages": time.perf_counter() - started}


def _proof(folder: Path) -> str:
    """Return a proof in a list of ``LEAVES``, as it goes into every package."""
    log_vkey = make_key(folder, LOG)
    witness = ledger.Witness(
        folder / "witness",
        "bench.example/witness",
        ledger.generate_key(),
        {origin(LOG): [log_vkey]},
        lambda: int(time.time()),
    )
    position = build(folder, LEAVES, [witness])
    log, tree = ledger.Log.open(folder / LOG), ledger.Tree(folder / "trees" / LIST)
    return next(ledger.two_level_proofs(log, position, tree, [LEAVES // 2])).text


def main() -> None:
    """Run the part that is named and print what was measured."""
    match sys.argv[1:]:
        case ["screening", folder]:
            measured = screen_alone(Data.load(Path(folder)))
        case ["sealing"]:
            measured = seal_alone()
        case _:
            sys.exit(__doc__)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()

"""All of it in one run: our ledger, the verifiers beside it, the whole ledger verified."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from benchmarks.ledger import APPENDS, LOG, appends, scene
from benchmarks.ledger.checkers import SIDES
from benchmarks.ledger.proofs import POLICY
from benchmarks.processes import Measured, measure

OURS, FILE, PYMERKLE = "Portcullis", "tools/verify.py", "pymerkle"
PORTCULLIS = ".venv/bin/portcullis"
_LISTENING = re.compile(r"Listening on (\S+)")
_MERKLE = "checking a proof, Merkle part"
_UNITS = {appends.DURABLE: "entries/s", appends.HALF: "ms", appends.MOST: "ms"}

Sides = dict[str, list[tuple[str, float, str]]]


def peers() -> dict[str, str]:
    """Return the versions of those beside us."""
    go = subprocess.run(["go", "version"], capture_output=True, text=True, check=True).stdout
    packages = {name: version(name) for name in ("pymerkle", "sigstore")}
    return {**packages, "Go": go.split()[2].removeprefix("go")}


def run(folder: Path, leaves: int) -> Sides:
    """Return what was measured of each side, on a list of ``leaves``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    keys = [scene.make_key(folder, log) for log in (APPENDS, LOG)]
    with _witness(folder / "witness", keys) as witness:
        grown = _part("appends", "ours", str(folder), *witness).answer
        made = _part("proofs", "make", str(folder), str(leaves), *witness).answer
    measured: Sides = {side: [] for side in SIDES}
    measured[OURS] += [(stage, value, _UNITS[stage]) for stage, value in grown.items()]
    beside = _part("appends", "pymerkle", str(folder)).answer
    measured[PYMERKLE] += [(stage, value, _UNITS[stage]) for stage, value in beside.items()]
    proven = _part("proofs", "prove", str(folder), str(made["position"])).answer
    measured[OURS] += [(stage, value, "µs") for stage, value in proven.items()]
    for side, found in measured.items():
        found.append((_MERKLE, _part("checkers", side, str(folder)).answer, "µs"))
    for side, command in _verifiers(folder).items():
        whole = measure(command)
        measured[side] += [
            ("all, the whole ledger verified", whole.seconds, "s"),
            ("peak memory of that", whole.peak / 2**30, "GiB"),
        ]
    return measured


def _verifiers(folder: Path) -> dict[str, list[str]]:
    policy = str(folder / POLICY)
    log, trees = str(folder / LOG), str(folder / "trees")
    ours = [PORTCULLIS, "verify", str(folder), "--policy", policy, "--json"]
    # One file and the standard library: nothing of ours, nothing that is installed.
    single = [sys.executable, "-I", "-S", FILE, "log", log, "--policy", policy, "--trees", trees]
    return {OURS: ours, FILE: single}


def _part(module: str, *words: str) -> Measured:
    return measure([sys.executable, "-m", f"benchmarks.ledger.{module}", *words])


@contextmanager
def _witness(folder: Path, keys: list[str]) -> Iterator[tuple[str, str]]:
    """Run a witness for the logs with these ``keys``; give its key and its address."""
    verb = [PORTCULLIS, "witness"]
    vkey = measure([*verb, "init", str(folder), "--name", "w.example", "--json"]).answer["vkey"]
    for key in keys:
        subprocess.run([*verb, "add-log", str(folder), "--key", key], check=True, text=True)
    process = subprocess.Popen(
        [*verb, "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        said = (_LISTENING.search(line) for line in process.stdout or ())
        url = next((found[1] for found in said if found), None)
        if url is None:
            raise RuntimeError("The witness does not run.")
        yield vkey, url
    finally:
        process.terminate()
        process.wait()

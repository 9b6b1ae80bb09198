"""``verify``, ``proof`` and ``statement``, as an inspector types them, over a real home."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections

from tests.cli.run import portcullis
from tests.ledger.outsiders import run_tool
from tests.office import acts
from tests.office import world as worlds
from tests.office.homes import switch

TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose batch was decided, and the id of one of its requests."""
    world = worlds.build(tmp_path_factory.mktemp("cli") / "world", lawful=2)
    switch(world.home_path)
    worlds.make_home(world)
    acts.receive(world)
    acts.adjudicate(world)
    connections.close_all()
    return world.home_path


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


@contextlib.contextmanager
def serving(home: Path) -> Iterator[str]:
    """Run ``portcullis serve`` over a home; give its address."""
    command = Path(sys.executable).with_name("portcullis")
    server = subprocess.Popen(
        [command, "serve", "--home", home, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield re.search(r"http://[^ ]+", server.stdout.readline())[0]
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def ask(*words: object, code: int = 0):
    done = portcullis(*words, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def outside(home: Path, folder: Path) -> Path:
    """What an inspector was given beforehand: the policy alone."""
    shutil.copy(home / "policy", folder / "policy")
    return folder / "policy"


def test_a_home_is_verified_here_and_over_http(home, tmp_path):
    policy = outside(home, tmp_path)
    here = ask("verify", home)
    assert (here["ok"], here["trees"], here["problems"]) == (True, 1, [])
    assert here["checkpoints"] >= 2
    with serving(home) as url:
        there = ask("verify", url, "--policy", policy)
        assert {**there, "checkpoints": 0} == {**here, "checkpoints": 0}
        refused = portcullis("verify", url)
        assert refused.returncode == 2
        assert "by a way you trust" in refused.stderr
        done = run_tool("log", f"{url}ledger", "--policy", policy, "--trees", f"{url}trees")
        assert done.stdout.startswith(f"OK  {here['size']} entries, 1 trees"), done


def test_each_fault_is_named_with_what_to_do(home, tmp_path):
    policy = outside(home, tmp_path)
    bundles = home / "ledger/tile/entries/000.p"
    newest = max(bundles.iterdir(), key=lambda path: int(path.name))
    newest.write_bytes(newest.read_bytes()[:-2] + b"?}")
    words = portcullis("verify", home)
    assert words.returncode == 1
    assert "corrupt-bundle: Entry" in words.stdout
    assert "does not hash to its leaf" in words.stdout
    assert "What to do about corrupt-bundle: Stop writing." in words.stdout
    newest.unlink()
    with serving(home) as url:
        found = ask("verify", url, "--policy", policy, code=1)
    assert [problem["fault"] for problem in found["problems"]] == ["missing-bundle"]


def test_a_requests_proof_is_checked_with_the_policy_alone(home, tmp_path):
    policy, out = outside(home, tmp_path), tmp_path / "proofs"
    assert (
        ask("proof", "request", worlds.BATCH, "--all", "--out", out, "--home", home)["proofs"] > 2
    )
    proof, leaf = out / "1.tlog-proof", out / "1.leaf"
    told = ask("proof", "check", proof, leaf, "--policy", policy)
    assert (told["proven"], told["leaf"]) == (True, 1)
    assert told["cosigned"]
    assert run_tool("proof", proof, leaf, "--policy", policy).returncode == 0
    refused = portcullis("proof", "check", proof, out / "0.leaf", "--policy", policy)
    assert refused.returncode == 1
    assert "not at position 1 of the list" in refused.stderr
    assert portcullis("proof", "check", proof, "--policy", policy).returncode == 2


def test_one_request_by_its_id(home, tmp_path):
    words = ("proof", "request", worlds.BATCH)
    where = ("--out", tmp_path / "proofs", "--home", home)
    found = portcullis(*words, "no-such-request", *where)
    assert (found.returncode, "no request of such an id" in found.stderr) == (2, True)
    assert portcullis(*words, *where).returncode == 2
    request = worlds.batch_rows(2)["request_id"][0]
    assert ask(*words, request, *where)["proofs"] == 1
    assert {path.name for path in (tmp_path / "proofs").iterdir()} == {"0.leaf", "0.tlog-proof"}


def test_the_ledger_only_grew(home, tmp_path):
    policy, out = outside(home, tmp_path), tmp_path / "growth"
    sizes = sorted(int(path.name) for path in (home / "ledger/checkpoints").glob("[0-9]*"))
    kept = tmp_path / "kept-in-june"
    shutil.copy(home / f"ledger/checkpoints/{sizes[1]:03}", kept)
    ask("proof", "consistency", kept, "--out", out, "--home", home)
    told = ask("proof", "check", out, "--policy", policy)
    assert told == {"proven": True, "from": sizes[1], "to": sizes[-1]}
    ask("proof", "consistency", sizes[0], sizes[1], "--out", out, "--home", home)
    assert run_tool("consistency", out, "--policy", policy).returncode == 0
    assert portcullis("proof", "consistency", "9999", "--out", out, "--home", home).returncode == 2


@pytest.mark.long
def test_how_many_there_were_by_a_day(home, tmp_path):
    policy, out = outside(home, tmp_path), tmp_path / "statement.json"
    asked = ("statement", "batch-received", "--home", home)
    told = ask(*asked, "--by", "2025-04-07", "--out", out)
    assert (told["count"], told["closed"], told["backdated"]) == (0, True, [])
    said = portcullis("statement", "--check", out, "--policy", policy, "--home", home)
    assert said.returncode == 0
    assert said.stdout.startswith("batch-received, by 2025-04-07: 0 (among the first ")
    assert run_tool("statement", out, home / "ledger", "--policy", policy).returncode == 0
    forged = tmp_path / "forged.json"
    forged.write_text(out.read_text().replace('"closed": true', '"closed": false'))
    done = portcullis("statement", "--check", forged, "--policy", policy, "--home", home)
    assert (done.returncode, "does not say this" in done.stderr) == (1, True)
    for words in ((), ("--by", "x"), ("--on", TODAY, "--by", TODAY)):
        assert portcullis(*asked, *words).returncode == 2
    early = portcullis(*asked, "--by", "2025-01-01", "--since", "2025-02-01")
    assert early.returncode == 2

"""The single file for outsiders, as an outsider runs it: with the standard library alone."""

import contextlib
import dataclasses
import json
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.canonical import json_bytes
from portcullis.ledger import (
    ConsistencyProof,
    Log,
    Tree,
    make_statement,
    mirror,
    two_level_proofs,
    verify_log,
    witness_verifier,
    write_contents,
)
from tests.ledger.conftest import KEY, VKEY, WITNESS_KEY, WITNESS_VKEY, make_leaves
from tests.ledger.outsiders import run_tool, tool
from tests.ledger.test_mirror import served
from tests.thorough import examples

KEYS = ("--key", VKEY, "--witness", WITNESS_VKEY)
TRUST = tool.trust_of([VKEY], [WITNESS_VKEY], 1)
POLICY = f"""
# whom an inspector trusts
log {VKEY} https://gate.example/ledger
witness  w1\t{WITNESS_VKEY}
group some any w1
quorum some
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy"
    path.write_text(POLICY)
    return path


def test_a_whole_ledger(place, policy):
    for trust in (KEYS, ("--policy", policy)):
        done = run_tool("log", place.log, *trust, "--trees", place.trees)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "OK  307 entries, 2 trees: every entry, tile and signature agrees.\n"
    path = place.trees / "batch-2/1/tile/entries/000.p/5"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"?")
    done = run_tool("log", place.log, *KEYS, "--trees", place.trees)
    assert done.returncode == 1
    assert "WRONG  batch-2/1: tile/0/000.p/5: hash 4 is not that of entries 4-4." in done.stdout


def test_a_whole_ledger_over_http(place):
    write_contents(place.log)
    with served(place.root) as url:
        asked = ("log", f"{url}/log", *KEYS, "--trees", f"{url}/trees/")
        assert run_tool(*asked).stdout.startswith("OK  307 entries, 2 trees")
        (place.trees / "batch-2/1/tile/0/000.p/5").unlink()
        done = run_tool(*asked)
        assert done.returncode == 1
        assert "WRONG  batch-2/1: tile/0/000.p/5 is missing or cannot be read." in done.stdout
    done = run_tool(*asked)
    assert done.returncode == 1
    assert "WRONG  checkpoint: checkpoint cannot be fetched" in done.stdout


def test_a_copy_with_outgrown_tiles_gone(place, tmp_path):
    write_contents(place.log)
    place.log.rename(place.root / "ledger")
    mirror(str(place.root), tmp_path / "copy", trees=True)
    done = run_tool("log", tmp_path / "copy/ledger", *KEYS, "--trees", tmp_path / "copy/trees")
    assert done.stdout.startswith("OK  307 entries, 2 trees")


def test_a_proof(place, tmp_path, policy):
    leaf, proof = tmp_path / "leaf", tmp_path / "x.tlog-proof"
    tree = Tree(place.trees / "batch-1/1")
    leaf.write_bytes(tree.leaf(699))
    proof.write_text(next(two_level_proofs(place.open(), 303, tree, [699])).text)
    for trust in (KEYS, ("--policy", policy)):
        done = run_tool("proof", proof, leaf, *trust)
        assert done.stdout == "OK  leaf 699 of the list that is entry 303 of the ledger.\n"
    leaf.write_bytes(b"another")
    done = run_tool("proof", proof, leaf, *KEYS)
    assert (done.returncode, done.stdout) == (
        1,
        "WRONG  The leaf is not at place 699 of the list.\n",
    )
    proof.write_bytes(b"\xff")
    assert run_tool("proof", proof, leaf, *KEYS).returncode == 1


def test_growth(place, tmp_path):
    log, proof = place.open(), tmp_path / "growth"
    proof.write_text(ConsistencyProof.between(log, log.checkpoint_at(3), log.checkpoint).text)
    done = run_tool("consistency", proof, *KEYS)
    assert done.stdout == "OK  the ledger of 307 entries begins with that of 3, unchanged.\n"
    proof.write_text(proof.read_text().replace("/1\n", "/1\n" + "A" * 43 + "=\n", 1))
    done = run_tool("consistency", proof, *KEYS)
    assert (done.returncode, done.stdout[:5]) == (1, "WRONG")


def test_a_statement(place, tmp_path):
    at = "2025-04-07T12:00:00+00:00"
    entry = json_bytes({"kind": "batch-received", "at": at})
    place.open().append([entry, entry], [place.witness])
    said = make_statement(
        place.log, [VKEY], [WITNESS_VKEY], 1, kind="batch-received", by=date(2025, 4, 7)
    )
    path = tmp_path / "statement.json"
    path.write_text(said.text)
    done = run_tool("statement", path, place.log, *KEYS)
    assert done.stdout == (
        "OK  batch-received, to 2025-04-07: 0 among the first 0 entries. backdated: [307, 308]. "
        "Opening: none. Closing: 0 entries, witnessed 2025-06-15T15:06:40+00:00. "
        "The entries between are dated by the holder's clock alone: 0 of this kind.\n"
    )
    for change in ({"backdated": ()}, {"closed": False}, {"positions": (307,)}):
        path.write_text(dataclasses.replace(said, **change).text)
        done = run_tool("statement", path, place.log, *KEYS)
        assert (done.returncode, done.stdout[:5]) == (1, "WRONG"), change
    facts = json.loads(said.text)
    for name in facts:
        path.write_text(json.dumps({key: facts[key] for key in facts if key != name}))
        assert run_tool("statement", path, place.log, *KEYS).returncode == 1, name


def test_called_wrongly(place, tmp_path, policy):
    assert run_tool("log", place.log).returncode == 2
    done = run_tool("log", place.log, "--key", WITNESS_VKEY)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert run_tool("proof", "none", "none", "--key", VKEY).returncode == 2
    assert run_tool("log", place.log, *KEYS, "--policy", policy).returncode == 2
    assert run_tool("log", place.log, "--policy", tmp_path / "none").returncode == 2
    assert run_tool("log", place.log, *KEYS, "--quorum", "2").returncode == 2


def test_one_witness_does_not_count_twice(place):
    twice = run_tool("log", place.log, *KEYS, "--witness", WITNESS_VKEY)
    assert (twice.returncode, "A key is named twice." in twice.stderr) == (2, True)
    renamed = witness_verifier("another.example/name", WITNESS_KEY).vkey
    with pytest.raises(tool.Wrong, match="named twice"):
        tool.trust_of([VKEY], [WITNESS_VKEY, renamed], 2)
    with pytest.raises(tool.Wrong, match="named twice"):
        tool.trust_of([VKEY, VKEY], [], 0)
    entry = {"at": "now", "k": 2, "kind": "ledger-keys", "signed_by": [VKEY]}
    entry["witnesses"] = [WITNESS_VKEY, renamed]
    place.open().append([json_bytes(entry)], [place.witness])
    done = run_tool("log", place.log, *KEYS)
    assert (done.returncode, "Entry 307: A key is named twice." in done.stdout) == (1, True)


SURROGATE = "\ud800"


@pytest.mark.parametrize(
    "entry",
    [
        {"at": "now", "k": 0, "kind": "ledger-keys", "signed_by": [SURROGATE + VKEY]},
        {"at": "now", "k": 0, "kind": "ledger-keys", "signed_by": [5]},
        {"at": SURROGATE, "k": 0, "kind": "ledger-keys", "signed_by": [VKEY]},
        {"leaves": 1, "leaves_root": "00" * 32, "tree": "a\0b"},
        {"leaves": 1, "leaves_root": "00" * 32, "tree": "a\0b/1"},
        {"leaves": 1, "leaves_root": "00" * 32, "tree": "a" * 300},
        {"leaves": 1, "leaves_root": "00" * 32, "tree": "a" * 300 + "/1"},
        {"leaves": 1, "leaves_root": "00" * 32, "tree": "a/1/2"},
        {"leaves": 1, "leaves_root": "00" * 32, "tree": ["a/1"]},
    ],
)
def test_what_an_entry_names_is_a_fault_not_a_failure(place, tmp_path, entry):
    body = json.dumps({"witnesses": [], **entry}, sort_keys=True, separators=(",", ":"))
    with contextlib.suppress(UnicodeEncodeError):
        body = json_bytes(json.loads(body)).decode()
    place.open().append([body.encode()], [place.witness])
    done = run_tool("log", place.log, *KEYS, "--trees", place.trees)
    assert (done.returncode, done.stderr) == (1, "")
    assert "WRONG  Entry 307: " in done.stdout
    found = verify_log(place.log, [VKEY], [WITNESS_VKEY], 1, place.trees)
    assert any(problem.message.startswith("entry 307: ") for problem in found.problems)
    place.log.rename(place.root / "ledger")
    mirror(str(place.root), tmp_path / "copy", trees=True)


def test_keys_and_notes_that_are_no_utf8(place, tmp_path):
    policy, file = tmp_path / "policy", tmp_path / "statement.json"
    policy.write_bytes(b"log \xff" + VKEY.encode() + b"\nquorum none\n")
    done = run_tool("log", place.log, "--policy", policy)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    said = make_statement(place.log, [VKEY], kind=SURROGATE, by=date(2025, 4, 7))
    note = place.open().checkpoint
    facts = {**json.loads(json.dumps(dataclasses.asdict(said), default=str)), "count": 0}
    facts["format"] = "portcullis-statement/1"
    file.write_text(json.dumps(facts))
    done = run_tool("statement", file, place.log, "--key", VKEY)
    assert (done.returncode, "\\ud800, to 2025-04-07" in done.stdout) == (0, True)
    facts["closing"]["note"] = note.replace("\n\n", f"\n{SURROGATE}\n\n")
    file.write_text(json.dumps(facts))
    done = run_tool("statement", file, place.log, "--key", VKEY)
    assert (done.returncode, done.stdout[:5], done.stderr) == (1, "WRONG", "")


# Trust policies (c2sp.org/tlog-policy).

OTHER = witness_verifier("other.example/w", KEY).vkey


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"log {VKEY}\n",
        f"log {VKEY}\nquorum w\n",
        f"log {VKEY}\nquorum none",
        f"log {VKEY}\nquorum none\nquorum none\n",
        f"log {VKEY}\nlog {VKEY}\nquorum none\n",
        f"log {WITNESS_VKEY}\nquorum none\n",
        f"witness w {VKEY}\nquorum none\n",
        f"witness w {OTHER}\nwitness w {WITNESS_VKEY}\nquorum none\n",
        f"witness a {OTHER}\nwitness b {OTHER}\nquorum none\n",
        f"witness none {OTHER}\nquorum none\n",
        f"witness w {OTHER}\ngroup g 2 w\nquorum g\n",
        f"witness w {OTHER}\ngroup g 0 w\nquorum g\n",
        f"witness w {OTHER}\ngroup g any w w\nquorum g\n",
        f"witness w {OTHER}\ngroup g any w\ngroup h any w\nquorum g\n",
        f"witness w {OTHER}\ngroup g any none\nquorum g\n",
        f"witness w {OTHER}\ngroup g any g\nquorum g\n",
        f"log {VKEY} a b\nquorum none\n",
        "hello\nquorum none\n",
        "group g any\nquorum none\n",
    ],
)
def test_malformed_policies(text):
    with pytest.raises(tool.Wrong):
        tool.parse_policy(text.encode())


def test_nested_groups():
    keys = [witness_verifier(name, key_of(number)).vkey for number, name in enumerate("abcde")]
    lines = [f"witness {name} {key}" for name, key in zip("abcde", keys, strict=True)]
    lines += ["group X 2 a b c", "group Y any d e", "group both all X Y", "quorum both"]
    trust = tool.parse_policy(("\n".join(lines) + "\n").encode())
    parsed = dict(zip("abcde", [tool.parse_vkey(key, 4) for key in keys], strict=True))
    for signed, enough in (("abd", True), ("abcde", True), ("abc", False), ("ade", False)):
        assert trust.enough({parsed[name] for name in signed}) is enough
    assert tool.parse_policy(b"quorum none\n").enough(())


def key_of(number: int):
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_every_changed_proof_is_rejected(built, data):
    leaves, leaf = make_leaves(700, "batch-1/1"), data.draw(st.integers(0, 699))
    tree = Tree(built.trees / "batch-1/1")
    text = next(two_level_proofs(Log.open(built.log), 303, tree, [leaf])).text
    assert tool.verify_proof(text, leaves[leaf], TRUST)[:2] == (leaf, 303)
    raw = bytearray(text.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises((tool.Wrong, UnicodeDecodeError)):
        tool.verify_proof(raw.decode(), leaves[leaf], TRUST)


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_every_changed_proof_of_growth_is_rejected(built, data):
    log = Log.open(built.log)
    sizes = log.checkpoint_sizes()
    old, new = sorted(data.draw(st.tuples(st.sampled_from(sizes), st.sampled_from(sizes))))
    proof = ConsistencyProof.between(log, log.checkpoint_at(old), log.checkpoint_at(new))
    assert tool.verify_consistency(proof.text, TRUST) == (old, new)
    raw = bytearray(proof.text.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises((tool.Wrong, UnicodeDecodeError)):
        tool.verify_consistency(raw.decode(), TRUST)

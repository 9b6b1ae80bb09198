"""The witness answers as c2sp.org/tlog-witness says, to the letter."""

import base64
import contextlib
import io
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.ledger import (
    EMPTY_ROOT,
    NoteInvalid,
    Witness,
    WitnessRefused,
    consistency_proof,
    generate_key,
    in_memory,
    leaf_hashes,
    log_verifier,
    merkle_root,
    open_checkpoint,
)
from portcullis.ledger.notes import Checkpoint, parse_vkey, sign_checkpoint
from portcullis.ledger.submissions import decode_submission, encode_submission
from portcullis.ledger.witness import lines_of
from portcullis.ledger.witness_service import application
from tests.ledger.conftest import (
    KEY,
    ORIGIN,
    VKEY,
    WITNESS,
    WITNESS_KEY,
    WITNESS_VKEY,
    make_witness,
)
from tests.thorough import examples

LEAVES = [bytes([n]) for n in range(9)]
OTHERS = [b"x", *LEAVES[1:]]


def note(size: int, leaves=LEAVES, origin=ORIGIN, key=KEY) -> str:
    return sign_checkpoint(Checkpoint(origin, size, merkle_root(leaves[:size])), key)


def proof(old: int, new: int) -> list[bytes]:
    return consistency_proof(in_memory(leaf_hashes(LEAVES)), old, new) if old else []


def line_by(name: str, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(signature).decode()}\n"


@pytest.fixture
def witness(tmp_path):
    return make_witness(tmp_path / "witness")


def test_it_cosigns_what_only_grew(witness, tmp_path):
    assert witness.seen(ORIGIN) is None
    for old, new in ((0, 0), (0, 4), (4, 4), (4, 9)):
        line = witness.add_checkpoint(old, proof(old, new), note(new))
        signed = open_checkpoint(note(new) + line, [VKEY], [WITNESS_VKEY], 1)
        assert signed.cosigned == {WITNESS: 1_750_000_000}
        assert witness.seen(ORIGIN).size == new
        assert make_witness(tmp_path / "witness").seen(ORIGIN).size == new


REFUSALS = {
    "the old size is larger": (400, 5, [], note(4)),
    "no note": (400, 4, [], "no note"),
    "no checkpoint": (400, 4, [], "a\n\n— a QUFBQUE=\n"),
    "no number is so large": (
        400,
        4,
        [],
        note(4).replace("\n4\n", "\n" + "9" * 5000 + "\n"),
    ),
    "an unknown log": (404, 4, [], note(9, origin="other.example/log")),
    "an unknown key": (403, 4, [], note(9, key=generate_key())),
    "a wrong signature of a known key": (403, 4, proof(4, 9), note(9) + note(4).split("\n")[-2]),
    "from nothing": (409, 0, [], note(9)),
    "from what was never seen": (409, 5, proof(5, 9), note(9)),
    "an older copy": (409, 3, [], note(3)),
    "another log of the same size": (422, 4, [], note(4, leaves=OTHERS)),
    "no proof": (422, 4, [], note(9)),
    "the proof of another size": (422, 4, proof(5, 9), note(9)),
    "the proof of another log": (422, 4, proof(4, 9), note(9, leaves=OTHERS)),
    "a proof of nothing": (422, 4, [EMPTY_ROOT], note(4)),
}


@pytest.mark.parametrize(("status", "old", "growth", "text"), REFUSALS.values(), ids=REFUSALS)
def test_it_refuses_with_the_protocols_status(witness, status, old, growth, text):
    witness.add_checkpoint(0, [], note(4))
    text = text if text.endswith("\n") else text + "\n"
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(old, growth, text)
    assert refusal.value.status == status
    assert refusal.value.size == (4 if status == 409 else None)
    assert witness.seen(ORIGIN).size == 4


def test_the_first_proof_is_empty(witness):
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(0, [EMPTY_ROOT], note(4))
    assert refusal.value.status == 422
    assert witness.seen(ORIGIN) is None


def test_an_empty_log_has_the_empty_root(witness):
    text = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), KEY)
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(0, [], text)
    assert refusal.value.status == 422
    assert witness.seen(ORIGIN) is None


@pytest.mark.parametrize("length", [1 + 64, 8 + 2420, 3300])
def test_signatures_of_unknown_keys_of_whatever_kind_are_ignored(witness, length):
    """Also those of a kind that we do not check, such as ML-DSA-44 (2,420 bytes)."""
    strange = line_by(ORIGIN, bytes([1, 2, 3, 4]) + bytes(length))
    text, _, own = note(4).rpartition("\n\n")
    line = witness.add_checkpoint(0, [], f"{text}\n\n{strange}{own}{strange}")
    assert open_checkpoint(note(4) + line, [VKEY], [WITNESS_VKEY], 1).checkpoint.size == 4
    assert strange not in witness.newest(ORIGIN)


def test_it_accepts_sixteen_signatures_and_one_key_that_signs_twice(witness):
    many = "".join(line_by(f"w{n}.example", bytes(68)) for n in range(15))
    own = note(4).split("\n\n")[1]
    line = witness.add_checkpoint(0, [], note(4) + own + many)
    assert witness.newest(ORIGIN) == note(4) + line


def test_what_it_serves_bears_the_logs_line_and_the_very_line_it_gave(witness):
    first = witness.add_checkpoint(0, [], note(4))
    assert witness.newest(ORIGIN) == note(4) + first
    assert witness.newest("other.example/log") is None


def test_asked_again_at_the_same_size_it_signs_with_the_new_time(tmp_path):
    times = iter((100, 200))
    witness = Witness(tmp_path, WITNESS, WITNESS_KEY, {ORIGIN: [VKEY]}, lambda: next(times))
    witness.add_checkpoint(0, [], note(4))
    again = witness.add_checkpoint(4, [], note(4))
    assert witness.newest(ORIGIN) == note(4) + again
    assert open_checkpoint(note(4) + again, [VKEY], [WITNESS_VKEY], 1).cosigned == {WITNESS: 200}


def test_it_never_signs_without_a_time(tmp_path):
    witness = Witness(tmp_path, WITNESS, WITNESS_KEY, {ORIGIN: [VKEY]}, lambda: 0)
    with pytest.raises(Misuse, match="clock"):
        witness.add_checkpoint(0, [], note(4))
    assert witness.seen(ORIGIN) is None


def test_a_log_may_have_two_keys_while_it_changes_them(tmp_path):
    key = generate_key()
    logs = {ORIGIN: [VKEY, log_verifier(ORIGIN, key).vkey]}
    witness = Witness(tmp_path, WITNESS, WITNESS_KEY, logs, lambda: 1)
    witness.add_checkpoint(0, [], note(2))
    both = note(4) + note(4, key=key).split("\n\n")[1]
    line = witness.add_checkpoint(2, proof(2, 4), both)
    assert witness.newest(ORIGIN) == both + line
    witness.add_checkpoint(4, proof(4, 9), note(9, key=key))
    assert witness.seen(ORIGIN).size == 9


def test_the_logs_do_not_disturb_each_other(tmp_path):
    other = "other.example/log"
    logs = {ORIGIN: [VKEY], other: [log_verifier(other, KEY).vkey]}
    witness = Witness(tmp_path, WITNESS, WITNESS_KEY, logs, lambda: 1)
    witness.add_checkpoint(0, [], note(9))
    witness.add_checkpoint(0, [], note(4, leaves=OTHERS, origin=other))
    assert [witness.seen(origin).size for origin in (ORIGIN, other)] == [9, 4]


def test_of_many_at_once_each_size_is_taken_from_one_only(tmp_path):
    """Check and store are one step: with forks racing, all that is signed is one log's."""
    taken: list[tuple[int, str]] = []
    barrier = threading.Barrier(8)

    def race(leaves: list[bytes]) -> None:
        witness = make_witness(tmp_path)  # each of its own, as processes would
        node = in_memory(leaf_hashes(leaves))
        barrier.wait()
        for size in range(1, 10):
            growth = consistency_proof(node, size - 1, size) if size > 1 else []
            with contextlib.suppress(WitnessRefused):
                witness.add_checkpoint(size - 1, growth, note(size, leaves))
                taken.append((size, merkle_root(leaves[:size]).hex()))

    forks = [[bytes([fork % 2, n]) for n in range(9)] for fork in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(race, forks))
    # What is signed is told of here by threads, in whatever order they come.
    taken.sort()
    sizes = [size for size, _ in taken]
    assert sizes == sorted(set(sizes))
    winner = forks[0] if taken[0][1] == merkle_root(forks[0][:1]).hex() else forks[1]
    assert [root for _, root in taken] == [merkle_root(winner[:size]).hex() for size in sizes]
    assert make_witness(tmp_path).seen(ORIGIN).size == sizes[-1]


STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans()), max_size=12
)


@given(STEPS)
@settings(max_examples=examples(60), deadline=None)
def test_whatever_is_asked_it_signs_one_story_that_only_grows(steps):
    """Against a model: the size it has seen, and the one log all of whose sizes it signed."""
    nodes = {fork: in_memory(leaf_hashes(OTHERS if fork else LEAVES)) for fork in (False, True)}
    with tempfile.TemporaryDirectory() as folder:
        witness = make_witness(Path(folder))
        seen, stories = 0, {False, True}
        for old, new, fork, proven in steps:
            grows = 0 < old < new
            growth = consistency_proof(nodes[fork], old, new) if grows and proven else []
            sound = old == seen and old <= new and (proven or not grows)
            fits = sound and (new == 0 or seen == 0 or fork in stories)
            try:
                witness.add_checkpoint(old, growth, note(new, OTHERS if fork else LEAVES))
            except WitnessRefused:
                assert not fits
            else:
                assert fits
                seen, stories = new, {fork} if new else stories
        assert (witness.seen(ORIGIN).size if seen else 0) == seen


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 200))
@settings(max_examples=examples(200), deadline=None)
def test_no_request_breaks_the_service(data, at, cut):
    """A sound request with a piece of it overwritten, and one of nothing but noise."""
    with tempfile.TemporaryDirectory() as folder:
        sound = encode_submission(0, [], note(4))
        for body in (data, sound[:at] + data + sound[at + cut :]):
            status = posted(make_witness(Path(folder)), body)
            assert status in ("200", "400", "403", "404", "409", "422")


def posted(witness: Witness, body: bytes) -> str:
    """Return the status with which the witness's application answers ``body``."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/add-checkpoint",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    application(witness)(environ, lambda status, _headers: statuses.append(status))
    return statuses[0][:3]


@given(st.binary(max_size=300))
def test_a_submission_is_read_in_one_way_only(data):
    with contextlib.suppress(NoteInvalid):
        assert encode_submission(*decode_submission(data)) == data


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_a_submission_comes_back_as_it_was(old, growth):
    body = encode_submission(old, growth, note(4))
    assert decode_submission(body) == (old, growth, note(4))


def test_it_does_not_sign_what_it_could_not_store(witness, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portcullis.ledger.durable.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        witness.add_checkpoint(0, [], note(4))
    monkeypatch.undo()
    assert witness.seen(ORIGIN) is None


@pytest.mark.parametrize(
    ("count", "when", "seen"),
    [(1, "before", 4), (1, "after", 4), (2, "before", 9), (2, "after", 9)],
)
def test_killed_while_it_stores_it_has_seen_the_one_or_the_other(tmp_path, count, when, seen):
    """Never half of one, never less than it had signed; and it goes on from there."""
    words = [sys.executable, "-m", "tests.ledger.killed_witness", tmp_path, str(count), when]
    died = subprocess.run(words, check=False)
    assert died.returncode == -signal.SIGKILL
    witness = make_witness(tmp_path)
    assert witness.seen(ORIGIN).size == seen
    for old, new in ((0, 3), (seen, seen), (seen, 9)):
        with pytest.raises(WitnessRefused):
            witness.add_checkpoint(old, proof(old, new), note(new, leaves=OTHERS))
    witness.add_checkpoint(seen, proof(seen, 9), note(9))


@pytest.mark.parametrize("harm", ["cut", "another size", "another log", "no text", "unsigned"])
def test_a_damaged_store_is_no_fresh_start(witness, tmp_path, harm):
    witness.add_checkpoint(0, [], note(4))
    (store,) = [f for f in (tmp_path / "witness").iterdir() if f.name not in ("lock", "part")]
    good = store.read_bytes()
    bad = {
        "cut": good[:-5],
        "another size": good.replace(b"\n4\n", b"\n3\n"),
        "another log": good.replace(ORIGIN.encode(), b"other.example/log"),
        "no text": b"\xff" + good,
        "unsigned": note(4).encode(),
    }[harm]
    store.write_bytes(bad)
    with pytest.raises(Misuse, match="damaged"):
        witness.add_checkpoint(4, proof(4, 9), note(9))


def test_a_cosignature_without_time_is_none():
    text = note(4).split("\n\n")[0] + "\n"
    signature = WITNESS_KEY.sign(f"cosignature/v1\ntime 0\n{text}".encode())
    verifier = parse_vkey(WITNESS_VKEY)
    line = line_by(WITNESS, verifier.key_id + bytes(8) + signature)
    with pytest.raises(NoteInvalid, match="no time"):
        lines_of([verifier], f"{text}\n{line}")

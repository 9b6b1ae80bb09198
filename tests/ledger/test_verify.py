"""Whatever is changed in a ledger, both verifiers find it, and say where.

Ours (``verify_log``) and the single file for outsiders (``tools/verify.py``) share no code; every
corruption is shown to both.
"""

import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.ledger import (
    Fault,
    Log,
    Tree,
    generate_key,
    log_verifier,
    verify_log,
    verify_tree,
    witness_verifier,
    write_tree,
)
from portcullis.ledger.tiles import decode_bundle, encode_bundle
from tests.ledger.conftest import (
    KEY,
    ORIGIN,
    VKEY,
    WITNESS_VKEY,
    Place,
    make_entries,
    make_leaves,
    make_witness,
)
from tests.ledger.outsiders import tool
from tests.thorough import examples

TRUST = tool.trust_of([VKEY], [WITNESS_VKEY], 1)


def verify(place: Place):
    return verify_log(place.log, [VKEY], [WITNESS_VKEY], 1)


def problems(place: Place, *, trees: bool = True) -> list[str]:
    """What our verifier finds; the outsiders' must be of the same opinion."""
    folder = place.trees if trees else None
    found = verify_log(place.log, [VKEY], [WITNESS_VKEY], 1, folder)
    trees = tool.Folder(folder) if folder else None
    faults = tool.Ledger(tool.Folder(place.log), TRUST, trees).faults
    assert bool(faults) == bool(found.problems), (faults, found.problems)
    assert found.ok == (not found.problems)
    return [str(problem) for problem in found.problems]


def data_files(place: Place) -> list[Path]:
    """Every file that bears data, in the log and the trees."""
    files = [place.log / "checkpoint", *(place.log / "tile").rglob("*"), *place.trees.rglob("*")]
    return sorted(path for path in files if path.is_file())


def needed_files(place: Place) -> list[Path]:
    """Those without which something is lost: not the partial tiles that wider ones followed."""
    files = data_files(place)
    return [
        path
        for path in files
        if not path.parent.name.endswith(".p")
        or int(path.name) == max(int(other.name) for other in path.parent.iterdir())
    ]


def test_a_sound_ledger(place):
    assert problems(place) == []
    found = verify_log(place.log, [VKEY], [WITNESS_VKEY], 1, place.trees)
    assert (found.ok, found.size, found.trees) == (True, 307, 2)
    assert found.root == Log.open(place.log).root


class Undo:
    """Puts a file back as it was."""

    def __init__(self, path: Path) -> None:
        self.path, self.data = path, path.read_bytes()

    def __enter__(self) -> bytes:
        return self.data

    def __exit__(self, *_: object) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.data)


@pytest.fixture(scope="module")
def bench(built, tmp_path_factory) -> Place:
    """A copy that each example damages and mends."""
    folder = tmp_path_factory.mktemp("bench") / "place"
    shutil.copytree(built.root, folder)
    return Place(folder)


relaxed = settings(
    max_examples=examples(120),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@relaxed
@given(data=st.data())
def test_any_single_byte_changed_is_found_and_its_file_named(bench, data):
    path = data.draw(st.sampled_from(data_files(bench)))
    with Undo(path) as sound:
        at = data.draw(st.integers(0, len(sound) - 1))
        flip = data.draw(st.integers(1, 255))
        path.write_bytes(sound[:at] + bytes([sound[at] ^ flip]) + sound[at + 1 :])
        found = problems(bench)
        assert found
        assert any(named(path, bench) in problem for problem in found), (path, found)


def named(path: Path, place: Place) -> str:
    """The way a problem names a file."""
    top = place.log if place.log in path.parents else place.trees
    parts = path.relative_to(top).as_posix()
    return parts[parts.find("tile/") :] if "tile/" in parts else "checkpoint"


@relaxed
@given(data=st.data())
def test_any_truncation_is_found(bench, data):
    path = data.draw(st.sampled_from(data_files(bench)))
    with Undo(path) as sound:
        path.write_bytes(sound[: data.draw(st.integers(0, len(sound) - 1))])
        assert problems(bench)


@relaxed
@given(data=st.data())
def test_anything_added_to_a_file_is_found(bench, data):
    path = data.draw(st.sampled_from(data_files(bench)))
    with Undo(path) as sound:
        path.write_bytes(sound + data.draw(st.binary(min_size=1, max_size=40)))
        assert problems(bench)


def test_any_missing_file_is_found(bench):
    for path in needed_files(bench):
        with Undo(path):
            path.unlink()
            assert problems(bench), path
    assert problems(bench) == []


def test_any_file_copied_to_another_place_is_found(bench):
    for path in data_files(bench):
        for name in (path.name + ".bak", "002", "9"):
            stray = path.with_name(name)
            if stray.exists():
                continue
            shutil.copy(path, stray)
            if not path.parent.name.endswith(".p") or name != "9":
                assert problems(bench), stray
            stray.unlink()
    assert problems(bench) == []


@pytest.mark.parametrize("where", ["log/x", "log/tile/x", "log/tile/5/000", "trees/batch-2/1/x"])
def test_a_stray_file_is_named(place, where):
    stray = place.root / where
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(bytes(32))
    (problem,) = problems(place)
    assert "belong here" in problem or "beyond" in problem


def test_two_files_exchanged_are_found(bench):
    files = [path for path in data_files(bench) if path.stat().st_size == 8192]
    one, other = files[:2]
    with Undo(one) as first, Undo(other) as second:
        one.write_bytes(second)
        other.write_bytes(first)
        assert problems(bench)


def rewrite_bundle(path: Path, count: int, change) -> None:
    entries = decode_bundle(path.read_bytes(), count, "")
    path.write_bytes(encode_bundle(change(entries)))


def test_an_edited_entry_is_named_by_its_position(place):
    path = place.log / "tile/entries/000"
    rewrite_bundle(path, 256, lambda e: [*e[:7], b"edited", *e[8:]])
    found = problems(place)
    assert "Entry 7 (tile/entries/000, place 7) does not hash to its leaf in tile/0/000." in found


def test_reordered_entries_are_named_by_their_positions(place):
    path = place.log / "tile/entries/000"
    rewrite_bundle(path, 256, lambda e: [*e[:3], e[4], e[3], *e[5:]])
    found = problems(place)
    assert sum("does not hash to its leaf" in problem for problem in found) == 2
    assert any(problem.startswith("Entry 3 ") for problem in found)
    assert any(problem.startswith("Entry 4 ") for problem in found)


def test_a_dropped_entry_is_a_gap(place):
    rewrite_bundle(place.log / "tile/entries/000", 256, lambda e: e[:9] + e[10:])
    assert "tile/entries/000 does not hold 256 whole entries." in problems(place)


def test_a_tile_that_lies_about_sound_entries_is_named_itself(place):
    path = place.log / "tile/0/000"
    path.write_bytes(bytes(32) + path.read_bytes()[32:])
    (problem,) = problems(place)
    assert problem == "tile/0/000: hash 0 is not that of entry 0, which is as it was signed."


def test_an_edited_leaf_of_a_batch_is_named_with_its_tree(place):
    rewrite_bundle(
        place.trees / "batch-1/1/tile/entries/001", 256, lambda e: [*e[:5], b"edited", *e[6:]]
    )
    expected = "Entry 261 (tile/entries/001, place 5) does not hash to its leaf in tile/0/001."
    assert f"batch-1/1: {expected}" in problems(place)
    assert problems(place, trees=False) == []


def test_a_consistently_forged_log_is_found_by_its_root(place, tmp_path):
    entries = list(Log.open(place.log).entries())
    entries[5] = b"forged"
    forged = Log.create(tmp_path / "forged", ORIGIN, generate_key())
    forged.append(entries)
    shutil.rmtree(place.log / "tile")
    shutil.copytree(forged.folder / "tile", place.log / "tile")
    found = problems(place)
    assert any(problem.startswith("The entries make the root") for problem in found)
    assert {problem.fault for problem in verify(place).problems} == {Fault.FORKED}
    shutil.copy(forged.folder / "checkpoint", place.log / "checkpoint")
    assert "checkpoint: The checkpoint is not signed by the log's key." in problems(place)


def test_a_log_rolled_back_to_an_older_checkpoint_shows_what_lies_beyond(tmp_path):
    witness = make_witness(tmp_path / "w")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    log.append(make_entries(3), [witness])
    old = log.checkpoint
    log.append(make_entries(3, 3), [witness])
    (log.folder / "checkpoint").write_text(old)
    found = verify_log(log.folder, [VKEY], [WITNESS_VKEY], 1)
    assert any(
        problem.fault is Fault.ROLLED_BACK
        and "lies beyond the 3 entries promised" in problem.message
        for problem in found.problems
    )


def test_a_truncated_log_lacks_what_its_checkpoint_promises(place):
    for path in (place.log / "tile").rglob("001.p"):
        shutil.rmtree(path)
    found = problems(place)
    assert any("tile/entries/001.p/51 is missing" in problem for problem in found)


def test_a_missing_checkpoint_or_log(place):
    (place.log / "checkpoint").unlink()
    assert problems(place) == ["checkpoint: missing, or cannot be read."]
    shutil.rmtree(place.log)
    assert problems(place)


def test_the_wrong_keys(place):
    stranger = log_verifier(ORIGIN, generate_key()).vkey
    assert not verify_log(place.log, [stranger]).ok
    other = witness_verifier("w2.example", generate_key()).vkey
    assert not verify_log(place.log, [VKEY], [WITNESS_VKEY, other], 2).ok
    assert verify_log(place.log, [VKEY], [WITNESS_VKEY, other], 1).ok
    same_name = witness_verifier("gate.example/witness", generate_key()).vkey
    (problem,) = verify_log(place.log, [VKEY], [same_name], 0).problems
    assert "is not under the key given for it" in problem.message
    with pytest.raises(Misuse):
        verify_log(place.log, ["no key"])
    with pytest.raises(Misuse, match="named twice"):
        verify_log(place.log, [VKEY], [WITNESS_VKEY, WITNESS_VKEY], 2)


@pytest.mark.parametrize(
    "entry",
    [
        {"leaves": 3, "leaves_root": "00" * 32, "tree": "../elsewhere"},
        {"leaves": 3, "leaves_root": "00" * 32, "tree": "/elsewhere"},
        {"leaves": 3, "leaves_root": "00" * 32, "tree": ""},
        {"leaves": 3, "leaves_root": "00" * 32, "tree": 5},
        {"leaves": "3", "leaves_root": "00" * 32, "tree": "batch-2/1"},
        {"leaves": 5, "leaves_root": "00" * 31, "tree": "batch-2/1"},
        {"leaves": 5, "leaves_root": "00" * 32, "tree": "batch-2/1"},
        {"leaves": 5, "leaves_root": "00" * 32, "tree": "absent/1"},
    ],
)
def test_entries_that_name_no_sound_tree(place, entry):
    place.open().append([json_bytes(entry)], [place.witness])
    assert problems(place)
    assert problems(place, trees=False) == []


def test_an_entry_that_is_not_canonical_names_no_tree(place):
    head = Tree(place.trees / "batch-2/1").head
    text = f'{{"tree":"batch-2/1", "leaves_root":"{head.root.hex()}", "leaves":{head.size}}}'
    place.open().append([text.encode()], [place.witness])
    assert "entry 307: The entry does not name a tree." in problems(place)


def test_an_entry_without_bottom_names_no_tree(place):
    deep = b'{"leaves_root":"ledger-keys",' + b'"a":[' * 10_000
    place.open().append([deep], [place.witness])
    assert "entry 307: The entry does not name a tree." in problems(place)


def test_an_entry_may_speak_of_leaves_without_a_folder(place):
    place.open().append([json_bytes({"leaves": 1, "leaves_root": "00" * 32})], [place.witness])
    assert problems(place) == []


def test_a_tree_alone(tmp_path):
    head = write_tree(tmp_path / "tree", make_leaves(300, "alone"))
    assert verify_tree(tmp_path / "tree", head) == []
    (missing,) = verify_tree(tmp_path / "none", head)
    assert str(missing) == "The tree's folder is missing."
    bigger = type(head)(head.size + 1, head.root)
    assert verify_tree(tmp_path / "tree", bigger)


def test_verifying_waits_for_the_writer(place):
    """A verification during appends sees one state or another, never a half."""
    stop = threading.Event()

    def write() -> None:
        log = place.open()
        while not stop.is_set():
            log.append([b"more"], [place.witness])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(10):
            assert verify_log(place.log, [VKEY], [WITNESS_VKEY], 1).problems == ()
    finally:
        stop.set()
        writer.join()

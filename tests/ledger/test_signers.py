"""The log's keys and witnesses, as the log itself records them."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.ledger import (
    Fault,
    LedgerDamaged,
    Log,
    LogKeys,
    NoteInvalid,
    generate_key,
    key_history,
    keys_at,
    keys_over,
    log_verifier,
    open_checkpoint,
    witness_verifier,
)
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS_VKEY, make_entries

NEW_KEY = generate_key()
NEW_VKEY = log_verifier(ORIGIN, NEW_KEY).vkey
OTHER_WITNESS = witness_verifier("w2.example", generate_key()).vkey
AT = "2025-06-27T12:00:00+00:00"

FIRST = LogKeys((VKEY,), (WITNESS_VKEY,), 1)
BOTH = LogKeys((VKEY, NEW_VKEY), (WITNESS_VKEY, OTHER_WITNESS), 2)
LAST = LogKeys((NEW_VKEY,), (OTHER_WITNESS,), 0)


def test_an_entry_says_who_signs():
    assert json.loads(FIRST.body(AT)) == {
        "at": AT,
        "k": 1,
        "kind": "ledger-keys",
        "signed_by": [VKEY],
        "witnesses": [WITNESS_VKEY],
    }
    for keys in (FIRST, BOTH, LAST, LogKeys((VKEY,), (), 0)):
        assert LogKeys.parse(keys.body(AT)) == keys


@pytest.mark.parametrize(
    "entry", [b"", b"\xff", b"[]", b'"ledger-keys"', b'{"kind":"order"}', b"[" * 100_000]
)
def test_entries_of_other_kinds(entry):
    assert LogKeys.parse(entry) is None
    assert key_history([(0, entry)]) == []


SAID = json.loads(BOTH.body(AT))


@pytest.mark.parametrize(
    "change",
    [
        {"k": 3},
        {"k": -1},
        {"k": True},
        {"k": "2"},
        {"k": None},
        {"signed_by": []},
        {"signed_by": VKEY},
        {"signed_by": [VKEY, VKEY]},
        {"signed_by": [1]},
        {"signed_by": [WITNESS_VKEY]},
        {"signed_by": [VKEY, log_verifier("other.example", NEW_KEY).vkey]},
        {"signed_by": [VKEY, log_verifier(ORIGIN, KEY).vkey]},
        {"witnesses": [VKEY]},
        {"witnesses": [WITNESS_VKEY, WITNESS_VKEY]},
        {"witnesses": None},
        {"at": None},
        {"more": "than that"},
    ],
)
def test_an_entry_that_does_not_say_what_it_must(change):
    with pytest.raises(LedgerDamaged, match="does not say what it must") as found:
        LogKeys.parse(json_bytes({**SAID, **change}))
    assert found.value.fault == Fault.MALFORMED_KEYS


def test_there_is_one_way_to_write_it():
    for entry in (
        json.dumps(SAID).encode(),
        BOTH.body(AT) + b" ",
        BOTH.body(AT).replace(b"2,", b"2.0,"),
    ):
        with pytest.raises(LedgerDamaged):
            LogKeys.parse(entry)
    for absent in SAID.keys() - {"kind"}:
        with pytest.raises(LedgerDamaged):
            LogKeys.parse(json_bytes({name: SAID[name] for name in SAID if name != absent}))


def test_what_is_no_policy_is_not_written():
    with pytest.raises(Misuse, match="2 of 1 witnesses"):
        LogKeys((VKEY,), (WITNESS_VKEY,), 2).body(AT)
    with pytest.raises(Misuse, match="one name"):
        LogKeys((), (), 0).body(AT)
    with pytest.raises(Misuse, match="wrong type"):
        LogKeys((WITNESS_VKEY,), (), 0).body(AT)


ENTRIES = [FIRST.body(AT), b"{}", BOTH.body(AT), b'{"about":"ledger-keys"}', LAST.body(AT)]


def test_the_history_of_the_keys():
    history = key_history(enumerate(ENTRIES))
    assert history == [(0, FIRST), (2, BOTH), (4, LAST)]
    assert [keys_at(history, size) for size in range(7)] == [
        None, FIRST, FIRST, BOTH, BOTH, LAST, LAST,
    ]  # fmt: skip
    assert keys_over(history, 0, 1) == [FIRST]
    assert keys_over(history, 1, 2) == [FIRST]
    assert keys_over(history, 2, 3) == [FIRST, BOTH]
    assert keys_over(history, 3, 4) == [BOTH]
    assert keys_over(history, 0, 5) == [FIRST, BOTH, LAST]
    assert keys_over([], 0, 5) == []


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_however_the_log_grew_every_change_is_vouched_for_by_what_was_in_force(steps):
    """Along any row of checkpoints, each state of keys is answered to by the one that begins it."""
    history = key_history(enumerate(ENTRIES))
    sizes = [0]
    for step in steps:
        sizes.append(sizes[-1] + step)
    for previous, size in itertools.pairwise(sizes):
        needed = keys_over(history, previous, size)
        assert needed[-1] == keys_at(history, size)
        if previous:
            assert needed[0] == keys_at(history, previous)


def test_the_keys_of_another_log_do_not_follow():
    other = LogKeys((log_verifier("other.example", NEW_KEY).vkey,), (), 0)
    with pytest.raises(LedgerDamaged, match="Entry 5 names the keys of another ledger"):
        key_history([(0, FIRST.body(AT)), (5, other.body(AT))])


def test_a_key_is_changed_in_two_acts(tmp_path):
    """Whoever knows the first key alone is led to the last by the archived checkpoints."""
    alone = {"signed_by": (VKEY,), "witnesses": (), "k": 0}
    log = Log.create(tmp_path / "log", ORIGIN, KEY)
    log.append([LogKeys(**alone).body(AT)])
    log = Log.open(log.folder, [KEY, NEW_KEY])
    log.append([LogKeys(**{**alone, "signed_by": (VKEY, NEW_VKEY)}).body(AT)])
    log.append(make_entries(2))
    log.append([LogKeys(**{**alone, "signed_by": (NEW_VKEY,)}).body(AT)])
    log = Log.open(log.folder, NEW_KEY)
    log.append(make_entries(2))

    history = key_history(enumerate(log.entries()))
    sizes = log.checkpoint_sizes()
    for previous, size in itertools.pairwise(sizes):
        for state in keys_over(history, previous, size):
            for vkey in state.signed_by:
                open_checkpoint(log.checkpoint_at(size), [vkey])
    assert keys_at(history, log.size).signed_by == (NEW_VKEY,)
    with pytest.raises(NoteInvalid):
        open_checkpoint(log.checkpoint, [VKEY])

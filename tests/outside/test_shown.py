"""Whole proofs, with their signatures: every outsider accepts ours and refuses each corruption."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.errors import Refused
from portcullis.ledger import Log, is_consistent, is_included, leaf_hash, open_checkpoint
from tests.outside import corruptions, sigstore_side
from tests.outside.conftest import (
    KEY,
    LISTS,
    ORIGIN,
    OTHER_KEY,
    OTHER_TRUST,
    SIZES,
    TRUST,
    Ledger,
    make_witnesses,
)
from tests.outside.corruptions import CHECKPOINT, COSIGNATURE, PATH, Corruption
from tests.outside.shown import Grown, Shown
from tests.thorough import examples

pytestmark = pytest.mark.xdist_group("outside")  # one pair of ledgers, one Go process

# Fixtures are only read here, so examples may share them.
places = st.sampled_from(SIZES).flatmap(
    lambda size: st.tuples(st.just(size), st.integers(0, size - 1))
)
pairs = st.tuples(st.sampled_from(SIZES), st.sampled_from(SIZES)).map(sorted)


def ours_accepts(shown: Shown) -> bool:
    try:
        head = open_checkpoint(shown.note, *vars(shown.trust).values()).checkpoint
    except Refused:
        return False
    digest = leaf_hash(shown.leaf)
    return is_included(digest, shown.index, head.size, shown.path, head.root)


def ours_accepts_growth(grown: Grown) -> bool:
    try:
        old, new = (
            open_checkpoint(note, *vars(grown.trust).values()).checkpoint
            for note in (grown.old_note, grown.note)
        )
    except Refused:
        return False
    return is_consistent(old.size, new.size, grown.path, old.root, new.root)


@pytest.mark.parametrize("size", SIZES)
def test_ours_is_accepted(ledger, go, size):
    places = sorted({0, 1, size // 2, 255, 256, size - 2, size - 1} & set(range(size)))
    shown = [ledger.shown(index, size) for index in places]
    grown = [ledger.grown(old, size) for old in SIZES if old <= size]
    assert go.refusals([*shown, *grown]) == [None] * (len(shown) + len(grown))
    assert all(sigstore_side.accepts(each) for each in shown)
    assert all(map(ours_accepts, shown))
    assert all(map(ours_accepts_growth, grown))


@settings(max_examples=examples(60), deadline=None)
@given(place=places, data=st.data())
def test_every_corruption_of_an_inclusion_is_refused(ledger, fork, go, place, data):
    size, index = place
    shown = ledger.shown(index, size)
    bad = list(of_shown(data.draw, shown, size, ledger, fork))
    accepted = [
        each.what
        for each, refusal in zip(bad, go.refusals(each.shown for each in bad), strict=True)
        if refusal is None
    ]
    assert not accepted, "by Go"
    # Cosignatures are beyond sigstore: it must not be disturbed by them, nor by their corruption.
    for each in bad:
        assert sigstore_side.accepts(each.shown) == (each.part == COSIGNATURE), each
    assert not [each for each in bad if ours_accepts(each.shown)]


@settings(max_examples=examples(60), deadline=None)
@given(pair=pairs, data=st.data())
def test_every_corruption_of_growth_is_refused(ledger, fork, go, pair, data):
    old, new = pair
    grown = ledger.grown(old, new)
    bad = list(of_grown(data.draw, grown, (old, new), ledger, fork))
    accepted = [
        each.what
        for each, refusal in zip(bad, go.refusals(each.shown for each in bad), strict=True)
        if refusal is None
    ]
    assert not accepted
    assert not [each for each in bad if ours_accepts_growth(each.shown)]


def of_shown(draw, shown: Shown, size: int, ledger: Ledger, fork: Ledger) -> Iterator[Corruption]:
    for what, path in corruptions.of_path(draw, shown.path):
        yield Corruption(PATH, what, replace(shown, path=path))
    other = draw(st.integers(0, size + 1).filter(lambda number: number != shown.index))
    yield Corruption(PATH, "another index", replace(shown, index=other))
    leaf = corruptions.flipped(draw, shown.leaf)
    yield Corruption(PATH, "another leaf", replace(shown, leaf=leaf))
    yield Corruption(PATH, "another ledger's checkpoint", shown.under(fork.notes[size]))
    another = draw(st.sampled_from(SIZES).filter(lambda number: number != size))
    yield Corruption(PATH, "another size's checkpoint", shown.under(ledger.notes[another]))
    for part, what, note in corruptions.of_note(draw, shown.note):
        yield Corruption(part, what, shown.under(note))
    for part, trust in corruptions.of_trust(shown.trust, ORIGIN, OTHER_KEY):
        yield Corruption(part, "another key", replace(shown, trust=trust))
    forged = corruptions.signed_by_other(shown.note, OTHER_KEY)
    yield Corruption(CHECKPOINT, "signed by another key", shown.under(forged))


def of_grown(
    draw, grown: Grown, sizes: tuple[int, int], ledger: Ledger, fork: Ledger
) -> Iterator[Corruption]:
    old, new = sizes
    for what, path in corruptions.of_path(draw, grown.path):
        yield Corruption(PATH, what, replace(grown, path=path))
    if old != new:
        swapped = replace(grown, old_note=grown.note, note=grown.old_note)
        yield Corruption(PATH, "new before old", swapped)
    for field, size in (("old_note", old), ("note", new)):
        another = draw(st.sampled_from(SIZES).filter(lambda number, size=size: number != size))
        for what, note in (("fork", fork.notes[size]), ("other size", ledger.notes[another])):
            yield Corruption(PATH, f"{field}: {what}", replace(grown, **{field: note}))
        for part, what, note in corruptions.of_note(draw, getattr(grown, field)):
            yield Corruption(part, f"{field}: {what}", replace(grown, **{field: note}))
    for part, trust in corruptions.of_trust(grown.trust, ORIGIN, OTHER_KEY):
        yield Corruption(part, "another key", replace(grown, trust=trust))


def test_whoever_trusts_either_key_accepts_a_checkpoint_of_two(ledger, go, tmp_path):
    """A key in transition: the log signs with both, an outsider may know either."""
    witness = make_witnesses(tmp_path, [TRUST.keys[0], OTHER_TRUST.keys[0]])[0]
    log = Log.create(tmp_path / "log", ORIGIN, [KEY, OTHER_KEY], [witness])
    log.append(ledger.entries[:5], [witness])
    path = tuple(log.inclusion_proof(3))
    for trust in (TRUST, OTHER_TRUST):
        known = replace(trust, quorum=1)
        shown = Shown(known, log.checkpoint, 3, ledger.entries[3], path)
        assert go.refusal(shown) is None
        assert sigstore_side.accepts(shown)
        assert ours_accepts(shown)


@settings(deadline=None)
@given(position=st.sampled_from(sorted(LISTS)), data=st.data())
def test_no_letter_of_a_proof_file_can_be_altered(ledger, go, position, data):
    """Any letter: text, hashes, index, entry, signatures. Two bits apart, which say nothing."""
    place = data.draw(st.integers(0, LISTS[position] - 1))
    shown = ledger.file(position, place)
    assert go.refusal(shown) is None
    spots = data.draw(st.lists(st.integers(0, len(shown.file) - 1), min_size=20, max_size=20))
    bad = []
    for spot in spots:
        # note.Open reads base64 loosely: the letter before the padding has bits of no meaning.
        if shown.file[spot + 1 : spot + 2] == "=":
            continue
        letter = data.draw(
            st.sampled_from("Aa0+= \nx").filter(lambda x, s=spot: x != shown.file[s])
        )
        bad.append(replace(shown, file=shown.file[:spot] + letter + shown.file[spot + 1 :]))
    bad.append(replace(shown, leaf=corruptions.flipped(data.draw, shown.leaf)))
    assert None not in go.refusals(bad)

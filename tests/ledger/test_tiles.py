"""The layout on disk, as tlog-tiles gives it."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.ledger import (
    LedgerDamaged,
    Tree,
    TreeHead,
    checkpoint_path,
    in_memory,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    merkle_root,
    parse_checkpoint_path,
    write_tree,
)
from portcullis.ledger.tiles import (
    ENTRIES,
    TileName,
    TileReader,
    decode_bundle,
    encode_bundle,
    parse_path,
    stored_files,
    tile_names,
)
from tests.ledger.conftest import make_leaves


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (TileName(0, 0), "tile/0/000"),
        (TileName(0, 1234067), "tile/0/x001/x234/067"),
        (TileName(1, 1234, 5), "tile/1/x001/234.p/5"),
        (TileName(63, 999, 255), "tile/63/999.p/255"),
        (TileName(ENTRIES, 5), "tile/entries/005"),
        (TileName(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths(name, path):
    assert name.path == path
    assert parse_path(path) == name


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/05",
        "tile/0/000.p",
        "tile/0/000~",
        "tile/entries/x1/000",
        "tile/data/000",
        "tile/100/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000\n",
        "tile/0/٠٠٠",
        "tile/٠/000",
        "tile/0/" + "x001/" * 2000 + "000",
        "tile/0/000.p/1/",
        "/tile/0/000",
        "tile//0/000",
        "tile/0/../0/000",
    ],
)
def test_paths_that_name_no_tile(path):
    assert parse_path(path) is None


@pytest.mark.parametrize(
    ("size", "path"),
    [
        (0, "checkpoints/000"),
        (999, "checkpoints/999"),
        (1234, "checkpoints/x001/234"),
        (1_234_067, "checkpoints/x001/x234/067"),
        (2**63 - 1, "checkpoints/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_where_a_checkpoint_is_kept(size, path):
    assert checkpoint_path(size) == path
    assert parse_checkpoint_path(path) == size


@pytest.mark.parametrize(
    "path",
    [
        "checkpoints/0",
        "checkpoints/x000/001",
        "checkpoints/x001",
        "checkpoints/000\n",
        "checkpoints/٠٠٠",
        "checkpoint/000",
        "checkpoints/" + "x001/" * 2000 + "000",
        "tile/0/000",
    ],
)
def test_paths_that_name_no_checkpoint(path):
    assert parse_checkpoint_path(path) is None


def test_a_tree_of_70000_has_the_tiles_of_the_specifications_example():
    names = list(tile_names(70_000))
    found = {
        level: (
            sum(1 for name in names if name.level == level and name.width == 256),
            [name.width for name in names if name.level == level and name.width < 256],
        )
        for level in (ENTRIES, 0, 1, 2, 3)
    }
    assert found == {
        ENTRIES: (273, [112]),
        0: (273, [112]),
        1: (1, [17]),
        2: (0, [1]),
        3: (0, []),
    }
    assert [name.path for name in tile_names(256)] == [
        "tile/entries/000",
        "tile/0/000",
        "tile/1/000.p/1",
    ]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_bundles_read_back(entries):
    assert decode_bundle(encode_bundle(entries), len(entries), "bundle") == entries
    with pytest.raises(LedgerDamaged):
        decode_bundle(encode_bundle(entries) + b"\x00", len(entries), "bundle")


def test_an_entry_has_at_most_65535_bytes():
    longest = b"x" * 65_535
    assert decode_bundle(encode_bundle([longest]), 1, "bundle") == [longest]
    with pytest.raises(Misuse, match="longer than 65535"):
        encode_bundle([longest + b"x"])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 700, 65_536, 65_537])
def test_a_tree_is_written_as_it_should_be(tmp_path, size):
    leaves = make_leaves(size, "t")
    head = write_tree(tmp_path / "tree", leaves)
    assert head == TreeHead(size, merkle_root(leaves))
    assert sorted(stored_files(tmp_path / "tree")) == sorted(n.path for n in tile_names(size))
    tree = Tree(tmp_path / "tree")
    assert tree.head == head
    assert list(tree.leaves()) == leaves
    if size:
        data = (tmp_path / "tree" / next(tile_names(size)).path).read_bytes()
        assert data[:2] == len(leaves[0]).to_bytes(2, "big")
        assert tree.leaf(size - 1) == leaves[-1]


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 1200), data=st.data())
def test_proofs_from_tiles_are_those_of_the_whole_tree(tmp_path_factory, size, data):
    leaves = make_leaves(size, "p")
    folder = tmp_path_factory.mktemp("tree") / "tree"
    write_tree(folder, leaves)
    places = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=20))
    node = in_memory(leaf_hashes(leaves))
    expected = [inclusion_proof(node, place, size) for place in places]
    assert list(Tree(folder).proofs(places)) == expected


def test_a_tree_is_never_rewritten(tmp_path):
    head = write_tree(tmp_path / "tree", [b"a", b"b"])
    assert write_tree(tmp_path / "tree", [b"a", b"b"]) == head
    with pytest.raises(Misuse, match="another tree"):
        write_tree(tmp_path / "tree", [b"a", b"c"])
    assert [path.name for path in tmp_path.iterdir()] == ["tree"]


def test_a_cut_off_writing_leaves_no_tree(tmp_path):
    def leaves():
        yield from make_leaves(600, "x")
        raise RuntimeError("the power failed")

    with pytest.raises(RuntimeError):
        write_tree(tmp_path / "tree", leaves())
    with pytest.raises(Misuse, match="no tree"):
        Tree(tmp_path / "tree")
    write_tree(tmp_path / "tree", make_leaves(600, "x"))
    assert [path.name for path in tmp_path.iterdir()] == ["tree"]


def test_reading_a_damaged_tree_names_the_file(tmp_path):
    write_tree(tmp_path / "tree", make_leaves(300, "d"))
    bundle = tmp_path / "tree/tile/entries/000"
    data = bytearray(bundle.read_bytes())
    data[10] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(LedgerDamaged, match=r"Entry 1 in tile/entries/000"):
        Tree(tmp_path / "tree").leaf(200)
    (tmp_path / "tree/tile/0/001.p/44").unlink()
    with pytest.raises(LedgerDamaged, match=r"tile/0/001\.p/44 is missing"):
        Tree(tmp_path / "tree").proof(299)
    (tmp_path / "tree/tile/0/000").write_bytes(b"short")
    with pytest.raises(LedgerDamaged, match="256 hashes"):
        Tree(tmp_path / "tree").proof(1)


def test_a_full_tile_stands_for_the_partial_one_it_outgrew(tmp_path):
    leaves = make_leaves(256, "o")
    write_tree(tmp_path / "tree", leaves)
    reader = TileReader(tmp_path / "tree", 40)
    assert reader.entry(39) == leaves[39]
    assert reader.node(0, 39) == leaf_hash(leaves[39])
    with pytest.raises(IndexError):
        reader.entry(40)


def test_an_empty_leaf_is_a_leaf(tmp_path):
    head = write_tree(tmp_path / "tree", [b""])
    assert head.root == hashlib.sha256(b"\x00").digest()
    assert Tree(tmp_path / "tree").leaf(0) == b""

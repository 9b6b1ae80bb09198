"""The roots at every size come out of one counting, whatever the size."""

import pytest

from portcullis.ledger import merkle_root, write_tree
from portcullis.ledger.recount import Recount
from tests.ledger.conftest import make_leaves
from tests.ledger.outsiders import tool


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1100])
def test_roots_at_every_size(tmp_path, size):
    leaves = make_leaves(size, "roots")
    head = write_tree(tmp_path / "tree", leaves)
    sizes = sorted({0, 1, 2, 3, 254, 255, 256, 257, 300, 511, 512, 513, 1024, 1025, 5000})
    ours = Recount(tmp_path / "tree", size, sizes)
    theirs = tool.Recount(tool.Folder(tmp_path / "tree"), size, sizes)
    ours.run()
    theirs.run()
    expected = {one: merkle_root(leaves[:one]) for one in {*sizes, size} if one <= size}
    assert ours.roots == theirs.roots == expected
    assert ours.root == head.root
    assert ours.problems(head.root) == theirs.faults == []

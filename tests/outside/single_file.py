"""``tools/verify.py`` as a module: the single-file verifier, which shares no code with ours."""

import importlib.util
from pathlib import Path
from types import ModuleType

from tests.outside.shown import Bare, BareGrowth

FILE = Path(__file__).parents[2] / "tools/verify.py"


class SingleFile:
    """Its Merkle part alone; ledgers and files are put to it in ``tests/ledger``."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def includes(self, bare: Bare) -> bool:
        """Say whether it accepts the inclusion proof."""
        try:
            found = self.module.root_by_path(bare.digest, bare.index, bare.size, bare.path)
        except self.module.Wrong:
            return False
        return found == bare.root

    def extends(self, bare: BareGrowth) -> bool:
        """Say whether it accepts the consistency proof."""
        old, new = (bare.old_size, bare.old_root), (bare.size, bare.root)
        try:
            self.module.check_growth(old, new, bare.path)
        except self.module.Wrong:
            return False
        return True


def load() -> SingleFile:
    """Return the verifier as it lies in ``tools``."""
    spec = importlib.util.spec_from_file_location("portcullis_single_file", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return SingleFile(module)

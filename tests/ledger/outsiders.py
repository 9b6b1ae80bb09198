"""The outsiders' verifier, ``tools/verify.py``: as a module, and as an outsider runs it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools/verify.py"


def _load():
    spec = importlib.util.spec_from_file_location("outsiders_verifier", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _load()


def run_tool(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the file with nothing but the standard library (-I: isolated, -S: no site packages)."""
    command = [sys.executable, "-I", "-S", str(TOOL), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={})

"""docs/writing-an-agreement.md, followed word for word in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "writing-an-agreement.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (\S+\.(?:toml|py))\n")
_NO = "  # answers no"
_SURPRISED = 99


@dataclass(frozen=True)
class Block:
    """One block of the guide: its language, and what stands in it."""

    language: str
    text: str


BLOCKS = [Block(*found) for found in _BLOCK.findall(GUIDE.read_text(encoding="utf-8"))]


def script(text: str) -> str:
    """Return the commands as a script that ends at the first that does not answer as said."""
    joined = text.replace("\\\n", " ")
    lines = [
        f"if {line.removesuffix(_NO)}; then exit {_SURPRISED}; fi" if line.endswith(_NO) else line
        for line in joined.splitlines()
    ]
    return "\n".join(["set -eu", *lines])


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a copy of what a checkout has of the program and of the law's pages."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs" / "law", tmp_path / "docs" / "law")
    return tmp_path


@pytest.mark.timeout(900)  # some thirty commands, each a process of its own
@pytest.mark.long
def test_the_guide_does_what_it_says(checkout: Path) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "src"),
        "COLUMNS": "240",
    }
    printed = ""
    done = {"sh": 0, "toml": 0, "python": 0, "text": 0}
    for block in BLOCKS:
        done[block.language] += 1
        if block.language == "sh":
            ran = subprocess.run(
                ["bash", "-c", script(block.text)],
                cwd=checkout,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=240,
            )
            printed = ran.stdout + ran.stderr
            assert ran.returncode == 0, f"{block.text}\n{printed}"
        elif block.language == "text":
            for line in block.text.splitlines():
                assert plain(line) in plain(printed), printed
        else:
            named = _FILE.match(block.text)
            assert named, block.text
            (checkout / named[1]).write_text(block.text, encoding="utf-8")
    assert min(done.values()) > 0


def test_the_guide_names_every_file_of_a_pack() -> None:
    words = GUIDE.read_text(encoding="utf-8")
    packs = ROOT / "src" / "portcullis" / "agreements" / "packs"
    for pack in packs.iterdir():
        assert f"`{pack.name}`" in words
        assert all(file.name in words for file in pack.glob("*.toml"))

"""What pages are dressed in: as built, nothing else, and from nowhere else."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import portcullis.office

WEB = Path(portcullis.office.__file__).parent / "web"
LOOK = WEB / "static" / "portcullis" / "look"
ASSETS = WEB / "assets"
MANIFEST = "MANIFEST.json"


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def test_the_committed_files_are_those_of_the_manifest():
    assert files(LOOK) == json.loads((LOOK / MANIFEST).read_text("utf-8"))


def test_together_they_are_small():
    assert sum(path.stat().st_size for path in LOOK.rglob("*") if path.is_file()) < 1_000_000


def test_nothing_is_fetched_from_elsewhere():
    css = (LOOK / "css" / "portcullis.css").read_text("utf-8")
    assert css.startswith(":root{")
    named = re.findall(r"url\(\"?([^)\"]+)\"?\)", css)
    assert named
    assert all((LOOK / "css" / name).resolve().is_relative_to(LOOK) for name in named)
    assert [name for name in named if not (LOOK / "css" / name).is_file()] == []
    assert "@import" not in css


def test_every_colour_has_a_value_in_both_schemes():
    css = (LOOK / "css" / "portcullis.css").read_text("utf-8")
    named = set(re.findall(r"var\((--(?:text|surface|line)-[0-9a-z]+)\)", css))
    light, dark = re.findall(r":root{((?:--(?:text|surface|line)-[^}]+))}", css)
    for block in (light, dark):
        assert {each.partition(":")[0] for each in block.split(";") if each} == named


def test_the_lock_records_no_addresses():
    lock = json.loads((ASSETS / "package-lock.json").read_text("utf-8"))
    assert [name for name, held in lock["packages"].items() if "resolved" in held] == []
    assert all("integrity" in held for name, held in lock["packages"].items() if name)


@pytest.mark.long
def test_what_is_committed_is_what_the_build_makes(tmp_path):
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so the assets are not built again.")
    copy = tmp_path / "assets"
    shutil.copytree(ASSETS, copy, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run(["npm", "ci", "--silent"], cwd=copy, check=True, timeout=240)
    built = tmp_path / "built"
    subprocess.run(["node", "build.mjs", str(built)], cwd=copy, check=True, timeout=120)
    assert files(built) == files(LOOK)
    vendored = Path(__file__).parent.parent / "web" / "axe" / "axe.min.js"
    axe = copy / "node_modules" / "axe-core" / "axe.min.js"
    assert vendored.read_bytes() == axe.read_bytes()

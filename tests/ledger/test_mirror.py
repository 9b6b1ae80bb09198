"""Copies of a ledger, from a folder and over HTTP, by our own server and by any other."""

import contextlib
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from portcullis.errors import Misuse, Refused
from portcullis.ledger import Fault, LedgerDamaged, mirror, verify_log, write_contents
from tests.ledger.conftest import VKEY, WITNESS_VKEY, Place, make_entries


@pytest.fixture
def home(place: Place) -> Path:
    """The ledger as a home holds it: ``ledger/``, ``trees/``, and what it says of its keys."""
    place.log.rename(place.root / "ledger")
    (place.root / "public.json").write_text("{}")
    (place.root / "policy").write_text("quorum none\n")
    write_contents(place.root / "ledger")
    return place.root


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder by Python's plain static server, in a process of its own."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--directory", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = re.search(r"port (\d+)", server.stdout.readline())[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def sound(copy: Path) -> bool:
    keys = ([VKEY], [WITNESS_VKEY], 1)
    return verify_log(copy / "ledger", *keys, trees=copy / "trees").problems == ()


def files(folder: Path) -> dict[str, bytes]:
    """What a copy should hold: all but the log's own workings and the witness's store."""
    paths = [path for name in ("ledger", "trees") for path in (folder / name).rglob("*")]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if path.is_file() and ".sequencer" not in path.parts
    }


def newest(home: Path) -> dict[str, bytes]:
    """The files of a home without the partial tiles that wider ones followed."""
    found = files(home)
    widths: dict[str, int] = {}
    for path in found:
        base, partial, width = path.partition(".p/")
        if partial:
            widths[base] = max(int(width), widths.get(base, 0))
    return {
        path: data
        for path, data in found.items()
        if ".p/" not in path or int(path.partition(".p/")[2]) == widths[path.partition(".p/")[0]]
    }


def test_a_copy_of_a_folder_is_as_sound_as_it(home, tmp_path):
    mirror(str(home), tmp_path / "copy", trees=True)
    assert sound(tmp_path / "copy")
    assert files(tmp_path / "copy") == newest(home)
    assert (tmp_path / "copy/public.json").read_text() == "{}"
    assert (tmp_path / "copy/policy").read_text() == "quorum none\n"


def test_a_copy_over_http_from_a_plain_web_server(home, tmp_path):
    with served(home) as url:
        mirror(url + "/", tmp_path / "copy", trees=True)
    assert files(tmp_path / "copy") == newest(home)


def test_without_trees(home, tmp_path):
    mirror(str(home), tmp_path / "copy", trees=False)
    assert not (tmp_path / "copy/trees").exists()
    assert verify_log(tmp_path / "copy/ledger", [VKEY], [WITNESS_VKEY], 1).ok


def test_a_second_run_goes_on_and_takes_only_what_is_new(home, tmp_path):
    copy = tmp_path / "copy"
    mirror(str(home), copy, trees=True)
    before = {path: path.stat().st_mtime_ns for path in (copy / "trees").rglob("*")}
    Place(home).witness  # noqa: B018 - the same store
    shutil.move(home / "ledger", home / "log")
    Place(home).open().append(make_entries(300, 1000), [Place(home).witness])
    shutil.move(home / "log", home / "ledger")
    (copy / "ledger/checkpoint").unlink()
    (copy / "ledger/tile/0/000").write_bytes(b"cut")
    mirror(str(home), copy, trees=True)
    assert {path: path.stat().st_mtime_ns for path in (copy / "trees").rglob("*")} == before
    assert sound(copy)
    assert verify_log(copy / "ledger", [VKEY]).size == 607


def test_outgrown_tiles_are_cut_from_the_full_ones(home, tmp_path):
    """A server may have dropped the partial tiles of an older checkpoint (c2sp.org/tlog-tiles)."""
    old = (home / "ledger/checkpoint").read_text()
    shutil.move(home / "ledger", home / "log")
    Place(home).open().append(make_entries(300, 1000), [Place(home).witness])
    shutil.move(home / "log", home / "ledger")
    for path in (home / "ledger/tile").rglob("001.p"):
        shutil.rmtree(path)
    (home / "ledger/checkpoint").write_text(old)
    mirror(str(home), tmp_path / "copy", trees=True)
    found = verify_log(tmp_path / "copy/ledger", [VKEY], [WITNESS_VKEY], 1)
    assert (found.ok, found.size) == (True, 307)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("ledger/checkpoint", Fault.MISSING_CHECKPOINT),
        ("ledger/checkpoints/003", Fault.MISSING_CHECKPOINT),
        ("ledger/tile/entries/000", Fault.MISSING_BUNDLE),
        ("ledger/tile/0/000", Fault.MISSING_TILE),
        ("trees/batch-1/1/tile/1/000.p/2", Fault.MISSING_TILE),
    ],
)
def test_what_is_missing_is_named(home, tmp_path, path, fault):
    with served(home) as url:
        (home / path).unlink()
        with pytest.raises(LedgerDamaged, match="checkpoint" if "check" in path else path) as found:
            mirror(url, tmp_path / "copy", trees=True)
    assert found.value.fault is fault
    assert not (tmp_path / "copy/ledger/checkpoint").exists()


@pytest.mark.parametrize(
    ("path", "data", "fault"),
    [
        ("ledger/tile/0/000", bytes(8193), Fault.CORRUPT_TILE),
        ("ledger/tile/0/000", bytes(8191), Fault.CORRUPT_TILE),
        ("ledger/tile/entries/001.p/51", b"\xff" * 100, Fault.CORRUPT_BUNDLE),
        ("ledger/checkpoint", b"\xff", Fault.CORRUPT_CHECKPOINT),
        ("ledger/checkpoint", b"hello", Fault.CORRUPT_CHECKPOINT),
    ],
)
def test_what_cannot_be_is_not_copied(home, tmp_path, path, data, fault):
    (home / path).write_bytes(data)
    with pytest.raises(LedgerDamaged) as found:
        mirror(str(home), tmp_path / "copy", trees=True)
    assert found.value.fault is fault


def test_no_ledger_there(tmp_path):
    with pytest.raises(Misuse):
        mirror(str(tmp_path), tmp_path / "copy", trees=True)
    with pytest.raises(Misuse):
        mirror("ftp://gate.example", tmp_path / "copy", trees=True)
    with pytest.raises(Refused, match="cannot be read"):
        mirror("http://127.0.0.1:9", tmp_path / "copy", trees=True)


class Astray(BaseHTTPRequestHandler):
    """Sends everybody elsewhere."""

    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_redirects_are_not_followed(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Astray) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(Refused, match="status 302"):
            mirror(f"http://127.0.0.1:{server.server_port}", tmp_path / "copy", trees=True)
        server.shutdown()

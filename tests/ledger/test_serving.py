"""A home's ledger over HTTP: by ``portcullis serve``, and by a web server that knows nothing."""

import gzip
import shutil
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.canonical import json_bytes
from portcullis.ledger import Log, verify_log, write_tree
from portcullis.ledger.serving import resource
from portcullis.ledger.tiles import tile_names
from tests.ledger.conftest import (
    KEY,
    ORIGIN,
    VKEY,
    WITNESS_VKEY,
    make_entries,
    make_leaves,
    make_witness,
)
from tests.ledger.processes import Server, ledger_server, static_server

FOR_EVER = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home's public files, and beside them all that nobody may read."""
    base = tmp_path_factory.mktemp("served") / "home"
    witness = make_witness(base / "witness")
    log = Log.create(base / "ledger", ORIGIN, KEY, [witness])
    log.append(make_entries(300), [witness])
    for number in (1, 2):
        head = write_tree(base / "trees" / "B-2025.1" / str(number), make_leaves(400, str(number)))
        entry = {"leaves": head.size, "leaves_root": head.root.hex(), "tree": f"B-2025.1/{number}"}
        log.append([json_bytes(entry)], [witness])
    (base / "public.json").write_text('{"ledger": "' + VKEY + '"}')
    (base / "policy").write_text("quorum none\n")
    for name in SECRETS:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text("secret")
    (base / "trees" / "B-2025.1" / "3").symlink_to(base / "keys")
    (base / "ledger" / "tile" / "0" / "009").symlink_to(base / "keys" / "root.key")
    (base.parent / "home-outside").mkdir()
    (base.parent / "home-outside" / "secret").write_text("secret")
    return base


SECRETS = (
    "keys/root.key",
    "keys/tile/0/000",
    "home.json",
    "state.sqlite3",
    "people.json",
    "ledger/.sequencer/staged",
    "ledger/checkpoint.part",
    "ledger/tile/0/000.part",
    "ledger/tile/0/0",
    "ledger/tile/0/x000/000",
    "ledger/tile/00/000",
    "ledger/tile/0/001.p/0",
    "ledger/tile/0/001.p/256",
    "ledger/tile/0/001.p/047",
    "ledger/tile/entries/notes.txt",
    "ledger/checkpoints/x000/001",
    "ledger/checkpoints/1",
    "trees/.B-2.part/1/tile/0/000",
    "trees/B-2025.1/one/tile/0/000",
    "trees/B-2025.1/1/checkpoint",
    "trees/tile/0/000",
    "batches/B-1/openings",
    "tile/0/000",
    "checkpoint",
)


@pytest.fixture(scope="module")
def served(home):
    with ledger_server(home) as server:
        yield server


def get(server: Server, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
    """Ask for ``path`` as it is written, dots and all; the answer's ``data`` is read."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=fields)
    answer = connection.getresponse()
    answer.data = answer.read()
    connection.close()
    return answer


def public_files(home: Path) -> list[str]:
    """Name every file that a verifier needs, by the formats alone."""
    size = int((home / "ledger/checkpoint").read_text().split("\n")[1])
    sizes = {name.path for name in tile_names(size)}
    tiles = [f"ledger/{path}" for path in sizes]
    trees = [
        f"trees/B-2025.1/{number}/{name.path}" for number in (1, 2) for name in tile_names(400)
    ]
    checkpoints = [f"ledger/checkpoints/{n}" for n in ("000", "300", "301", "302")]
    return ["ledger/checkpoint", "public.json", "policy", *checkpoints, *tiles, *trees]


def test_every_public_file_is_served_as_it_lies_there(home, served):
    for path in public_files(home):
        answer = get(served, f"/{path}")
        assert (answer.status, path) == (200, path)
        assert answer.data == (home / path).read_bytes()
        assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_partial_tiles_of_earlier_checkpoints_are_served(served):
    for path in ("tile/0/001.p/44", "tile/entries/001.p/45"):
        assert get(served, f"/ledger/{path}").status == 200


def test_nothing_else_can_be_reached(home, served):
    outside = (
        "",
        "ledger",
        "ledger/",
        "ledger/tile/",
        "ledger/tile/0/",
        "../home-outside/secret",
        "ledger/../keys/root.key",
        "ledger/tile/../../keys/root.key",
        "ledger/tile/0/../../../keys/root.key",
        "%2e%2e/home-outside/secret",
        "ledger/%2e%2e/keys/root.key",
        "ledger/tile/0/%2e%2e/%2e%2e/%2e%2e/keys/root.key",
        "ledger/checkpoint/",
        "./ledger/checkpoint",
        "ledger//checkpoint",
        "ledger/checkpoint%00",
        "ledger/checkpoint%0a",
        "LEDGER/checkpoint",
        "trees/../keys/1/tile/0/000",
        "trees/B-2025.1/3/root.key",
        "trees/B-2025.1/3/tile/0/000",
        "ledger/tile/0/009",
        "ledger/tile/0/" + "x999/" * 2000 + "999",
        "ledger/tile/64/000",
        "ledger/tile/0/%C2%B2",
    )
    for path in (*outside, *SECRETS):
        answer = get(served, f"/{path}")
        assert (answer.status, path) == (404, path)
        assert b"secret" not in answer.data
        assert str(home).encode() not in answer.data


def test_a_ledger_is_only_read(served):
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = get(served, "/ledger/checkpoint", method)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    head = get(served, "/ledger/checkpoint", "HEAD")
    whole = get(served, "/ledger/checkpoint")
    assert (head.status, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.data))


def test_types_and_caching_are_as_tlog_tiles_says(served):
    text, binary = "text/plain; charset=utf-8", "application/octet-stream"
    wanted = {
        "ledger/checkpoint": (text, "public, max-age=3"),
        "ledger/checkpoints/300": (text, FOR_EVER),
        "ledger/tile/0/000": (binary, FOR_EVER),
        "ledger/tile/0/001.p/46": (binary, FOR_EVER),
        "ledger/tile/1/000.p/1": (binary, FOR_EVER),
        "ledger/tile/entries/000": (binary, FOR_EVER),
        "ledger/tile/entries/001.p/46": (binary, FOR_EVER),
        "trees/B-2025.1/2/tile/entries/001.p/144": (binary, FOR_EVER),
        "public.json": ("application/json", "public, max-age=60"),
        "policy": (text, "public, max-age=60"),
    }
    found = {}
    for path in wanted:
        headers = get(served, f"/{path}").headers
        found[path] = (headers["Content-Type"], headers["Cache-Control"])
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert found == wanted


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5, identity", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("", False),
    ],
)
def test_entry_bundles_are_compressed_for_those_who_take_it(home, served, accepted, packed):
    path = "ledger/tile/entries/000"
    answer = get(served, f"/{path}", Accept_Encoding=accepted)
    assert answer.headers["Content-Encoding"] == ("gzip" if packed else None)
    assert answer.headers["Vary"] == "Accept-Encoding"
    data = gzip.decompress(answer.data) if packed else answer.data
    assert data == (home / path).read_bytes()
    tile = get(served, "/ledger/tile/0/000", Accept_Encoding=accepted)
    assert tile.headers["Content-Encoding"] is None


def test_an_append_shows_at_once(home, tmp_path):
    shutil.copytree(home, tmp_path / "home", symlinks=True)
    (tmp_path / "home/ledger/.sequencer/staged").unlink()
    with ledger_server(tmp_path / "home") as server:
        witness = make_witness(tmp_path / "home" / "witness")
        log = Log.open(tmp_path / "home" / "ledger", KEY)
        log.append(make_entries(210, 300), [witness])
        assert get(server, "/ledger/checkpoint").data.decode() == log.checkpoint
        assert get(server, "/ledger/tile/0/001").status == 200
        assert get(server, "/ledger/tile/0/002").status == 404


@pytest.mark.parametrize("kind", [ledger_server, static_server])
def test_a_copy_fetched_from_any_web_server_verifies(home, tmp_path, kind):
    with kind(home) as server:
        for path in public_files(home):
            answer = get(server, f"/{path}")
            assert (answer.status, path) == (200, path)
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(answer.data)
    found = verify_log(tmp_path / "ledger", [VKEY], [WITNESS_VKEY], 1, trees=tmp_path / "trees")
    assert found.problems == ()
    assert (found.size, found.trees) == (302, 2)


@given(st.text(alphabet="ledgrtiscochkpnx0129./-", max_size=60))
def test_no_path_that_is_served_leaves_the_folder(path):
    how = resource(path)
    if how is not None:
        assert ".." not in path.split("/")
        assert not path.startswith("/")
        assert path.split("/")[0] in ("ledger", "trees", "public.json", "policy")

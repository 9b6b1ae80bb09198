"""``portcullis witness`` and ``serve`` as their operators type them."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from cyclopts import App

from portcullis.cli import serve, witness
from portcullis.errors import Misuse
from portcullis.ledger import Log, generate_key, log_verifier, witness_verifier
from portcullis.ledger.remote import RemoteWitness
from tests.cli.run import portcullis
from tests.ledger.processes import COMMAND, witness_server

KEY = generate_key()
ORIGIN = "gate.example/ledger"
VKEY = log_verifier(ORIGIN, KEY).vkey


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, str]:
    """A witness's folder and its key, as ``init`` printed it."""
    folder = tmp_path_factory.mktemp("witness") / "w1"
    answer = portcullis("witness", "init", folder, "--name", "w.example/1", "--json")
    assert answer.returncode == 0, answer.stderr
    return folder, json.loads(answer.stdout)["vkey"]


@pytest.fixture
def folder(made) -> Path:
    return made[0]


def here(*words: object) -> None:
    """Run the command's own verbs in this process: a start for each would tell no more."""
    app = App()
    witness.register(app)
    serve.register(app)
    app([str(word) for word in words], exit_on_error=False, result_action="return_value")


def test_from_init_to_a_cosigned_ledger(made, tmp_path, capsys):
    folder, vkey = made
    added = portcullis("witness", "add-log", folder, "--key", VKEY)
    assert (added.returncode, added.stdout) == (0, "The witness knows 1 ledger.\n")
    here("witness", "show", folder)
    assert f"{ORIGIN}: nothing seen yet" in capsys.readouterr().out
    with witness_server(folder) as server:
        remote = RemoteWitness(vkey, server.url, timeout=60)
        log = Log.create(tmp_path / "log", ORIGIN, KEY, [remote])
        log.append([b"one", b"two"], [remote])
    shown = json.loads(portcullis("witness", "show", folder, "--json").stdout)
    seen = {"origin": ORIGIN, "keys": [VKEY], "size": 2, "root": log.root.hex()}
    assert shown == {"vkey": vkey, "logs": [seen]}
    here("witness", "show", folder)
    assert f"{ORIGIN}: 2 entries" in capsys.readouterr().out


def test_the_key_is_its_owners_alone(folder):
    assert (folder / "key.pem").stat().st_mode & 0o077 == 0


def test_misuse_is_said_in_words(folder, tmp_path):
    other = witness_verifier("w.example/2", KEY).vkey
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "witness.json").write_text("{}")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for words, said in (
            (["witness", "init", tmp_path / "x", "--name", "my witness"], "no spaces"),
            (["witness", "init", folder, "--name", "w.example/1"], "not empty"),
            (["witness", "add-log", folder, "--key", other], "type 01"),
            (["witness", "add-log", folder, "--key", "nonsense"], "verifier key"),
            (["witness", "show", tmp_path / "none"], "no witness in"),
            (["witness", "serve", tmp_path / "damaged"], "damaged"),
            (["witness", "serve", folder, "--port", "99999"], "Nothing can listen"),
            (["witness", "serve", folder, "--host", "192.0.2.1"], "Nothing can listen"),
            (["witness", "serve", folder, "--port", port], "runs already"),
            (["serve", "--home", tmp_path], "no ledger"),
        ):
            with pytest.raises(Misuse, match=said):
                here(*words)
    assert not (tmp_path / "x").exists()


def test_a_free_port_is_found_and_said_and_ctrl_c_stops_it(folder):
    command = [COMMAND, "witness", "serve", folder, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        lines = [process.stdout.readline().decode() for _ in range(2)]
        assert lines[0].startswith("Witness w.example/1+")
        url = lines[1].split()[2]
        vkey = lines[0].split()[1]
        assert RemoteWitness(vkey, url, timeout=60).newest("nobody.example") is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""

"""Signed notes, checkpoints and cosignatures to the letter of C2SP."""

import base64
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.ledger import (
    NoteInvalid,
    generate_key,
    load_key,
    open_checkpoint,
    parse_vkey,
    save_key,
    witness_verifier,
)
from portcullis.ledger.notes import (
    Checkpoint,
    cosign,
    open_note,
    parse_checkpoint,
    sign_checkpoint,
)
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS, WITNESS_KEY, WITNESS_VKEY

# The example that Go's sumdb/note package publishes, key and all.
GO_SKEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)

CHECKPOINT = Checkpoint(ORIGIN, 42, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)
COSIGNED = NOTE + cosign(WITNESS, WITNESS_KEY, CHECKPOINT.text, 1_750_000_000)


def test_gos_published_note_opens_here():
    verifier = parse_vkey(GO_VKEY)
    assert open_note(f"{GO_TEXT}\n{GO_LINE}", [verifier]) == (GO_TEXT, {verifier: None})
    seed = base64.b64decode(GO_SKEY)[1:]
    assert Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() == (
        verifier.public
    )


def test_a_checkpoint_reads_as_the_format_says():
    lines = COSIGNED.split("\n")
    assert lines[:4] == [ORIGIN, "42", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    line = base64.b64decode(lines[5].split(" ")[2])
    assert line[:4] == parse_vkey(WITNESS_VKEY).key_id
    assert int.from_bytes(line[4:12], "big") == 1_750_000_000
    assert len(line) == 4 + 8 + 64
    signed = open_checkpoint(COSIGNED, [VKEY], [WITNESS_VKEY], 1)
    assert signed.checkpoint == CHECKPOINT
    assert signed.cosigned == {WITNESS: 1_750_000_000}


def test_a_cosignature_signs_the_time_line_and_the_whole_text():
    raw = base64.b64decode(COSIGNED.splitlines()[-1].split(" ")[2])
    message = f"cosignature/v1\ntime 1750000000\n{CHECKPOINT.text}".encode()
    WITNESS_KEY.public_key().verify(raw[12:], message)


def test_unknown_signatures_are_ignored_and_known_wrong_ones_are_not():
    stranger = cosign("stranger.example", generate_key(), CHECKPOINT.text, 1)
    assert open_checkpoint(COSIGNED + stranger, [VKEY], [WITNESS_VKEY], 1)
    forged = cosign(WITNESS, WITNESS_KEY, "another\n1\ntext\n", 1_750_000_000)
    with pytest.raises(NoteInvalid, match="does not verify"):
        open_checkpoint(NOTE + forged, [VKEY], [WITNESS_VKEY])


def test_too_few_cosignatures():
    other = witness_verifier("w2.example", generate_key()).vkey
    with pytest.raises(NoteInvalid, match="1 of the 2"):
        open_checkpoint(COSIGNED, [VKEY], [WITNESS_VKEY, other], 2)
    line = COSIGNED.splitlines(keepends=True)[-1]
    with pytest.raises(NoteInvalid, match="signed twice"):
        open_checkpoint(COSIGNED + line, [VKEY], [WITNESS_VKEY], 1)


def test_a_key_of_another_log_does_not_speak_for_this_one():
    note = sign_checkpoint(Checkpoint("other.example/log", 42, bytes(32)), KEY)
    with pytest.raises(NoteInvalid, match="not signed by the log's key"):
        open_checkpoint(note, [VKEY])
    text = Checkpoint("other.example/log", 42, bytes(32)).text
    log = parse_vkey(VKEY)
    signature = base64.b64encode(log.key_id + KEY.sign(text.encode())).decode()
    with pytest.raises(NoteInvalid, match="not signed by the log's key"):
        open_checkpoint(f"{text}\n— {ORIGIN} {signature}\n", [VKEY])


def test_a_log_key_is_no_witness_key():
    with pytest.raises(Misuse, match="wrong type"):
        open_checkpoint(COSIGNED, [WITNESS_VKEY])
    with pytest.raises(Misuse, match="wrong type"):
        open_checkpoint(COSIGNED, [VKEY], [VKEY])


@given(st.integers(0, len(COSIGNED.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_cosigned_checkpoint_can_change(at, flip):
    data = bytearray(COSIGNED.encode())
    data[at] ^= flip
    with pytest.raises((NoteInvalid, UnicodeDecodeError)):
        open_checkpoint(data.decode(), [VKEY], [WITNESS_VKEY], 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n+1\n" + "A" * 43 + "=\n",
        "a\n١\n" + "A" * 43 + "=\n",
        "a\n1\nAAAA\n",
        "a\n1\n" + "A" * 43 + "\n",
        "a\n1\n" + "A" * 42 + "B=\n",
        "a\n1\n" + "A" * 43 + "=",
        "a\n1\n" + "A" * 43 + "=\n\n",
        "\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_malformed_checkpoints(text):
    with pytest.raises(NoteInvalid):
        parse_checkpoint(text)


def test_extension_lines_are_kept():
    text = "a\n0\n" + "A" * 43 + "=\nextra\n"
    assert parse_checkpoint(text).extensions == ("extra",)
    assert parse_checkpoint(text).text == text


@pytest.mark.parametrize("vkey", ["", "a", "a+b+c", VKEY[:-1], VKEY + "A", "x" + VKEY, GO_SKEY])
def test_malformed_verifier_keys(vkey):
    with pytest.raises(Misuse):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "thin space"])
def test_names_that_no_key_may_have(name):
    with pytest.raises(Misuse, match="no spaces"):
        witness_verifier(name, KEY)


def test_a_private_key_is_stored_for_its_owner_only(tmp_path):
    path = tmp_path / "keys" / "ledger.pem"
    save_key(KEY, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(path).private_bytes_raw() == KEY.private_bytes_raw()
    path.write_bytes(b"no key")
    for wrong in (path, tmp_path / "none.pem"):
        with pytest.raises(Misuse, match="not an Ed25519 private key"):
            load_key(wrong)

"""Signed notes, checkpoints and cosignatures to the letter of C2SP."""

import base64
import contextlib
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
    log_verifier,
    open_checkpoint,
    parse_vkey,
    save_key,
    witness_verifier,
)
from portcullis.ledger.notes import (
    LOG_SIGNATURE,
    Checkpoint,
    Verifier,
    cosign,
    line_of,
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
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n\n" + "A" * 43 + "=\n",
        "a\n1_0\n" + "A" * 43 + "=\n",
        "a\n9223372036854775808\n" + "A" * 43 + "=\n",
        "a\n" + "1" * 5000 + "\n" + "A" * 43 + "=\n",
        "a\n1\n" + "-" * 43 + "=\n",
        "a\n1\n" + "A" * 43 + "=\n\nextra\n",
        "a\n1\n" + "A" * 43 + "=\nextra",
        "a\n1\n\n" + "A" * 43 + "=\n",
    ],
)
def test_malformed_checkpoints(text):
    with pytest.raises(NoteInvalid):
        parse_checkpoint(text)


def test_the_largest_size():
    text = f"a\n{2**63 - 1}\n" + "A" * 43 + "=\n"
    assert parse_checkpoint(text).size == 2**63 - 1


def test_an_origin_may_be_any_line():
    text = "an origin, with spaces + more ☂\n0\n" + "A" * 43 + "=\n"
    assert parse_checkpoint(text).origin == "an origin, with spaces + more ☂"


def test_the_specifications_note_opens_here():
    note = (
        "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2"
        "ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    text, signed = open_note(note, [parse_vkey(vkey)])
    assert text == "This is an example message.\n"
    assert signed == {parse_vkey(vkey): None}


def note_over(text: str, verifier=None) -> str:
    verifier = verifier or log_verifier(ORIGIN, KEY)
    signature = base64.b64encode(verifier.key_id + KEY.sign(text.encode())).decode()
    return f"{text}\n— {verifier.name} {signature}\n"


def test_a_notes_text_may_hold_empty_lines_and_signatures_of_its_own():
    text = "One.\n\n— not.a/signature AAAA\n\nTwo: ☂ \x7f\n\n"
    assert open_note(note_over(text), [parse_vkey(VKEY)])[0] == text


LINE = note_over("text\n").splitlines()[-1]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n\n",
        f"text\n{LINE}\n",  # no empty line between
        f"text\n\n{LINE}",  # no end of the last line
        f"text\n\n{LINE}\n\n",
        f"text\n\n{LINE}\nmore\n",
        f"text\r\n\n{LINE}\n",
        f"te\x00xt\n\n{LINE}\n",
        f"te\txt\n\n{LINE}\n",
        f"te\ud800xt\n\n{LINE}\n",
        f"text\n\n{LINE} \n",
        f"text\n\n {LINE}\n",
        f"text\n\n{LINE.replace('—', '-')}\n",
        f"text\n\n{LINE.replace('— ', '—  ')}\n",
        "text\n\n" + LINE.replace("— ", "—\u00a0") + "\n",
        f"text\n\n{LINE.replace(ORIGIN, '')}\n",
        f"text\n\n{LINE.replace(ORIGIN, 'a+b')}\n",
        "text\n\n" + LINE.replace(ORIGIN, "a\u2003b") + "\n",
        f"text\n\n{LINE}\n— name.only\n",
        f"text\n\n{LINE}\n— short AAAA\n",
        f"text\n\n{LINE}\n— four.bytes AAAAAA==\n",
        f"text\n\n{LINE}\n— loose.bits AAAAAAB=\n",
        f"text\n\n{LINE}\n— url-safe ____AAAA\n",
        f"text\n\n{LINE}\n" + "— other.name AAAAAAAA\n" * 64,
    ],
)
def test_malformed_notes(note):
    with pytest.raises(NoteInvalid):
        open_note(note, [parse_vkey(VKEY)])


def test_a_note_may_have_sixteen_signatures_and_more():
    note = note_over("text\n") + "— other.name AAAAAAAA\n" * 63
    assert open_note(note, [parse_vkey(VKEY)])[0] == "text\n"


def test_who_signed_is_told_by_name_and_id_together():
    """The same name with another id, or the same id with another name, is another key's line."""
    raw = base64.b64decode(LINE.split(" ")[2])
    other_id = base64.b64encode(b"\0\0\0\0" + raw[4:]).decode()
    other_name = base64.b64encode(raw).decode()
    for line in (f"— {ORIGIN} {other_id}", f"— other.name {other_name}"):
        assert open_note(f"text\n\n{line}\n", [parse_vkey(VKEY)]) == ("text\n", {})


def test_a_cosignature_has_its_time_and_its_length():
    for raw in (b"", bytes(64), (2**63).to_bytes(8, "big") + bytes(64), bytes(8 + 65)):
        line = base64.b64encode(parse_vkey(WITNESS_VKEY).key_id + raw + b"").decode()
        note = f"{NOTE}— {WITNESS} {line}\n"
        with pytest.raises(NoteInvalid):
            open_checkpoint(note, [VKEY], [WITNESS_VKEY])


def test_a_witness_answers_with_its_own_line():
    verifier = parse_vkey(WITNESS_VKEY)
    own = cosign(WITNESS, WITNESS_KEY, CHECKPOINT.text, 1_750_000_000)
    stranger = cosign("stranger.example", generate_key(), CHECKPOINT.text, 1)
    assert line_of(NOTE, own, verifier) == own
    assert line_of(NOTE, stranger + own + stranger, verifier) == own
    assert line_of(NOTE, stranger, verifier) is None
    assert line_of(NOTE, "", verifier) is None
    timeless = cosign(WITNESS, WITNESS_KEY, CHECKPOINT.text, 0)
    wrong = cosign(WITNESS, WITNESS_KEY, "another\n1\ntext\n", 1)
    for answer in (own + own, timeless, wrong, "no line\n", own[:-1], f"more\n\n{own}", f"\n{own}"):
        with pytest.raises(NoteInvalid):
            line_of(NOTE, answer, verifier)


def test_extension_lines_are_signed_with_the_rest():
    checkpoint = Checkpoint(ORIGIN, 1, bytes(32), ("extra", "lines"))
    note = sign_checkpoint(checkpoint, KEY)
    note += cosign(WITNESS, WITNESS_KEY, checkpoint.text, 7)
    assert open_checkpoint(note, [VKEY], [WITNESS_VKEY], 1).checkpoint == checkpoint
    with pytest.raises(NoteInvalid):
        open_checkpoint(note.replace("extra\n", ""), [VKEY], [WITNESS_VKEY], 1)


def test_extension_lines_are_kept():
    text = "a\n0\n" + "A" * 43 + "=\nextra\n"
    assert parse_checkpoint(text).extensions == ("extra",)
    assert parse_checkpoint(text).text == text


NAME, KEY_ID, MATERIAL = VKEY.split("+", 2)
MLDSA = base64.b64encode(b"\x06" + bytes(1312)).decode()


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a",
        "a+b+c",
        VKEY[:-1],
        VKEY + "A",
        "x" + VKEY,
        GO_SKEY,
        f"{NAME}+{KEY_ID.upper()}+{MATERIAL}",
        f"{NAME}+00000000+{MATERIAL}",
        f" {VKEY}",
        f"{VKEY}\n",
        f"{NAME}+{KEY_ID}+{MLDSA}",  # a post-quantum key, which we do not know
        f"bad\x01name+{KEY_ID}+{MATERIAL}",
        f"bad\ud800name+{KEY_ID}+{MATERIAL}",
    ],
)
def test_malformed_verifier_keys(vkey):
    with pytest.raises(Misuse):
        parse_vkey(vkey)


P = 2**255 - 19
Y_OF_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022


@pytest.mark.parametrize("y", [0, 1, Y_OF_ORDER_8, P - Y_OF_ORDER_8, P - 1, P, P + 1])
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_a_point_of_small_order_is_no_key(y, sign):
    """For these a signature that was made without a secret fits one message in eight or so."""
    verifier = Verifier("weak.example", LOG_SIGNATURE, (y | sign).to_bytes(32, "little"))
    fitting = 0
    for number in range(64):
        with contextlib.suppress(NoteInvalid):
            verifier.check(f"{number}\n", b"\x01" + bytes(63))
            fitting += 1
    with pytest.raises(Misuse, match="Anybody can sign"):
        parse_vkey(verifier.vkey)
    assert fitting or sign or y >= P  # OpenSSL itself refuses some of the second ways to write them


@pytest.mark.parametrize("name", ["", "two words", "a+b", "thin\u2009space", "a\x01", "a\ud800"])
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

"""A passkey's assertion is a signature over one statement, and nothing changed is one."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import keys, passkeys
from portcullis.agreements import Passkey as Enrolled
from portcullis.errors import Refused
from tests import authenticator
from tests.authenticator import AT, BE, BS, ED, ORIGIN, UP, UV, b64, canonical, written

STATEMENT = {"act": "approve", "person": "approver", "at": "2025-07-07T12:00:00+00:00", "n": 3}
BYTES = canonical(STATEMENT)
HERS = authenticator.Passkey()
ENROLLED = Enrolled(**HERS.enrolled())
TOKEN = HERS.sign(STATEMENT)


def verify(token, credential=ENROLLED, longest=keys.LONGEST):
    return passkeys.verify(token, credential, longest)


def test_what_was_signed_comes_back():
    assert verify(TOKEN) == STATEMENT
    assert keys.is_passkey(TOKEN)
    assert keys.unverified(TOKEN) == STATEMENT
    assert passkeys.credential_id(TOKEN) == ENROLLED.id
    assert not keys.is_passkey(keys.sign(STATEMENT, keys.generate()))


def test_the_token_of_the_browsers_parts_is_the_same():
    parts = HERS.parts(BYTES)
    assert passkeys.token(STATEMENT, *parts[1:]) == written(parts)
    assert passkeys.challenge(STATEMENT) == hashlib.sha256(BYTES).digest()


statements = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.text(max_size=20) | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
        max_leaves=6,
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(statements)
def test_every_statement_can_be_signed_and_no_other_read(statement):
    assert verify(HERS.sign(statement)) == statement
    signed = HERS.parts(canonical(statement))
    other = canonical({**statement, "another": 1})
    with pytest.raises(Refused, match="something else"):
        verify(written([other, *signed[1:]]))


@pytest.mark.parametrize("part", range(5))
def test_no_byte_may_change(part):
    parts = HERS.parts(BYTES)
    for place in range(len(parts[part])):
        changed = bytearray(parts[part])
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(Refused):
            verify(written([*parts[:part], bytes(changed), *parts[part + 1 :]]))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.characters(min_codepoint=32, max_codepoint=0x2FF))
def test_no_letter_of_the_token_may_change(place, letter):
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(Refused):
            verify(changed)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.text(alphabet="ab.-_").map(lambda text: f"passkey.{text}"))
def test_anything_else_is_refused_in_words(text):
    with pytest.raises(Refused):
        verify(text)
    with pytest.raises(Refused):
        keys.unverified(text)


@pytest.mark.parametrize(
    ("client", "says"),
    [
        ({"type": "webauthn.create"}, "not asked to sign"),
        ({"type": None}, "not asked to sign"),
        ({"challenge": b64(b"\0" * 32)}, "something else"),
        ({"challenge": None}, "something else"),
        ({"challenge": 5}, "something else"),
        ({"origin": "https://office.example.gov.evil.example"}, "not enrolled for it"),
        ({"origin": "http://office.example.gov"}, "not enrolled for it"),
        ({"origin": f"{ORIGIN}:8443"}, "not enrolled for it"),
        ({"origin": [ORIGIN]}, "not enrolled for it"),
        ({"origin": None}, "not enrolled for it"),
        ({"crossOrigin": True}, "another site's page"),
        ({"crossOrigin": 0}, "another site's page"),
        ({"topOrigin": ORIGIN}, "another site's page"),
    ],
)
def test_what_the_browser_was_asked_must_be_this(client, says):
    with pytest.raises(Refused, match=says):
        verify(written(HERS.parts(BYTES, client=client)))


def test_members_that_the_standard_may_add_are_passed_by():
    assert verify(written(HERS.parts(BYTES, client={"crossOrigin": None}))) == STATEMENT
    assert verify(written(HERS.parts(BYTES, client={"of_a_later_level": {"a": 1}}))) == STATEMENT


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (UP, "verify who used it"),
        (UV, "verify who used it"),
        (0, "verify who used it"),
        (UP | UV | BS, "no whole"),
        (UP | UV | AT, "no whole"),
        (UP | UV | ED, "no whole"),
        (UP | UV | 0x02, "no whole"),
        (UP | UV | 0x20, "no whole"),
    ],
)
def test_the_person_was_there_and_verified(flags, says):
    with pytest.raises(Refused, match=says):
        verify(written(HERS.parts(BYTES, flags=flags)))


@pytest.mark.parametrize("flags", [UP | UV, UP | UV | BE, UP | UV | BE | BS])
def test_one_that_is_backed_up_signs_too(flags):
    assert verify(written(HERS.parts(BYTES, flags=flags))) == STATEMENT


def test_it_signed_for_this_office():
    with pytest.raises(Refused, match="another office"):
        verify(written(HERS.parts(BYTES, rp_id="example.gov")))


@pytest.mark.parametrize("more", [b"\0", b"\xa0", b"\0" * 200])
def test_nothing_comes_after_the_authenticators_data(more):
    with pytest.raises(Refused, match="no whole"):
        verify(written(HERS.parts(BYTES, more=more)))


def test_anothers_passkey_is_not_this_one():
    other = authenticator.Passkey()
    with pytest.raises(Refused, match="not the one enrolled"):
        verify(other.sign(STATEMENT))
    disguised = other.parts(BYTES)
    disguised[1] = HERS.id
    with pytest.raises(Refused, match="signature does not verify"):
        verify(written(disguised))


@pytest.mark.parametrize(
    "client_data",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 4000,
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b"x" * 5000,
    ],
)
def test_client_data_that_is_no_object(client_data):
    with pytest.raises(Refused, match="no whole"):
        verify(written(HERS.answer(BYTES, client_data)))


def test_no_member_stands_twice():
    said = json.dumps({"type": "webauthn.get", "challenge": passkeys.challenge(STATEMENT).hex()})
    with pytest.raises(Refused, match="no whole"):
        verify(written(HERS.answer(BYTES, said.encode()[:-1] + b',"type":"webauthn.get"}')))


@pytest.mark.parametrize(
    "statement", [b'{"b":1,"a":2}', b'{"a": 1}', b"[]", b'{"a":1.5}', b"[" * 5000, b"\xff", b"{"]
)
def test_a_statement_is_written_the_one_way(statement):
    with pytest.raises(Refused, match="no signed statement"):
        verify(written(HERS.parts(statement)))


def test_lengths_are_bounded():
    long = canonical({"a": "x" * 1000})
    assert verify(written(HERS.parts(long)), longest=len(long))
    with pytest.raises(Refused, match="no whole"):
        verify(written(HERS.parts(long)), longest=len(long) - 1)
    with pytest.raises(Refused, match="no whole"):
        verify(written(HERS.parts(b"x" * 300_000)))
    for part, most in ((1, 1023), (4, 72)):
        parts = HERS.parts(BYTES)
        parts[part] = b"\x30" * (most + 1)
        with pytest.raises(Refused, match="no whole"):
            verify(written(parts))


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        HERS.jwk | {"x": b64(b"\1" * 32)},
        HERS.jwk | {"x": b64(b"\1" * 31)},
        HERS.jwk | {"y": "="},
    ],
)
def test_a_key_that_is_none_verifies_nothing(jwk):
    credential = ENROLLED.model_copy(update={"jwk": jwk})
    with pytest.raises(Refused, match="signature does not verify"):
        verify(TOKEN, credential)

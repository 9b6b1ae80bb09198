"""The outsiders' own Ed25519: RFC 8032's vectors, and the same opinion as OpenSSL's."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.outsiders import tool
from tests.thorough import examples

# RFC 8032, section 7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_rfc_8032(public, message, signature):
    parts = [bytes.fromhex(part) for part in (public, message, signature)]
    assert tool.is_signature(*parts)
    assert openssl(*parts)


@settings(max_examples=examples(80), deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    at=st.integers(0, 63),
    flip=st.integers(1, 255),
    other=st.binary(max_size=200),
)
def test_the_same_opinion_as_openssl(seed, message, at, flip, other):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert tool.is_signature(public, message, signature)
    assert tool.is_signature(public, other, signature) == (other == message)
    changed = bytearray(signature)
    changed[at] ^= flip
    assert not tool.is_signature(public, message, bytes(changed))
    assert not openssl(public, message, bytes(changed))


@settings(max_examples=examples(80), deadline=None)
@given(
    public=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=20),
    signature=st.binary(min_size=64, max_size=64),
)
def test_noise_is_no_signature(public, message, signature):
    try:
        accepted = tool.is_signature(public, message, signature)
    except tool.Wrong:
        return  # no good key: a point of small order, say, under which OpenSSL takes even noise
    assert not accepted
    assert not openssl(public, message, signature)


def test_s_has_one_way_to_be_written():
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"message")
    s = int.from_bytes(signature[32:], "little") + tool.ORDER
    again = signature[:32] + s.to_bytes(32, "little")
    assert not tool.is_signature(public, b"message", again)
    assert not openssl(public, b"message", again)


def small_order_points() -> list[bytes]:
    """The eight points of small order: the multiples of one of order eight."""
    found = {tool.write_point(tool.NEUTRAL)}
    number = 2
    while len(found) < 8:
        try:
            point = tool.read_point(number.to_bytes(32, "little"))
        except tool.Wrong:
            number += 1
            continue
        # The group's order times any point leaves its part of small order.
        small = tool.multiply(tool.ORDER, tool.doublings(point))
        each = tool.NEUTRAL
        for _ in range(8):
            found.add(tool.write_point(each))
            each = tool.add_points(each, small)
        number += 1
    return sorted(found)


def test_no_key_of_small_order():
    points = small_order_points()
    assert len(points) == 8
    for public in points:
        with pytest.raises(tool.Wrong, match="small order"):
            tool.read_public_key(public)
    # Why: under one of them OpenSSL takes one signature for many messages.
    messages = [bytes([number]) for number in range(256)]
    assert sum(openssl(bytes(32), message, bytes(64)) for message in messages) > 1


def test_no_key_written_in_another_way():
    prime = 2**255 - 19
    for number in (prime, prime + 1, prime + 3, 2**255 - 1, 2**255 + prime, 2**256 - 1):
        with pytest.raises(tool.Wrong, match="no point"):
            tool.read_public_key(number.to_bytes(32, "little"))
    with pytest.raises(tool.Wrong, match="no point"):  # x of 0 has no odd half
        tool.read_public_key((1 | 1 << 255).to_bytes(32, "little"))

import base64
import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import keys
from portcullis.errors import Misuse, Refused
from portcullis.release import (
    ALGORITHMS,
    PACKAGE_BYTES,
    Parcel,
    disclosure_content,
    read_package,
    seal,
    sealing,
    unseal,
    unwrap_half,
    wrap_half,
)
from tests.thorough import examples

ITEMS = ("last_known_address",)
REQUEST = {
    "request_id": "r-1",
    "items": "last_known_address",
    "tin": "000-12-3456",
    "given_name": "Ana",
    "family_name": "Núñez",
}
words = st.text(st.characters(exclude_categories=("C",)), max_size=40)
addresses = st.fixed_dictionaries(
    {
        "lka_line1": words.filter(bool),
        "lka_line2": st.none() | words,
        "lka_city": words,
        "lka_state": st.sampled_from(["IL", "PR", ""]),
        "lka_zip": st.sampled_from(["62701", "62701-0001", ""]),
        "lka_period": st.integers(2010, 2030),
    }
)


def header(jwe):
    return json.loads(base64.urlsafe_b64decode(jwe.split(".")[0] + "=="))


def test_only_the_address_and_its_period_leave(content):
    assert content == {
        "format": "portcullis-disclosure/1",
        "request_id": "r-1",
        "last_known_address": {
            "line1": "123 MAIN ST",
            "line2": "",
            "city": "SPRINGFIELD",
            "state": "IL",
            "zip": "62701",
            "taxable_period": 2022,
        },
    }


@given(addresses)
def test_no_tin_no_name_and_nothing_of_the_match_leaves(lka):
    extra = {"taxpayer_id": "t-9", "tin_candidates": 2, "protected": False, "route": "tin"}
    content = disclosure_content(ITEMS, REQUEST, lka | extra)
    assert set(content) == {"format", "request_id", "last_known_address"}
    assert len(content["last_known_address"]) == 6


@pytest.mark.parametrize("asked", ["", None, "income", "last_known_address;income"])
def test_what_the_pack_does_not_let_out_is_refused(asked):
    with pytest.raises(Refused):
        disclosure_content(ITEMS, REQUEST | {"items": asked}, {})


def test_an_item_that_no_one_wrote_is_no_item():
    with pytest.raises(Misuse, match="no disclosure item income"):
        disclosure_content(("income",), REQUEST | {"items": "income"}, {})


@pytest.mark.parametrize("lacking", ["lka_line1", "lka_period"])
def test_without_a_last_known_address_there_is_nothing_to_disclose(lacking):
    lka = {"lka_line1": "1 A ST", "lka_period": 2022} | {lacking: None}
    with pytest.raises(Refused, match="no last known address"):
        disclosure_content(ITEMS, REQUEST, lka)


@settings(max_examples=examples(60))
@given(addresses, st.text("abc-é0", min_size=1, max_size=30), st.text("xyz/é", max_size=2000))
def test_every_package_has_one_size_and_opens_to_what_was_sealed(officer, lka, request_id, proof):
    content = disclosure_content(ITEMS, REQUEST | {"request_id": request_id}, lka)
    parcel = Parcel("0" * 32, "a", "b", request_id, "o", "leaf", "00", proof)
    sealed = seal(content, keys.public_jwk(officer), parcel)
    assert len(sealed.data) == PACKAGE_BYTES
    package = read_package(sealed.data)
    assert package.parcel == parcel
    assert unseal(package, officer, sealed.holder_half) == content


def test_each_layer_is_of_one_size_whatever_it_holds(officer, parcel):
    jwk = keys.public_jwk(officer)
    sizes = set()
    for length in range(1, 200, 3):
        lka = {"lka_line1": "x" * length, "lka_period": 2022}
        sealed = seal(disclosure_content(ITEMS, REQUEST, lka), jwk, parcel)
        outer = read_package(sealed.data).sealed
        sizes.add(
            (len(outer), len(sealing.with_half(outer, sealed.holder_half, parcel.package_id)))
        )
    assert len(sizes) == 1


def test_what_is_too_long_for_the_one_size_is_not_sealed(officer, content, parcel):
    jwk = keys.public_jwk(officer)
    long = content | {"last_known_address": {"line1": "x" * 2000}}
    with pytest.raises(Misuse, match="one size"):
        seal(long, jwk, parcel)
    with pytest.raises(Misuse, match="one size"):
        seal(content, jwk, dataclasses.replace(parcel, proof="x" * PACKAGE_BYTES))


def test_content_and_package_are_of_one_request(officer, content, parcel):
    for wrong in ({"request_id": "r-2"}, {"package_id": "../x"}):
        with pytest.raises(Misuse, match="not of this package"):
            seal(content, keys.public_jwk(officer), dataclasses.replace(parcel, **wrong))


def test_both_halves_are_needed(officer, content, parcel):
    sealed = seal(content, keys.public_jwk(officer), parcel)
    package = read_package(sealed.data)
    for key, half in [
        (officer, bytes(32)),
        (officer, b""),
        (officer, sealed.holder_half[:-1]),
        (keys.generate(), sealed.holder_half),
    ]:
        with pytest.raises(Refused, match="does not open"):
            unseal(package, key, half)
    # The half alone reaches only the inner layer, which is still to the officer.
    inner = sealing.with_half(package.sealed, sealed.holder_half, parcel.package_id)
    assert inner.count(b".") == 4
    assert b"MAIN" not in inner


def test_no_half_and_no_sealing_is_used_twice(officer, content, parcel):
    jwk = keys.public_jwk(officer)
    sealings = [seal(content, jwk, parcel) for _ in range(50)]
    assert len({one.holder_half for one in sealings}) == 50
    assert len({read_package(one.data).sealed for one in sealings}) == 50


def test_a_sealed_layer_is_bound_to_its_package(officer, content, parcel):
    one = seal(content, keys.public_jwk(officer), parcel)
    other = dataclasses.replace(parcel, package_id="f" * 32)
    moved = dataclasses.replace(read_package(one.data), parcel=other)
    with pytest.raises(Refused, match="does not open"):
        unseal(moved, officer, one.holder_half)
    wrapped = wrap_half(one.holder_half, keys.public_jwk(officer), parcel.package_id)
    assert unwrap_half(wrapped, officer, parcel.package_id) == one.holder_half
    with pytest.raises(Refused, match="does not open"):
        unwrap_half(wrapped, officer, "f" * 32)


def test_only_approved_algorithms_are_used(officer, content, parcel):
    assert ALGORITHMS == ("ECDH-ES+A256KW", "dir", "A256GCM")
    sealed = seal(content, keys.public_jwk(officer), parcel)
    outer = read_package(sealed.data).sealed
    inner = sealing.with_half(outer, sealed.holder_half, parcel.package_id).decode()
    assert (header(outer)["alg"], header(outer)["enc"]) == ("dir", "A256GCM")
    assert (header(inner)["alg"], header(inner)["enc"]) == ("ECDH-ES+A256KW", "A256GCM")
    assert header(inner)["epk"]["crv"] == "P-256"
    for jwe in (outer, inner):
        assert {"alg", "enc"} <= set(header(jwe)) <= {"alg", "enc", "kid", "apv", "epk"}


@pytest.mark.parametrize("alg", ["RSA-OAEP", "ECDH-ES", "A256KW", "dir"])
def test_another_algorithm_in_the_header_is_refused(officer, content, parcel, alg):
    sealed = seal(content, keys.public_jwk(officer), parcel)
    inner = sealing.with_half(
        read_package(sealed.data).sealed, sealed.holder_half, parcel.package_id
    ).decode()
    spoilt = base64.urlsafe_b64encode(json.dumps(header(inner) | {"alg": alg}).encode())
    forged = ".".join([spoilt.decode().rstrip("="), *inner.split(".")[1:]])
    with pytest.raises(Refused, match="does not open"):
        sealing.by_officer(forged, officer, parcel.package_id)


@settings(max_examples=examples(300))
@given(st.data())
def test_a_change_in_any_byte_is_refused(officer, data):
    sealed = _ONE.setdefault("sealed", _one(officer))
    at = data.draw(st.integers(0, PACKAGE_BYTES - 1))
    bit = data.draw(st.integers(0, 7))
    spoilt = bytearray(sealed.data)
    spoilt[at] ^= 1 << bit
    try:
        package = read_package(bytes(spoilt))
    except Refused:
        return
    # What still reads as a package has another digest, and opens only where it is plain text
    # beside the sealed layer, for which digest and ledger proof answer.
    assert package.digest != read_package(sealed.data).digest
    if package.sealed != read_package(sealed.data).sealed:
        with pytest.raises(Refused, match="does not open"):
            unseal(package, officer, sealed.holder_half)


_ONE = {}


def _one(officer):
    lka = {"lka_line1": "123 MAIN ST", "lka_period": 2022}
    parcel = Parcel("0" * 32, "a", "b", "r-1", "o", "leaf", "00", "proof")
    return seal(disclosure_content(ITEMS, REQUEST, lka), keys.public_jwk(officer), parcel)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_else_is_no_package(data):
    with pytest.raises(Refused, match="no whole package"):
        read_package(data)


@given(st.binary(max_size=2000))
def test_padding_is_exact(data):
    assert sealing.unpad(sealing.pad(data, 2048), 2048) == data


@pytest.mark.parametrize(
    "spoilt",
    [b"", bytes(15), b"\0\0\0\x05abc" + bytes(9), b"\0\0\0\xffabc" + bytes(9), b"\xff" * 16],
)
def test_padding_that_pad_did_not_write_is_refused(spoilt):
    with pytest.raises(Refused):
        sealing.unpad(spoilt.replace(b"\x05abc", b"\x02abc"), 16)

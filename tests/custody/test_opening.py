import dataclasses
import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis import keys
from portcullis.custody import check_answer, open_package
from portcullis.errors import Refused
from portcullis.release import PACKAGE_BYTES, disclosure_content, package_digest, seal
from tests.thorough import examples

from .cases import NOW, leaf_of, proven

words = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=60)
quiet = settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def opened(office, data, key, request, token, **changed):
    settings_ = {
        "request": request,
        "at": NOW,
        "holder_jwk": office.holder_jwk,
        "check_proof": proven,
    }
    return open_package(data, key, token, **(settings_ | changed))


def test_the_officer_reads_what_was_sealed(office, sealed, content, officer_key):
    request = office.ask()
    assert opened(office, sealed.data, officer_key, request, office.grant(request)) == content


@quiet
@given(words, words)
def test_whatever_was_sealed_is_read(office, parcel, officer_key, line1, city):
    lka = {"lka_line1": line1, "lka_city": city, "lka_period": 2022}
    content = disclosure_content(
        ("last_known_address",), {"request_id": "r-1", "items": "last_known_address"}, lka
    )
    sealed = seal(content, keys.public_jwk(officer_key), parcel)
    digest = package_digest(sealed.data)
    request = office.ask(package_digest=digest)
    token = office.grant(request, facts={"half": sealed.holder_half, "digest": digest})
    assert opened(office, sealed.data, officer_key, request, token) == content


@settings(quiet, max_examples=examples(250))
@given(st.integers(0, PACKAGE_BYTES - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_and_nothing_opens(office, sealed, officer_key, at, change):
    request = office.ask()
    token = office.grant(request)
    spoilt = bytearray(sealed.data)
    spoilt[at] ^= change
    with pytest.raises(Refused):
        opened(office, bytes(spoilt), officer_key, request, token)


@quiet
@given(st.data())
def test_a_changed_token_opens_nothing(office, sealed, officer_key, data):
    request = office.ask()
    token = office.grant(request)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_.é "))
    spoilt = token[:at] + letter + token[at + 1 :]
    try:
        content = opened(office, sealed.data, officer_key, request, spoilt)
    except Refused:
        return
    # The last letter of a base64 part may have spare bits; nothing else may change.
    assert content["request_id"] == "r-1"
    assert spoilt == token or at in (len(token) - 1, *_ends(token))


def _ends(token):
    return [at - 1 for at, letter in enumerate(token) if letter == "."]


def test_cut_or_lengthened_packages_are_refused(office, sealed, officer_key):
    request = office.ask()
    token = office.grant(request)
    for data in (b"", sealed.data[:-1], sealed.data + b" ", sealed.data[: PACKAGE_BYTES // 2]):
        with pytest.raises(Refused, match="no whole package"):
            opened(office, data, officer_key, request, token)


def test_another_key_opens_nothing(office, sealed):
    request = office.ask()
    with pytest.raises(Refused, match="does not open"):
        opened(office, sealed.data, keys.generate(), request, office.grant(request))


def test_another_half_opens_nothing(office, sealed, officer_key):
    request = office.ask()
    token = office.grant(request, facts={"half": bytes(32)})
    with pytest.raises(Refused, match="does not open"):
        opened(office, sealed.data, officer_key, request, token)


def test_a_token_not_of_the_holder_or_for_another_opening_is_refused(
    office, sealed, officer_key, holder_key
):
    request, later = office.ask(), office.ask()
    token = office.grant(request)
    impostor = keys.sign(keys.verify(token, office.holder_jwk), keys.generate())
    with pytest.raises(Refused, match="does not verify"):
        opened(office, sealed.data, officer_key, request, impostor)
    with pytest.raises(Refused, match="another opening request"):
        opened(office, sealed.data, officer_key, later, token)
    for spoilt in ({"package_digest": "f" * 64}, {"package_id": "f" * 32}, {"officer": "x"}):
        wrong = keys.sign(keys.verify(token, office.holder_jwk) | spoilt, holder_key)
        with pytest.raises(Refused, match="another package"):
            opened(office, sealed.data, officer_key, request, wrong)
    for spoilt in ({"half": None}, {"half": "a.b.c.d.e"}, {"half": {}}):
        wrong = keys.sign(keys.verify(token, office.holder_jwk) | spoilt, holder_key)
        with pytest.raises(Refused, match="does not open"):
            opened(office, sealed.data, officer_key, request, wrong)


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_a_token_is_good_for_a_moment_only(office, sealed, officer_key, minutes):
    request = office.ask()
    token = office.grant(request)
    later = NOW + timedelta(minutes=minutes)
    with pytest.raises(Refused, match="not of this moment"):
        opened(office, sealed.data, officer_key, request, token, at=later)


def test_what_the_ledger_does_not_bear_out_is_not_opened(office, sealed, officer_key):
    request = office.ask()
    token = office.grant(request)

    def unproven(_leaf, _proof):
        raise Refused("The proof does not hold.")

    with pytest.raises(Refused, match="does not hold"):
        opened(office, sealed.data, officer_key, request, token, check_proof=unproven)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"answer_nonce": "00" * 32},
        {"answer_nonce": "not hex"},
        {"answer_nonce": ""},
        {"request_id": "r-2"},
        {"leaf": "{}"},
        {"leaf": "[]"},
        {"leaf": "?"},
        {"leaf": json.dumps({"answer": None})},
        {"leaf": leaf_of("r-1", b"n" * 32, "no disclosure")},
    ],
)
def test_the_leaf_must_say_that_this_request_was_to_be_disclosed(parcel, spoilt):
    with pytest.raises(Refused, match="was to be disclosed"):
        check_answer(dataclasses.replace(parcel, **spoilt), lambda _leaf, _proof: None)

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis import keys
from portcullis.custody import read_opening
from portcullis.custody.asking import FORMAT
from portcullis.custody.granting import CLOCKS_MAY_DIFFER
from portcullis.errors import Misuse, Refused
from portcullis.standing import (
    EVERYTHING,
    Order,
    SafeguardStanding,
    Scope,
    Standing,
    Subject,
    gate,
    may_receive,
)

from .cases import NOW, OPEN, person

SUBJECT = Subject(
    agreements=frozenset({"irs-dhs-2025"}),
    batches=frozenset({"b-1"}),
    packages=frozenset({"0123456789abcdef" * 2}),
    statutes=frozenset({"8 USC 1253(a)(1)(A)"}),
    officers=frozenset({"ice-0007"}),
    readings=frozenset(),
    received_on=date(2025, 6, 27),
)
SAFE = SafeguardStanding(
    recipient="ICE",
    ssr_approved_on=date(2025, 1, 1),
    ssr_expires_on=date(2025, 12, 31),
    attested_on=NOW.date(),
    findings=(),
    duties=(),
    contractors=(),
)


def order(scope):
    return Order(
        id="o-1",
        docket="1:25-cv-12822",
        court="mad",
        on=NOW.date(),
        document="ab" * 32,
        scope=scope,
    )


@pytest.mark.parametrize("purpose", ["proceeding-preparation", "investigation", "grand-jury"])
def test_a_token_is_the_holders_word_on_one_opening(office, purpose):
    request = office.ask(purpose=purpose)
    token = keys.verify(office.grant(request), office.holder_jwk)
    assert token["purpose"] == purpose
    assert token["officer"] == "ice-0007"
    assert set(token) == {
        "format",
        "package_id",
        "package_digest",
        "officer",
        "purpose",
        "granted_at",
        "request_digest",
        "half",
    }


@pytest.mark.parametrize(
    "scope",
    [
        EVERYTHING,
        Scope(batches=("b-1",)),
        Scope(packages=("0123456789abcdef" * 2,)),
        Scope(officers=("ice-0007",)),
        Scope(statutes=("8 U.S.C. § 1253",)),
        Scope(received_to=date(2025, 12, 31)),
        Scope.read({"persons": ["unknown kind"]}),
    ],
)
def test_any_order_standing_refuses_the_token(office, scope):
    met = may_receive(SAFE, NOW.date(), 365)
    assert met.met
    office.grant(office.ask(), gate_open=lambda: gate([], SUBJECT, met))
    with pytest.raises(Refused, match="order-stands: Order o-1"):
        office.grant(office.ask(), gate_open=lambda: gate([order(scope)], SUBJECT, met))


def test_lapsed_safeguards_refuse_the_token(office):
    for record in (None, SAFE.model_copy(update={"attested_on": date(2025, 8, 6)})):
        lapsed = may_receive(record, NOW.date(), 365)
        with pytest.raises(Refused, match="The gate is closed"):
            office.grant(office.ask(), gate_open=lambda lapsed=lapsed: gate([], SUBJECT, lapsed))


def broken():
    raise TimeoutError


@pytest.mark.parametrize(
    "answer", [broken, lambda: None, lambda: Standing(met=None, reasons=()), lambda: 1]
)
def test_a_gate_that_gives_no_clear_answer_is_closed(office, answer):
    with pytest.raises(Refused, match="The gate is closed"):
        office.grant(office.ask(), gate_open=answer)


def test_a_recalled_package_gets_no_token(office):
    with pytest.raises(Refused, match="recalled"):
        office.grant(office.ask(), facts={"recalled": True})


def test_the_purpose_of_another_authority_is_not_granted(office):
    with pytest.raises(Refused, match="no purpose"):
        office.grant(office.ask(purpose="locating-fugitive"))


@pytest.mark.parametrize("purpose", ["civil removal", "", "Investigation"])
def test_no_other_purpose_is_asked_for_or_granted(office, officer_key, purpose):
    with pytest.raises(Misuse, match="no purpose"):
        office.ask(purpose=purpose)
    forged = keys.verify(office.ask(), keys.public_jwk(officer_key)) | {"purpose": purpose}
    with pytest.raises(Refused, match="no purpose"):
        office.grant(keys.sign(forged, officer_key))


def test_only_the_named_officer_by_their_own_key(office, officer_key):
    other = keys.generate()
    with pytest.raises(Refused, match="does not verify"):
        office.grant(office.ask(key=other))
    with pytest.raises(Refused, match="named in the request"):
        office.grant(office.ask(key=other), who=person(other, id="ice-0008"))
    with pytest.raises(Refused, match="named in the request"):
        office.grant(office.ask(key=other, officer="ice-0008"), who=person(other, id="ice-0008"))
    with pytest.raises(Refused, match="named in the request"):
        office.grant(office.ask(), facts={"officer": "ice-0008"})
    for changed in ({"in_force_to": date(2025, 8, 6)}, {"roles": ("preparer",)}):
        with pytest.raises(Refused, match="roster in force"):
            office.grant(office.ask(), who=person(officer_key, **changed))


def test_a_request_is_good_for_its_own_package_only(office):
    for changed in ({"package_id": "f" * 32}, {"package_digest": "f" * 64}):
        with pytest.raises(Refused, match="another package"):
            office.grant(office.ask(**changed))


def test_a_request_is_good_once(office):
    request = office.ask()
    office.grant(request)
    with pytest.raises(Refused, match="used before"):
        office.grant(request)
    office.grant(office.ask())


@pytest.mark.parametrize("spend", [broken, lambda _nonce: None, lambda _nonce: broken()])
def test_a_nonce_that_cannot_be_spent_is_spent(office, spend):
    with pytest.raises(Refused, match="used before"):
        office.grant(office.ask(), spend_nonce=spend)


def test_a_refused_request_does_not_spend_its_nonce(office):
    request = office.ask()
    with pytest.raises(Refused):
        office.grant(request, gate_open=lambda: Standing.of(["order-stands: Shut."]))
    office.grant(request, gate_open=lambda: OPEN)


@given(st.integers(-100_000, 100_000))
def test_a_request_is_of_this_moment(seconds):
    at = NOW + timedelta(seconds=seconds)
    assert (abs(NOW - at) <= CLOCKS_MAY_DIFFER) is (abs(seconds) <= 300)


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24])
def test_an_old_or_early_request_is_refused(office, minutes):
    with pytest.raises(Refused, match="this moment"):
        office.grant(office.ask(at=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "spoilt",
    [
        {"format": "portcullis-attestation/1"},
        {"at": "now"},
        {"at": datetime(2025, 8, 7, 14).isoformat()},  # noqa: DTZ001 - a time without a zone
        {"nonce": ""},
        {"nonce": 7},
        {"extra": "x"},
    ],
)
def test_a_statement_of_another_shape_is_no_opening_request(office, officer_key, spoilt):
    jwk = keys.public_jwk(officer_key)
    forged = keys.sign(keys.verify(office.ask(), jwk) | spoilt, officer_key)
    with pytest.raises(Refused, match="no whole opening request"):
        read_opening(forged, partial(keys.verify, jwk=jwk))


def test_another_statement_of_the_officer_is_no_opening_request(officer_key):
    with pytest.raises(Refused, match="no whole opening request"):
        read_opening(
            keys.sign({"format": FORMAT}, officer_key),
            partial(keys.verify, jwk=keys.public_jwk(officer_key)),
        )

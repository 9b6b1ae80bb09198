from datetime import datetime
from functools import partial

import pytest

from portcullis import keys
from portcullis.custody import KINDS, METHODS, STATUSES, Certificate, Status, read_statement, sign
from portcullis.errors import Misuse, Refused

from .cases import NOW

IDS = ("a" * 32, "b" * 32)
KEY = keys.generate()
JWK = keys.public_jwk(KEY)
by_key = partial(keys.verify, jwk=JWK)


@pytest.mark.parametrize(
    "statement",
    [
        *[Status(IDS, "ice-0007", status, NOW) for status in STATUSES],
        *[Certificate(IDS, "ice-0001", kind, "", NOW) for kind in ("returned", "continued")],
        *[Certificate(IDS, "ice-0001", "destroyed", method, NOW) for method in METHODS],
    ],
)
def test_what_was_signed_is_read(statement):
    token = sign(statement, KEY)
    assert read_statement(token, by_key) == statement
    assert keys.key_id(token) == KEY.thumbprint()


def test_a_certificate_signs_the_words_and_the_subdivision():
    for number, kind in zip(("(I)", "(II)", "(III)"), KINDS, strict=True):
        method = "purged" if kind == "destroyed" else ""
        said = keys.verify(sign(Certificate(IDS, "ice-0001", kind, method, NOW), KEY), JWK)
        assert said["citation"] == f"26 USC 6103(p)(4)(F)(ii){number}"
        assert said["words"].startswith("I certify that")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"format": "portcullis-opening/1"},
        {"status": "open"},
        {"status": ["closed"]},
        {"packages": []},
        {"packages": [IDS[1], IDS[0]]},
        {"packages": [IDS[0], IDS[0]]},
        {"packages": [7]},
        {"packages": IDS[0]},
        {"by": ""},
        {"at": "now"},
        {"at": datetime(2025, 8, 7, 14).isoformat()},  # noqa: DTZ001 - a time without a zone
        {"extra": "x"},
    ],
)
def test_a_statement_of_another_shape_is_none(spoilt):
    whole = keys.verify(sign(Status(IDS, "ice-0007", "closed", NOW), KEY), JWK)
    with pytest.raises(Refused, match="no whole statement"):
        read_statement(keys.sign(whole | spoilt, KEY), by_key)


@pytest.mark.parametrize("spoilt", [{"method": ""}, {"kind": "returned"}, {"words": "I hope."}])
def test_a_certificate_of_other_words_is_none(spoilt):
    whole = keys.verify(sign(Certificate(IDS, "c", "destroyed", "purged", NOW), KEY), JWK)
    with pytest.raises(Refused, match="no whole statement"):
        read_statement(keys.sign(whole | spoilt, KEY), by_key)


def test_another_key_proves_nothing():
    with pytest.raises(Refused, match="does not verify"):
        read_statement(
            sign(Status(IDS, "ice-0007", "closed", NOW), KEY),
            partial(keys.verify, jwk=keys.public_jwk(keys.generate())),
        )


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "{}"])
def test_what_is_no_token_names_no_key(token):
    assert keys.key_id(token) == ""


def test_a_statement_names_at_most_what_one_entry_holds():
    many = tuple(f"{number:032x}" for number in range(201))
    assert len(sign(Status(many[:200], "o", "closed", NOW), KEY)) < 20_000
    with pytest.raises(Misuse, match="from 1 to 200"):
        Status(many, "o", "closed", NOW)

from types import SimpleNamespace

import pytest

from portcullis import keys
from portcullis.custody import PackageFacts, ask, grant
from portcullis.law import AUTHORITIES
from portcullis.release import Parcel, disclosure_content, package_digest, seal

from .cases import LKA, NOW, OPEN, leaf_of, person, proof_of


@pytest.fixture(scope="session")
def officer_key():
    return keys.generate()


@pytest.fixture(scope="session")
def holder_key():
    return keys.generate()


@pytest.fixture(scope="session")
def parcel():
    leaf = leaf_of("r-1", b"n" * 32)
    return Parcel(
        package_id="0123456789abcdef" * 2,
        agreement="irs-dhs-2025",
        batch_id="b-1",
        request_id="r-1",
        officer="ice-0007",
        leaf=leaf,
        answer_nonce=(b"n" * 32).hex(),
        proof=proof_of(leaf),
    )


@pytest.fixture(scope="session")
def content():
    request = {"request_id": "r-1", "items": "last_known_address"}
    return disclosure_content(("last_known_address",), request, LKA)


@pytest.fixture(scope="session")
def sealed(content, parcel, officer_key):
    return seal(content, keys.public_jwk(officer_key), parcel)


@pytest.fixture
def office(sealed, parcel, officer_key, holder_key):
    """The holder's side of one delivered package, and an officer who asks."""
    digest = package_digest(sealed.data)
    spent = set()

    def spend(nonce):
        fresh = nonce not in spent
        spent.add(nonce)
        return fresh

    def asking(key=officer_key, **changed):
        facts = {
            "package_id": parcel.package_id,
            "package_digest": digest,
            "officer": "ice-0007",
            "purpose": "investigation",
            "at": NOW,
        }
        return ask(**(facts | changed), key=key)

    def granting(request, who=None, facts=None, **changed):
        known = {
            "package_id": parcel.package_id,
            "digest": digest,
            "officer": "ice-0007",
            "half": sealed.holder_half,
            "recalled": False,
            "purposes": AUTHORITIES["26 USC 6103(i)(2)"].purposes,
        }
        acts = {
            "now": NOW,
            "gate_open": lambda: OPEN,
            "spend_nonce": spend,
            "holder_key": holder_key,
        }
        who = who or person(officer_key)
        return grant(request, who, PackageFacts(**(known | (facts or {}))), **(acts | changed))

    return SimpleNamespace(ask=asking, grant=granting, holder_jwk=keys.public_jwk(holder_key))

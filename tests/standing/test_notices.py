"""A notice lists every disclosure in scope, however many there are."""

from datetime import UTC, date, datetime
from functools import partial

from portcullis import keys
from portcullis.standing import EVERYTHING, Custodian, Frozen, Order
from portcullis.standing.notices import attest, notice_statement, read_attestation, read_notice


def test_a_notice_of_thousands_is_read_and_attested_to() -> None:
    holder, officer = keys.generate(), keys.generate()
    frozen = tuple(
        Frozen("batch-1", f"REQ-{number:06d}", f"{number:064d}") for number in range(5_000)
    )
    order = Order("order-1", "1:25-cv-00457", "dcd", date(2025, 7, 7), "ab" * 32, EVERYTHING)
    at = datetime(2025, 7, 7, 12, tzinfo=UTC)
    said = notice_statement(
        order, [Custodian("officer-1", "5e" * 32, frozen)], agreement="a", at=at, lifted=False
    )
    notice = keys.sign(said, holder)
    read = read_notice(notice, keys.public_jwk(holder))
    assert len(read["custodians"][0]["disclosures"]) == 5_000
    signed = attest(
        notice, keys.public_jwk(holder), "officer-1", officer, custodian="officer-1", at=at
    )
    assert (
        read_attestation(signed, partial(keys.verify, jwk=keys.public_jwk(officer))).custodian
        == "officer-1"
    )

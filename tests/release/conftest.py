import pytest

from portcullis import keys
from portcullis.release import Parcel, disclosure_content, new_package_id

LKA = {
    "lka_line1": "123 MAIN ST",
    "lka_line2": None,
    "lka_city": "SPRINGFIELD",
    "lka_state": "IL",
    "lka_zip": "62701",
    "lka_period": 2022,
}


@pytest.fixture(scope="session")
def officer():
    return keys.generate()


@pytest.fixture
def parcel():
    return Parcel(
        package_id=new_package_id(),
        agreement="irs-dhs-2025",
        batch_id="b-1",
        request_id="r-1",
        officer="ice-0007",
        leaf='{"answer":"00","determination":"11"}',
        answer_nonce="00" * 32,
        proof="proof\n",
    )


@pytest.fixture
def content():
    request = {"request_id": "r-1", "items": "last_known_address", "tin": "000-12-3456"}
    return disclosure_content(("last_known_address",), request, LKA)

"""An act that is on record is said to be done, though the ledger cannot publish it yet."""

from pathlib import Path

import pytest

from tests.office.elsewhere import Elsewhere
from tests.office.homes import switch
from tests.office.test_freshness import adopt
from tests.office.world import World
from tests.web.acting import DOCUMENT, Desk
from tests.web.office import Office

pytestmark = pytest.mark.long
NAMED = (
    ("court", "dcd"), ("docket", "1:25-cv-00457"), ("reach", "everything"), ("stops", "release"),
    ("effective", ""), ("zone", "America/New_York"), ("expires", ""),
)  # fmt: skip


@pytest.fixture(scope="module")
def office(holder, tmp_path_factory) -> Office:
    """An office one of whose two witnesses is silent."""

    def silence(home: Path) -> None:
        from django.db import connections

        switch(home)
        other = Elsewhere(tmp_path_factory.mktemp("other") / "other")
        with other.running():
            adopt(World(home.parent), other, k=2)
        connections.close_all()

    return holder("sealed", silence)


def test_an_order_whose_publication_waits_is_told_as_filed(office):
    counsel = Desk(office, "counsel")
    counsel.ask("/counsel/orders/file/", ("id", "order-1"), *NAMED, document=DOCUMENT)
    place, token = counsel.place, counsel.signs.sign(counsel.statement())
    counsel.answer = counsel.person.post(place, [("token", token)])
    assert counsel.answer.status_code == 200
    assert "This was done" in counsel.text
    assert "It is on record and in force." in counsel.text
    assert "Do not do it again." in counsel.text
    assert "Stands" in counsel.get("/counsel/orders/order-1/")
    counsel.answer = counsel.person.post(place, [("token", token)])
    assert "done already" in counsel.text


def test_over_the_api_too_and_its_token_is_spent(office):
    from tests.api.test_acting import post

    counsel = Desk(office, "counsel")
    data = {
        "id": "hold-1", "docket": "1:25-mc-1", "court": "D.D.C.", "document": "0" * 64,
        "batches": ["batch-1"],
    }  # fmt: skip
    status, said = post(office, "counsel", "/acts/hold-file", {"data": data})
    assert status == 202
    body = {"data": data, "moment": said["moment"], "tokens": [counsel.signs.sign(said["to_sign"])]}
    status, said = post(office, "counsel", "/acts/hold-file", body)
    assert (status, said["done"].startswith("It is on record and in force.")) == (200, True)
    status, said = post(office, "counsel", "/acts/hold-file", body)
    assert (status, "done already" in said["detail"]) == (409, True)

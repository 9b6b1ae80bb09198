"""A transmittal whose people signed with passkeys is taken in as one signed with key files."""

from datetime import date

import pytest

from portcullis.agreements import Passkey
from portcullis.errors import Refused
from portcullis.intake.refusals import TransmittalRefused
from tests.authenticator import UP, canonical, written
from tests.authenticator import Passkey as Soft
from tests.intake.conftest import DAY, write

EVERYBODY = ("secretary", "preparer", "officer-0", "officer-1", "officer-2")


@pytest.fixture
def path(tmp_path, rows):
    return write(rows(6), tmp_path / "b.csv")


@pytest.fixture
def passkeys(house):
    """Everybody's passkey, enrolled."""
    made = {name: Soft() for name in EVERYBODY}
    for name, soft in made.items():
        enrol(house, name, soft.enrolled())
    return made


def enrol(house, name, *enrolled):
    update = {"passkeys": tuple(Passkey(**each) for each in enrolled)}
    house.people[name] = house.people[name].model_copy(update=update)


def sign(path, pack, house, passkeys, **instead):
    by = {**passkeys, **instead}
    house.sign(
        path,
        pack,
        preparer=("preparer", by["preparer"]),
        signatory=("secretary", by["secretary"]),
        officers={name: by[name] for name in EVERYBODY if name.startswith("officer")},
    )


def test_it_is_taken_in(path, pack, house, passkeys):
    sign(path, pack, house, passkeys)
    _, intake = house.take(path, pack)
    assert (intake.taken, intake.attested) == (6, ("officer-0", "officer-1", "officer-2"))


def test_key_files_and_passkeys_go_together(path, pack, house, passkeys):
    sign(path, pack, house, passkeys, secretary=house.keys["secretary"])
    assert house.take(path, pack)[1].taken == 6


@pytest.mark.parametrize("who", EVERYBODY)
def test_anothers_passkey_signs_for_nobody_else(path, pack, house, passkeys, who):
    other = "officer-1" if who != "officer-1" else "officer-2"
    sign(path, pack, house, passkeys, **{who: passkeys[other]})
    refused(path, pack, house)


@pytest.mark.parametrize("who", EVERYBODY)
def test_one_that_is_out_of_force_on_the_day_signs_nothing(path, pack, house, passkeys, who):
    sign(path, pack, house, passkeys)
    enrol(house, who, passkeys[who].enrolled(until=date(2025, 6, 4)))
    refused(path, pack, house)
    enrol(house, who, passkeys[who].enrolled(until=DAY))
    assert house.take(path, pack)[1].taken == 6


def test_one_without_verification_signs_nothing(path, pack, house, passkeys):
    class Careless(Soft):
        def sign(self, statement):
            return written(self.parts(canonical(statement), flags=UP))

    careless = Careless()
    enrol(house, "secretary", careless.enrolled())
    sign(path, pack, house, passkeys, secretary=careless)
    refused(path, pack, house)


def refused(path, pack, house):
    with pytest.raises((TransmittalRefused, Refused)) as caught:
        house.take(path, pack)
    assert caught.value.code == "signature"

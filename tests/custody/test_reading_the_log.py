"""The FTI log is read as far as is needed: what is new of packages, and the newest entries."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portcullis.custody import FtiLog, Place, RecipientHome
from portcullis.errors import Refused

from .cases import NOW
from .test_home import receive

PLACE = Place("safe 2", "workstation-1")


@pytest.fixture
def home(tmp_path) -> RecipientHome:
    return RecipientHome(tmp_path)


def looked(home, minutes, what="list") -> None:
    home.viewed("custodian", what, at=NOW + timedelta(minutes=minutes), place=PLACE)


def test_the_newest_entries_are_read_from_the_end(home) -> None:
    for minute in range(600):  # some 300 kB, more than is read at once
        looked(home, minute)
    found = home.log.since(NOW + timedelta(minutes=300))
    assert [one.at for one in found] == [one.at for one in list(home.log.entries())[:299:-1]]
    assert home.log.since(NOW + timedelta(minutes=600)) == []
    assert FtiLog(home.folder / "none").since(NOW) == []


def test_of_packages_is_what_the_whole_log_says_of_them_as_it_grows(home, sealed) -> None:
    looked(home, -2)
    assert home.log.of_packages() == []
    receive(home, sealed.data)
    looked(home, 1)
    whole = [one for one in home.log.entries() if one.package_id]
    assert home.log.of_packages() == [one for one in home.log.entries() if one.package_id]
    assert len(whole) == 1
    # Another process goes on with it; this one reads what is new.
    FtiLog(home.log.path).append(replace(whole[0], at=(NOW + timedelta(minutes=2)).isoformat()))
    assert home.log.of_packages() == [one for one in home.log.entries() if one.package_id]


def test_what_does_not_follow_is_refused_and_another_file_is_read_anew(home) -> None:
    looked(home, 1)
    assert home.log.of_packages() == []
    lines = home.log.path.read_bytes()
    with home.log.path.open("ab") as log:
        log.write(lines.splitlines(keepends=True)[0])
    for _ in range(2):
        with pytest.raises(Refused, match="does not follow at entry 1"):
            home.log.of_packages()
    home.log.path.rename(home.folder / "kept")
    home.log.path.write_bytes(lines)
    assert home.log.of_packages() == []
    assert home.log.verify() == 1

"""A requester's office has a name of its own, and what is signed there counts nowhere else."""

import json
from pathlib import Path

import pytest

from portcullis import agreements, keys
from portcullis.custody import RecipientHome
from tests.office.world import BATCH_DAY, World


def made(world: World, folder: Path):
    from portcullis.office.requesting import RequesterHome

    people = world.folder / "people.json"
    RecipientHome(folder).make(people, agreements.builtin_pack(), demo=True)
    home = RequesterHome.mark(folder)
    home.set_date(BATCH_DAY)
    return home


def test_what_is_signed_in_one_requesters_office_is_nothing_in_another(stage, tmp_path) -> None:
    from portcullis.office import acting

    world = stage("new")
    here, there = made(world, tmp_path / "here"), made(world, tmp_path / "there")
    person, now = here.roster.person("custodian"), here.now()
    act, facts = "requester-account-invite", {"of": "officer-1", "step": "given"}
    with pytest.raises(acting.Proposed) as asked:
        here.record(acting.rehearsing(person, now), act, facts)
    token = keys.sign(asked.value.statement, world.key("custodian"))
    signed = acting.rehearsing(person, now, [token])
    with pytest.raises(acting.Proposed):
        there.record(signed, act, facts)
    here.record(signed, act, facts)
    logs = [list(home.recipient.log.entries()) for home in (here, there)]
    assert [len(log) for log in logs] == [1, 0]


def test_its_name_is_kept_and_one_without_is_given_one(stage, tmp_path) -> None:
    from portcullis.office.requesting import RequesterHome

    home = made(stage("new"), tmp_path / "here")
    name = home.name
    assert RequesterHome.mark(home.path).name == RequesterHome.find(home.path).name == name != ""
    mark = home.path / "home.json"
    before = {k: v for k, v in json.loads(mark.read_text()).items() if k != "name"}
    mark.write_text(json.dumps(before))  # as an earlier release made it
    assert RequesterHome.mark(home.path).name not in {"", name}
    assert json.loads(mark.read_text()) == before | {"name": RequesterHome.find(home.path).name}

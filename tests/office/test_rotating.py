"""The home's own keys are changed: what was stored is read as before, under the new key alone."""

import json
import subprocess
import sys

import pytest

from portcullis import keys, ledger, tables
from portcullis.errors import Misuse, Refused
from portcullis.office.public import FILE, read_public
from portcullis.office.rootkey import REWRITTEN, RootKey
from tests.office import acts, checks, restored
from tests.office import world as worlds
from tests.office.homes import reopen
from tests.office.test_kill import killed

BATCH = worlds.BATCH
STEPS = [
    "recorded",
    "key",
    *(pytest.param(step, marks=pytest.mark.long) for step in ("staged", "put accounting:2")),
]


def rotate(world):
    from portcullis.office.rotating import rotate as run

    return run(world.home(), world.actor("administrator"))


def held(world) -> dict[str, object]:
    """Return what the home has stored, as it is read with the home's keys."""
    from portcullis.office import accounting, files
    from portcullis.office.models import Batch, Package

    home = world.home()
    batch = Batch.objects.get(id=BATCH)
    of = accounting.Source(accounting.BATCH, BATCH)
    return {
        "requests": files.read_step(home, batch, files.REQUESTS, ["row", "tin"]).rows(),
        "accounting": [
            tables.read_table(path, home.derived_key("accounting")).rows()
            for path in sorted((home.path / "accounting").rglob("*.tbl"))
        ],
        "commitment": accounting.commitment(home, of, accounting.REQUESTS),
        "halves": sorted(
            home.unwrap(bytes(one.wrapped_half), checks_batch())
            for one in Package.objects.exclude(wrapped_half=None)
        ),
        "window": home.derived_key("window"),
    }


def checks_batch():
    from portcullis.office.keystore import Erasable

    return Erasable.batch(BATCH)


def tables_of(home):
    return [
        (purpose, path)
        for purpose, folder in REWRITTEN.items()
        for path in (home.path / folder).rglob("*.tbl")
    ]


def check_under(home, root: RootKey, other: RootKey) -> None:
    """Check that every table opens with ``root`` and none with ``other``."""
    found = tables_of(home)
    assert found
    for purpose, path in found:
        tables.read_table(path, root.derived(purpose))
        with pytest.raises(Misuse):
            tables.read_table(path, other.derived(purpose))


def test_everything_is_brought_under_a_fresh_root_key(stage):
    world = stage("released")
    before, former = held(world), world.home().root
    done = rotate(world)
    home = world.home()
    assert (done.former, done.key) == (former.id, home.root.id)
    assert former.id != home.root.id
    assert held(world) == before
    check_under(home, home.root, former)
    ((_, said),) = checks.of_kind(home, "root-key-rotate")
    assert (said["former"], said["key"], said["by"]) == (former.id, done.key, "administrator")
    assert home.root.secret.hex() not in json.dumps(said)
    # The former key is nowhere in the home.
    for path in home.path.rglob("*"):
        assert not path.is_file() or former.secret not in path.read_bytes()
    checks.ledger_verifies(home)


def test_after_it_the_office_goes_on(stage):
    world = stage("released")
    rotate(world)
    # The index lay under the former key, and is built again, with the same content.
    from portcullis.office.doctor import examine
    from portcullis.office.indexing import index_records

    assert "index" in {one.code for one in examine(world.home())}
    index_records(world.home(), world.folder / "records")
    assert "index" not in {one.code for one in examine(world.home())}
    # A package that left before is opened: its half is under the new key.
    (package, *_) = acts.packages(world, state="delivered")
    assert acts.token(world, package)
    second = rotate(world)
    assert held(world)["requests"]
    assert len(list((world.home_path / "keys").glob("carried-*.json"))) == 1
    assert second.key == world.home().root.id


@pytest.mark.both_databases
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_home_opens_and_is_under_one_key(stage, step):
    world = stage("released")
    former = RootKey.read(world.home_path / "keys")
    name, _, number = step.partition(":")
    killed(world, "rotate-root", name, int(number or 1))
    home = reopen(world.home_path)
    from portcullis.office import entries

    entries.integrate(home)
    changed = checks.of_kind(home, "root-key-rotate")
    assert bool(changed) == (step != "staged")
    assert (home.root.id == former.id) != bool(changed)
    assert not (home.path / "rotating").exists()
    assert held(world)["requests"]
    for purpose, path in tables_of(home):
        tables.read_table(path, home.derived_key(purpose))
    checks.ledger_verifies(home)
    # It is done again, or once more, as if nothing had been.
    now = home.root.id
    assert rotate(world).former == now


def test_nothing_is_changed_while_another_has_the_home_open(stage):
    world = stage("released")
    code = (
        "import sys; from pathlib import Path; from tests.office.world import World;"
        "World(Path(sys.argv[1])).home(); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(world.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(Refused, match="in use"):
            rotate(world)
        other.stdin.close()
    assert rotate(world).key == world.home().root.id


def test_a_key_that_was_lost_stops_it_before_anything_is_changed(stage):
    world = stage("released")
    former, home = world.home().root, world.home()
    lost = home.path / "keys" / "erasable" / f"batch-{BATCH}.key"
    secret = lost.read_bytes()
    lost.unlink()
    with pytest.raises(Refused, match="cannot be read"):
        rotate(world)
    assert home.root == former
    lost.write_bytes(secret)
    check_under(home, former, RootKey.draw())
    assert not (home.path / "rotating").exists()


def test_a_damaged_table_stops_it_before_anything_is_changed(stage):
    world = stage("released")
    home, former = world.home(), world.home().root
    path = next((home.path / "accounting").rglob("*.tbl"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Misuse, match=path.name):
        rotate(world)
    assert home.root == former
    assert not (home.path / "rotating").exists()


def test_only_an_administrator_changes_keys(stage):
    world = stage("new")
    from portcullis.office import rotating, service_keys

    for run in (rotating.rotate, service_keys.rotate):
        with pytest.raises(Refused):
            run(world.home(), world.actor("counsel"))
    reasons = {body["act"] for _, body in checks.of_kind(world.home(), "denied")}
    assert {"root-key-rotate", "service-key-rotate"} <= reasons


def test_a_new_service_key_signs_and_the_former_still_verifies_what_it_signed(stage):
    world = stage("released")
    home = world.home()
    from portcullis import release
    from portcullis.office import service_keys
    from portcullis.office.reception import read_receipt

    old = read_public(home.path / FILE)
    service_keys.rotate(home, world.actor("administrator"))
    new = read_public(home.path / FILE)
    assert new.holder == keys.public_jwk(home.service_key()) != old.holder
    assert new.former == (old.holder,)
    path = home.outgoing / BATCH / "answers.jsonl"
    assert release.read_answers(path, new.holder, *new.former).height
    with pytest.raises(Refused):
        release.read_answers(path, new.holder)
    receipt = json.loads((home.outgoing / BATCH / "receipt.json").read_text())
    assert read_receipt(receipt, home)
    ((_, said),) = checks.of_kind(home, "service-key-rotate")
    assert (said["key"], said["former"]) == (new.holder, old.holder)
    checks.ledger_verifies(home)


def test_a_service_key_cut_off_before_its_act_signs_nothing(stage):
    world = stage("released")
    home = world.home()
    from portcullis.office import service_keys

    former = home.service_key().thumbprint()
    waits = home.path / "keys" / "service.next.pem"
    keys.save_private(keys.generate(), waits)
    then = keys.load_private(waits).thumbprint()
    assert world.home().service_key().thumbprint() == former
    service_keys.rotate(home, world.actor("administrator"))
    assert world.home().service_key().thumbprint() == then
    assert not waits.exists()


def test_the_witness_in_the_home_gets_a_new_key(stage):
    world = stage("released")
    home = world.home()
    from portcullis.office.ledger_keys import rotate_witness

    old = read_public(home.path / FILE)
    new = rotate_witness(home, world.actor("administrator"))
    public = read_public(home.path / FILE)
    assert public.witnesses == (new,) != old.witnesses
    assert not (home.path / "keys" / "witness.next.pem").exists()
    checks.ledger_verifies(home)
    assert not ledger.verify_log(home.ledger, public.ledger, public.witnesses, public.k).problems


def test_the_doctor_tells_which_key_is_too_old(stage):
    world = stage("new")
    home = world.home()
    from portcullis.office.doctor import examine
    from portcullis.office.key_ages import ages

    assert {one.kind for one in ages(home)} == {"root", "service", "ledger", "witness"}
    assert "key-old" not in {one.code for one in examine(home)}
    home.set_date(worlds.BATCH_DAY.replace(year=worlds.BATCH_DAY.year + 2))
    old = [one.message for one in examine(home) if one.code == "key-old"]
    assert len(old) == 1
    assert old[0].startswith("The root key")


@pytest.mark.sqlite
def test_a_home_put_back_from_an_older_backup_says_that_its_keys_are_the_former_ones(stage):
    from portcullis.office import service_keys
    from portcullis.office.doctor import examine

    world = stage("released")
    former, before = world.home().root.id, held(world)
    saved = restored.backup(world)
    rotate(world)
    service_keys.rotate(world.home(), world.actor("administrator"))
    again = restored.put_back(world, saved)
    found = restored.catch_up(again, world.home_path)
    restored.accept(again, *[loss.id for loss in found.losses])
    home = again.home()
    assert home.root.id == former
    assert held(again) == before
    told = [one.message for one in examine(home) if one.code == "key-former"]
    assert ["root key" in told[0], "service key" in told[1]] == [True, True]
    rotate(again)
    service_keys.rotate(home, again.actor("administrator"))
    assert "key-former" not in {one.code for one in examine(again.home())}
    assert held(again) == before

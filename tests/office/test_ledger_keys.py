"""The ledger's keys change in two acts, its witnesses in one; everybody can follow."""

import base64
import hashlib
import json

import polars as pl
import pytest

from portcullis import ledger
from portcullis.agreements import PackErrors
from portcullis.errors import Misuse, Refused
from portcullis.office.public import FILE, read_public
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.elsewhere import NAME, Elsewhere, witnesses_file


def administrator(world: worlds.World):
    return acts.hands(world, "administrator")


def announce(world: worlds.World) -> str:
    from portcullis.office.ledger_keys import announce_key

    return announce_key(world.home(), administrator(world))


def retire(world: worlds.World, vkey: str) -> str:
    from portcullis.office.ledger_keys import retire_key

    return retire_key(world.home(), administrator(world), vkey.split("+")[1])


def signers_of(world: worlds.World) -> set[str]:
    """Return the ids of the keys that signed the published checkpoint, witnesses among them."""
    note = ledger.Log.open(world.home().ledger).checkpoint
    lines = [line for line in note.split("\n") if line.startswith("— ")]
    return {base64.b64decode(line.split(" ")[2])[:4].hex() for line in lines}


def verified(world: worlds.World, *vkeys: str) -> ledger.Verification:
    home = world.home()
    public = read_public(home.path / FILE)
    return ledger.verify_log(home.ledger, vkeys, public.witnesses, public.k, trees=home.trees)


def test_the_first_entry_says_who_signs_and_who_witnesses(stage) -> None:
    world = stage("new")
    home = world.home()
    public = read_public(home.path / FILE)
    first = ledger.LogKeys.parse(ledger.Log.open(home.ledger).entry(0))
    assert first == ledger.LogKeys(public.ledger, public.witnesses, public.k)


def test_a_key_is_changed_in_two_acts_and_trust_in_the_old_one_leads_to_the_new(stage) -> None:
    world = stage("determined")
    (old,) = read_public(world.home().path / FILE).ledger
    new = announce(world)
    assert signers_of(world) >= {old.split("+")[1], new.split("+")[1]}
    assert read_public(world.home().path / FILE).ledger == (old, new)
    assert verified(world, old).ok
    assert verified(world, new).ok

    retire(world, old)
    acts.place(world)
    assert new.split("+")[1] in signers_of(world)
    assert old.split("+")[1] not in signers_of(world)
    assert read_public(world.home().path / FILE).ledger == (new,)
    assert verified(world, new).ok
    assert verified(world, old).ok, "the archived checkpoints lead from the old key to the new"
    files = {path.stem for path in (world.home_path / "keys" / "ledger").iterdir()}
    assert files == {new.split("+")[1]}


def test_a_stranger_to_both_keys_is_told_so(stage) -> None:
    world = stage("new")
    origin = ledger.Log.open(world.home().ledger).origin
    stranger = ledger.log_verifier(origin, ledger.generate_key()).vkey
    found = verified(world, stranger)
    assert {problem.fault for problem in found.problems} == {ledger.Fault.UNSIGNED}


def test_the_only_key_cannot_be_retired_nor_a_third_announced(stage) -> None:
    world = stage("new")
    (old,) = read_public(world.home().path / FILE).ledger
    with pytest.raises(Refused, match="only key"):
        retire(world, old)
    announce(world)
    with pytest.raises(Refused, match="under way already"):
        announce(world)
    with pytest.raises(Refused, match="No key of the id"):
        retire(world, "x+00000000+")


@pytest.mark.parametrize("person", ["counsel", "specialist"])
def test_only_an_administrator_changes_keys(stage, person) -> None:
    from portcullis.office.ledger_keys import announce_key

    world = stage("new")
    with pytest.raises(Refused, match="does not hold the role administrator"):
        announce_key(world.home(), acts.hands(world, person))
    assert checks.of_kind(world.home(), "denied")
    assert len(read_public(world.home().path / FILE).ledger) == 1


def test_witnesses_elsewhere_cosign_from_the_entry_on(stage, tmp_path) -> None:
    from portcullis.office.ledger_keys import adopt_witnesses

    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    other.trust(world.home())
    with other.running():
        file = witnesses_file(tmp_path, other, k=2)
        said = adopt_witnesses(world.home(), administrator(world), file)
        assert other.vkey in said.witnesses
        assert acts.release(world).delivered == 6
    home = world.home()
    note = ledger.Log.open(home.ledger).checkpoint
    signed = ledger.open_checkpoint(note, said.signed_by, said.witnesses, 2)
    assert set(signed.cosigned) == {"local", NAME}
    checks.ledger_verifies(home)


def test_fewer_cosignatures_or_a_broken_file_are_refused(stage, tmp_path) -> None:
    from portcullis.office.ledger_keys import adopt_witnesses

    world = stage("new")
    other = Elsewhere(tmp_path / "other")
    other.trust(world.home())
    with other.running():
        two = witnesses_file(tmp_path, other, k=2)
        adopt_witnesses(world.home(), administrator(world), two)
        before = (world.home_path / "pack" / "witnesses.toml").read_bytes()
        one = witnesses_file(tmp_path, other, k=1)
        with pytest.raises(Refused, match="would be fewer"):
            adopt_witnesses(world.home(), administrator(world), one)
        one.write_text(one.read_text().replace("http://", "gopher://"))
        with pytest.raises(PackErrors, match="address of a witness"):
            adopt_witnesses(world.home(), administrator(world), one)
        with pytest.raises(Misuse, match="cannot be read"):
            adopt_witnesses(world.home(), administrator(world), tmp_path / "none.toml")
    assert (world.home_path / "pack" / "witnesses.toml").read_bytes() == before


def test_the_view_holds_every_entry_and_its_digest_is_on_record(stage, tmp_path) -> None:
    from portcullis.office.ledger_view import publish_view

    world = stage("determined")
    home = world.home()
    log = ledger.Log.open(home.ledger)
    entries = list(log.entries())
    facts = publish_view(home, tmp_path / "view.parquet")
    table = pl.read_parquet(tmp_path / "view.parquet")
    assert table["entry"].to_list() == [entry.decode() for entry in entries]
    assert table["leaf_hash"].to_list() == ledger.leaf_hashes(entries)
    assert table["kind"].to_list() == [json.loads(entry)["kind"] for entry in entries]
    digest = hashlib.sha256((tmp_path / "view.parquet").read_bytes()).hexdigest()
    ((_, entry),) = checks.of_kind(home, "ledger-view")
    assert (entry["sha256"], entry["size"]) == (digest, len(entries))
    assert facts["root"] == entry["root"]


def test_a_retirement_cut_off_is_finished_by_the_next_act(stage, tmp_path) -> None:
    from portcullis.office.ledger_keys import adopt_witnesses

    world = stage("new")
    other = Elsewhere(tmp_path / "other")
    other.trust(world.home())
    with other.running():
        adopt_witnesses(world.home(), administrator(world), witnesses_file(tmp_path, other, k=2))
        (old,) = read_public(world.home().path / FILE).ledger
        new = announce(world)
        other.trust(world.home())
    with pytest.raises(ledger.TooFewCosigned):
        retire(world, old)
    with other.running():
        acts.place(world)
    assert read_public(world.home().path / FILE).ledger == (new,)
    files = {path.stem for path in (world.home_path / "keys" / "ledger").iterdir()}
    assert files == {new.split("+")[1]}


def test_another_ledger_is_never_made_where_one_is_missing(stage) -> None:
    from portcullis.office import start

    world = stage("determined")
    home = world.home()
    away = home.ledger.rename(home.path / "unmounted")
    with pytest.raises(Misuse, match="The ledger of this home is missing"):
        start(home)
    away.rename(home.ledger)
    acts.place(world)
    checks.ledger_verifies(home)

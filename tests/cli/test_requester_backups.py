"""``backup``, ``restore`` and ``doctor`` of the requester's home, as a person types them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portcullis import agreements
from portcullis.custody import Case, Place, RecipientHome, Visit
from portcullis.office.public import FILE, read_public
from tests.cli.run import portcullis
from tests.office import world as worlds

PLACE = Place("safe 2", "workstation-1")
NOW = datetime(2025, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def world(answered: Callable[[int], worlds.World], tmp_path: Path) -> worlds.World:
    """A world whose recipient has taken its packages in."""
    world = answered(2)
    home = recipient(tmp_path)
    home.make(world.folder / "people.json", agreements.builtin_pack(), demo=True)
    (home.folder / FILE).write_bytes((world.home_path / FILE).read_bytes())
    public = read_public(home.folder / FILE)
    for path in sorted((world.home_path / "outgoing" / worlds.BATCH / "packages").glob("*.json")):
        said = json.loads(path.read_bytes())
        case = Case(
            said["request_id"], ("2021",), ("last_known_address",), "8 USC 1253(a)(1)(A)",
            datetime(2025, 6, 27, tzinfo=UTC).date(), (said["officer"],),
        )  # fmt: skip
        home.receive(
            path.read_bytes(), case, user="custodian", at=NOW, place=PLACE,
            check_proof=public.check_proof,
        )  # fmt: skip
    return world


def recipient(folder: Path) -> RecipientHome:
    return RecipientHome(folder / "recipient")


def ask(home: Path, *words: object, code: int = 0) -> dict:
    done = portcullis(*words, "--home", home, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout) if done.stdout else {"said": done.stderr}


def codes(home: Path) -> list[str]:
    found = portcullis("doctor", "--home", home, "--json")
    assert "Traceback" not in found.stderr
    assert found.stdout, found.stderr
    return [one["code"] for one in json.loads(found.stdout)["findings"]]


def dispose(world: worlds.World, home: RecipientHome, package: str) -> None:
    visited = Visit(home, "custodian", world.key("custodian"), at=NOW, place=PLACE)
    visited.acknowledge()
    visited.certify([package], "destroyed", "purged")


def test_it_is_saved_and_put_back_with_its_log_and_packages(world, tmp_path) -> None:
    home, again = recipient(tmp_path), tmp_path / "again"
    packages = sorted(path.stem for path in home.packages.glob("*.json"))
    assert packages
    assert codes(home.folder) == []
    saved = ask(home.folder, "backup", tmp_path / "backups")
    assert (saved["entries"], saved["packages_missing_at_home"]) == (len(packages), [])
    back = ask(again, "restore", saved["backup"])
    assert back["next"][0] == "portcullis doctor"
    put = RecipientHome(again)
    assert sorted(path.stem for path in put.packages.glob("*.json")) == packages
    *before, last = put.log.entries()
    assert before == list(home.log.entries())
    assert (last.event, last.user) == ("restoration", "operator")
    assert codes(again) == []


def test_what_was_disposed_of_goes_from_every_backup(world, tmp_path) -> None:
    home, again = recipient(tmp_path), tmp_path / "again"
    first = ask(home.folder, "backup", tmp_path / "backups")
    package, *rest = sorted(path.stem for path in home.packages.glob("*.json"))
    data = (home.packages / f"{package}.json").read_bytes()
    dispose(world, home, package)
    ask(home.folder, "backup", tmp_path / "backups")
    everywhere = [path.read_bytes() for path in (tmp_path / "backups").rglob("*") if path.is_file()]
    assert data not in everywhere
    ask(again, "restore", first["backup"])
    # By the older log it was not disposed of; it is nowhere, and the doctor asks for it.
    assert sorted(path.stem for path in RecipientHome(again).packages.glob("*.json")) == rest
    assert codes(again) == ["package-missing"]
    (home.packages / f"{package}.json").write_bytes(data)
    assert codes(home.folder) == ["package-disposed"]


def test_a_package_lost_without_a_word_stays_in_the_mirror(world, tmp_path) -> None:
    home = recipient(tmp_path)
    ask(home.folder, "backup", tmp_path / "backups")
    path = next(iter(sorted(home.packages.glob("*.json"))))
    path.unlink()
    told = ask(home.folder, "backup", tmp_path / "backups", code=1)
    assert told["packages_missing_at_home"] == [path.stem]
    assert codes(home.folder) == ["package-missing"]


def test_a_broken_log_or_another_homes_folder_is_refused(world, tmp_path) -> None:
    home = recipient(tmp_path)
    saved = ask(home.folder, "backup", tmp_path / "backups")
    other = RecipientHome(tmp_path / "other")
    other.make(world.folder / "people.json", agreements.builtin_pack(), demo=True)
    assert "another home's" in ask(other.folder, "backup", tmp_path / "backups", code=1)["said"]
    lines = home.log.path.read_bytes().splitlines(keepends=True)
    home.log.path.write_bytes(b"".join([lines[0].replace(b"safe 2", b"safe 3"), *lines[1:]]))
    assert "fti-log" in codes(home.folder)
    assert "does not follow" in ask(home.folder, "backup", tmp_path / "backups", code=1)["said"]
    sums = Path(saved["backup"]) / "SHA256SUMS"
    (Path(saved["backup"]) / "home" / "people.json").write_bytes(b"{}")
    assert sums.exists()
    told = ask(tmp_path / "again", "restore", saved["backup"], code=2)
    assert "people.json is missing, altered" in told["said"]

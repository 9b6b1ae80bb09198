import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from portcullis import agreements
from portcullis.custody import RecipientHome
from portcullis.office.requesting import RequesterHome
from tests.office import world as worlds
from tests.office.world import BATCH_DAY, World
from tests.web import signing
from tests.web.office import Office, serve
from tests.web.requester import steps


@pytest.fixture(scope="session")
def world(_find_stage: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world whose holder's home has taken nothing in yet."""
    folder = tmp_path_factory.mktemp("both") / "world"
    shutil.copytree(_find_stage("new"), folder)
    return World(folder)


@pytest.fixture(scope="session")
def office(world: World) -> Iterator[Office]:
    """The requester's office, served; a person who prepares and signs is on its roster too."""
    home = world.folder / "recipient"
    RecipientHome(home).make(world.folder / "people.json", agreements.builtin_pack(), demo=True)
    RequesterHome.mark(home).set_date(BATCH_DAY)
    _add_both_roles(home, world)
    office = serve(home, "requester")
    # What people sign here, the holder knows by the same roster.
    shutil.copyfile(home / "people.json", world.home_path / "people.json")
    shutil.copyfile(world.home_path / "public.json", home / "public.json")
    yield office
    office.stop()


def _add_both_roles(home: Path, world: World) -> None:
    """Enrol the deputy, who may prepare and may sign: but never the same batch."""
    people = agreements.load_roster(home / "people.json").people
    key = worlds.keys.generate()
    worlds.keys.save_private(key, world.key_path("deputy"))
    head = next(each for each in people if each.id == "head")
    deputy = head.model_copy(
        update={
            "id": "deputy",
            "name": "Specimen deputy",
            "roles": ("preparer", "signatory"),
            "authority": "inspector-general",
            "jwk": worlds.keys.public_jwk(key),
        }
    )
    agreements.save_roster(agreements.Roster.from_people([*people, deputy]), home / "people.json")


@pytest.fixture
def as_person(office: Office, visit) -> Callable[..., Page]:
    """Return a function that opens a page as a person, the warning read, their passkey at hand."""

    def opened(person: str, path: str, **options) -> Page:
        page = visit(office, person, path, **options)
        if page.url.endswith("/banner/"):
            steps.read_the_warning(page)
            page.goto(office.origin + path)
        signing.authenticator(page, office.home, person)
        return page

    return opened

"""An officer's key is lost, another is enrolled, and the holder seals again: steps for tests."""

from pathlib import Path
from typing import Any

from portcullis import custody, keys
from portcullis.custody import ask
from portcullis.office.public import FILE, read_public
from tests.office import acts
from tests.office.world import BATCH, World

OFFICER = "officer-1"


def replace_key(world: World, officer: str = OFFICER) -> keys.ECKey:
    """Enrol a new key for an officer, whose former one is lost; return the former one."""
    former, new = world.key(officer), keys.generate()
    keys.save_private(new, world.key_path(officer))
    acts.change_person(world, officer, jwk=keys.public_jwk(new))
    return former


def reseal(world: World, officer: str = OFFICER, by: str = "transmitter", **more: Any) -> Any:
    from portcullis.office.resealing import reseal as run

    return run(world.home(), BATCH, officer, acts.hands(world, by), **more)


def file_of(world: World, package: Any) -> Path:
    return world.home().outgoing / BATCH / "packages" / f"{package.id}.json"


def opened(world: World, package: Any, data: bytes | None = None) -> dict[str, Any]:
    """Open a published package, or ``data``, as its officer does: with a token and their key."""
    from portcullis.office.tokens import grant_token
    from portcullis.release import package_digest

    home, key = world.home(), world.key(package.officer)
    data = data or file_of(world, package).read_bytes()
    request = ask(
        package.id,
        package_digest(data),
        package.officer,
        purpose="investigation",
        at=home.now(),
        key=key,
    )
    public = read_public(home.path / FILE)
    return custody.open_package(
        data,
        key,
        grant_token(home, package.id, request),
        request=request,
        at=home.now(),
        holder_jwk=public.holder,
        check_proof=public.check_proof,
    )

"""The steps of the way, each done by the world's own people with their own keys."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portcullis import agreements, keys, ledger
from portcullis.custody import ask
from portcullis.errors import Refused
from portcullis.standing import EVERYTHING, Order, Scope
from tests.office import checks
from tests.office import world as worlds
from tests.office.homes import switch
from tests.office.world import BATCH, World

DOCKET = "1:25-cv-00457"
DOCUMENT = "d0" * 32
EVERY_HOLDER_ROLE = tuple(sorted(set(worlds.HOLDER.values())))


class _StopHere(Exception):  # noqa: N818 - nothing went wrong
    pass


def hands(world: World, person: str) -> Any:
    """Return a person let into the office, with the key in hand."""
    return world.actor(person)


def enrol(world: World, name: str, roles: Iterable[str], **changes: Any) -> None:
    """Put one more person on the home's roster, with a key of their own."""
    key = keys.generate()
    keys.save_private(key, world.key_path(name))
    facts = {
        "id": name,
        "name": f"Specimen {name}",
        "agency": "IRS",
        "office": "several",
        "roles": tuple(roles),
        "jwk": keys.public_jwk(key),
        "in_force_from": date(2025, 1, 1),
    }
    path = world.home_path / "people.json"
    people = [*agreements.load_roster(path).people, agreements.Person(**(facts | changes))]
    agreements.save_roster(agreements.Roster.from_people(people), path)


def change_person(world: World, name: str, **changes: Any) -> None:
    """Change what the home's roster says of one person."""
    path = world.home_path / "people.json"
    people = [
        person.model_copy(update=changes) if person.id == name else person
        for person in agreements.load_roster(path).people
    ]
    agreements.save_roster(agreements.Roster.from_people(people), path)


def receive(world: World, path: Path | None = None) -> dict[str, Any]:
    from portcullis.office.reception import receive as run

    return run(world.home(), path or world.batch_file)


def adjudicate(world: World, by: str = "specialist", batch: str = BATCH, **more: Any) -> Any:
    from portcullis.office.adjudication import adjudicate as run

    return run(world.home(), batch, hands(world, by), **more)


def impair(
    world: World, adverse: Iterable[str] = (), by: str = "impairment", batch: str = BATCH
) -> int:
    from portcullis.office.approval import record_impairment

    return record_impairment(world.home(), batch, hands(world, by), adverse)


def to_answer_day(world: World) -> None:
    worlds.attest(world, worlds.ANSWER_DAY)


def draw(world: World, by: str = "sampler", batch: str = BATCH) -> Any:
    from portcullis.office.approval import draw_sample

    return draw_sample(world.home(), batch, hands(world, by))


def sampled_ids(world: World, batch: str = BATCH) -> list[str]:
    from portcullis.office.review import sampled_requests

    return sampled_requests(world.home(), batch)["request_id"].to_list()


def examine(
    world: World,
    verdicts: dict[str, bool] | None = None,
    by: str = "sampler",
    batch: str = BATCH,
) -> Any:
    """Record verdicts; none given, everything sampled is found lawful."""
    from portcullis.office.approval import record_examination

    if verdicts is None:
        verdicts = dict.fromkeys(sampled_ids(world, batch), True)
    return record_examination(world.home(), batch, hands(world, by), verdicts)


def approve(world: World, by: str = "approver", batch: str = BATCH) -> Any:
    from portcullis.office.approval import approve as run

    return run(world.home(), batch, hands(world, by))


def release(world: World, by: str = "transmitter", batch: str = BATCH, **more: Any) -> Any:
    from portcullis.office.release import release as run

    return run(world.home(), batch, hands(world, by), **more)


def answered_world(folder: Path, lawful: int) -> World:
    """Build a world in ``folder`` whose batch was answered."""
    world = worlds.build(folder, lawful=lawful)
    switch(world.home_path)
    home = worlds.make_home(world)
    receive(world)
    adjudicate(world)
    worlds.approve(world, home)
    release(world)
    return world


def seal(world: World) -> None:
    """Go through the release protocol until the first package is about to be published."""

    def stop(step: str) -> None:
        if step == "rename":
            raise _StopHere

    with pytest.raises(_StopHere):
        release(world, announce=stop)


def publish(world: World) -> None:
    from portcullis.office.files import find_batch
    from portcullis.office.release import publish_waiting

    home = world.home()
    publish_waiting(home, find_batch(BATCH))
    integrate(world)


def integrate(world: World) -> str:
    from portcullis.office import entries

    return entries.integrate(world.home())


def place(world: World, name: str = "order-1", scope: Scope = EVERYTHING, **more: Any) -> None:
    from portcullis.office import orders

    home = world.home()
    order = Order(name, DOCKET, "dcd", home.today(), DOCUMENT, scope, **more)
    orders.place(home, hands(world, "counsel"), order)


def lift(
    world: World, by: str, name: str = "order-1", docket: str = DOCKET, document: str = DOCUMENT
) -> Any:
    from portcullis.office import orders

    return orders.lift(world.home(), hands(world, by), name, docket, document)


def state(world: World, batch: str = BATCH) -> str:
    from portcullis.office.files import find_batch

    world.home()  # which asserts that it is this world whose office is open
    return find_batch(batch).state


def outcomes(world: World, batch: str = BATCH) -> dict[str, str]:
    from portcullis.office import accounts

    table = accounts.outcomes(world.home(), batch)
    return dict(table.select("request_id", "outcome").iter_rows())


def answers(world: World, batch: str = BATCH) -> pl.DataFrame:
    """Return the answer file as its requester reads it, signature checked."""
    from portcullis import release as sealed
    from portcullis.office.public import FILE, read_public

    home = world.home()
    holder = read_public(home.path / FILE).holder
    return sealed.read_answers(home.outgoing / batch / "answers.jsonl", holder)


def answered(world: World, batch: str = BATCH) -> dict[str, str]:
    return dict(answers(world, batch).select("request_id", "answer").iter_rows())


def packages(world: World, **wanted: Any) -> list[Any]:
    from portcullis.office.models import Package

    world.home()
    return list(Package.objects.filter(**wanted).order_by("row", "officer"))


def package_of(world: World, request_id: str) -> Any:
    """Return the one package of a request."""
    from portcullis.office import files

    home = world.home()
    requests = files.read_step(home, files.find_batch(BATCH), files.REQUESTS)
    row = requests.filter(request_id=request_id)["row"].item()
    (package,) = packages(world, row=row)
    return package


def ask_to_open(world: World, package: Any, purpose: str = "investigation") -> str:
    """Return the signed opening request of the officer named in the request."""
    return ask(
        package.id,
        package.digest,
        package.officer,
        purpose=purpose,
        at=world.home().now(),
        key=world.key(package.officer),
    )


def token(world: World, package: Any) -> str:
    from portcullis.office.tokens import grant_token

    return grant_token(world.home(), package.id, ask_to_open(world, package))


def denied(
    world: World,
    act: str,
    person: str,
    reason: str,
    attempt: Callable[[], Any],
    *,
    signed: int = 0,
) -> Refused:
    """Assert that ``attempt`` is denied, and that the denial is on record and on the ledger.

    ``signed``: how many acts are signed on the way to it.
    """
    from portcullis.office.models import Act, DeniedAttempt

    minutes_later()
    before = DeniedAttempt.objects.count(), Act.objects.count()
    on_ledger = len(checks.of_kind(world.home(), "denied"))
    with pytest.raises(Refused) as refused:
        attempt()
    assert (DeniedAttempt.objects.count(), Act.objects.count()) == (
        before[0] + 1,
        before[1] + signed,
    )
    row = DeniedAttempt.objects.latest("id")
    assert (row.kind, row.person, row.reason) == (act, person, reason)
    entered = checks.of_kind(world.home(), "denied")
    assert len(entered) == on_ledger + 1, "the denied attempt is not on the ledger"
    position, entry = entered[-1]
    assert position == row.entry_id
    assert (entry["act"], entry["person"], entry["reason"]) == (act, person, reason)
    return refused.value


def minutes_later() -> None:
    """Have so many minutes pass that another attempt is an entry of its own again."""
    from django.db.models import F

    from portcullis.office.denials import BETWEEN
    from portcullis.office.models import CountedDenial

    CountedDenial.objects.update(since=F("since") - BETWEEN)


def leaves(world: World, number: int, batch: str = BATCH) -> list[dict[str, str]]:
    tree = ledger.Tree(world.home().trees / batch / str(number))
    return [json.loads(leaf) for leaf in tree.leaves()]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

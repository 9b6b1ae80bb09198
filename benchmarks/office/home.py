"""A holder's home on PostgreSQL, and what people and clients need of it before the clock runs.

    python -m benchmarks.office.home make FOLDER HOME          the home, safeguards in force
    python -m benchmarks.office.home order FOLDER HOME         the specialist's order of the day
    python -m benchmarks.office.home sessions HOME ORIGIN N    N people signed in; prints them
    python -m benchmarks.office.home watch HOME STOP           what becomes of the singles, and when
    python -m benchmarks.office.home count HOME                the singles as they stand

The database is that of DATABASE_URL. Nothing here is timed; the watch looks twice a second.
"""

import json
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks import scene
from benchmarks.data import Data
from portcullis import keys
from portcullis.office import Home, open_office

_LOOK = 0.5  # seconds
_PATIENCE = 1800.0  # seconds the watch goes on after it was told that no more will come


def order(data: Data, path: Path) -> None:
    """Have the specialist order the day's single requests to be adjudicated."""
    home = open_office(Home.find(path))
    from portcullis.office import acting, signers, singles

    person, moment = home.roster.get(data.specialist), home.now()
    if person is None:
        raise RuntimeError("the specialist is not on the roster")
    facts, ledger = singles.ordered(home), signers.origin()
    wanted = acting.order_statement("adjudicate", person, moment, facts, ledger=ledger)
    key = keys.load_private(data.specialist_key)
    singles.order(home, person, moment, keys.sign(wanted, key))


def sessions(path: Path, origin: str, count: int) -> list[dict[str, Any]]:
    """Sign ``count`` people in, by turns those who have a desk; return who, session and desks."""
    from portcullis.office.web import serving

    serving.prepare(path, "holder", origin)
    from portcullis.office.web import desks
    from portcullis.office.web.deployment import deployment
    from portcullis.office.web.visitors import Visitor

    here = deployment()
    members = [each for each in here.roster.people if here.member(each.id) is not None]
    theirs = {each.id: [desk.url for desk in desks.of(Visitor(each, here))] for each in members}
    seated = [person for person, urls in theirs.items() if urls]
    return [
        {"person": person, "session": _session(person), "desks": theirs[person]}
        for person in islice(cycle(seated), count)
    ]


def _session(person: str) -> str:
    """Make a session of ``person``, as after signing in with a passkey."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    user, _ = User.objects.get_or_create(username=person)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["banner-read"] = True
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session.create()
    return str(session.session_key)


def watch(path: Path, stop: Path) -> dict[str, float]:
    """Return when each batch of singles was first seen adjudicated (seconds of the clock).

    It looks until ``stop`` exists and nothing waits any more.
    """
    open_office(Home.find(path))
    from portcullis.office.models import Batch, SingleRequest

    seen: dict[str, float] = {}
    ends = None
    while True:
        now = time.time()
        made = Batch.objects.filter(singles__isnull=False).distinct()
        for batch, state in made.values_list("id", "state"):
            if state != "received":
                seen.setdefault(batch, now)
        if stop.exists():
            ends = ends or now + _PATIENCE
            waiting = SingleRequest.objects.filter(state=SingleRequest.WAITING).exists()
            if now > ends or not (waiting or made.filter(state="received").exists()):
                return seen
        time.sleep(_LOOK)


def count(path: Path) -> dict[str, Any]:
    """Return each single's claimed id with its state and batch, and how many each batch decided."""
    home = open_office(Home.find(path))
    from portcullis.office import files
    from portcullis.office.models import Batch, SingleRequest

    decided = {}
    for batch in Batch.objects.filter(singles__isnull=False).distinct():
        rows = []
        if (home.batch(batch.id) / files.DETERMINATIONS).exists():
            table = files.read_step(home, batch, files.DETERMINATIONS, ["row", "outcome"])
            rows = table.drop_nulls("outcome")["row"].to_list()
        decided[batch.id] = set(rows)
    found = SingleRequest.objects.values_list("claimed", "state", "batch_id", "row")
    return {
        claimed: {"state": state, "batch": batch, "decided": row in decided.get(batch, ())}
        for claimed, state, batch, row in found
    }


def main() -> None:
    """Do what is named, and print what it gives as the last line."""
    match sys.argv[1:]:
        case ["make", folder, home]:
            scene.make_home(Data.load(Path(folder)), Path(home))
        case ["order", folder, home]:
            order(Data.load(Path(folder)), Path(home))
        case ["sessions", home, origin, people]:
            print(json.dumps(sessions(Path(home), origin, int(people))))
        case ["watch", home, stop]:
            print(json.dumps(watch(Path(home), Path(stop))))
        case ["count", home]:
            print(json.dumps(count(Path(home))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()

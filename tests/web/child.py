"""What the web tests run in processes of their own: the office, and sessions made beside it."""

import json
import re
import sys
import time
from pathlib import Path


def main() -> None:
    what, home, role, origin = sys.argv[1:]
    if what == "serve":
        from portcullis.cli.serve import serve

        port = int(origin.rpartition(":")[2])
        serve(role=role, home=Path(home), origin=origin, port=port, worker=False)
    elif what == "work":
        from portcullis.cli.work import work

        work(home=Path(home))
    elif what == "plans":
        print(json.dumps(plans(Path(home), role, origin)))
    else:
        print(json.dumps(sessions(Path(home), role, origin, ended=what == "ended")))


def sessions(home: Path, role: str, origin: str, *, ended: bool = False) -> dict[str, str]:
    """Make an account and a session for everybody of the home's side; return the session keys.

    ``ended``: nobody was seen in it for a day.
    """
    from portcullis.office.web import serving

    serving.prepare(home, role, origin)
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    from portcullis.office.web.deployment import deployment

    here = deployment()
    made = {}
    for person in here.roster.people:
        if here.member(person.id) is None:
            continue
        user, _ = User.objects.get_or_create(username=person.id)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["banner-read"] = True
        session["seen"] = time.time() - ended * 24 * 3600
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
        session.create()
        made[person.id] = str(session.session_key)
    return made


def plans(home: Path, role: str, origin: str) -> dict[str, list[str]]:
    """Look at every desk's first page, and at the pages linked there, as each of its people.

    Returns by page how SQLite goes about each query of it: the steps of its plan.
    """
    made = sessions(home, role, origin)
    from django.db import connection
    from django.test import Client

    from portcullis.office.web import desks
    from portcullis.office.web.deployment import deployment
    from portcullis.office.web.visitors import Visitor

    here, found = deployment(), {}
    for person, session in made.items():
        client = Client(headers={"host": origin.partition("//")[2]})
        client.cookies["portcullis-session"] = session
        for desk in desks.of(Visitor(here.roster.person(person), here)):
            waiting, seen = [desk.url], set()
            while waiting:
                page = waiting.pop()
                seen.add(page)
                asked = _Asked()
                with connection.execute_wrapper(asked):
                    answer = client.get(page)
                assert answer.status_code < 500, page
                found[page] = _steps(connection, asked.queries)
                if page == desk.url:
                    links = re.findall(rf'href="({desk.url}[a-z/]*)"', answer.content.decode())
                    waiting += set(links) - seen
    return found


class _Asked:
    """Listens to what is asked of the database."""

    def __init__(self) -> None:
        self.queries: list[tuple[str, object]] = []

    def __call__(self, execute, sql, params, *more):
        self.queries.append((sql, params))
        return execute(sql, params, *more)


def _steps(connection, asked: list[tuple[str, object]]) -> list[str]:
    steps = []
    with connection.cursor() as cursor:
        for sql, params in asked:
            if sql.startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                steps += [f"{row[-1]}: {sql[:300]}" for row in cursor.fetchall()]
    return steps


if __name__ == "__main__":
    main()

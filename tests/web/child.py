"""What the web tests run in processes of their own: the office, and sessions made beside it."""

import json
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


if __name__ == "__main__":
    main()

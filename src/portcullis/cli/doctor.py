"""``portcullis doctor``: what is wrong with a home, and what to do about it."""

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, requester
from portcullis.cli.output import say, show

if TYPE_CHECKING:
    from portcullis.office.doctor import Finding


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(doctor)


def _examine(home: Path) -> "list[Finding]":
    found = requester(home)
    if found is not None:
        from portcullis.office.requesting.doctor import examine as of_the_requester

        return of_the_requester(found)
    from portcullis.office import Home
    from portcullis.office.doctor import examine

    return examine(Home.find(home))


def doctor(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """Look at everything a home needs and say what is wrong with it, and what to do.

    Of the holder's home or the requester's. Changes nothing, and records nothing; the witnesses are
    shown the published checkpoint.
    """
    findings = _examine(home)
    facts = {
        "ok": not findings,
        "findings": [
            {"code": one.code, "message": one.message, "remedy": one.remedy} for one in findings
        ],
    }
    if json:
        show(facts, as_json=True)
    elif not findings:
        say("Nothing is wrong.")
    else:
        for one in findings:
            say(f"{one.code}: {one.message}")
            say(f"    {one.remedy}")
    return 1 if findings else 0

"""``portcullis doctor``: what is wrong with a home, and what to do about it."""

from cyclopts import App

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption
from portcullis.cli.output import say, show


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(doctor)


def doctor(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """Look at everything a home needs and say what is wrong with it, and what to do.

    Changes nothing, and records nothing; the witnesses are shown the published checkpoint.
    """
    from portcullis.office import Home
    from portcullis.office.doctor import examine

    findings = examine(Home.find(home))
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

"""``portcullis watch`` and ``portcullis acknowledge``: the alarms over the office's own acts."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import say, show


def register(app: App) -> None:
    """Add these verbs."""
    app.command(watch)
    app.command(acknowledge)


def watch(
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Look for what should not be so, and list the alarms that stand. Exits 1 where one does.

    For an inspector or the safeguards staff; the reading goes on the ledger. Shows ledger
    positions, counts and ids of the roster, never a text, an address or a person asked about. With
    --json, those acknowledged before too, and why.
    """
    opened = office(home)
    from portcullis.office import watching

    person = actor(opened, as_, key, "watched")
    facts = watching.facts_of(watching.watch(opened, person))
    if json:
        show(facts, as_json=True)
    else:
        _say(facts)
    return 1 if facts["alarms"] else 0


def acknowledge(
    alarm: str,
    *,
    reason: Annotated[str, Parameter(help="Why; it stays in the home.")],
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Acknowledge an alarm that stands, with a reason; not one that names you."""
    opened = office(home)
    from portcullis.office import watching

    person = actor(opened, as_, key, watching.ACKNOWLEDGE)
    position = watching.acknowledge(opened, person, alarm, reason)
    show({"alarm": alarm, "position": position}, as_json=json)


def _say(facts: Mapping[str, Any]) -> None:
    for one in facts["alarms"]:
        say(f"{one['alarm']}  {one['code']}  {one['what']}")
        for name in ("about", "since", "people", "counts"):
            if one.get(name):
                say(f"    {name}: {_words(one[name])}")
        if one.get("evidence"):
            say(f"    ledger entries: {_words(one['evidence'])}")
    hours = facts["hours"]
    say(f"Office hours: {hours['begins']} to {hours['ends']} in {hours['zone']}.")
    if facts["not_judged"]:
        say(f"Not judged, for the date is set by hand: {', '.join(facts['not_judged'])}.")
    standing = len(facts["alarms"])
    say("No alarm stands." if not standing else f"Alarms that stand: {standing}.")
    if facts["acknowledged"]:
        say(f"Acknowledged before: {len(facts['acknowledged'])}; --json lists them.")


def _words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in value.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)

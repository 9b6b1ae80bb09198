"""``portcullis referral``: near misses before two reviewers, and the list of what they found."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    Acting,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse
from portcullis.tables import publish

_ACT = "review"


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="referral", help="Near misses: looked at, found, confirmed and listed.")
    noun.command(list_, name="list")
    noun.command(show_, name="show")
    for verb in (rules, find, confirm, supplement):
        noun.command(verb)
    app.command(noun)


def list_(
    batch: str,
    *,
    acting: Acting,
) -> None:
    """List a batch's near misses and where the review of each stands."""
    opened = acting.office()
    from portcullis.office.referrals import queue

    waiting = queue(opened, batch, acting.actor(opened, _ACT))
    if acting.json:
        show({"batch": batch, "near_misses": [vars(each) for each in waiting]}, as_json=True)
        return
    for each in waiting:
        by = f" by {each.finder}, rule {each.rule}" if each.finder else ""
        say(f"{each.request_id}  {each.state}{by}")
    say(f"{len(waiting):,} near misses.")


def show_(
    batch: str,
    request: str,
    *,
    as_: AsOption,
    key: KeyOption,
    out: Annotated[Path, Parameter(help="The HTML file to write: return information.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Draw one near miss beside the record that is near it. The look goes on the ledger."""
    opened = office(home)
    from portcullis.office.referrals import look

    picture = look(opened, batch, request, actor(opened, as_, key, _ACT))
    try:
        publish(out, picture.as_html().encode())
    except OSError:
        raise Misuse(f"{out.name} cannot be written.", "Name a file of your own.") from None
    say(f"Written to {out}. Destroy it when the review is done.")


def rules(*, json: JsonOption = False) -> None:
    """List the written rules by which an address may be found to be of record."""
    from portcullis.matching import RULES

    if json:
        show({"rules": {rule.id: rule.statement for rule in RULES.values()}}, as_json=True)
        return
    for rule in RULES.values():
        say(f"{rule.id}: {rule.statement}")


def find(
    batch: str,
    request: str,
    *,
    address: Annotated[int, Parameter(help="The number of the address of record.")],
    rule: Annotated[str, Parameter(help="A written rule's id; see `referral rules`.")],
    reason: Annotated[str, Parameter(help="What you saw, in words; kept in the office.")],
    acting: Acting,
) -> None:
    """Find that the address of the request is that address of record, by that rule."""
    opened = acting.office()
    from portcullis.office.referrals import find as run

    person = acting.actor(opened, _ACT)
    run(opened, batch, request, person, number=address, rule=rule, reason=reason)
    show({"batch": batch, "request": request, "state": "found"}, as_json=acting.json)


def confirm(
    batch: str,
    request: str,
    *,
    acting: Acting,
    refuse: Annotated[str, Parameter(help="Refuse instead, and say why.")] = "",
) -> None:
    """Confirm what another reviewer found, or refuse it."""
    opened = acting.office()
    from portcullis.office.referrals import confirm as run

    person = acting.actor(opened, _ACT)
    run(opened, batch, request, person, refuse=refuse or None)
    state = "refused" if refuse else "confirmed"
    show({"batch": batch, "request": request, "state": state}, as_json=acting.json)


def supplement(
    batch: str,
    *,
    acting: Acting,
) -> None:
    """Put what was found and confirmed on the batch's supplementary list, and on the ledger."""
    opened = acting.office()
    from portcullis.office.supplement import supplement as run

    made = run(opened, batch, acting.actor(opened, "adjudicate"))
    show({"batch": batch, "list": made.number, "root": made.root}, as_json=acting.json)

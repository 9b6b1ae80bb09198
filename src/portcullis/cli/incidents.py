"""``portcullis incident`` and ``notice``: possible incidents, and the persons to be told."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    Acting,
    HomeOption,
    JsonOption,
    ReaderKeyOption,
    ReaderOption,
    day_of,
    file_digest,
    office,
    reader,
)
from portcullis.cli.output import say, show
from portcullis.errors import Misuse
from portcullis.tables import whole

if TYPE_CHECKING:
    from portcullis.office import Home
    from portcullis.oversight.incidents import Duty, Incident, PersonNotice

ZoneOption = Annotated[str, Parameter(help="The time zone, e.g. America/New_York.")]
DocumentOption = Annotated[Path, Parameter(help="The notice as sent; only its digest is kept.")]


def register(app: App) -> None:
    """Add these nouns' verbs."""
    noun = App(name="incident", help="Possible incidents: clock, report, notices.")
    noun.command(suspect)
    noun.command(template)
    noun.command(report)
    noun.command(notice)
    noun.command(list_, name="list")
    noun.command(show_, name="show")
    noun.command(due)
    noun.command(close)
    app.command(noun)
    persons = App(name="notice", help="Notices to persons under 26 U.S.C. § 7431(e).")
    persons.command(trigger)
    persons.command(draft)
    persons.command(given)
    app.command(persons)


def suspect(
    id: str,
    *,
    acting: Acting,
    at: Annotated[str, Parameter(help="When first suspected, ISO 8601; else now.")] = "",
    zone: ZoneOption = "UTC",
) -> None:
    """Open an incident on suspicion: report and notices are due within 24 hours of it."""
    opened = acting.office()
    from portcullis.office.incidents import suspect as run

    person = acting.actor(opened, "incident")
    _show(run(opened, person, id, _at(opened, at, zone), zone), json=acting.json)


def template() -> None:
    """Print an empty report, every field with what belongs in it."""
    from portcullis.oversight.incident_report import TEMPLATE

    say(TEMPLATE.rstrip("\n"))


def report(
    id: str,
    file: Annotated[Path, Parameter(help="The report, filled in from the template.")],
    *,
    acting: Acting,
) -> None:
    """Put an incident's report, or a further one, on record; it is sealed, its digest is not."""
    opened = acting.office()
    from portcullis.office import incidents
    from portcullis.oversight.incident_report import read_report

    person = acting.actor(opened, "incident-report")
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{file.name} cannot be read.", "Name the report's file.") from None
    written = read_report(text, incidents.find(id).zone)
    _show(incidents.report(opened, person, id, written), json=acting.json)


def notice(
    id: str,
    *,
    to: Annotated[
        str, Parameter(help="office-of-safeguards, tigta, individuals, media, other-authority.")
    ],
    reference: Annotated[str, Parameter(help="Under which it is filed; an id, no words.")],
    acting: Acting,
    at: Annotated[str, Parameter(help="When it was sent, ISO 8601; else now.")] = "",
) -> None:
    """Record that somebody was told of an incident."""
    opened = acting.office()
    from portcullis.office import incidents

    person = acting.actor(opened, "incident-notice")
    sent_at = _at(opened, at, incidents.find(id).zone, later=True)
    found = incidents.tell(opened, person, id, to, sent_at=sent_at, reference=reference)
    _show(found, json=acting.json)


def list_(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List incidents, and notices to persons."""
    office(home)
    from portcullis.office.incidents import register as run

    found = run()
    if json:
        incidents = [_facts(each) for each in found.incidents.values()]
        notices = [_notice(each) for each in found.notices.values()]
        show({"incidents": incidents, "notices": notices}, as_json=True)
        return
    for each in found.incidents.values():
        state = f"closed on {each.closed_on}" if each.closed_on else "open"
        say(f"{each.id}  due {each.due_at.isoformat()}  {len(each.reports)} reports  {state}")
    for one in found.notices.values():
        state = f"given on {one.given['given_on']}" if one.given else "not given"
        say(f"{one.id}  {one.trigger} of {one.triggered_on}  {state}")


def show_(
    id: str,
    *,
    report: Annotated[bool, Parameter(negative="", help="With its newest report.")] = False,
    as_: ReaderOption = "",
    key: ReaderKeyOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Show one incident, and who was told when.

    With --report it takes --as and --key, and the reading goes on the ledger.
    """
    opened = office(home)
    from portcullis.office import incidents, unsealing

    facts = _facts(incidents.find(id))
    if report:
        person = reader(opened, as_, key, unsealing.INCIDENT_REPORT)
        facts["report"] = incidents.reported(opened, person, id)
    show(facts, as_json=json)


def due(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """List what is still to be done and what was done late; exit 1 where anything is overdue."""
    opened = office(home)
    from portcullis.office.incidents import register as run

    duties = run().duties(opened.now())
    waiting = [each for each in duties if each.done_at is None]
    if json:
        show({"due": [_duty(each) for each in duties]}, as_json=True)
    elif not duties:
        say("Nothing is due.")
    else:
        for each in duties:
            say(_words(each))
    return 1 if any(each.overdue for each in waiting) else 0


def close(
    id: str,
    *,
    acting: Acting,
) -> None:
    """Close an incident of which nothing is still to be told."""
    opened = acting.office()
    from portcullis.office.incidents import close as run

    _show(run(opened, acting.actor(opened, "incident-close"), id), json=acting.json)


def trigger(
    id: str,
    *,
    trigger: Annotated[str, Parameter(help="indictment, information, administrative-action.")],
    on: Annotated[str, Parameter(help="The day of the charge or proposal, YYYY-MM-DD.")],
    act: Annotated[str, Parameter(help="inspection or disclosure.")],
    act_on: Annotated[str, Parameter(help="The day of that act, YYYY-MM-DD.")],
    acting: Acting,
    package: Annotated[str, Parameter(help="The package it was of.")] = "",
    history: Annotated[str, Parameter(help="Or the imported history ...")] = "",
    request_id: Annotated[str, Parameter(help="... and the request in it.")] = "",
    incident: Annotated[str, Parameter(help="The incident it belongs to.")] = "",
) -> None:
    """Record what makes a notice to a person due, under the notice's own id: never by a name."""
    opened = acting.office()
    from portcullis.office.incidents import Charge, charge

    person = acting.actor(opened, "notice-7431e")
    why = Charge(
        trigger=trigger,
        triggered_on=day_of(on),
        act=act,
        act_on=day_of(act_on),
        package=package,
        history=history,
        request_id=request_id,
        incident=incident,
    )
    show(_notice(charge(opened, person, id, why)), as_json=acting.json)


def draft(
    id: str,
    *,
    out: Annotated[Path, Parameter(help="The file to write.")],
    acting: Acting,
) -> None:
    """Write the draft of a notice, for counsel to settle and address; say whose it is.

    The reading goes on the ledger.
    """
    opened = acting.office()
    from portcullis.office import unsealing
    from portcullis.office.incidents import find_notice, subject_of
    from portcullis.oversight.person_notice import notice_draft

    person = acting.actor(opened, unsealing.NOTICE_DRAFT)
    text = notice_draft(opened.pack.agreement.holder.name, find_notice(id))
    whose = subject_of(opened, person, id)
    with whole(out) as part:
        part.write_text(text)
    show({"notice": id, "file": str(out), **whose}, as_json=acting.json)


def given(
    id: str,
    *,
    document: DocumentOption,
    acting: Acting,
    rights_told: Annotated[
        bool, Parameter(negative="", help="It tells the person's rights; say so.")
    ] = False,
    on: Annotated[str, Parameter(help="The day it was sent; else today.")] = "",
) -> None:
    """Record that the person was told the date of the act, and their rights."""
    opened = acting.office()
    from portcullis.office.incidents import give

    person = acting.actor(opened, "notice-7431e")
    day = day_of(on) if on else opened.today()
    done = give(opened, person, id, day, file_digest(document), rights_told=rights_told)
    show(_notice(done), as_json=acting.json)


def _at(home: "Home", text: str, zone: str, *, later: bool = False) -> datetime:
    from portcullis.oversight.incidents import instant

    return instant(text, zone, later=later) if text else home.now()


def _show(found: "Incident", *, json: bool) -> None:
    show(_facts(found), as_json=json)


def _facts(found: "Incident") -> dict[str, Any]:
    return {
        "incident": found.id,
        "suspected_at": found.suspected_at.isoformat(),
        "due_at": found.due_at.isoformat(),
        "reports": len(found.reports),
        "still_unknown": list(found.unknown),
        "told": [f"{each.to} {each.sent_at.isoformat()} {each.reference}" for each in found.told],
        "closed_on": found.closed_on.isoformat() if found.closed_on else None,
    }


def _notice(found: "PersonNotice") -> dict[str, Any]:
    return {
        "notice": found.id,
        "trigger": found.trigger,
        "triggered_on": found.triggered_on.isoformat(),
        "act": found.act,
        "act_on": found.act_on.isoformat(),
        "incident": found.incident,
        "given_on": found.given["given_on"] if found.given else None,
    }


def _duty(duty: "Duty") -> dict[str, Any]:
    return {
        "of": duty.of,
        "what": duty.what,
        "due": duty.due.isoformat() if duty.due else None,
        "overdue": duty.overdue,
        "done_at": duty.done_at.isoformat() if duty.done_at else None,
    }


def _words(duty: "Duty") -> str:
    by = f"due {duty.due.isoformat()}" if duty.due else "as soon as practicable"
    if duty.done_at is not None:
        return f"{duty.of}  {duty.what}  {by}  done late, {duty.done_at.isoformat()}"
    return f"{duty.of}  {duty.what}  {by}{'  OVERDUE' if duty.overdue else ''}"

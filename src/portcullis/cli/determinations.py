"""From adjudication to release: the acts on a batch's determinations, one verb an act."""

import json as json_text
from collections import Counter
from pathlib import Path
from typing import Annotated

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
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse
from portcullis.tables import whole

OutOption = Annotated[Path | None, Parameter(help="Where to write one row a request (CSV).")]


def register(app: App) -> None:
    """Add these verbs."""
    for verb in (adjudicate, impairment, sample, examine, approve, release, reseal, batches):
        app.command(verb)


def adjudicate(
    batch: str,
    *,
    as_: AsOption,
    key: KeyOption,
    out: OutOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Screen, match and decide every request of a batch; the list's root goes on the ledger.

    --out (holder only) writes request_id, outcome, route, reasons.
    """
    opened = office(home)
    from portcullis.office import files
    from portcullis.office.adjudication import adjudicate as run

    person = actor(opened, as_, key, "adjudicate")
    with progress() as shown:
        result = run(opened, batch, person, show=shown)
    if out is not None and not result.held:
        table = files.read_step(
            opened,
            files.find_batch(batch),
            files.DETERMINATIONS,
            ["request_id", "outcome", "route", "reasons"],
        )
        with whole(out) as part:
            table.write_csv(part)
    facts = {
        "batch": batch,
        "outcomes": result.outcomes,
        "looked_up": result.looked_up,
        "root": result.root,
        "position": result.position,
        "held": list(result.held),
        "seconds": result.seconds,
    }
    show(facts, as_json=json, title="Adjudicated")
    return 1 if result.held else 0


def impairment(
    batch: str,
    *,
    as_: AsOption,
    key: KeyOption,
    adverse: Annotated[Path | None, Parameter(help="A file of barred request ids.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Record for every eligible request whether 26 U.S.C. § 6103(i)(6) bars it."""
    opened = office(home)
    from portcullis.office.approval import record_impairment

    person = actor(opened, as_, key, "impairment")
    count = record_impairment(opened, batch, person, _lines(adverse))
    show({"recorded": count}, as_json=json)


def sample(
    batch: str,
    *,
    as_: AsOption,
    key: KeyOption,
    out: OutOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Draw the sample the list is approved on, once, with the seed that nobody chose."""
    opened = office(home)
    from portcullis.office.approval import draw_sample
    from portcullis.office.review import sampled_requests

    person = actor(opened, as_, key, "sample")
    drawn = draw_sample(opened, batch, person)
    if out is not None:
        with whole(out) as part:
            sampled_requests(opened, batch).write_csv(part)
    show({"batch": batch, "size": len(drawn.rows), "seed": drawn.seed}, as_json=json)


def examine(
    batch: str,
    *,
    as_: AsOption,
    key: KeyOption,
    verdicts: Annotated[Path, Parameter(help="JSON: request id to true (lawful) or false.")],
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Record the sampler's verdict on each sampled request; one unlawful item ends the list."""
    opened = office(home)
    from portcullis.office.approval import record_examination

    person = actor(opened, as_, key, "examine")
    try:
        given = json_text.loads(verdicts.read_text())
        good = isinstance(given, dict) and all(isinstance(v, bool) for v in given.values())
    except (OSError, ValueError):
        good = False
    if not good:
        raise Misuse(f"{verdicts.name} holds no verdicts.", "Write {request id: true or false}.")
    done = record_examination(opened, batch, person, given)
    show({"batch": batch, "unlawful": done.unlawful}, as_json=json)
    return 1 if done.unlawful else 0


def approve(
    batch: str,
    *,
    as_: AsOption,
    key: KeyOption,
    send_back: Annotated[
        str, Parameter(help="Send the list back instead, for this reason: it is never approved.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Approve a batch's list in writing; the approval expires."""
    opened = office(home)
    from portcullis.office import approval as deciding

    if send_back:
        person = actor(opened, as_, key, deciding.SEND_BACK)
        deciding.send_back(opened, batch, person, send_back)
        show({"batch": batch, "state": "unapprovable"}, as_json=json, title="Sent back")
        return
    person = actor(opened, as_, key, "approve")
    given = deciding.approve(opened, batch, person)
    facts = {"batch": batch, "root": given.list.root, "expires_on": given.expires_on}
    show(facts, as_json=json, title="Approved")


def release(
    batch: str,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Release an approved list by the protocol and answer the batch. Run again to resume."""
    opened = office(home)
    from portcullis.office.release import release as run

    person = actor(opened, as_, key, "transmit")
    with progress() as shown:
        done = run(opened, batch, person, show=shown)
    facts = {
        "batch": batch,
        "authorised": done.authorised,
        "delivered": done.delivered,
        "not_sent": done.not_sent,
    }
    show(facts, as_json=json, title="Released")
    return 0


def reseal(
    batch: str,
    *,
    officer: Annotated[str, Parameter(help="Whose key was replaced: a roster id.")],
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Seal a batch's delivered packages again, to an officer's new key. Run again to resume.

    What may not leave now stays as it is, and is counted by its reason.
    """
    opened = office(home)
    from portcullis.office.resealing import reseal as run

    person = actor(opened, as_, key, "transmit")
    with progress() as shown:
        done = run(opened, batch, officer, person, show=shown)
    facts = {
        "batch": batch,
        "officer": officer,
        "resealed": len(done.packages),
        "left": dict(sorted(Counter(done.left.values()).items())),
    }
    show(facts, as_json=json, title="Sealed again")
    return 1 if done.left else 0


def batches(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List the batches and where each stands."""
    office(home)
    from portcullis.office.lifecycles import BATCH
    from portcullis.office.models import Batch

    rows = [
        {
            "batch": batch.id,
            "state": batch.state,
            "taken": batch.taken,
            "quarantined": batch.quarantined,
            "next": BATCH.states[batch.state].next,
        }
        for batch in Batch.objects.order_by("received_on", "id")
    ]
    if json:
        show({"batches": rows}, as_json=True)
        return
    for row in rows:
        say(f"{row['batch']}  {row['state']}  {row['taken']:,} requests.  {row['next']}")


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [line.strip() for line in path.read_text().splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError):
        raise Misuse(f"{path.name} cannot be read.", "Name a file with one id a line.") from None

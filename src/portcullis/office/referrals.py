"""Near misses before a person: the queue, the look at two records, the finding, its confirmation.

A reviewer may find only that the address in the request is an address of record of the one near
taxpayer, under a written rule; a second reviewer confirms or refuses. Each act is signed by its
person's own key and is an inspection under 26 U.S.C. 7213A: it is on the ledger before the index
is opened, and what came of it afterwards. What the rules do not allow is denied, on the record.
Review ends when the (i)(6) records are made or the sample is drawn: what is not decided by then is
answered with silence, as it would be with no review.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

import polars as pl

from portcullis import matching, records, screening, tables
from portcullis.errors import Refused
from portcullis.law import MET, Phase, applicable, judge
from portcullis.matching import RULES, Near, NotFindable
from portcullis.office import entries, files, likelihood, look_ups
from portcullis.office.duties import check_apart
from portcullis.office.files import find_batch, list_in_force
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.people import Actor, deny
from portcullis.office.review_journal import (
    ACT,
    CONFIRMED,
    DENIED,
    FOUND,
    LOOKED,
    REFUSED,
    Done,
    Review,
    begin,
    has_looked,
    record,
    review_of,
    reviews,
)
from portcullis.office.stages import check_state
from portcullis.oversight import near_miss

CAUSE = "near-miss"
SILENCE = "What is not found and confirmed is answered as every other: no disclosure."


@dataclass(frozen=True)
class Waiting:
    """One near miss of the queue: its row and request, and where its review stands.

    ``number, rule, log``: of the finding, the address of record, the rule, and the digest by which
    its ledger entry names it.
    """

    row: int
    request_id: str
    state: str
    finder: str = ""
    confirmer: str = ""
    rule: str = ""
    number: int | None = None
    log: str = ""


def queue(home: Home, batch_id: str, actor: Actor) -> list[Waiting]:
    """Return the near misses of a batch in received-row order; nothing of a record is among it."""
    return waiting(home, _reviewable(home, batch_id, actor))


def waiting(home: Home, batch: Batch) -> list[Waiting]:
    """Return the same for a page, which has asked by itself who may see it."""
    stand = reviews(home, batch)
    return [
        _waiting(row, name, stand.get(row, Review())) for row, name in _near_misses(home, batch)
    ]


def look(home: Home, batch_id: str, request_id: str, actor: Actor) -> near_miss.Picture:
    """Return the picture of one near miss; the look is on the ledger before the index is read."""
    batch = _reviewable(home, batch_id, actor)
    row = _row(home, batch, request_id)
    wanted = Done(row, LOOKED, actor.id)
    with _reading(home, batch, actor, wanted) as index:
        seen = matching.near(_request(home, batch, row), index, files.basis_of(batch))
    model, _ = likelihood.model(home, actor)
    done = replace(wanted, model=model.digest)
    record(home, batch, actor, _listed_index(batch), done)
    stands = review_of(home, batch, row)
    return _picture(batch, request_id, seen, model, stands)


def find(
    home: Home,
    batch_id: str,
    request_id: str,
    actor: Actor,
    *,
    number: int,
    rule: str,
    reason: str,
) -> None:
    """Find that the address of the request is address ``number`` of record, by the written rule.

    Raises Refused, and records the denied attempt, where the rules do not allow that finding.
    """
    batch = _reviewable(home, batch_id, actor)
    row = _row(home, batch, request_id)
    if not reason.strip():
        raise Refused("A finding needs its reason in words.", "Say what you saw with --reason.")
    if review_of(home, batch, row).state in (FOUND, CONFIRMED):
        raise Refused("This near miss was found already.", "A second reviewer confirms or refuses.")
    wanted = Done(row, FOUND, actor.id, number, rule, reason.strip())
    with _reading(home, batch, actor, wanted) as index:
        _as_found(home, batch, actor, index, wanted)
    record(home, batch, actor, _listed_index(batch), wanted)


def confirm(
    home: Home,
    batch_id: str,
    request_id: str,
    actor: Actor,
    *,
    finding_log: str = "",
    refuse: str | None = None,
) -> None:
    """Confirm what another reviewer found of the request; ``refuse``: refuse it, and why.

    ``finding_log``: the digest of the very finding that was signed for (``Waiting.log``), where it
    was signed for before. The rules are checked again. Raises Refused where another finding stands
    now, or the person has not looked; and records the denied attempt, where the finder is the same
    person or the rules do not allow the finding.
    """
    batch = _reviewable(home, batch_id, actor)
    row = _row(home, batch, request_id)
    stands = review_of(home, batch, row)
    finding = stands.finding
    if finding is None or stands.answer is not None:
        raise Refused("Nothing waits to be confirmed of this request.", "See `referral list`.")
    if actor.id == finding.by:
        message = "The reviewer who found it may not also confirm it."
        deny(home, ACT, actor.id, "two-people", message, batch=batch.id)
    if finding_log and finding_log != finding.log:
        raise Refused("Another finding stands now than was signed for.", "Look at it again.")
    if not has_looked(home, batch, row, actor.id):
        raise Refused(
            "Who answers a finding has looked at the near miss first.",
            "Look at it: that too is on the record.",
        )
    wanted = Done(row, CONFIRMED, actor.id, finding.number, finding.rule)
    if refuse is not None:
        wanted = replace(wanted, act=REFUSED, reason=refuse.strip())
    with _reading(home, batch, actor, wanted) as index:
        match = _as_found(home, batch, actor, index, wanted) if refuse is None else None
    record(home, batch, actor, _listed_index(batch), replace(wanted, match=match))


def confirmed(home: Home, batch: Batch) -> dict[int, Review]:
    """Return the confirmed findings whose requests are still referred on the list in force."""
    stand = reviews(home, batch)
    return {
        row: stand[row]
        for row, _ in _near_misses(home, batch)
        if row in stand and stand[row].state == CONFIRMED
    }


def check_none_unlisted(home: Home, batch: Batch) -> None:
    """Raise Refused where confirmed findings wait for their list, and could still be listed."""
    if not batch.impairments.exists() and confirmed(home, batch):
        raise Refused(
            "Confirmed findings of near misses are on no list yet.",
            "The specialist lists them with `portcullis referral supplement`.",
        )


def _waiting(row: int, request_id: str, stands: Review) -> Waiting:
    finding, answer = stands.finding, stands.answer
    return Waiting(
        row,
        request_id,
        stands.state,
        finding.by if finding else "",
        answer.by if answer else "",
        (finding.rule or "") if finding else "",
        finding.number if finding else None,
        finding.log if finding else "",
    )


def _reviewable(home: Home, batch_id: str, actor: Actor) -> Batch:
    """Return the batch, where ``actor`` may review it and its review has not ended."""
    batch = find_batch(batch_id)
    check_apart(home, actor, ACT, batch)
    check_open(batch)
    return batch


def check_open(batch: Batch) -> None:
    """Raise Refused where the batch's near misses cannot be reviewed, not yet or any more."""
    check_state(batch, "determined")
    if batch.impairments.exists():
        raise Refused("The review of this batch ended with its (i)(6) records.", SILENCE)


def _near_misses(home: Home, batch: Batch) -> list[tuple[int, str]]:
    """Return row and request id of the requests that stand as near misses on the list in force."""
    decided = files.in_force(batch, files.DETERMINATIONS)
    table = files.read_step(home, batch, decided, ["row", "request_id", "outcome", "cause"])
    return list(
        table.filter(outcome="referred", cause=CAUSE).select("row", "request_id").iter_rows()
    )


def _row(home: Home, batch: Batch, request_id: str) -> int:
    for row, name in _near_misses(home, batch):
        if name == request_id:
            return row
    raise Refused(
        "No near miss of that id stands in this batch.", "See `portcullis referral list`."
    )


def _request(home: Home, batch: Batch, row: int) -> pl.DataFrame:
    parts = tables.scan_table(home.batch(batch.id) / files.REQUESTS, files.batch_key(home, batch))
    one = pl.concat(part.filter(pl.col("row") == row) for part in parts)
    return screening.prepare(one, home.pack)


def _listed_index(batch: Batch) -> str:
    """Return the digest of the index that the list was made with."""
    return str(entries.body(list_in_force(batch).entry)["index"])


@contextmanager
def _reading(home: Home, batch: Batch, actor: Actor, wanted: Done) -> Iterator[records.Index]:
    """Put the reading on the ledger, then open the index that the list was made with.

    Raises Refused where another index is current, the recipient may not receive today, or an order
    stops the look-up.
    """
    listed = _listed_index(batch)
    begin(home, batch, actor, listed, wanted, look_ups.looking_up(home, batch, [wanted.row]))
    with records.open_index(home.index, home.derived_key("index")) as index:
        if index.info.digest != listed:
            raise Refused(
                "The records were indexed anew since the list was made; it names another index.",
                f"Nothing can be found by it any more. {SILENCE}",
            )
        yield index


def _as_found(
    home: Home, batch: Batch, actor: Actor, index: records.Index, wanted: Done
) -> pl.DataFrame:
    """Return the match as it is ``wanted``; deny where a rule or an element does not allow it."""
    basis = files.basis_of(batch)
    request = _request(home, batch, wanted.row)
    try:
        match = matching.as_found(
            matching.near(request, index, basis),
            index,
            basis,
            wanted.number or 0,
            wanted.rule or "",
        )
    except NotFindable as refusal:
        _deny(home, batch, actor, wanted, str(refusal))
    asked = match.with_columns(request.select("^periods$"))
    elements = applicable(basis, Phase.MATCH)
    judged = judge(asked, elements, basis)
    unmet = [each.citation for each in elements if judged[each.id][0] != MET]
    if unmet or match["cause"][0] is not None:
        cited = f" ({', '.join(dict.fromkeys(unmet))})" if unmet else ""
        _deny(home, batch, actor, wanted, f"Another element of the match is not met.{cited}")
    return match


def _deny(home: Home, batch: Batch, actor: Actor, wanted: Done, message: str) -> NoReturn:
    """Deny what was ``wanted``; the journal says of which request and why.

    The reviewer reads why too; the ledger has one word for all.
    """
    done = replace(wanted, act=DENIED, intended=wanted.act, reason=message)
    record(home, batch, actor, _listed_index(batch), done)
    deny(home, ACT, actor.id, "not-findable", message, batch=batch.id)


def _picture(
    batch: Batch, request_id: str, seen: Near, model: likelihood.Model, stands: Review
) -> near_miss.Picture:
    barred, shown = "", None
    try:
        shown = seen.of(matching.the_one(seen))
    except NotFindable as refusal:
        # Of whom nothing may be found, nothing is shown.
        barred = str(refusal)
    waterfall = model.waterfall(seen.asked, shown) if shown else None
    return near_miss.picture(
        request_id=request_id,
        batch=batch.id,
        asked=seen.asked,
        shown=shown,
        household=seen.household,
        barred=barred,
        waterfall=waterfall,
        model=model.digest,
        found=_told(stands),
    )


def _told(stands: Review) -> str:
    """Return in words what was found so far."""
    finding = stands.finding
    if finding is None or finding.rule is None:
        return ""
    return (
        f"Found, by {finding.by}: address {finding.number} of record, by the rule {finding.rule}. "
        f"{RULES[finding.rule].statement} Reason given: {finding.reason}"
    )

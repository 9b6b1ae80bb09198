"""The statement to a court: what had happened by a day, each number with its proof.

A statement file (``portcullis-statement/1``) goes with it for every kind of entry: whoever has the
ledger counts it again, and sees that none was left out.
"""

from collections.abc import Sequence

import polars as pl

from portcullis.ledger import Statement
from portcullis.oversight.reports import common
from portcullis.oversight.reports.document import Document, Section, Table, Value
from portcullis.oversight.reports.facts import BATCH, HISTORY, QUARANTINED, REFUSED, Counted
from portcullis.release import DISCLOSED, NO_DISCLOSURE, RETURNED, public_answer

KINDS: dict[str, str] = {
    "batch-received": "Transmittals received",
    "transmittal-refused": "Transmittals refused whole",
    "looked-up": "Look-ups in the holder's records (lists of requests looked up)",
    "determination-list": "Lists of determinations",
    "release-authorised": "Disclosures authorised (packages)",
    "delivered": "Disclosures made: packages made available to an officer",
    "not-sent": "Packages authorised and not sent",
    "opening-granted": "Openings of packages by officers",
    "opening-refused": "Openings refused",
    "history-imported": "Imports of disclosures made elsewhere",
    "order-filed": "Orders filed with the gate",
    "order-lifted": "Orders lifted",
    "hold-placed": "Preservation holds placed",
    "hold-lifted": "Preservation holds lifted",
    "notice-issued": "Notices to the recipient of what to freeze or to keep",
    "custodian-attested": "Attestations of the recipient's custodians to such notices",
    "destruction-cleared": "Counsel's clearances to destroy what a hold keeps",
    "recall-opened": "Recalls opened (each of any number of disclosures)",
    "recall": "Packages closed by a recall (an entry names one or several)",
    "recall-demanded": "Demands of a recall sent",
    "recall-attested": "Attestations to a recall: frozen, sequestered or disposed of",
    "recall-closed": "Recalls closed",
    "certificate": "Certificates of return, destruction or continued safeguarding",
    "incident-suspected": "Incidents suspected",
    "incident-reported": "Reports of incidents",
    "incident-notice": "Notices of an incident sent",
    "notice-7431e-given": "Notices to persons under 26 U.S.C. 7431(e)",
    "denied": "Acts attempted and denied",
}
"""The kinds of entries a court is told of, in the order of the way, and what each counts."""


def court(counted: Counted, statements: Sequence[Statement]) -> Document:
    """Return the statement; ``statements`` are of KINDS, in their order, by the day counted.

    Raises ValueError where a statement counts otherwise than the report does.
    """
    for said in statements:
        # What the witnesses' clocks speak against is not counted, but named.
        claimed = said.count + len(said.backdated)
        if claimed != len(counted.told(said.kind)):
            raise ValueError(f"{said.kind}: {claimed:,} is not {len(counted.told(said.kind)):,}")
    return Document(
        name="court",
        title="Statement to the court: requests and disclosures",
        as_of=counted.by,
        agreement=counted.heading.agreement,
        about=common.about(counted, ("Clock", _clock(statements))),
        sections=(
            Section("In short", _in_short(counted)),
            Section("What was done, and its proofs", _proofs(statements), (_counts(statements),)),
            Section("Transmittals", (), (_batches(counted),)),
            Section("Orders and preservation holds", _orders(counted), _order_table(counted)),
            Section("What the holder's clock alone says", _clock_words(statements)),
        ),
        source=counted.source,
        verify=(
            *common.verify(counted, "court"),
            "Beside this report lies a file for each line of the table of counts, "
            "`statements/KIND.json`. `portcullis statement --check FILE --home LEDGER --keys "
            "public.json` counts the whole ledger again and fails where it says anything else.",
        ),
    )


def _in_short(counted: Counted) -> tuple[str, ...]:
    day = common.day_words(counted.by)
    own = counted.requests.filter(pl.col("kind") != "history")
    received = int(own["count"].sum())
    instances = counted.instances.filter(pl.col("kind") == BATCH)
    known = instances.filter(pl.col("row").is_not_null())
    requests = known.select("source", "row").n_unique() if known.height else 0
    lost = instances.height - known.height
    imported = counted.instances.filter(pl.col("kind") != BATCH).height
    lines = [
        f"Requests received by {day}: {_none(received)}.",
        f"Disclosures made through this gateway by {day}: {_none(instances.height)}"
        + (f", in answer to {requests:,} requests." if requests else "."),
        f"Openings by officers by {day}: {_none(len(counted.told('opening-granted')))}.",
    ]
    if lost:
        lines.append(
            f"Of {lost:,} of these disclosures it is not known any more which requests they "
            "answered: their accounting was lost, and two people accepted that."
        )
    if imported:
        lines.append(
            f"Imported into this gateway, made elsewhere before: {imported:,} disclosures. The "
            "gateway can tell what it was given, not that it was given all."
        )
    unread = counted.requests.filter(
        (pl.col("kind") == HISTORY) & (pl.col("outcome") == QUARANTINED)
    )["count"].sum()
    if unread:
        lines.append(
            f"Rows of the files imported that could not be read: {unread:,}. Whether each is a "
            "disclosure, of whom and when, is not known; they are in no number of disclosures."
        )
    return tuple(lines)


def _counts(statements: Sequence[Statement]) -> Table:
    return Table(
        "counts",
        "Entries of the ledger by that day",
        (
            ("kind", "Kind of entry"),
            ("meaning", "What it records"),
            ("count", "Number"),
            ("first", "First entry"),
            ("last", "Last entry"),
        ),
        tuple(
            (
                said.kind,
                KINDS[said.kind],
                said.count,
                said.positions[0] if said.positions else None,
                said.positions[-1] if said.positions else None,
            )
            for said in statements
        ),
    )


def _proofs(statements: Sequence[Statement]) -> tuple[str, ...]:
    first = statements[0]
    closing = (
        f"Enough witnesses saw the ledger of {first.closing.entries:,} entries after the day's "
        f"end, on {first.closing.witnessed}; what the ledger gained later cannot be counted in."
        if first.closed
        else "The witnesses have not seen the ledger since the end of that day: each number may "
        "still rise. Ask again once they have."
    )
    return (
        "The ledger only grows; every entry is under a root hash that the holder signs and "
        "witnesses cosign. A number here is the count of all entries of a kind, none left out.",
        closing,
    )


def _batches(counted: Counted) -> Table:
    rows: list[tuple[Value, ...]] = []
    answered = {body["batch"]: position for position, body in counted.told("answered")}
    given = _answers(counted)
    for position, body in counted.told("batch-received"):
        answers = given.get(body["batch"], {})
        done = body["batch"] in answered
        rows.append(
            (
                body["batch"],
                body["at"][:10],
                position,
                body["rows"],
                *(
                    (answers.get(each, 0) if done else None)
                    for each in (RETURNED, DISCLOSED, NO_DISCLOSURE)
                ),
                answered.get(body["batch"]),
            )
        )
    rows += _refused(counted)
    return Table(
        "transmittals",
        "Transmittals, what they held and how they were answered",
        (
            ("batch", "Transmittal"),
            ("received_on", "Received"),
            ("entry", "Entry"),
            ("requests", "Requests"),
            ("returned", "Returned"),
            ("disclosed", "Disclosed"),
            ("no_disclosure", "No disclosure"),
            ("answered_entry", "Answered: entry"),
        ),
        tuple(rows),
        "" if rows else "None.",
    )


def _answers(counted: Counted) -> dict[str, dict[str, int]]:
    given: dict[str, dict[str, int]] = {}
    done = counted.requests.filter(
        (pl.col("kind") == BATCH) & pl.col("answered_on").is_not_null()
    ).select("source", "outcome", "count")
    for source, outcome, number in done.iter_rows():
        answer = RETURNED if outcome == QUARANTINED else public_answer(outcome)
        answers = given.setdefault(source, {})
        answers[answer] = answers.get(answer, 0) + number
    return given


def _refused(counted: Counted) -> list[tuple[Value, ...]]:
    """Return a line a refused transmittal: it has no batch, and is called by its entry."""
    held = dict(
        counted.requests.filter(pl.col("kind") == REFUSED)
        .group_by("source")
        .agg(pl.col("count").sum())
        .iter_rows()
    )
    of = {
        body["refused"]: body["of"]["id"]
        for _, body in counted.told("accounted")
        if body["of"]["kind"] == REFUSED
    }
    return [
        (
            f"refused whole ({body['code']})",
            body["at"][:10],
            position,
            held.get(of[position], 0),
            held.get(of[position], 0),
            0,
            0,
            position,
        )
        for position, body in counted.told("transmittal-refused")
    ]


def _orders(counted: Counted) -> tuple[str, ...]:
    standing = _standing(counted, "order-filed", "order-lifted")
    holds = _standing(counted, "hold-placed", "hold-lifted")
    after = [
        position
        for position, _ in counted.told("delivered")
        if any(position > placed for placed, _ in standing)
    ]
    lines = [
        f"Orders standing at the end of that day: {_none(len(standing))}. "
        f"Preservation holds: {_none(len(holds))}.",
    ]
    if standing:
        scope = (
            "; the gate passes only what an order does not reach, by its scope, by what it stops "
            "and from when"
            if after
            else ""
        )
        lines.append(
            f"Disclosures made while an order stood that stands still: {_none(len(after))}{scope}."
        )
    return tuple(lines)


def _standing(counted: Counted, placed: str, lifted: str) -> list[tuple[int, str]]:
    gone = {body["id"] for _, body in counted.told(lifted)}
    return [(at, body["id"]) for at, body in counted.told(placed) if body["id"] not in gone]


def _order_table(counted: Counted) -> tuple[Table, ...]:
    rows: list[tuple[Value, ...]] = []
    for what, placed, lifted in (
        ("Order", "order-filed", "order-lifted"),
        ("Hold", "hold-placed", "hold-lifted"),
    ):
        lifts = {body["id"]: (at, body["at"][:10]) for at, body in counted.told(lifted)}
        for at, body in counted.told(placed):
            lift = lifts.get(body["id"])
            state = f"lifted {lift[1]}, entry {lift[0]:,}" if lift else "stands"
            rows.append(
                (what, body["id"], f"{body['court']} {body['docket']}", body["on"], at, state)
            )
    if not rows:
        return ()
    return (
        Table(
            "orders",
            "Orders and holds filed",
            (
                ("what", "What"),
                ("id", "Name"),
                ("docket", "Court and docket"),
                ("on", "Filed"),
                ("entry", "Entry"),
                ("state", "State"),
            ),
            tuple(rows),
        ),
    )


def _clock(statements: Sequence[Statement]) -> str:
    first = statements[0]
    if first.closed:
        return f"closed: witnesses saw the ledger after that day ({first.closing.witnessed})"
    return "not closed: no witness has seen the ledger since that day's end"


def _clock_words(statements: Sequence[Statement]) -> tuple[str, ...]:
    between = sum(said.between for said in statements)
    lines = [
        "An entry bears the time of the holder's clock. Witnesses' clocks are put round the day: "
        f"{between:,} of the entries counted stand between the last checkpoint that they saw "
        "before the day's end and the first that they saw after it.",
    ]
    for name, meaning in (
        ("backdated", "claim an earlier day than the witnesses' clocks bear out"),
        ("postdated", "claim a later day than the witnesses' clocks allow"),
        ("undated", "bear no readable time"),
        ("unreadable", "cannot be read in full"),
    ):
        places = sorted({place for said in statements for place in getattr(said, name)})
        if places:
            lines.append(f"Entries that {meaning}: {', '.join(f'{each:,}' for each in places)}.")
    if len(lines) == 1:
        lines.append("No entry claims a day that the witnesses' clocks speak against.")
    return tuple(lines)


def _none(number: int) -> str:
    return f"{number:,}" if number else "none"

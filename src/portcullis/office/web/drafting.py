"""A requester's batches as pages show them: facts, steps, requests in words, what waits."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from portcullis import law
from portcullis.agreements import Pack, Person, Roster
from portcullis.office.requesting import checking, drafts, manifests
from portcullis.office.requesting.home import RequesterHome
from portcullis.office.requesting.models import Draft
from portcullis.office.requesting.stages import DRAFT
from portcullis.office.web import charts
from portcullis.office.web.acts import Data
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.parts import Cell, Table, table

if TYPE_CHECKING:
    from portcullis.intake.manifest import OfficerPart

Chart = charts.Bars | charts.Lines
STEPS = (
    "Requests",
    "Check",
    "Preparer signs",
    "Signatory signs",
    "Officers attest",
    "Send",
    "Answers",
)
A_PAGE = 25
SAMPLE = 5
_FIRST = 5  # findings of one batch on a desk's first page
_LEFT = ("sent", "answered", "refused")
_ACTS = 50
_OFFICERS = 100  # shown on a page, those with the most requests

_AT = {"draft": 1, "checked": 3, "prepared": 4, "signed": 5, "attested": 6, "sent": 7}
_TAGS = {
    "draft": "plain",
    "checked": "busy",
    "prepared": "busy",
    "signed": "busy",
    "attested": "busy",
    "sent": "busy",
    "answered": "good",
    "refused": "bad",
    "withdrawn": "plain",
}
_ANSWERS: dict[str, charts.Kind] = {
    "disclosed": "good",
    "returned": "warn",
    "no disclosure": "plain",
}


def page_of(count: int, asked: object, per_page: int = A_PAGE) -> Page[int]:
    """Return one page of ``count`` things, known by their places."""
    return Paginator(range(count), per_page).get_page(str(asked or "1"))


def begins(page: Page[int]) -> int:
    """Return the place, from 0, of the first thing on a page."""
    return max(page.start_index() - 1, 0)


def steps(draft: Draft) -> dict[str, Any]:
    """Return what ``office/parts/steps.html`` shows of the draft."""
    at = _AT.get(draft.state, len(STEPS) + 1)
    if draft.state == "draft" and draft.rows:
        at = 2
    return {"steps": STEPS, "current": at}


def state(draft: Draft) -> Cell:
    """Return the draft's state, with what it means."""
    return Cell(
        draft.state, tag=_TAGS[draft.state], note=DRAFT.states[draft.state].says, label="State"
    )


def facts(draft: Draft) -> list[tuple[str, object]]:
    """Return what is known of a draft as a whole."""
    manifest = draft.manifest or {}
    known: list[tuple[str, object]] = [
        ("Batch", draft.id),
        ("State", state(draft)),
        ("Since (UTC)", f"{draft.since:%Y-%m-%d %H:%M}"),
        ("Requests", f"{draft.rows:,}"),
        ("Begun by", draft.made_by),
    ]
    left = draft.unreadable[0] if draft.unreadable else 0
    if left:
        known.append(("Rows of the file that could not be read, and are not in it", f"{left:,}"))
    if draft.checked_on:
        known.append(("Checked as of", draft.checked_on.isoformat()))
    if manifest:
        known += [
            ("Signatory", draft.signatory),
            ("Merkle root of its requests", str(manifest["requests_root"])),
            ("Digest of its manifest", manifests.manifest_of(draft).digest),
        ]
    if draft.receipt:
        receipt = draft.receipt
        known += [
            ("Received by the holder on", str(receipt["received_on"])),
            ("Taken in, quarantined", f"{receipt['taken']:,}, {receipt['quarantined']:,}"),
        ]
    return known


def table_of(found: Iterable[Draft], desk: str, caption: str, today: date, empty: str) -> Table:
    """Return drafts as a table, each linked to its page at ``desk``."""
    rows = [
        (
            Cell(each.id, url=f"/{desk}/{each.id}/"),
            Cell(each.state, tag=_TAGS[each.state]),
            each.rows,
            (today - each.since.date()).days,
            DRAFT.states[each.state].says,
        )
        for each in found
    ]
    columns = ("Batch", "State", "Requests", "Days in this state", "What that means")
    return table(caption, columns, rows, stacked=True, empty=empty)


def waiting(found: Iterable[Draft], role: str) -> list[Draft]:
    """Return those of ``found`` whose next act is of ``role``, the longest waiting first."""
    mine = [each for each in found if role in DRAFT.owners(each.state)]
    return sorted(mine, key=lambda each: each.since)


def light(found: QuerySet[Draft]) -> list[Draft]:
    """Return drafts as lists and pictures of many need them: without what is long."""
    return list(found.defer("manifest", "findings", "officers", "receipt", "unreadable"))


def pictures(found: Iterable[Draft], waits: Iterable[Draft], today: date) -> list[Chart]:
    """Return the charts of a desk: the way of requests, how long work waits, states, answers."""
    every = list(found)
    ages = Counter((today - each.since.date()).days for each in waits)
    states = Counter(each.state for each in every)
    return [
        charts.funnel("Requests, from batches being made to what was disclosed", _way(every)),
        charts.ageing("How long batches have waited for this desk", ages, due=5),
        charts.outcomes(
            "Batches by state",
            [charts.Amount(name, states[name]) for name in DRAFT.states if states[name]],
        ),
        charts.over_time(
            "Share of requests disclosed and returned, by the day of answer",
            _shares(every),
            unit=" %",
            says="Three answers, and no other: disclosed, returned, no disclosure.",
        ),
    ]


def _way(every: Iterable[Draft]) -> list[charts.Amount]:
    rows: Counter[str] = Counter()
    for each in every:
        if each.state == "withdrawn":
            continue
        rows["In batches"] += each.rows
        rows["Signed for"] += each.rows * (each.state in ("signed", "attested", *_LEFT))
        rows["Sent"] += each.rows * (each.state in _LEFT)
        rows["Answered"] += sum(each.answers.values())
        rows["Disclosed"] += int(each.answers.get("disclosed", 0))
    return [charts.Amount(words, count) for words, count in rows.items()]


def _shares(every: Iterable[Draft]) -> list[tuple[date, dict[str, float | None]]]:
    """Return for each day of answer what share of its requests was disclosed, and returned."""
    days: dict[date, Counter[str]] = {}
    for each in every:
        if each.answered_on is not None:
            days.setdefault(each.answered_on, Counter()).update(each.answers)
    return [
        (
            day,
            {
                words: round(100 * days[day][words] / max(days[day].total(), 1), 1)
                for words in ("disclosed", "returned")
            },
        )
        for day in sorted(days)
    ]


def to_mend(home: RequesterHome, found: Iterable[Draft], desk: str) -> Table:
    """Return the first findings of each batch of which something would come back."""
    words = labels(home.pack)
    rows = [
        (
            Cell(
                f"Row {each['source_row']}",
                url=f"/{desk}/{draft.id}/rows/{each['source_row']}/",
                note=draft.id,
            ),
            Cell(words.get(each["field"], each["element"]), note=each["field"]),
            each["message"],
        )
        for draft in found
        if draft.state in drafts.OPEN and checking.comes_back(draft)
        for each in checking.findings(home, draft, 0, _FIRST)
    ]
    columns = ("Row, batch", "Field", "What is wrong, and how to mend it")
    return table(
        "To be mended before it is sent: the first of each batch", columns, rows[:A_PAGE],
        stacked=True, empty="Nothing that was checked would come back.",
    )  # fmt: skip


def awaited(found: Iterable[Draft], pack: Pack, today: date) -> Table:
    """Return what is sent and not answered: whether its receipt is here, when its answers are due.

    The answers are due the agreement's days after the holder's receipt.
    """
    rows = []
    for each in found:
        receipt = each.receipt or {}
        due = None
        if "received_on" in receipt:
            days = timedelta(days=pack.answers.answer_days)
            due = date.fromisoformat(str(receipt["received_on"])) + days
        rows.append(
            (
                Cell(each.id, url=f"/prepare/{each.id}/"),
                each.rows,
                (today - each.since.date()).days,
                Cell("here", tag="good") if receipt else Cell("not yet", tag="warn"),
                _due(due, today),
            )
        )
    columns = ("Batch", "Requests", "Days since it was sent", "Receipt", "Answers due")
    return table(
        "Sent, and not answered", columns, rows, stacked=True, empty="Nothing awaits an answer."
    )


def _due(day: date | None, today: date) -> Cell:
    if day is None:
        return Cell("once the receipt is here")
    return Cell(day.isoformat(), tag="bad" if day < today else "")


def labels(pack: Pack) -> dict[str, str]:
    """Return each field's name in words."""
    known = law.fields(pack.provisions)
    return {name: _capital(known[name].says) for name in pack.fields}


def request_facts(pack: Pack, row: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """Return every field of a request with its name in words; what is empty is shown as such."""
    return [(words, row.get(name) or "–") for name, words in labels(pack).items()]


def request_shown(pack: Pack, row: Mapping[str, str | None], at: int) -> dict[str, Any]:
    """Return a request for ``office/drafts/request.html``; ``at``: its row, from 0."""
    return {
        "number": at + 1,
        "id": row.get("request_id") or "–",
        "facts": request_facts(pack, row),
    }


def sample(home: RequesterHome, draft: Draft) -> list[dict[str, Any]]:
    """Return a few of the draft's requests, whole: drawn by its root, the same at each look."""
    root = manifests.manifest_of(draft).requests_root
    chosen = sorted(random.Random(root).sample(range(draft.rows), min(SAMPLE, draft.rows)))  # noqa: S311 - to be read, not to be secret
    return [request_shown(home.pack, drafts.row_of(home, draft, at), at) for at in chosen]


def found_table(draft: Draft) -> Table:
    """Return what the check found, by element: how many requests each concerns."""
    rows = [
        (element, Cell(str(citation)), _outcome(str(outcome)), int(count))
        for element, citation, outcome, count in draft.elements
    ]
    return table(
        "What the check found, by element",
        ("Element", "Citation", "Then the request is", "Requests"),
        rows,
        empty="The check found nothing: every element on the face of every request is met.",
    )


def findings_on(home: RequesterHome, draft: Draft, page: Page[int]) -> list[dict[str, Any]]:
    """Return the findings on one page of them."""
    return checking.findings(home, draft, begins(page), A_PAGE) if page.paginator.count else []


def findings_shown(
    pack: Pack, draft: Draft, listed: Iterable[Mapping[str, Any]], desk: str
) -> list[dict[str, object]]:
    """Return findings for ``office/drafts/findings.html``: row, field, element, and the fix."""
    words = labels(pack)
    return [
        {
            "row": Cell(
                f"Row {each['source_row']}",
                url=f"/{desk}/{draft.id}/rows/{each['source_row']}/",
                note=_note(each["request_id"], place_in_file(each.get("_row"), each.get("_line"))),
            ),
            "field": Cell(words.get(each["field"], each["element"]), note=each["field"]),
            "message": each["message"],
            "element": Cell(each["element"], note=each["citation"]),
            "then": _outcome(each["outcome"]),
        }
        for each in listed
    ]


def place_in_file(row: int | None, line: int | None) -> str:
    """Return where a request stood in the file, in words; empty for one written in the form."""
    if line:
        return f"line {line:,} of the file"
    return f"request {row:,} of the file, its header and blank lines not counted" if row else ""


def _note(*words: str | None) -> str:
    return "; ".join(each for each in words if each)


def load_table(draft: Draft, roster: Roster) -> Table:
    """Return each officer's load: in how many requests they are named, and their root."""
    given = manifests.have_attested(draft)
    named = manifests.manifest_of(draft).officers
    rows = [
        (
            _who(roster, officer.id),
            officer.count,
            Cell(officer.root, mono=True),
            Cell("attested", tag="good") if officer.id in given else Cell("not yet", tag="plain"),
        )
        for officer in sorted(named, key=_by_load)[:_OFFICERS]
    ]
    columns = ("Officer", "Requests", "Root of their requests", "Attestation")
    most = f": the {_OFFICERS} with most of {len(named):,}" if len(named) > _OFFICERS else ""
    caption = f"Officers named, and their load{most}; {len(given):,} attested"
    return table(caption, columns, rows, empty="No officer is named.")


def _by_load(officer: "OfficerPart") -> tuple[int, str]:
    return -officer.count, officer.id


def _who(roster: Roster, officer: str) -> Cell:
    """Return an officer with name and office, as the roster has them."""
    person = roster.get(officer)
    note = f"{person.name}, {person.office}" if person else "nobody of that id is on the roster"
    return Cell(officer, note=note)


def acts_shown(draft: Draft) -> list[tuple[str, Cell]]:
    """Return who did what to the draft, the newest first."""
    return [
        (
            f"{each.at:%Y-%m-%d %H:%M}",
            Cell(
                f"{each.person}: {each.what}{', signed' if each.signature else ''}", note=each.note
            ),
        )
        for each in draft.acts.order_by("-id")[:_ACTS]
    ]


def _outcome(outcome: str) -> Cell:
    words: dict[str, tuple[str, str]] = {
        "returned": ("returned", "bad"),
        "refused": ("returned", "bad"),
        "referred": ("for a person", "warn"),
    }
    said, tag = words.get(outcome, (outcome, "plain"))
    return Cell(said, tag=tag)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def answers_chart(draft: Draft) -> charts.Bars | None:
    """Return the draft's answers as a chart; None before they are here."""
    if not draft.answers:
        return None
    amounts = [charts.Amount(w, int(draft.answers.get(w, 0)), _ANSWERS[w]) for w in _ANSWERS]
    return charts.outcomes("Answers to this batch", amounts)


def stands_for(deployment: Deployment, _person: Person, data: Data) -> list[tuple[str, object]]:
    """Return what the digest of a manifest stands for, for whoever signs it."""
    draft = drafts.find(str(data["draft"]))
    manifest = manifests.manifest_of(draft)
    return [
        ("Batch", draft.id),
        ("Requests", f"{draft.rows:,}"),
        ("Officers named", f"{len(manifest.officers):,}"),
        ("Merkle root of its requests", manifest.requests_root),
        ("Digest of its manifest", manifest.digest),
        ("SHA-256 of its file", manifest.file.sha256),
        ("Agreement", f"{deployment.pack.agreement.title}"),
    ]


def found_facts(draft: Draft) -> list[tuple[str, object]]:
    """Return how many requests passed the check, are for a person, or would come back."""
    return [
        ("Nothing found", f"{int(draft.found.get('passed', 0)):,}"),
        ("For a person at the holder", f"{int(draft.found.get('referred', 0)):,}"),
        ("Would come back", f"{checking.comes_back(draft):,}"),
    ]

"""The oversight export: how every request was decided, under which rules, and who looked at what.

No taxpayer data by default. Who may see return information, and under which law, is fixed here: a
body that has no such law is given none, whatever it asks.
"""

from collections import Counter
from dataclasses import dataclass

from portcullis.oversight.reports import common
from portcullis.oversight.reports.document import Document, Section, Table, Value
from portcullis.oversight.reports.facts import Counted, answer_of


@dataclass(frozen=True)
class Overseer:
    """Who oversees, and under which law; ``sees``: whether that gives return information."""

    name: str
    authority: str
    sees: bool


OVERSEERS: dict[str, Overseer] = {
    "tigta": Overseer(
        "Treasury Inspector General for Tax Administration",
        "26 U.S.C. §§ 6103(h)(1), 7803(d)",
        sees=True,
    ),
    "gao": Overseer(
        "Government Accountability Office", "26 U.S.C. § 6103(i)(8), (p)(6)", sees=True
    ),
    "tax-committee": Overseer(
        "Committee on Ways and Means, Committee on Finance or Joint Committee on Taxation",
        "26 U.S.C. § 6103(f)(1), (2), in closed executive session where a taxpayer is identified",
        sees=True,
    ),
    # 26 U.S.C. 6103(f)(3) asks for a resolution of its chamber and a closed session.
    "committee": Overseer(
        "Another committee of Congress",
        "its written request, without return information",
        sees=False,
    ),
    "court": Overseer("A court", "its order, without return information", sees=False),
}
"""Who may ask, by the name the command line knows."""


def export(counted: Counted, overseer: Overseer, request: str, seen: int | None) -> Document:
    """Return the cover of the export; the traces themselves are files beside it.

    ``request``: digest (hex) of its written request. ``seen``: how many disclosures it is told of
    with the persons in them; None for none.
    """
    told = (
        "Of no request is it told whose it was."
        if seen is None
        else f"Return information of {seen:,} disclosures is in it, and is accounted for."
    )
    return Document(
        name="oversight",
        title="Oversight export: decisions, rules and accesses",
        as_of=counted.by,
        agreement=counted.heading.agreement,
        about=common.about(
            counted,
            ("For", overseer.name),
            ("Its authority", overseer.authority),
            ("Its written request", f"SHA-256 `{request}`"),
            ("Return information", told),
        ),
        sections=(
            Section(
                "Decisions",
                (
                    "The file traces.csv has one line for every row received: how it was answered, "
                    "on which list, under which agreement. It names a request by its batch and "
                    "row. By which elements is told of what was returned"
                    + ("." if seen is None else " and of what was disclosed.")
                    + " Of what was looked up and not disclosed no cause is told: any would show "
                    "by its absence what 26 U.S.C. § 6103(i)(6) bars.",
                ),
                (_outcomes(counted),),
            ),
            Section(
                "Rules",
                (
                    "Each list names the provisions, the readings in force, the agreement, the "
                    "index of the records and the day it was made under.",
                ),
                (_lists(counted), _readings(counted)),
            ),
            Section(
                "Who looked at what",
                (
                    "The files oversight-lookups.csv, oversight-openings.csv and "
                    "oversight-acts.csv have every one.",
                ),
                (_accesses(counted), _lookups(counted), _openings(counted), _acts(counted)),
            ),
        ),
        source=counted.source,
        verify=common.verify(counted, "oversight"),
    )


def _lookups(counted: Counted) -> Table:
    """Return every list of look-ups in the holder's records."""
    return Table(
        "lookups",
        "Look-ups",
        (("at", "At"), ("source", "Batch or history"), ("index", "Index"), ("log", "Log"),
         ("purpose", "Purpose"), ("entry", "Entry")),
        tuple(
            (
                body["at"],
                body.get("batch") or body.get("history"),
                body["index"],
                body["log"],
                body.get("purpose", "determination"),
                position,
            )
            for position, body in counted.told("looked-up")
        ),
        printed=False,
    )  # fmt: skip


def _openings(counted: Counted) -> Table:
    """Return every opening of a package that was asked for."""
    rows: list[tuple[Value, ...]] = [
        (body["at"], body["officer"], body["package"], body.get("purpose"), kind, position)
        for kind in ("opening-granted", "opening-refused")
        for position, body in counted.told(kind)
    ]
    return Table(
        "openings",
        "Openings",
        (("at", "At"), ("officer", "Officer"), ("package", "Package"), ("purpose", "Purpose"),
         ("what", "What"), ("entry", "Entry")),
        _by_entry(rows),
        printed=False,
    )  # fmt: skip


def _acts(counted: Counted) -> Table:
    """Return every act of a person, and every one denied."""
    rows: list[tuple[Value, ...]] = []
    for kind, told in counted.entries.items():
        for position, body in told:
            if kind == "denied":
                rows.append(
                    (
                        body["at"],
                        body["person"],
                        body["act"],
                        body["batch"],
                        body["reason"],
                        common.attempts(body),
                        position,
                    )
                )
            elif "by" in body and "signature" in body:
                rows.append((body["at"], body["by"], kind, body.get("batch"), "", 1, position))
    return Table(
        "acts",
        "Acts",
        (("at", "At"), ("person", "Person"), ("act", "Act"), ("batch", "Batch"),
         ("denied", "Denied for"), ("times", "Times"), ("entry", "Entry")),
        _by_entry(rows),
        printed=False,
    )  # fmt: skip


def _by_entry(rows: list[tuple[Value, ...]]) -> tuple[tuple[Value, ...], ...]:
    """Return the rows in the order of the entries they are of, which their last column names."""
    return tuple(sorted(rows, key=lambda row: int(row[-1] or 0)))


def _outcomes(counted: Counted) -> Table:
    summed: Counter[tuple[str, str, str]] = Counter()
    for kind, source, outcome, number in counted.requests.select(
        "kind", "source", "outcome", "count"
    ).iter_rows():
        summed[kind, source, answer_of(outcome)] += number
    return Table(
        "outcomes",
        "Requests, by where they came from and how they were answered",
        (("kind", "Kind"), ("source", "Source"), ("outcome", "Answer"), ("requests", "Requests")),
        (
            *((*key, number) for key, number in sorted(summed.items())),
            ("All", "", "", summed.total()),
        ),
    )


def _lists(counted: Counted) -> Table:
    rows = tuple(
        (
            body["batch"],
            body["number"],
            body["basis"]["as_of"],
            f"{body['basis']['agreement']} {body['basis']['agreement_version']}",
            ", ".join(body["basis"]["readings"]),
            body["index"][:12],
            position,
        )
        for position, body in counted.told("determination-list")
        if "basis" in body
    )
    return Table(
        "lists",
        "Lists of determinations, and what they were made under",
        (("batch", "Batch"), ("number", "List"), ("as_of", "As of"), ("agreement", "Agreement"),
         ("readings", "Readings in force"), ("index", "Index begins"), ("entry", "Entry")),
        rows,
    )  # fmt: skip


def _readings(counted: Counted) -> Table:
    rows: list[tuple[Value, ...]] = [
        (body["reading"], kind.removeprefix("reading-"), body["effective_on"], position)
        for kind in ("reading-in-force", "reading-out-of-force")
        for position, body in counted.told(kind)
    ]
    return Table(
        "readings",
        "Changes of the readings in force",
        (("reading", "Reading"), ("change", "Change"), ("on", "From"), ("entry", "Entry")),
        _by_entry(rows),
        "" if rows else "None.",
    )


def _accesses(counted: Counted) -> Table:
    return Table(
        "accesses",
        "Accesses on the ledger",
        (("what", "What"), ("number", "Number")),
        tuple(
            (what, sum(common.attempts(body) for _, body in counted.told(kind)))
            for what, kind in (
                ("Look-ups in the holder's records", "looked-up"),
                ("Openings granted", "opening-granted"),
                ("Openings refused", "opening-refused"),
                ("Acts denied", "denied"),
                ("Oversight exports", "oversight-export"),
                ("Letters to persons concerned", "account-given"),
            )
        ),
    )

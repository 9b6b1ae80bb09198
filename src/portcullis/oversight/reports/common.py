"""What all reports say alike: whose they are, and how they are checked."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portcullis.oversight.reports.facts import Counted

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


_MESES = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)


def about(
    counted: Counted, *more: tuple[str, str], public: bool = False
) -> tuple[tuple[str, str], ...]:
    """Return the lines at a report's head.

    A ``public`` one does not say how much was compared: from one day to the next the number would
    tell what came in between.
    """
    heading = counted.heading
    compared = "the ledger" if public else f"{len(counted.checks):,} comparisons of the ledger"
    return (
        ("Holder", heading.holder),
        ("Recipient", f"{heading.requester} ({heading.agency})"),
        ("Authority", heading.legal_basis),
        *more,
        (
            "Reconciled",
            f"{compared} with the accounting; all agree",
        ),
    )


def verify(counted: Counted, name: str) -> tuple[str, ...]:
    """Return how a reader checks the report ``name``."""
    return (
        "Take the ledger (a folder, or its address) and the holder's public.json or policy file by "
        "a way you trust, not from whoever gave you this report.",
        "`portcullis verify LEDGER --keys public.json` reads every entry, every hash and every "
        "signature again, and says which witnesses have seen the checkpoint above. Other tools "
        "that read C2SP tlog-tiles do as well.",
        f"In the holder's office, `portcullis report {name} --as-of {counted.by.isoformat()}` "
        "counts it anew from the ledger and the accounting, and refuses where they do not agree. "
        "The digest of its figures stands on the ledger in an entry of the kind report-made.",
    )


def places(counted: Counted, *kinds: str) -> str:
    """Return where the entries of ``kinds`` stand in the ledger, in words."""
    parts = []
    for kind in kinds:
        told = counted.told(kind)
        if not told:
            parts.append(f"{kind}: none")
        elif len(told) == 1:
            parts.append(f"{kind}: entry {told[0][0]:,}")
        else:
            parts.append(
                f"{kind}: {len(told):,} entries, the first {told[0][0]:,}, the last {told[-1][0]:,}"
            )
    return "Entries of the ledger that this rests on. " + "; ".join(parts) + "."


def attempts(body: Mapping[str, Any]) -> int:
    """Return how many attempts an entry tells of: of denied ones soon after each other, several."""
    return int(body.get("times", 1))


def day_words(day: date, language: str = "en") -> str:
    """Return a day as a reader of the language writes it: 7 April 2025, 7 de abril de 2025."""
    if language == "es":
        return f"{day.day} de {_MESES[day.month - 1]} de {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

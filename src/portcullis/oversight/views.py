"""What the report draws and says of one variant, worked out of its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portcullis.oversight import words
from portcullis.oversight.charts import BAD, GOOD, LAYER_COLOURS, PRIMARY, Bar, Picture, bars
from portcullis.oversight.facts import Reason, TruthCell, Variant

MOST_REASONS = 12
"""Reasons drawn; the table beneath has them all."""


@dataclass(frozen=True)
class MatrixRow:
    """Requests of one outcome: those whose disclosure would be lawful, and the others."""

    outcome: str
    lawful: int
    unlawful: int


@dataclass(frozen=True)
class ClassRow:
    """One truth class: how many landed in their stated outcome, and where the others went."""

    truth_class: str
    lawful: bool
    expected: str
    requests: int
    as_stated: int
    otherwise: tuple[tuple[str, int], ...]
    unlawful_released: bool


@dataclass(frozen=True)
class FunnelPart:
    """A stretch of the funnel on a scale of its own, with its title and its words."""

    title: str
    picture: Picture
    spoken: str


@dataclass(frozen=True)
class View:
    """One variant, ready for the page."""

    variant: Variant
    funnel: tuple[FunnelPart, ...]
    ends: tuple[tuple[str, int], ...]
    reasons: tuple[Reason, ...]
    layers: tuple[str, ...]
    reasons_picture: Picture | None
    reasons_title: str
    reasons_spoken: str
    matrix: tuple[MatrixRow, ...]
    lawful: int
    unlawful: int
    classes: tuple[ClassRow, ...]
    truth_words: str


def view(variant: Variant) -> View:
    """Return ``variant`` with its pictures drawn and its tables in reading order."""
    reasons = tuple(sorted(variant.reasons, key=lambda reason: (-reason.count, reason.element)))
    shown = reasons[:MOST_REASONS]
    layers = tuple(layer for layer in LAYER_COLOURS if any(r.layer == layer for r in reasons))
    rest = "" if len(shown) == len(reasons) else f" (the {len(shown)} most frequent)"
    return View(
        variant=variant,
        funnel=funnel(variant),
        ends=ends(variant),
        reasons=reasons,
        layers=layers,
        reasons_picture=bars([_reason_bar(reason) for reason in shown]) if shown else None,
        reasons_title=f"Requests, by element not met{rest}",
        reasons_spoken=spoken("Elements not met", [(r.citation, r.count) for r in shown]),
        matrix=matrix(variant.confusion),
        lawful=_total(variant.confusion, lawful=True),
        unlawful=_total(variant.confusion, lawful=False),
        classes=classes(variant.confusion),
        truth_words=truth_words(variant),
    )


def funnel(variant: Variant) -> tuple[FunnelPart, ...]:
    """Return the requests left after each step of the way, from received to released.

    In two stretches, each on its own scale: a few thousand of a million would not be seen.
    """
    before = [
        ("Received", variant.received),
        ("Taken in: well formed", variant.received - variant.quarantined),
        ("Looked up: passed every test on their face", variant.looked_up),
    ]
    after = [
        ("Looked up", variant.looked_up),
        ("Eligible: one person, and the address is theirs", variant.eligible),
        ("Approved by a second person", variant.approved),
        ("Released", variant.released),
    ]
    parts = [_funnel_part("Before anything is looked up", before)]
    if variant.looked_up:
        parts.append(_funnel_part("Of those looked up (drawn on a larger scale)", after))
    return tuple(parts)


def _funnel_part(title: str, steps: list[tuple[str, int]]) -> FunnelPart:
    drawn = [
        Bar(label, ((number, GOOD if label == "Released" else PRIMARY),), _count(number))
        for label, number in steps
    ]
    return FunnelPart(title, bars(drawn), spoken(title, steps))


def ends(variant: Variant) -> tuple[tuple[str, int], ...]:
    """Return where every request ended: each is in one row, and the rows add up to received."""
    approved = variant.approved - variant.held - variant.released
    counts = {
        "quarantined": variant.quarantined,
        "returned": variant.returned,
        "refused": variant.refused,
        "referred": variant.referred,
        "no_disclosure": variant.no_disclosure,
        "eligible": variant.eligible - variant.approved,
        "approved": approved,
        "held": variant.held,
        "released": variant.released,
    }
    always = {"quarantined", "returned", "refused", "referred", "no_disclosure", "released"}
    return tuple((code, number) for code, number in counts.items() if number or code in always)


def matrix(cells: Sequence[TruthCell]) -> tuple[MatrixRow, ...]:
    """Return the confusion table: a row an outcome, in the order of the way."""
    found = {cell.outcome for cell in cells} | {"released"}
    order = [code for code in words.OUTCOMES if code in found]
    order += sorted(found - set(order))
    return tuple(
        MatrixRow(
            code,
            _total(cells, lawful=True, outcome=code),
            _total(cells, lawful=False, outcome=code),
        )
        for code in order
    )


def classes(cells: Sequence[TruthCell]) -> tuple[ClassRow, ...]:
    """Return a row for each truth class: the lawful first, then as they were given."""
    keys = dict.fromkeys((cell.truth_class, cell.lawful, cell.expected) for cell in cells)
    rows = []
    for name, lawful, expected in sorted(keys, key=lambda key: not key[1]):
        mine = [each for each in cells if (each.truth_class, each.lawful) == (name, lawful)]
        mine = [each for each in mine if each.expected == expected and each.count]
        strays: dict[str, int] = {}
        for cell in mine:
            if not cell.as_stated:
                strays[cell.outcome] = strays.get(cell.outcome, 0) + cell.count
        rows.append(
            ClassRow(
                truth_class=name,
                lawful=lawful,
                expected=expected,
                requests=sum(cell.count for cell in mine),
                as_stated=sum(cell.count for cell in mine if cell.as_stated),
                otherwise=tuple(strays.items()),
                unlawful_released=not lawful and any(cell.outcome == "released" for cell in mine),
            )
        )
    return tuple(rows)


def truth_words(variant: Variant) -> str:
    """Return the sentences above the confusion table."""
    cells = variant.confusion
    due, released = due_and_released(variant)
    unlawful = _total(cells, lawful=False)
    left = _count(variant.unlawful_released) if variant.unlawful_released else "none"
    otherwise = sum(cell.count for cell in cells if not cell.as_stated)
    sentences = []
    if due:
        sentences.append(
            f"Of {_count(due)} wholly lawful requests, {_count(released)} "
            f"({words.share(released, due)}) were released."
        )
    sentences += [
        f"Of {_count(unlawful)} requests whose disclosure would be unlawful, {left} was released.",
        f"{f'All but {_count(otherwise)}' if otherwise else 'All'} requests landed in the outcome "
        "stated for their kind before the run.",
    ]
    return " ".join(sentences)


def due_and_released(variant: Variant) -> tuple[int, int]:
    """Return how many lawful requests were to be released by their truth, and how many were."""
    due = [cell for cell in variant.confusion if cell.lawful and cell.expected == "released"]
    released = sum(cell.count for cell in due if cell.outcome == "released")
    return sum(cell.count for cell in due), released


def spoken(title: str, rows: Iterable[tuple[str, int]]) -> str:
    """Return a picture in one sentence, for those who hear the page."""
    return f"{title}: " + "; ".join(f"{label} {_count(number)}" for label, number in rows) + "."


def naive_bar(label: str, released: int, unlawful: int) -> Bar:
    """Return the bar of a rule's releases, the unlawful ones apart."""
    segments = ((float(released - unlawful), GOOD), (float(unlawful), BAD))
    return Bar(label, segments, f"{_count(unlawful)} of {_count(released)}")


def _reason_bar(reason: Reason) -> Bar:
    label = f"{reason.citation}: {reason.statement}"
    return Bar(label, ((reason.count, LAYER_COLOURS[reason.layer]),), _count(reason.count))


def _total(cells: Iterable[TruthCell], *, lawful: bool, outcome: str | None = None) -> int:
    return sum(
        cell.count
        for cell in cells
        if cell.lawful == lawful and (outcome is None or cell.outcome == outcome)
    )


def _count(number: int) -> str:
    return words.count(number)

"""The page docs/accuracy.md: tables made of the rows of a run, and the picture beside them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.accuracy import gate, ladder, name_control, picture, sides
from benchmarks.accuracy.counting import Counts, total
from benchmarks.accuracy.saved import Provenance
from benchmarks.accuracy.sides import Row
from benchmarks.results import fill as fill_in

DOCUMENT = Path("docs/accuracy.md")
PICTURE = Path("docs/pictures/accuracy.svg")

ROUTES = tuple(f"{gate.SIDE}, route {route}" for route in gate.ROUTES)
SPLINK = (
    *(sides.splink_side(form, limit) for limit in sides.THRESHOLDS for form in sides.FORMS),
    *(sides.held_side(form) for form in sides.FORMS),
)
CONTROLS = (name_control.SIDE, name_control.WITH_ADDRESS)
BEST_SPLINK = sides.splink_side("every", sides.THRESHOLDS[0])
SIDES = (*ROUTES, gate.SIDE, *SPLINK, *CONTROLS)
RUNGS = (*ladder.BY_TIN, *ladder.BY_NAME)
COMPARED = (
    gate.SIDE,
    BEST_SPLINK,
    sides.splink_side("latest", sides.THRESHOLDS[0]),
    sides.held_side("every"),
    *CONTROLS,
)

Totals = dict[str, Counts]


def fill(rows: Sequence[Row], where: Provenance) -> None:
    """Fill the page between its markers and draw the picture."""
    by_set: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_set[row.case.set].append(row)
    for name, part in by_set.items():
        seeds = ", ".join(dict.fromkeys(str(row.case.seed) for row in part))
        text = f"{table(totals(part))}\n\n{_whence(part, where)} Seeds {seeds}."
        _fill(name, text)
        if len({row.case.level for row in part}) > 1:
            _fill(f"{name}-levels", levels(part))
        kinds = {kind for row in part for kind in row.by_case}
        if len(kinds) > 1:
            _fill(f"{name}-cases", cases(part))
    _fill("rules", rules({name: totals(part) for name, part in by_set.items()}))
    points = {name: totals(part) for name, part in by_set.items()}
    PICTURE.write_text(picture.draw(points, COMPARED), encoding="utf-8")


def totals(rows: Iterable[Row]) -> Totals:
    """Return the counts of each side, all cases together."""
    parts: dict[str, list[Counts]] = defaultdict(list)
    for row in rows:
        parts[row.side].append(row.counts)
    return {side: total(counts) for side, counts in parts.items()}


def table(counts: Totals) -> str:
    """Return the main table of a set: a row a side."""
    head = (
        "side", "released", "to the wrong person", "at most, of those released",
        "right person, not lawful", "recall", "recall, no slip", "referred to a person",
    )  # fmt: skip
    lines = []
    for side in SIDES:
        if side not in counts:
            continue
        each = counts[side]
        whole = side not in ROUTES
        lines.append([
            f"**{side}**" if side == gate.SIDE else side,
            f"{each.released:,}", f"{each.wrong:,}", _bound(each),
            f"{each.elsewhere:,}", _percent(each.recall), _percent(each.clean_recall),
            _percent(each.referred_share) if side == gate.SIDE else ("0" if whole else ""),
        ])  # fmt: skip
    return _table(head, lines)


def levels(rows: Sequence[Row]) -> str:
    """Return wrong releases and recall at each level of noise."""
    found = sorted({row.case.level for row in rows})
    per_level = {level: totals(row for row in rows if row.case.level == level) for level in found}
    head = ["side"]
    for level in found:
        head += [f"x{level}: wrong", "at most", "recall"]
    lines = []
    for side in SIDES:
        cells = [f"**{side}**" if side == gate.SIDE else side]
        for level in found:
            each = per_level[level].get(side)
            cells += [f"{each.wrong:,}", _bound(each), _percent(each.recall)] if each else [""] * 3
        lines.append(cells)
    return _table(head, lines)


def cases(rows: Sequence[Row]) -> str:
    """Return each kind of request: what we did with it, and how often the others were wrong."""

    def of(side: str) -> Callable[[str], Counts]:
        parts: dict[str, list[Counts]] = defaultdict(list)
        for row in rows:
            if row.side == side:
                for kind, counts in row.by_case.items():
                    parts[kind].append(counts)
        return lambda kind: total(parts[kind])

    ours, splink, control = of(gate.SIDE), of(BEST_SPLINK), of(name_control.SIDE)
    kinds = sorted({kind for row in rows for kind in row.by_case})
    lines = [
        [
            kind, f"{ours(kind).requests:,}", f"{ours(kind).lawful:,}", f"{ours(kind).wrong:,}",
            f"{splink(kind).wrong:,}", f"{control(kind).wrong:,}", _recall(ours(kind)),
            _recall(splink(kind)), _percent(ours(kind).referred_share),
        ]
        for kind in kinds
    ]  # fmt: skip
    head = (
        "case", "requests", "lawful", "wrong", "wrong, Splink", "wrong, name control", "recall",
        "recall, Splink", "referred",
    )  # fmt: skip
    return f"{_table(head, lines)}\n\n*Splink* is {BEST_SPLINK.removeprefix('Splink, ')}."


def rules(by_set: dict[str, Totals]) -> str:
    """Return what is released, and to the wrong person, with the rules put in one by one."""
    head = ["rules"]
    for name in by_set:
        head += [f"{name}: released", "wrong", "right person, not lawful"]
    lines = []
    for rung in RUNGS:
        cells = [rung]
        for counts in by_set.values():
            each = counts[rung]
            cells += [f"{each.released:,}", f"{each.wrong:,}", f"{each.elsewhere:,}"]
        lines.append(cells)
    return _table(head, lines)


def _whence(rows: Sequence[Row], where: Provenance) -> str:
    counts = totals(rows)[gate.SIDE]
    return (
        f"{counts.requests:,} requests, {counts.lawful:,} of them lawful, {counts.clean:,} lawful "
        f"and without a slip. Measured {where.on} on {where.machine}; {where.versions}."
    )


def _fill(name: str, text: str) -> None:
    fill_in(name, text, DOCUMENT)


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rows = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*rows, *("| " + " | ".join(line) + " |" for line in lines)])


def _bound(counts: Counts) -> str:
    return _percent(counts.bound, 4) if counts.released else ""


def _recall(counts: Counts) -> str:
    return _percent(counts.recall) if counts.lawful else ""


def _percent(share: float, places: int = 2) -> str:
    return f"{100 * share:.{places}f} %"

"""The picture of a lifecycle: its states in one column, its ways as arrows down or in lanes beside.

A column is read on a telephone too, and the order of a life is what one looks for; so it is drawn
here, and no layout is left to chance. Ways to the next state go straight down; further ones run in
lanes on the right, ways back on the left.
"""

from collections.abc import Iterable
from html import escape

from portcullis.agreements import PERMISSIONS
from portcullis.office.lifecycle import Lifecycle

_WIDE, _HIGH, _GAP, _LANE, _EDGE = 460, 66, 40, 24, 12
_STYLE = """
svg{font:13px system-ui,sans-serif;color-scheme:light dark}
.box{fill:#fff;stroke:#3d4551;stroke-width:1.5}.final{stroke-dasharray:5 4}
.name{font-weight:700;font-size:15px}text{fill:#1b1b1b}.small{fill:#454545}
.way{fill:none;stroke:#005ea2;stroke-width:1.5}.act,.tip{fill:#005ea2}.page{fill:#fff}
.act{font-size:12px;paint-order:stroke;stroke:#fff;stroke-width:4}
@media (prefers-color-scheme:dark){.box{fill:#1b1b1b;stroke:#c6cace}text{fill:#f0f0f0}
.small{fill:#c6cace}.way{stroke:#73b3e7}.act,.tip{fill:#73b3e7}.page{fill:#1b1b1b}
.act{stroke:#1b1b1b}}
"""

Way = tuple[int, int, str]
"""From which state to which, by their places in the column; and the acts that do it, in words."""


def draw(life: Lifecycle) -> str:
    """Return the picture as SVG, in the reader's own colour scheme, with a title and its text."""
    names = list(life.states)
    ways = _ways(life, names)
    onward = _in_lanes(way for way in ways if way[1] > way[0] + 1)
    back = _in_lanes(way for way in ways if way[1] < way[0])
    left = _EDGE + _LANE * (max(back.values(), default=-1) + 1) + (_EDGE if back else 0)
    wide = left + _WIDE + _LANE * (max(onward.values(), default=-1) + 1) + 2 * _EDGE
    high = len(names) * (_HIGH + _GAP) - _GAP + 2 * _EDGE
    boxes = [_box(life, name, left, _top(place)) for place, name in enumerate(names)]
    drawn = [_down(way, left) for way in ways if way[1] == way[0] + 1]
    drawn += [_beside(way, left + _WIDE, lane, 1) for way, lane in onward.items()]
    drawn += [_beside(way, left, lane, -1) for way, lane in back.items()]
    # No line crosses out a word: the words come last.
    parts = [*boxes, *(line for line, _ in drawn), *(words for _, words in drawn)]
    title = f"What a {life.name} may become"
    told = "; ".join(f"{names[of]} to {names[to]} by {act}" for of, to, act in ways)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {wide} {high}" '
        f'width="{wide}" height="{high}">\n<title>{escape(title)}</title>\n'
        f"<desc>{escape(told)}</desc>\n<style>{_STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f'<rect class="page" width="{wide}" height="{high}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _ways(life: Lifecycle, names: list[str]) -> list[Way]:
    """Return the ways from one state to another, each once, with all acts that lead there."""
    acts: dict[tuple[int, int], list[str]] = {}
    for move in life.moves:
        if move.of and move.of != move.to:
            acts.setdefault((names.index(move.of), names.index(move.to)), []).append(move.act)
    return [(of, to, " or ".join(done)) for (of, to), done in acts.items()]


def _in_lanes(ways: Iterable[Way]) -> dict[Way, int]:
    """Return in which lane each way runs: the innermost in which it meets no other."""
    lanes: dict[Way, int] = {}
    for way in sorted(ways, key=lambda one: (abs(one[1] - one[0]), one)):
        taken = {lane for other, lane in lanes.items() if _meet(way, other)}
        lanes[way] = next(lane for lane in range(len(lanes) + 1) if lane not in taken)
    return lanes


def _meet(one: Way, other: Way) -> bool:
    (a, b), (c, d) = sorted(one[:2]), sorted(other[:2])
    return a <= d and c <= b


def _top(place: int) -> int:
    return _EDGE + place * (_HIGH + _GAP)


def _box(life: Lifecycle, name: str, x: int, y: int) -> str:
    state = life.states[name]
    final = "" if state.owes else " final"
    lines = ((22, "name", name), (41, "small", state.says), (58, "small", _turn(life, name)))
    texts = "".join(
        f'<text class="{kind}" x="{x + _EDGE}" y="{y + down}">{escape(text)}</text>'
        for down, kind, text in lines
    )
    rect = f'<rect class="box{final}" x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="4"/>'
    return rect + texts


def _turn(life: Lifecycle, name: str) -> str:
    """Return by what it begins here, what may be done and leaves it here, and whose turn it is."""
    begins = [move.act for move in life.moves if not move.of and move.to == name]
    here = ", ".join(move.act for move in life.moves if move.of == move.to == name)
    owes = life.states[name].owes
    return " · ".join(
        [
            *(f"begins: {act}" for act in begins),
            f"next: {owes}, by {PERMISSIONS[owes].held_by}" if owes else "nothing is owed",
            *([f"here: {here}"] if here else []),
        ]
    )


def _down(way: Way, left: int) -> tuple[str, str]:
    """Return the line straight down to the next state, and its words."""
    x, y = left + 40, _top(way[0]) + _HIGH
    return (
        f'<path class="way" marker-end="url(#tip)" d="M{x} {y}v{_GAP}"/>',
        f'<text class="act" x="{x + 10}" y="{y + 25}">{escape(way[2])}</text>',
    )


def _beside(way: Way, x: int, lane: int, side: int) -> tuple[str, str]:
    """Return the line beside the column, and its words: ``side`` is 1 on the right, -1 left."""
    of, to, act = way
    # What leaves a box and what comes in do not touch, whatever lanes they run in.
    begin, end = _top(of) + 30 + 6 * (lane % 6), _top(to) + 4 + 5 * (lane % 5)
    out = x + side * (_EDGE + _LANE * lane + 4)
    place = f"translate({out + side * 10} {(begin + end) // 2}) rotate({side * 90})"
    return (
        f'<path class="way" marker-end="url(#tip)" d="M{x} {begin}H{out}V{end}H{x}"/>',
        f'<text class="act" text-anchor="middle" transform="{place}" dy="4">{escape(act)}</text>',
    )

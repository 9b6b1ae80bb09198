"""The report's pictures: bars under their labels, and the course of things, as SVG in the page.

Each picture is drawn twice, wide and narrow, and the page shows the one that fits, so that its
words stay legible on a telephone. Colours are the light ones of the palette; the page's style
sheet re-colours them by their value where the reader prefers the dark.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field

import altair as alt
import vl_convert

INK = "#1b1b1b"
TRACK = "#dfe1e2"
PRIMARY = "#005ea2"
GOOD = "#008817"
BAD = "#b50909"
LAYER_COLOURS = {
    "statute": "#162e51",
    "predicate": "#2378c3",
    "agreement": "#168092",
    "policy": "#8a6d1f",
}

WIDE, NARROW = 812, 348
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
_FONT_SIZE = 14
_LETTER = 7.4  # pixels a letter takes on average at that size, to break lines by
_VALUE_ROOM = 92
_LINE, _GAP, _BAR, _BETWEEN = 18, 5, 10, 14
_MOST_LINES = 3
_LEAST = 2  # pixels a span is drawn at least


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its segments (length, colour) from the left, and its value in words."""

    label: str
    segments: tuple[tuple[float, str], ...]
    value: str


@dataclass(frozen=True)
class Lane:
    """What happened of one kind: its label, its spans (from, to, colour), its value in words."""

    label: str
    spans: tuple[tuple[float, float, str], ...]
    value: str


@dataclass(frozen=True)
class Moment:
    """A moment that runs through all lanes: where, and its name (short)."""

    at: float
    label: str


@dataclass(frozen=True)
class Picture:
    """One picture in its two widths, as SVG text."""

    wide: str
    narrow: str


_Mark = dict[str, float | str]


@dataclass(frozen=True)
class _Marks:
    """Every mark by its pixel. ``before`` and ``after``: words that end, or begin, at their x."""

    lines: list[_Mark] = field(default_factory=list)
    values: list[_Mark] = field(default_factory=list)
    tracks: list[_Mark] = field(default_factory=list)
    segments: list[_Mark] = field(default_factory=list)
    before: list[_Mark] = field(default_factory=list)
    after: list[_Mark] = field(default_factory=list)


def bars(rows: Sequence[Bar]) -> Picture:
    """Return the picture of ``rows``, from the top; all share one scale, from zero."""
    return Picture(_svg(rows, WIDE), _svg(rows, NARROW))


def course(
    lanes: Sequence[Lane],
    moments: Sequence[Moment],
    ends: tuple[float, float],
    ticks: Sequence[tuple[float, str]] = (),
) -> Picture:
    """Return the picture of ``lanes``, one under another, on one axis between ``ends``.

    ``moments`` cross them all; ``ticks`` (where, word) stand under them.
    """
    drawn = [_course(lanes, moments, ends, ticks, width) for width in (WIDE, NARROW)]
    return Picture(*drawn)


def _course(
    lanes: Sequence[Lane],
    moments: Sequence[Moment],
    ends: tuple[float, float],
    ticks: Sequence[tuple[float, str]],
    width: int,
) -> str:
    first, last = ends
    scale = width / ((last - first) or 1.0)
    marks = _Marks()
    top = 0
    rules: list[tuple[float, int]] = []
    for moment in moments:
        x = (moment.at - first) * scale
        beside = marks.after if x < width / 2 else marks.before
        beside.append({"x": x + (6 if x < width / 2 else -6), "y": top + _LINE / 2,
                       "text": moment.label})  # fmt: skip
        rules.append((x, top))
        top += _LINE
    top += _GAP if moments else 0
    for lane in lanes:
        marks.values.append({"y": top + _LINE / 2, "text": lane.value})
        for line in _broken(lane.label, width - _VALUE_ROOM):
            marks.lines.append({"y": top + _LINE / 2, "text": line})
            top += _LINE
        edges = {"y": top + _GAP, "y2": top + _GAP + _BAR}
        marks.tracks.append({**edges})
        for begins, ending, colour in lane.spans:
            x = (begins - first) * scale
            x2 = min(float(width), max((ending - first) * scale, x + _LEAST))
            marks.segments.append(
                {"x": min(x, width - _LEAST), "x2": x2, "colour": colour, **edges}
            )
        top += _GAP + _BAR + _BETWEEN
    bars_drawn = [(float(each["y"]), float(each["y2"])) for each in marks.tracks]
    for x, begins in rules:
        left = min(max(0.0, x - _LEAST / 2), width - _LEAST)
        rule = {"x": left, "x2": left + _LEAST}
        # Faint behind the words, dark where it cuts through a lane and beside its own name.
        faint = {"y": begins, "y2": top - _BETWEEN + _GAP}
        marks.segments.insert(0, {**rule, "colour": TRACK, **faint})
        for upper, lower in [(float(begins), float(begins + _LINE)), *bars_drawn]:
            dark = {"y": upper - _GAP / 2, "y2": lower + _GAP / 2}
            marks.segments.append({**rule, "colour": INK, **dark})
    for at, word in ticks:
        marks.after.append({"x": (at - first) * scale, "y": top + _LINE / 2, "text": word})
    return _drawn(marks, width, top + (_LINE if ticks else 0))


def _svg(rows: Sequence[Bar], width: int) -> str:
    """Place every mark by its pixel (labels take as many lines as they need), then draw."""
    marks = _Marks()
    longest = max(sum(length for length, _ in row.segments) for row in rows) or 1.0
    top = 0
    for row in rows:
        marks.values.append({"y": top + _LINE / 2, "text": row.value})
        for line in _broken(row.label, width - _VALUE_ROOM):
            marks.lines.append({"y": top + _LINE / 2, "text": line})
            top += _LINE
        edges = {"y": top + _GAP, "y2": top + _GAP + _BAR}
        marks.tracks.append({**edges})
        start = 0.0
        for length, colour in row.segments:
            end = start + length * width / longest
            marks.segments.append({"x": start, "x2": end, "colour": colour, **edges})
            start = end
        top += _GAP + _BAR + _BETWEEN
    return _drawn(marks, width, top)


def _broken(label: str, width: int) -> list[str]:
    kept_together = label.replace("§ ", "§\N{NO-BREAK SPACE}")
    letters = int(width / _LETTER)
    return textwrap.wrap(kept_together, letters, max_lines=_MOST_LINES, placeholder=" …") or [""]


def _drawn(marks: _Marks, width: int, height: int) -> str:
    x = alt.X("x:Q").scale(domain=[0, width], range=[0, width]).axis(None)
    y = alt.Y("y:Q").scale(domain=[0, height], range=[0, height]).axis(None)
    left, right = alt.value(0), alt.value(width)
    colour = alt.Color("colour:N").scale(None)
    layers = [
        _chart(marks.tracks).mark_rect(color=TRACK).encode(x=left, x2=right, y=y, y2="y2"),
        _chart(marks.segments).mark_rect().encode(x=x, x2="x2", y=y, y2="y2", color=colour),
        _chart(marks.lines).mark_text(align="left").encode(x=left, y=y, text="text:N"),
        _chart(marks.values)
        .mark_text(align="right", fontWeight=600)
        .encode(x=right, y=y, text="text:N"),
    ]
    if marks.before:
        beside = _chart(marks.before).mark_text(align="right")
        layers.append(beside.encode(x=x, y=y, text="text:N"))
    if marks.after:
        beside = _chart(marks.after).mark_text(align="left")
        layers.append(beside.encode(x=x, y=y, text="text:N"))
    picture = alt.layer(*layers).properties(width=width, height=height, padding=0)
    styled = (
        picture.configure(aria=False, background="transparent", font=_FONT)
        .configure_view(stroke=None)
        .configure_text(fontSize=_FONT_SIZE, color=INK, baseline="middle")
    )
    return str(vl_convert.vegalite_to_svg(styled.to_dict()))


def _chart(marks: Sequence[_Mark]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=marks))

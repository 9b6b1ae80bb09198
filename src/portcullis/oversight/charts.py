"""The report's pictures: bars under their labels, as SVG that stands inside the page.

Each picture is drawn twice, wide and narrow, and the page shows the one that fits, so that its
words stay legible on a telephone. Colours are the light ones of the palette; the page's style
sheet re-colours them by their value where the reader prefers the dark.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its segments (length, colour) from the left, and its value in words."""

    label: str
    segments: tuple[tuple[float, str], ...]
    value: str


@dataclass(frozen=True)
class Picture:
    """One picture in its two widths, as SVG text."""

    wide: str
    narrow: str


_Mark = dict[str, float | str]


@dataclass(frozen=True)
class _Marks:
    lines: list[_Mark]
    values: list[_Mark]
    tracks: list[_Mark]
    segments: list[_Mark]


def bars(rows: Sequence[Bar]) -> Picture:
    """Return the picture of ``rows``, from the top; all share one scale, from zero."""
    return Picture(_svg(rows, WIDE), _svg(rows, NARROW))


def _svg(rows: Sequence[Bar], width: int) -> str:
    """Place every mark by its pixel (labels take as many lines as they need), then draw."""
    marks = _Marks([], [], [], [])
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
    picture = alt.layer(
        _chart(marks.tracks).mark_rect(color=TRACK).encode(x=left, x2=right, y=y, y2="y2"),
        _chart(marks.segments).mark_rect().encode(x=x, x2="x2", y=y, y2="y2", color=colour),
        _chart(marks.lines).mark_text(align="left").encode(x=left, y=y, text="text:N"),
        _chart(marks.values)
        .mark_text(align="right", fontWeight=600)
        .encode(x=right, y=y, text="text:N"),
    ).properties(width=width, height=height, padding=0)
    styled = (
        picture.configure(aria=False, background="transparent", font=_FONT)
        .configure_view(stroke=None)
        .configure_text(fontSize=_FONT_SIZE, color=INK, baseline="middle")
    )
    return str(vl_convert.vegalite_to_svg(styled.to_dict()))


def _chart(marks: Sequence[_Mark]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=marks))

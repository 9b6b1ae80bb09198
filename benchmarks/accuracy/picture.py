"""The picture: how much may be released to the wrong person, against recall, a dot a side."""

from collections.abc import Mapping, Sequence

import altair as alt
import vl_convert

from benchmarks.accuracy.counting import Counts

_INK, _GRID = "#1b1b1b", "#c6cace"
_DARK = {_INK: "#f0f0f0", _GRID: "#565c65"}
# Legible on white and on black alike.
_COLOURS = ("#2378c3", "#d54309", "#c2850c", "#8168b3", "#168092", "#b51d7a")
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
_WIDTH, _HEIGHT = 300, 300


def draw(by_set: Mapping[str, Mapping[str, Counts]], shown: Sequence[str]) -> str:
    """Return the picture as SVG: a panel for each set in which there is a recall to compare.

    Across: recall among the lawful requests. Up, on a logarithmic scale: the upper bound (95 %)
    of the share released to the wrong person. Low and to the right is better.
    """
    panels = [_panel(name, counts, shown) for name, counts in by_set.items() if name != "FEBRL"]
    chart = (
        alt.hconcat(*panels, spacing=30)
        .configure(aria=False, background="transparent", font=_FONT)
        .configure_view(stroke=_GRID)
        .configure_axis(
            labelColor=_INK, titleColor=_INK, gridColor=_GRID, domainColor=_GRID, tickColor=_GRID,
            labelFontSize=12, titleFontSize=13, titleFontWeight="normal",
        )
        .configure_title(color=_INK, fontSize=14, anchor="start")
        .configure_legend(
            labelColor=_INK, labelFontSize=13, labelLimit=0, symbolSize=120, orient="bottom",
            columns=1,
        )
    )  # fmt: skip
    return _dark_too(str(vl_convert.vegalite_to_svg(chart.to_dict())))


def _panel(name: str, counts: Mapping[str, Counts], shown: Sequence[str]) -> alt.Chart:
    values = [
        {
            "side": side,
            "recall": 100 * counts[side].recall,
            "bound": 100 * counts[side].bound,
        }
        for side in shown
        if side in counts
    ]
    colour = alt.Color("side:N").scale(domain=list(shown), range=list(_COLOURS)).title(None)
    shape = alt.Shape("side:N").scale(domain=list(shown), range=list(_SHAPES)).title(None)
    return (
        alt.Chart(alt.InlineData(values=values), title=f"{name} set")
        .mark_point(size=140, filled=True, opacity=1)
        .encode(
            x=alt.X("recall:Q").scale(domain=[0, 100]).title("recall, %"),
            y=alt.Y("bound:Q")
            .scale(type="log", domain=[0.001, 100])
            .axis(values=[0.001, 0.01, 0.1, 1, 10, 100], format="~g")
            .title("to the wrong person at most, %"),
            color=colour,
            shape=shape,
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )


def _dark_too(svg: str) -> str:
    """Add a style that re-colours ink and grid where the reader prefers the dark."""
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in _DARK.items()
    )
    style = f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    start = svg.index(">") + 1
    return svg[:start] + style + svg[start:]

// The dark colour scheme. The U.S. Web Design System has none: its colours are literal values
// in its style sheets. We turn each into a custom property by its role (text, surface, line) and
// value, and say here what it is where the reader prefers the dark. A colour without an entry
// stops the build, so that no component ever comes out half dark.

/** Which role a property's colour plays. */
export const role = (property) =>
  /^(color|fill|-webkit-text-fill-color|text-)/.test(property)
    ? "text"
    : property.startsWith("background")
      ? "surface"
      : "line";

const INK = "#f0f0f0";
const PAPER = "#1c1d1f";
const RAISED = "#2d2e2f";
const EDGE = "#71767a";

export const dark = {
  text: {
    "#1b1b1b": INK,
    "#454545": "#c9c9c9",
    "#565c65": "#c6cace",
    "#71767a": "#a9aeb1",
    "#757575": "#adadad",
    "#919191": "#a9aeb1",
    "#dfe1e2": "#dfe1e2",
    "#f0f0f0": "#f0f0f0",
    "#ffffff": "#ffffff",
    "#000000": "#ffffff",
    "#005ea2": "#73b3e7",
    "#1a4480": "#a9d3f5",
    "#162e51": "#d9e8f6",
    "#b50909": "#fb8f86",
  },
  surface: {
    "#1b1b1b": INK,
    "#ffffff": PAPER,
    "#f0f0f0": RAISED,
    "#dfe1e2": "#3d4551",
    "#c9c9c9": "#454545",
    "#71767a": "#71767a",
    "#757575": "#8d9297",
    "#919191": "#71767a",
    "#565c65": "#565c65",
    "#3d4551": "#71767a",
    "#005ea2": "#1f6fb5",
    "#1a4480": "#2b78c0",
    "#162e51": "#0b4778",
    "#d83933": "#c5302b",
    "#b50909": "#d83933",
    "#8b0a03": "#8b0a03",
    "#9c3d10": "#9c3d10",
    "#c05600": "#c05600",
    "#97d4ea": "#17566b",
    "#c3ebfa": "#20475a",
    "#e1f3f8": "#1f3a49",
    "#d9e8f6": "#203a53",
    "#ecf3ec": "#1c3120",
    "#faf3d1": "#3a3216",
    "#f4e3db": "#46241a",
    "#e7f6f8": "#173a45",
    "rgba(0,94,162,0.1)": "rgba(115,179,231,0.2)",
    "rgba(0,0,0,0.7)": "rgba(0,0,0,0.75)",
  },
  line: {
    "#1b1b1b": "#8d9297",
    "#000000": INK,
    "#ffffff": PAPER,
    "#f0f0f0": "#565c65",
    "#e6e6e6": "#565c65",
    "#dfe1e2": "#565c65",
    "#c9c9c9": EDGE,
    "#a9aeb1": EDGE,
    "#919191": "#8d9297",
    "#757575": "#8d9297",
    "#71767a": "#a9aeb1",
    "#565c65": "#a9aeb1",
    "#005ea2": "#73b3e7",
    "#0050d8": "#8ecbff",
    "#1a4480": "#a9d3f5",
    "#162e51": "#d9e8f6",
    "#b50909": "#fb8f86",
    "#d54309": "#f6784c",
    "#fa9441": "#fa9441",
    "#00a91c": "#21c834",
    "#00bde3": "#00bde3",
    "#ffbe2e": "#ffbe2e",
    "#9c3d10": "#e66f0e",
    "#99deea": "#2e6276",
    "#d9e8f6": "#4a77a3",
    "rgba(27,27,27,0.25)": "rgba(240,240,240,0.3)",
    "rgba(27,27,27,0.2)": "rgba(240,240,240,0.35)",
  },
};

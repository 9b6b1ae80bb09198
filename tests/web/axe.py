"""What a page must keep to for everybody to use it: axe-core's rules, the keyboard, a telephone.

``axe/`` holds axe-core as npm has it (``make assets``), for tests only. It is run from outside
the page, so that the page's Content-Security-Policy stays as it is.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}

_AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
_RUN = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return found.violations.map(({ id, help, helpUrl, nodes }) => ({
    id, help, helpUrl,
    nodes: nodes.map(({ target, failureSummary, html }) => ({ target, failureSummary, html })) }));
}"""


def check(page: Page) -> None:
    """Assert that axe-core finds nothing; say rule, place and remedy of whatever it finds."""
    page.evaluate(_AXE)
    violations = page.evaluate(_RUN, TAGS)
    assert not violations, "\n".join(_said(page.url, each) for each in violations)


def _said(url: str, violation: dict[str, Any]) -> str:
    places = "\n".join(
        f"  at {' '.join(map(str, node['target']))}: {node['html'][:160]}\n"
        f"    {node['failureSummary']}"
        for node in violation["nodes"]
    )
    return f"{url}: {violation['id']}: {violation['help']} ({violation['helpUrl']})\n{places}"


def fits(page: Page) -> None:
    """Assert that nothing is wider than the window: what must be scrolls in its own region."""
    wider = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > width + 1)
            .map((each) => each.outerHTML.slice(0, 120));
        }"""
    )
    assert not wider, f"{page.url} is wider than its window:\n" + "\n".join(wider)


_TO_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""

# What can be used and is shown; of a group of radio buttons the one that Tab stops at.
_STOPS = """() => {
  const all = [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex]")];
  const stops = all.filter((each) => each.tabIndex >= 0 && !each.disabled
    && each.type !== "hidden" && each.checkVisibility({ visibilityProperty: true }));
  const shown = stops.filter((each) => {
    if (each.type !== "radio") return true;
    const group = stops.filter((other) => other.type === "radio" && other.name === each.name
      && other.form === each.form);
    const chosen = group.find((other) => other.checked);
    return each === (chosen ?? group[0]);
  });
  const looks = (each) => {
    const around = [each, each.nextElementSibling, each.parentElement];
    return around.flatMap((one) => one === null ? [] : [null, "::before", "::after"].map((part) => {
      const style = getComputedStyle(one, part);
      return [style.outline, style.boxShadow, style.border].join();
    })).join("|");
  };
  window.__stops = shown;
  window.__looks = looks;
  window.__before = shown.map(looks);
  return shown.map((each) => each.outerHTML.slice(0, 120));
}"""
_HERE = """() => {
  const at = window.__stops.indexOf(document.activeElement);
  if (at < 0) return { at, html: document.activeElement?.outerHTML.slice(0, 120) ?? "" };
  // Boxes and buttons to tick lie beside the page; what is seen of them is their label.
  const { type, labels } = document.activeElement;
  const shown = ["radio", "checkbox"].includes(type) ? labels[0] : document.activeElement;
  const { top, bottom, left, right } = shown.getBoundingClientRect();
  return {
    at,
    seen: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    marked: window.__looks(document.activeElement) !== window.__before[at],
  };
}"""


def walk(page: Page) -> int:
    """Assert that Tab alone reaches all that can be used, in its order, and shows where it is.

    Return how many stops there are. A stop with stops of its own (a date) is passed through.
    """
    page.evaluate(_TO_THE_TOP)
    stops = page.evaluate(_STOPS)
    reached = -1
    for _ in range(6 * len(stops) + 6):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here["at"] == reached:
            continue
        if reached == len(stops) - 1:
            return len(stops)
        assert here["at"] == reached + 1, (
            f"{page.url}: after {stops[reached] if reached >= 0 else 'the top'} Tab comes to "
            f"{stops[here['at']] if here['at'] >= 0 else here['html'] or 'nothing'}, "
            f"not {stops[reached + 1]}"
        )
        reached += 1
        assert here["seen"], f"{page.url}: out of sight when Tab is there: {stops[reached]}"
        assert here["marked"], f"{page.url}: nothing shows that Tab is at {stops[reached]}"
    raise AssertionError(f"{page.url}: Tab stays at {stops[reached]}")

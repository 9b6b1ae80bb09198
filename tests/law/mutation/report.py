"""What became of the mutants: the survivors beside the list of those argued, and the page."""

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.law.mutation.killing import Fate
from tests.law.mutation.making import Mutant

ARGUED = Path("tests/law/survivors.toml")
PAGE = Path("docs/mutation.md")
LIMIT = 0.05
Fates = Sequence[tuple[Mutant, Fate]]

_HEAD = """\
# Mutation testing of the law

Written by `make mutants`; do not edit. Each module of `src/portcullis/law` is changed in one place
at a time, in memory, and the changed law is judged again, in three steps. A mutant is **killed**
where

1. the law so changed does not load;
2. it answers one of the stored requests otherwise than the oracle (`tests/oracle`, which shares no
   code with the law): every fact alone at each of its values, and generated requests under every
   reading, with delegation, tightened elements and other figures, for all three agreements;
3. it writes other pages than those in `docs/law`, or fails a test of what is no judgment:
   `tests/law/test_{shape,faces,readings,soundness,words}.py`, and `test_explanation.py` for the
   modules explanations rest on.

Else it has survived. The comparison by chance (`test_differential`) and the boundary tests are not
run: they could only kill more.

Operators: cosmic-ray's for numbers, comparisons, and / or / not, true / false, plus / minus,
decorators, exceptions and loops; and two of our own, since much of the law stands in texts: an item
left out of a list of texts, an alternative left out of a pattern. Left out, as noise:

- arithmetic and shifts in place of `&` and `|`: they read yes and no as numbers;
- `is` in place of `==`: an expression is never the very object beside it;
- operators in place of unpacking, and what does not compile: no program;
- the numbers in `requirements=`: references into the specification, on which no result rests (the
  pages of docs/law print them, and a test compares the pages);
- how old the day is in the example of a date field: any lawful example does, and a test asks that
  it be lawful;
- the figures and values that `soundness` tries tests with: any do by which a flaw shows;
- protocols, which only the type checker reads;
- quoted texts, messages and ids: no operator changes a text; they are compared as wholes with
  `tests/law/golden_messages.md` and `docs/law`.
"""


def argued() -> Mapping[tuple[str, str, str], str]:
    """Return the arguments of the survivors accepted, by the key of the mutant."""
    listed = tomllib.loads(ARGUED.read_text(encoding="utf-8"))["survivor"]
    return {(each["module"], each["was"], each["now"]): each["why"] for each in listed}


def faults(fates: Fates, *, whole: bool) -> list[str]:
    """Return what is wrong: survivors not argued, arguments without a survivor, too many."""
    why, survived = argued(), _survivors(fates)
    found = [f"not argued: {' | '.join(each.key)}" for each in survived if each.key not in why]
    if not whole:
        return found
    keys = {each.key for each in survived}
    found += [f"argued, and no survivor: {' | '.join(key)}" for key in why if key not in keys]
    if len(survived) > LIMIT * len(fates):
        found.append(f"{len(survived)} of {len(fates)} survived: more than {LIMIT:.0%}")
    return found


def summary(fates: Fates) -> str:
    """Return the figures in a line."""
    counts = Counter(fate for _, fate in fates)
    return f"{len(fates)} mutants: " + ", ".join(
        f"{counts[fate]} {fate.name.lower().replace('_', ' ')}" for fate in Fate
    )


def page(fates: Fates, left_out: Mapping[str, str]) -> str:
    """Return the page of the whole run; ``left_out``: modules not tried, and why."""
    why = argued()
    modules = sorted({mutant.module for mutant, _ in fates})
    rows = [_row(f"`{name}`", [fate for each, fate in fates if each.module == name])
            for name in modules]  # fmt: skip
    total = _row("**all**", [fate for _, fate in fates])
    survivors = [
        f"- `{each.module}`, {each.operator}\n  - was: `{each.was}`\n  - now: `{each.now}`\n"
        f"  - {why.get(each.key, 'NOT ARGUED')}"
        for each in _survivors(fates)
    ]
    return "\n".join([
        _HEAD,
        "Modules left out: "
        + "; ".join(f"`{module}`: {reason}" for module, reason in left_out.items())
        + ".",
        "",
        "| Module | Mutants | Do not load | Oracle kills | Tests kill | Survive | Share |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *rows,
        total,
        "",
        "A mutant that runs out of time (90 seconds) counts as killed by tests.",
        "",
        "## Survivors, each with its argument",
        "",
        *survivors,
        "",
    ])  # fmt: skip


def _survivors(fates: Fates) -> list[Mutant]:
    return [mutant for mutant, fate in fates if fate is Fate.SURVIVED]


def _row(name: str, fates: Sequence[Fate]) -> str:
    counts = Counter(fates)
    share = counts[Fate.SURVIVED] / len(fates)
    cells = (len(fates), counts[Fate.DOES_NOT_LOAD], counts[Fate.ORACLE],
             counts[Fate.TESTS] + counts[Fate.TIME], counts[Fate.SURVIVED])  # fmt: skip
    return f"| {name} | {' | '.join(map(str, cells))} | {share:.1%} |"

"""A near miss as its reviewer sees it: request and record side by side, one HTML file by itself.

Shown is the one record that is near, part by part, in the words of the rules that compare names
and addresses; of anybody else at that address only how many they are. The TIN of record is masked.
The file is return information: for the reviewer's eyes, inside the holder's office only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from importlib.resources import files
from typing import Any

import jinja2
import polars as pl
from markupsafe import Markup, escape

from portcullis import __version__, addresses, names
from portcullis.matching import RULES, Near

STATES: dict[str, tuple[str, str]] = {
    "equal": ("=", "Equal"),
    "differs": ("≠", "Differs"),
    "slip": ("≈", "Nearly equal"),
    "initial": ("A…", "Initial of the other"),
    "nickname": ("~", "Nickname of the other"),
    "partial": ("⊂", "Part of the other"),
    "reordered": ("⇅", "Same, in another order"),
    "swapped": ("⇄", "In each other’s place"),
    "absent-left": ("◑", "Of record only"),
    "absent-right": ("◐", "In the request only"),
}
"""State of a part, as ``names`` and ``addresses`` call it -> its mark and the words for it."""

_NAME_PARTS = {
    "given": "Given name",
    "middle": "Middle name",
    "family": "Family name",
    "suffix": "Suffix",
}
_DECIDES_NOTHING, _NO_CONTRADICTION = "decides nothing", "no contradiction"
_TIN_DIGITS = 9
_ALIKE = 0.6  # two texts less alike than this differ as a whole; marked letters would only confuse


@dataclass(frozen=True)
class Weight:
    """One step of the waterfall: what was compared, what it came to, and its weight in bits."""

    part: str
    agreement: str
    bits: float


@dataclass(frozen=True)
class Waterfall:
    """The match weights of one pair, from the prior to the sum, and Splink's chart as SVG."""

    weights: tuple[Weight, ...]
    svg: str


@dataclass(frozen=True)
class Difference:
    """One part of two normal forms beside each other, and how they stand to one another.

    ``state`` is one of `STATES`. ``note``: why it does not count against them, though not equal.
    """

    part: str
    left: str
    right: str
    state: str
    note: str = ""

    @property
    def words(self) -> tuple[str, str]:
        """The mark of the state, and the words for it."""
        return STATES[self.state]

    @property
    def marked(self) -> tuple[Markup, Markup]:
        """The two texts; where they differ, the letters that differ are marked."""
        if self.state not in {"differs", "slip"}:
            return escape(self.left), escape(self.right)
        return _marked(self.left, self.right)


@dataclass(frozen=True)
class Beside:
    """A name or an address of record beside that of the request: its code and every part."""

    title: str
    code: str
    sentence: str
    parts: tuple[Difference, ...]

    @property
    def near(self) -> bool:
        """Whether it agrees, or nearly."""
        return self.code in (
            *names.AGREES, *names.REFERS, *addresses.AGREES, *addresses.REFERS, "unit-missing",
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a reviewer is shown of one near miss.

    ``barred``: why nothing may be found, if so. ``household``: how many others the address has.
    ``model``: the digest of the model behind ``waterfall``. ``found``: what was found so far.
    """

    request_id: str
    batch: str
    names: tuple[Beside, ...] = ()
    addresses: tuple[Beside, ...] = ()
    tin: str = ""
    household: tuple[str, ...] = ()
    barred: str = ""
    found: str = ""
    model: str = ""
    waterfall: Waterfall | None = field(default=None, repr=False)

    def as_html(self) -> str:
        """Return the picture as the text of one HTML file."""
        styles = ("demo_report.css", "explanation.css", "near_miss.css")
        return _template().render(
            version=__version__,
            style=Markup("".join(_file(name) for name in styles)),  # noqa: S704 - ours
            chart=Markup(self.waterfall.svg) if self.waterfall else "",  # noqa: S704 - drawn here
            rules=RULES.values(),
            it=self,
        )


def picture(
    *,
    request_id: str,
    batch: str,
    asked: pl.DataFrame,
    shown: Near | None,
    household: dict[str, int],
    barred: str,
    waterfall: Waterfall | None,
    model: str,
    found: str,
) -> Picture:
    """Return the picture of the request ``asked`` beside the one person of ``shown``, if one is."""
    ours = asked.row(0, named=True)
    return Picture(
        request_id=request_id,
        batch=batch,
        names=tuple(_names(ours, shown.names)) if shown else (),
        addresses=tuple(_addresses(ours, shown.addresses)) if shown else (),
        tin=_tin(ours["tin"], shown.names["r_tin"][0]) if shown else "",
        household=tuple(_household(household)),
        barred=barred,
        found=found,
        model=model,
        waterfall=waterfall,
    )


def _names(ours: dict[str, Any], found: pl.DataFrame) -> Iterator[Beside]:
    for place, one in enumerate(found.iter_rows(named=True)):
        title = "Another name of record" if place else "The name of record that is nearest"
        parts = tuple(_name_parts(ours, one))
        yield Beside(title, one["code"], names.REASONS[one["code"]], parts)


def _addresses(ours: dict[str, Any], found: pl.DataFrame) -> Iterator[Beside]:
    for one in found.iter_rows(named=True):
        parts = tuple(_address_parts(ours, one))
        sentence = addresses.REASONS[one["code"]]
        yield Beside(f"Address {one['number']} of record", one["code"], sentence, parts)


def _name_parts(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
    for one in names.differences(_under("n_", ours), _under("r_n_", theirs)):
        if one.left or one.right:
            # Middle names agree unless they contradict each other; a given name's initial does not.
            agrees = one.part == "middle" and one.state not in {"equal", "differs"}
            note = _NO_CONTRADICTION if agrees else ""
            yield Difference(_NAME_PARTS[one.part], one.left, one.right, one.state, note)


def _address_parts(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
    for one in addresses.differences(ours, _under("r_", theirs)):
        title = one.part[0].upper() + one.part[1:]
        note = "" if one.decides or one.state == "equal" else _DECIDES_NOTHING
        yield Difference(title, one.left, one.right, one.state, note)


def _under(prefix: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)
    }


def _marked(left: str, right: str) -> tuple[Markup, Markup]:
    ours, theirs = Markup(), Markup()
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return escape(left), escape(right)
    for step, start, end, other, last in matcher.get_opcodes():
        mark = Markup("{}") if step == "equal" else Markup("<mark>{}</mark>")
        ours += mark.format(left[start:end]) if end > start else ""
        theirs += mark.format(right[other:last]) if last > other else ""
    return ours, theirs


def _tin(ours: str | None, theirs: str | None) -> str:
    """Say how far the TINs agree, and show neither."""
    if not ours:
        return "The request gives no TIN."
    if not theirs:
        return "The request gives a TIN; the record has none."
    pairs = zip(ours.ljust(_TIN_DIGITS), theirs.ljust(_TIN_DIGITS), strict=False)
    off = [str(place) for place, (a, b) in enumerate(pairs, start=1) if a != b]
    if not off:
        return "All nine digits of the TIN agree."
    which = f"digit {off[0]}" if len(off) == 1 else f"digits {', '.join(off)}"
    return f"The TINs are different: {which} of nine."


def _household(counts: dict[str, int]) -> Iterator[str]:
    for agreement, number in counts.items():
        if number:
            who = "1 other taxpayer is" if number == 1 else f"{number:,} other taxpayers are"
            whose = "whose name" if number == 1 else "whose names"
            verb = agreement if number == 1 else agreement.replace("does", "do")
            verb = verb.replace("agrees", "nearly agrees")
            if number > 1:
                verb = verb.replace("agrees", "agree")
            yield f"{who} at this address, or one like it, {whose} {verb}."


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_file("near_miss.html.jinja"))


def _file(name: str) -> str:
    return files("portcullis.oversight").joinpath(name).read_text(encoding="utf-8")

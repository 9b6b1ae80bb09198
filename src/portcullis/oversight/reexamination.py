"""Re-examination: what stored requests would come to under another basis.

Judged from what is stored: the results of every element, and the comparison flags of whoever was
looked up. Only the elements whose test differs between the two bases are judged again, so that
more than a million requests take seconds. Nobody is looked up for it: where the answer would hang
on a record that was never compared, that is the answer.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from portcullis.law import MET, Basis, Element, Phase, applicable, field_behind, judge

SAME, CLOSES, OPENS, NEEDS_LOOK_UP = "same", "closes", "opens", "needs-look-up"
VERDICTS = (SAME, CLOSES, OPENS, NEEDS_LOOK_UP)

WAS = "was_"
_LIST = ";"
# What matching looks for only once a taxpayer is found; null where it never was.
_LAST_SOUGHT = "lka_found"


@dataclass(frozen=True)
class Question:
    """The past under ``before``, judged again under ``after``."""

    before: Basis
    after: Basis

    @cached_property
    def face(self) -> tuple[Element, ...]:
        """The elements a request shows on its face, under ``after``."""
        return applicable(self.after, Phase.FACE)

    @cached_property
    def match(self) -> tuple[Element, ...]:
        """The elements judged against the holder's records, under ``after``."""
        return applicable(self.after, Phase.MATCH)

    @cached_property
    def changed(self) -> tuple[Element, ...]:
        """The elements whose test is not what it was, or that were not asked for before."""
        asked = {each.id: each for each in applicable(self.before)}
        return tuple(
            each
            for each in (*self.face, *self.match)
            if each.id not in asked
            or not asked[each.id].result(self.before).meta.eq(each.result(self.after))
        )

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that the changed elements read: facts, and fields' typed columns."""
        return frozenset(
            name for each in self.changed for name in each.result(self.after).meta.root_names()
        )

    @cached_property
    def fields(self) -> frozenset[str]:
        """The fields of the request behind ``columns``."""
        return frozenset(field_behind(name) for name in self.columns)


@dataclass(frozen=True)
class Rejudged:
    """What came of a table of requests.

    ``counts``: requests by verdict. ``others``: ``row, request_id, verdict, unmet, changed`` of
    every request whose verdict is not ``same``. ``unmet``: the elements not met now (without those
    on a last known address where nobody was found to have one), ``changed``: those whose result
    is another than it was; ids with ``;`` between.
    """

    counts: dict[str, int]
    others: pl.DataFrame


def reexamine(frame: pl.DataFrame, question: Question) -> Rejudged:
    """Judge every request of ``frame`` again.

    ``frame``: ``row``, ``request_id``, ``was_open`` (it was, or would have been, disclosed),
    ``looked_up``, ``lka_found``, for every element of before and after ``was_<id>`` (its stored
    result; null where it was not judged), and the columns that ``question.columns`` names.

    The verdict is ``same``; ``closes`` (disclosed then, not now); ``opens`` (the other way); or
    ``needs-look-up`` (it would hang on a record that was never compared).
    """
    rejudged = judge(frame, question.changed, question.after).drop("row")
    changed = frozenset(rejudged.columns)
    now = {
        each.id: pl.col(each.id) if each.id in changed else _stored(frame, each.id)
        for each in (*question.face, *question.match)
    }
    face = _all_met(now[each.id] for each in question.face)
    match = pl.col("looked_up") & _all_met(now[each.id] for each in question.match)
    # All that was sought agrees, but the last known address never was: there was nobody to seek.
    sought = [each for each in question.match if _LAST_SOUGHT not in each.reads(question.after)]
    unsought = pl.col(_LAST_SOUGHT).is_null() & _all_met(now[each.id] for each in sought)
    never = {each.id for each in question.match if each not in sought}
    verdict = _verdict(face & match, face & ~match & (~pl.col("looked_up") | unsought))
    judged = frame.hstack(rejudged).with_columns(verdict.alias("verdict"))
    others = judged.filter(pl.col("verdict") != SAME).select(
        "row",
        "request_id",
        "verdict",
        _listed({name: _is_unmet(name, now[name], never) for name in now}).alias("unmet"),
        _listed({name: _differs(frame, name, now[name]) for name in changed}).alias("changed"),
    )
    counted = dict(judged["verdict"].value_counts().iter_rows())
    return Rejudged({each: counted.get(each, 0) for each in VERDICTS}, others)


def by_element(results: pl.DataFrame, verdict: str) -> pl.DataFrame:
    """Return ``element, requests, newly, alone`` of one ``verdict``, the most frequent first.

    ``requests``: of that verdict, those that do not meet the element now (for ``opens``: that meet
    it now and did not). ``newly``: those of them for which its result changed. ``alone``: those
    that it alone decides.
    """
    listed = "changed" if verdict == OPENS else "unmet"
    counted = results.filter(verdict=verdict).group_by(element=listed, newly="changed").len()
    return (
        counted.with_columns(pl.col("element", "newly").str.split(_LIST))
        .with_columns(alone=pl.col("element").list.len() == 1)
        .explode("element")
        .filter(pl.col("element") != "")
        .with_columns(pl.col("newly").list.contains(pl.col("element")))
        .group_by("element")
        .agg(
            pl.col("len").sum().alias("requests"),
            pl.col("len").filter("newly").sum().alias("newly"),
            pl.col("len").filter("alone").sum().alias("alone"),
        )
        .sort("requests", "element", descending=[True, False])
    )


def _verdict(opens: pl.Expr, unknown: pl.Expr) -> pl.Expr:
    was_open = pl.col("was_open")
    return (
        pl.when(unknown)
        .then(pl.lit(NEEDS_LOOK_UP))
        .when(was_open & ~opens)
        .then(pl.lit(CLOSES))
        .when(~was_open & opens)
        .then(pl.lit(OPENS))
        .otherwise(pl.lit(SAME))
    )


def _stored(frame: pl.DataFrame, element_id: str) -> pl.Expr:
    name = f"{WAS}{element_id}"
    return pl.col(name) if name in frame.columns else pl.lit(None, pl.UInt8)


def _differs(frame: pl.DataFrame, element_id: str, now: pl.Expr) -> pl.Expr:
    return _stored(frame, element_id).eq_missing(MET) != now.eq_missing(MET)


def _is_unmet(element_id: str, now: pl.Expr, never_sought: Collection[str]) -> pl.Expr:
    """Of whom nobody was found, nothing can be said of a last known address, either way."""
    unmet = now.ne_missing(MET)
    return unmet & pl.col(_LAST_SOUGHT).is_not_null() if element_id in never_sought else unmet


def _all_met(results: Iterable[pl.Expr]) -> pl.Expr:
    return pl.all_horizontal(pl.lit(value=True), *[result.eq_missing(MET) for result in results])


def _listed(marked: dict[str, pl.Expr]) -> pl.Expr:
    names = [pl.when(mark).then(pl.lit(name)) for name, mark in marked.items()]
    return pl.concat_str(names, separator=_LIST, ignore_nulls=True) if names else pl.lit("")

"""The report of the scenario court-order: one HTML file that needs nothing else to be read."""

from portcullis.oversight import words
from portcullis.oversight.charts import BAD, GOOD, PRIMARY, Lane, Moment, Picture, bars, course
from portcullis.oversight.order_facts import Course, OrderFacts, check, runs
from portcullis.oversight.page import Figure, ledger_figure, rendered, time_by_stage
from portcullis.oversight.recall import STAGES
from portcullis.oversight.recall_picture import recall_picture
from portcullis.oversight.recall_picture import spoken as recall_spoken
from portcullis.oversight.views import naive_bar, spoken

_MARGIN = 0.02
_SHUT = "#8a6d1f"


def order_report(facts: OrderFacts) -> str:
    """Return the report as the text of one HTML file.

    Raises ValueError where the facts do not bear out what it says (``order_facts.check``).
    """
    check(facts)
    ruling = facts.ruling
    return rendered(
        "order_report.html.jinja",
        facts=facts,
        basis=facts.basis,
        ledger=facts.ledger,
        lead=lead(facts),
        figures=_figures(facts),
        course_picture=_course(facts.course),
        course_spoken=spoken("Where each stands on the ledger", _counted(facts.course)),
        course_rows=_course_rows(facts.course),
        ends_rows=_ends_rows(facts),
        ruling_picture=bars(
            [
                naive_bar("Made elsewhere, by the 2025 script", ruling.imported, ruling.closes),
                naive_bar("Made by this gateway", ruling.own_released, ruling.own_closes),
            ]
        ),
        ruling_spoken=spoken(
            "Disclosures that should not have been made",
            [("made elsewhere", ruling.closes), ("made by this gateway", ruling.own_closes)],
        ),
        recall=facts.recall,
        recall_totals=facts.recall.totals(),
        recall_picture=recall_picture(facts.sequestered),
        recall_spoken=recall_spoken(facts.sequestered),
        stage_rows=_stage_rows(facts),
        lot_rows=_lot_rows(facts),
        **time_by_stage(facts.stages),
    )


def lead(facts: OrderFacts) -> str:
    """Return the whole result in a few sentences."""
    delivered, kept = len(facts.course.delivered), len(facts.course.not_sent)
    return (
        f"An order arrived while {words.count(facts.authorised)} packages were being released. "
        f"{words.count(delivered)} had left; none left after it; the other "
        f"{words.count(kept)} were never sent. A ruling followed, the past was judged again, and "
        f"{words.count(facts.recall.disclosures)} disclosures were recalled through to closure, "
        "while a preservation hold kept any of them from being destroyed before counsel cleared it."
    )


def _figures(facts: OrderFacts) -> list[Figure]:
    at, order = facts.course, facts.order
    late = sum(position > at.filed for position in at.delivered)
    return [
        Figure(
            "Packages that left after the order",
            words.count(late),
            f"of {words.count(facts.authorised)} authorised; checked on the ledger",
            "bad" if late else "good",
        ),
        Figure(
            "From asking to closed",
            words.duration(order.waited),
            "until the first package was stopped at the gate",
        ),
        Figure(
            "Recalled to closure",
            words.count(facts.recall.disclosures),
            f"disclosures in {words.count(len(facts.recall.lots))} lots, under a preservation hold",
            "good",
        ),
        ledger_figure(facts.ledger),
    ]


def _course(at: Course) -> Picture:
    """Draw the release on the ledger's own positions, the order as a line through it."""
    every = [*at.delivered, *at.not_sent, *at.opened, *at.shut, *at.recalled, at.filed, at.lifted]
    room = (max(every) - min(every)) * _MARGIN
    drawn = [
        Lane(label, tuple((*run, colour) for run in runs(positions)), words.count(len(positions)))
        for label, positions, colour in _lanes(at)
    ]
    moments = [Moment(at.filed, "Order filed"), Moment(at.lifted, "Order lifted")]
    return course(drawn, moments, (min(every) - room, max(every) + room))


def _lanes(at: Course) -> list[tuple[str, tuple[int, ...], str]]:
    return [
        ("Packages delivered", at.delivered, GOOD),
        ("Packages not sent", at.not_sent, BAD),
        ("Openings granted", at.opened, PRIMARY),
        ("Openings refused: the order stands", at.shut, _SHUT),
        ("Openings refused: recalled", at.recalled, _SHUT),
    ]


def _counted(at: Course) -> list[tuple[str, int]]:
    return [(label, len(positions)) for label, positions, _ in _lanes(at)]


def _course_rows(at: Course) -> list[tuple[str, str, str, str]]:
    """Return the picture as a table: what, how many, the first position and the last."""
    rows = [(label, positions) for label, positions, _ in _lanes(at)]
    rows += [("Order filed", (at.filed,)), ("Order lifted", (at.lifted,))]
    return [
        (
            label,
            words.count(len(positions)),
            words.count(positions[0]) if positions else "–",
            words.count(positions[-1]) if positions else "–",
        )
        for label, positions in rows
    ]


def _ends_rows(facts: OrderFacts) -> list[tuple[str, str, str]]:
    ends = facts.ends
    codes = ("quarantined", "returned", "refused", "referred", "no_disclosure", "held", "released")
    counts = [(code, int(getattr(ends, code))) for code in codes]
    return [
        (words.outcome(code), words.count(number), words.share(number, ends.received))
        for code, number in counts
    ]


def _stage_rows(facts: OrderFacts) -> list[tuple[str, str, str]]:
    """Return the disclosures recalled by how far their lot was: under the hold, at the closing."""
    held, closed = facts.sequestered.by_stage(), facts.recall.by_stage()
    return [
        (stage.capitalize(), words.count(held[stage]), words.count(closed[stage]))
        for stage in STAGES
        if held[stage] or closed[stage]
    ]


def _lot_rows(facts: OrderFacts) -> list[tuple[str, ...]]:
    """Return each lot: of what, with whom, in which places, and how far both times."""
    return [
        (
            lot.id,
            lot.source,
            lot.custodian or "the agency",
            ", ".join(each.place.place for each in facts.recall.of_lot(lot.id)),
            facts.sequestered.stage_of(lot.id),
            facts.recall.stage_of(lot.id),
            words.count(lot.disclosures),
        )
        for lot in facts.recall.lots.values()
    ]

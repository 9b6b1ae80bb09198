"""The report of the batch of June 2025: one HTML file that needs nothing else to be read."""

from portcullis.oversight import words
from portcullis.oversight.charts import BAD, Bar, Picture, bars
from portcullis.oversight.facts import DemoFacts, Variant, check
from portcullis.oversight.page import Figure, ledger_figure, rendered, time_by_stage
from portcullis.oversight.views import due_and_released, naive_bar, spoken, view


def demo_report(facts: DemoFacts) -> str:
    """Return the report as the text of one HTML file.

    Raises ValueError where the numbers of ``facts`` do not reconcile.
    """
    check(facts)
    main = _main(facts)
    naive = facts.naive
    naive_reasons = sorted(naive.reasons, key=lambda reason: -reason.count)
    return rendered(
        "demo_report.html.jinja",
        basis=facts.basis,
        lead=lead(facts),
        figures=_figures(facts),
        views=[view(variant) for variant in facts.variants],
        naive=naive,
        naive_picture=bars(
            [
                naive_bar(
                    "The 2025 script: unlawful, of all it releases", naive.released, naive.unlawful
                ),
                naive_bar("Portcullis: likewise", main.released, main.unlawful_released),
            ]
        ),
        naive_spoken=spoken(
            "Unlawful releases",
            [("the 2025 script", naive.unlawful), ("Portcullis", main.unlawful_released)],
        ),
        naive_words=(
            f"{words.count(naive.tin_without_address)} of the unlawful releases went out on a name "
            "and a TIN, with an address that is not the taxpayer’s or is no address at all."
        ),
        naive_reasons=naive_reasons,
        naive_reasons_picture=bars(
            [
                Bar(reason.reason, ((reason.count, BAD),), words.count(reason.count))
                for reason in naive_reasons
            ]
        ),
        naive_reasons_spoken=spoken(
            "Reasons", [(reason.reason, reason.count) for reason in naive_reasons]
        ),
        ruling=facts.ruling,
        ruling_picture=_ruling_picture(facts),
        ruling_spoken=_ruling_spoken(facts),
        ledger=facts.ledger,
        **time_by_stage(facts.stages),
    )


def lead(facts: DemoFacts) -> str:
    """Return the whole result in a few sentences."""
    main, naive = _main(facts), facts.naive
    unlawful = words.count(main.unlawful_released) if main.unlawful_released else "none"
    stopped = "".join(
        f" Sent {words.variant(each.name)}, the batch is stopped whole: nothing is looked up."
        for each in facts.variants
        if each.halted is not None
    )
    return (
        f"Of {words.count(main.received)} requests, {words.count(main.released)} were answered "
        f"with an address, {unlawful} of them unlawfully. The rule used in 2025 would have "
        f"released {words.count(naive.released)} from the same requests, "
        f"{words.count(naive.unlawful)} of them unlawfully.{stopped}"
    )


def _ruling_picture(facts: DemoFacts) -> Picture | None:
    if facts.ruling is None:
        return None
    ruling = facts.ruling
    return bars(
        [
            naive_bar("Made elsewhere, by the 2025 script", ruling.imported, ruling.closes),
            naive_bar("Made by this gateway", ruling.own_released, ruling.own_closes),
        ]
    )


def _ruling_spoken(facts: DemoFacts) -> str:
    if facts.ruling is None:
        return ""
    ruling = facts.ruling
    return spoken(
        "Disclosures that should not have been made",
        [("made elsewhere", ruling.closes), ("made by this gateway", ruling.own_closes)],
    )


def _main(facts: DemoFacts) -> Variant:
    """Return the variant the summary speaks of: the first that no limit stopped."""
    return next((each for each in facts.variants if each.halted is None), facts.variants[0])


def _figures(facts: DemoFacts) -> list[Figure]:
    main, naive = _main(facts), facts.naive
    due, released = due_and_released(main)
    return [
        Figure(
            "Unlawful releases",
            words.count(main.unlawful_released),
            f"of {words.count(main.released)} released",
            "bad" if main.unlawful_released else "good",
        ),
        Figure(
            "Lawful requests answered",
            words.share(released, due),
            f"{words.count(released)} of {words.count(due)}",
        ),
        Figure(
            "Unlawful under the 2025 rule",
            words.count(naive.unlawful),
            f"of {words.count(naive.released)} it releases",
            "bad",
        ),
        ledger_figure(facts.ledger),
    ]

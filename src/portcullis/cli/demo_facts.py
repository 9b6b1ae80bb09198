"""From what was played to what the report is told."""

from datetime import date
from pathlib import Path

from portcullis import law, oversight
from portcullis.agreements import load_pack
from portcullis.cli.demo_player import Played
from portcullis.scenarios import AS_OF, NaiveComparison

_NO_DISCLOSURE = "no_disclosure"


def facts_of(
    basis: oversight.Basis,
    played: list[Played],
    naive: NaiveComparison,
    timed: list[tuple[str, float, int]],
) -> oversight.DemoFacts:
    """Return the facts of a demonstration's report; ``timed`` are the stages outside the homes."""
    main = played[-1]
    stages = [*timed[:1], *_named(played), *timed[1:]]
    return oversight.DemoFacts(
        variants=tuple(_variant(one) for one in played),
        naive=oversight.Naive(
            released=naive.released,
            unlawful=naive.unlawful,
            tin_without_address=naive.tin_without_address,
            reasons=tuple(
                oversight.NaiveReason(row["why_unlawful"], row["citation"], row["count"])
                for row in naive.reasons.iter_rows(named=True)
            ),
        ),
        ruling=ruling_of(main) if main.reexamined else None,
        ledger=ledger_of(main),
        stages=tuple(oversight.Stage(*stage) for stage in stages),
        basis=basis,
    )


def ledger_of(main: Played) -> oversight.LedgerFacts:
    """Return what the report says of the ledger."""
    return oversight.LedgerFacts(
        size=main.ledger["size"],
        root=main.ledger["root"],
        checkpoint=main.ledger["checkpoint"],
        verified=main.ledger["verified"],
        verify_command=f"portcullis verify {_shown(main.home)}",
    )


def _shown(home: Path) -> str:
    """Return the home's path as the reader may type it: relative where it can be."""
    try:
        return str(home.resolve().relative_to(Path.cwd()))
    except ValueError:
        return home.name


def _named(played: list[Played]) -> list[tuple[str, float, int]]:
    return [
        (f"{one.name}: {name}", seconds, rows)
        for one in played
        for name, seconds, rows in one.stages
        if not name.startswith("·")
    ]


def _variant(one: Played) -> oversight.Variant:
    counts = {
        name: one.counts[name]
        for name in (
            *("received", "quarantined", "returned", "refused", "referred", "no_disclosure"),
            *("eligible", "looked_up", "approved", "held", "released", "unlawful_released"),
        )
    }
    return oversight.Variant(
        name=one.name,
        **counts,
        reasons=tuple(
            oversight.Reason(
                row["element"],
                row["citation"],
                row["statement"],
                row["layer"],
                row["outcome"],
                row["count"],
            )
            for row in one.reasons
            if row["outcome"] != _NO_DISCLOSURE
        ),
        confusion=tuple(
            oversight.TruthCell(
                row["truth_class"],
                row["lawful"],
                row["expected_outcome"],
                row["outcome"],
                row["count"],
            )
            for row in one.confusion
        ),
        halted=one.halted,
    )


def basis_of(scenario: str, seed: int, taxpayers: int, main: Played) -> oversight.Basis:
    """Return what the determinations of ``main`` were made under."""
    pack = load_pack(main.home / "pack")
    return oversight.Basis(
        scenario=scenario,
        seed=seed,
        taxpayers=taxpayers,
        agreement=pack.id,
        pack_version=pack.version,
        pack_digest=pack.digest,
        index_digest=main.index_digest,
        as_of=AS_OF,
        provisions=tuple(
            oversight.Provision(law.PROVISIONS[name].citation, law.PROVISIONS[name].title)
            for name in pack.provisions
        ),
        readings=tuple(
            oversight.ReadingInForce(one.id, one.holding, one.source)
            for one in map(law.reading, law.Basis.from_pack(pack, AS_OF).readings)
        ),
    )


def ruling_of(
    main: Played, docket: str | None = None, on: date | None = None
) -> oversight.AfterRuling:
    """Return what became of the past under the court's reading, as ``main`` found it.

    ``docket`` and ``on``: where the ruling is the scenario's own, and not the reading's source.
    """
    found = main.reexamined
    reading = law.reading(found["reading"])
    pack = load_pack(main.home / "pack")
    basis = law.Basis.from_pack(pack, AS_OF)
    elements = {each.id: each for each in law.applicable(basis)}
    return oversight.AfterRuling(
        reading=reading.id,
        holding=reading.holding,
        source=reading.source,
        docket=docket or reading.docket,
        in_force_from=on or reading.decided_on or AS_OF,
        own_judged=found["judged"] - found["imported"],
        own_released=found["released"],
        grounds=tuple(
            oversight.Ground(
                element=row["element"],
                citation=elements[row["element"]].citation,
                statement=elements[row["element"]].statement,
                requests=row["requests"],
                newly=row["newly"],
            )
            for row in found["grounds"]
        ),
        **{
            name: found[name]
            for name in (
                *("imported", "same", "closes", "opens", "needs_look_up", "by_the_reading"),
                *("own_closes", "seconds"),
            )
        },
    )

"""Requests to explain: one that meets everything, and one with something of each result."""

from portcullis import law
from portcullis.law import Phase
from portcullis.oversight import Explanation
from tests.law.cases import BASIS, MEMORANDUM_2025

SECRETS = ("Example-Specimen", "1250 Specimen", "912-34-5678", "Springfield", "INV-EXAMPLE")


def document(*, phases=frozenset(Phase), hide=frozenset(), outcome="eligible", **changes):
    """Return the explanation of a lawful request bent by ``changes``, some phases hidden."""
    row = MEMORANDUM_2025.table([MEMORANDUM_2025.lawful(**changes)])
    lines = tuple(
        line.hidden() if line.element.phase in hide else line
        for line in law.explain(row, BASIS, phases)
    )
    return Explanation(
        request_id="EXAMPLE-0001",
        batch="batch-1",
        agreement=BASIS.agreement,
        agreement_version=BASIS.agreement_version,
        as_of=BASIS.as_of,
        basis=BASIS.digest(),
        outcome=outcome,
        lines=lines,
        notes=("Orders of court are those that stand today.",),
    )


def mixed() -> Explanation:
    """Return one with an element of every result."""
    return document(
        phases={Phase.FACE, Phase.STANDING},
        hide={Phase.OFFICIAL},
        outcome="refused",
        a_absent=True,
        a_absent_reason="placeholder",
        charge="8 USC 1182(a)(6)(A)(i)",
        m_officer_load_max=501,
    )

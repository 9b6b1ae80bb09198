"""What the oracle says of a fixed set of requests, asked once for all mutants.

Run as a process of its own, under the law as it is: ``python -m tests.law.mutation.answers DIR``.
Each case is a basis, a table of requests, and the oracle's result for every element.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from tests.law.cases import AGREEMENTS, Agreement
from tests.law.generated import READING_IDS, a_basis, bulk, chance, pools, terms_of
from tests.oracle import requests_oracle as oracle

FEW, SIZE = 4, 2_500


def cases() -> Iterator[tuple[Agreement, pl.DataFrame]]:
    """Yield agreements under many bases, each with requests made for that basis."""
    for name, agreement in AGREEMENTS.items():
        yield agreement, _each_fact_alone(agreement)
        for reading in READING_IDS:
            under = agreement.under(agreement.basis.re_examined([reading]))
            yield under, bulk(under, 1, SIZE // 5)
        delegated = agreement.under(replace(agreement.basis, accept_delegation=True, readings=()))
        yield delegated, bulk(delegated, 2, SIZE)
        for seed in range(FEW if name == "irs-dhs" else FEW // 2):
            under = agreement.under(a_basis(chance(seed), agreement))
            yield under, bulk(under, seed, SIZE)


def _each_fact_alone(agreement: Agreement) -> pl.DataFrame:
    return agreement.table(
        agreement.lawful(**{fact: value})
        for fact, values in pools(agreement, chance(0)).items()
        for value in values
    )


def write(folder: Path) -> None:
    """Write every case into ``folder``."""
    bases = []
    for number, (agreement, frame) in enumerate(cases()):
        terms, provisions = terms_of(agreement.basis), agreement.basis.provisions
        requests = frame.select(*agreement.schema).iter_rows(named=True)
        found = [oracle.judge(each, terms, provisions) for each in requests]
        types = dict.fromkeys(found[0], pl.UInt8)
        pl.DataFrame(found, schema=types).write_ipc(folder / f"{number}.answers")
        frame.write_ipc(folder / f"{number}.requests")
        bases.append({"basis": agreement.basis.as_json(), "digest": agreement.basis.digest()})
    (folder / "bases.json").write_text(json.dumps(bases), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

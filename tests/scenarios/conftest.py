from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from portcullis import determination, matching, records
from portcullis.agreements import builtin_pack, load_pack, load_roster
from portcullis.intake import Intake, take_in
from portcullis.law import Basis, Phase, applicable, judge
from portcullis.scenarios import AS_OF, Batch, make_batch, make_records, sign_batch
from portcullis.screening import measure, prepare, screen

TAXPAYERS, REQUESTS, SEED = 20_000, 5_000, 11
KEY = b"k" * 32


@dataclass(frozen=True)
class Gate:
    """The rooms of the way put together as far as the outcome, without an office."""

    index: Path

    def basis(self) -> Basis:
        return Basis.from_pack(load_pack(builtin_pack()), AS_OF)

    def take(self, batch: Batch) -> tuple[pl.DataFrame, Intake]:
        pack = load_pack(builtin_pack())
        sign_batch(batch, pack)
        roster = load_roster(batch.people.roster)
        transmittal = take_in(batch.path, pack, roster, on=AS_OF, seen=lambda *_: False)
        taken = [prepare(frame, pack) for frame in transmittal.frames()]
        return pl.concat(taken), transmittal.result

    def decide(self, requests: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
        basis = self.basis()
        findings = screen(requests, basis, measures)
        passed = requests.join(findings.passed().to_frame(), on="row", how="semi")
        with records.open_index(self.index, KEY) as index:
            found = matching.match(passed, index, basis)
        judged = judge(
            found.join(passed.select("row", "periods"), on="row", maintain_order="left"),
            applicable(basis, Phase.MATCH),
            basis,
        )
        matches = found.select("row", "route", "cause", "margin").join(judged, on="row", how="left")
        outcomes = determination.decide(requests, findings.table, matches)
        return outcomes.join(requests.select("row", "source_row"), on="row")

    def run(self, batch: Batch) -> pl.DataFrame:
        requests, _ = self.take(batch)
        measured = measure([requests], None, KEY, self.basis(), AS_OF, batch_id=batch.batch_id)
        return self.decide(requests, measured.measures)


@pytest.fixture(scope="session")
def holder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("holder")
    make_records(folder, TAXPAYERS, SEED)
    return folder


@pytest.fixture(scope="session")
def per_person(holder, tmp_path_factory):
    return make_batch(tmp_path_factory.mktemp("sent"), holder, REQUESTS, "per-person", SEED)


@pytest.fixture(scope="session")
def as_filed(holder, per_person):
    return make_batch(per_person.path.parent, holder, REQUESTS, "as-filed", SEED)


@pytest.fixture(scope="session")
def gate(holder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("index") / "index"
    records.build_index(holder, folder, KEY)
    return Gate(folder)

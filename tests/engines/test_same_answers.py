"""Three engines, one answer: the same digest, and the plain oracle's match, row for row."""

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from portcullis.matching import match
from portcullis.records import blocks, open_index, sql
from tests.engines.conftest import ENGINES, Engines
from tests.matching.asking import Basis, frame, request
from tests.matching.test_against_oracle import AS_OF, worlds
from tests.oracle.matching_oracle import answer
from tests.records.small import KEY, address, taxpayer

pytestmark = pytest.mark.xdist_group("engines")  # one Spark for all of them

# In byte order: digits, capitals, small letters, then what is not ASCII; by no language's rules.
IDENTIFIERS = ["10", "9", "B-1", "Z", "a", "a-1", "a1", "aa", "b", "z", "Ä", "é", "ñ", "😀"]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_TAXPAYERS", 4)


def check(engines: Engines, taxpayers: list[dict], requests: list[dict]) -> None:
    asked = frame(requests)
    expected = [{"row": row, **answer(each, taxpayers, AS_OF)} for row, each in enumerate(requests)]
    with TemporaryDirectory() as folder:
        infos = engines.index(taxpayers, Path(folder))
        assert len({info.digest for info in infos.values()}) == 1
        for engine in ENGINES:
            with open_index(Path(folder) / engine, KEY) as index:
                assert index.info == infos[engine]
                assert match(asked, index, Basis(AS_OF)).to_dicts() == expected
                assert index.lookups == asked.height


def confusable(seed: int) -> tuple[list[dict], list[dict]]:
    """Return people who share names, TINs, homes and days, and requests about them."""
    chance = random.Random(seed)  # noqa: S311 - a draw to repeat
    names = ["Ana||Lopez", "Ana|M|Lopez", "Juan||Garcia|Jr", "Juan||Garcia|Sr", "Zoë||Müller"]
    tins = [None, "000-12-3456", "000-65-4321", "912-34-5678"]
    lines = ["12 Oak St", "12 Oak St Apt 4", "14 Oak St", "PO Box 7", "General Delivery"]
    days = [date(2021, 4, 15), date(2022, 4, 15), date(2027, 1, 1), None]

    def lived() -> dict[str, object]:
        return address(
            chance.choice(lines),
            line2=chance.choice([None, "Rear", "rear"]),
            processed_on=chance.choice(days),
            taxable_period=chance.choice([2020, 2021, None]),
            source_kind=chance.choice(["return", "notice", "usps", "information-return"]),
            protected=chance.random() < 0.1,
        )

    people = [
        taxpayer(
            one, chance.choice(names), chance.choice(tins), *[lived() for _ in range(3)],
            prior_names=chance.choice([None, "Ana||Garcia|"]),
        )
        for one in IDENTIFIERS
    ]  # fmt: skip
    requests = [
        request(chance.choice(names), chance.choice(tins), chance.choice(lines)) for _ in range(60)
    ]
    return people, requests


@pytest.mark.long
def test_the_engines_and_the_oracle_agree(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "_PERSONS", 9)  # several questions where one would do
    check(engines, *confusable(5))


@pytest.mark.long
def test_records_of_nobody_find_nobody(engines: Engines) -> None:
    check(engines, [], [request("Ana||Lopez", "000-12-3456")])


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(worlds())
def test_they_agree_in_many_worlds(engines: Engines, world: tuple[list[dict], list[dict]]) -> None:
    check(engines, *world)


@pytest.mark.long
def test_requests_may_be_asked_in_any_chunks(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, requests = confusable(6)
    asked = frame(requests)
    engines.index(people, tmp_path, ("postgresql",))
    with open_index(tmp_path / "postgresql", KEY) as index:
        whole = match(asked, index, Basis(AS_OF))
        monkeypatch.setattr(sql, "_PERSONS", 2)
        parts = [match(part, index, Basis(AS_OF)) for part in asked.iter_slices(7)]
    assert pl.concat(parts).equals(whole)

"""The adversarial set through matching: nobody gets another's record, and few lose their own."""

from pathlib import Path

import polars as pl
import pytest

from portcullis import addresses, matching, names, records
from portcullis.errors import Misuse
from portcullis.records.sources import ADDRESS_OF_RECORD, TAXPAYER
from portcullis.scenarios import make_adversarial
from portcullis.scenarios.adversarial import CASES
from tests.matching.asking import Basis

from .conftest import KEY


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The truth of each request beside what matching finds."""
    folder = tmp_path_factory.mktemp("adversarial")
    made = make_adversarial(folder, seed=11, scale=0.25)
    asked = pl.read_parquet(folder / "requests.parquet").with_row_index("row")
    assert asked.height == made.requests
    records.build_index(folder, folder / "index", KEY)
    with records.open_index(folder / "index", KEY) as index:
        found = matching.match(names.normalise(addresses.normalise(asked)), index, Basis()).rename(
            {"taxpayer_id": "found"}
        )
    truth = pl.read_parquet(folder / "truth.parquet")
    assert truth["request_id"].equals(asked["request_id"])
    return truth.hstack(found.drop("row"))


def test_nobody_gets_anothers_record_nor_at_an_address_not_theirs(played: pl.DataFrame) -> None:
    one = played.filter(result="one")
    wrong = one.filter(pl.col("found").ne_missing(pl.col("taxpayer_id")) | ~pl.col("lawful"))
    assert wrong.select("case", "variant").rows() == []


def test_the_set_holds_every_case_and_people_in_no_record(played: pl.DataFrame) -> None:
    assert set(played["case"]) == set(CASES)
    assert played["taxpayer_id"].null_count() > played.height // 20


def test_people_whom_nobody_is_like_are_found(played: pl.DataFrame) -> None:
    plain = played.filter(pl.col("lawful"), case="plain")
    # A number that contradicts the one of record is silence, whoever else agrees.
    contradicted = pl.col("variant") == "nobodys-number"
    assert set(plain.filter(contradicted)["cause"]) == {"tin-contradicts"}
    assert set(plain.filter(~contradicted)["result"]) == {"one"}


def test_one_seed_is_one_set(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        make_adversarial(tmp_path / folder, seed=3, scale=0.05)
    for name in ("taxpayer", "address_of_record", "requests", "truth"):
        both = [pl.read_parquet(tmp_path / each / f"{name}.parquet") for each in ("a", "b")]
        assert both[0].equals(both[1])
    people = pl.read_parquet(tmp_path / "a" / "taxpayer.parquet")
    assert dict(people.schema) == TAXPAYER
    homes = pl.read_parquet(tmp_path / "a" / "address_of_record.parquet")
    assert dict(homes.schema) == ADDRESS_OF_RECORD


def test_nothing_is_no_scale(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="scale"):
        make_adversarial(tmp_path, scale=0)

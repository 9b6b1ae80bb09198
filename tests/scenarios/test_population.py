import hashlib
from datetime import date

import polars as pl
import pytest

from portcullis.errors import Misuse
from portcullis.scenarios import make_records, population

FILES = ("taxpayer.parquet", "address_of_record.parquet", "cast.parquet")


@pytest.fixture(scope="module")
def people(holder):
    cast = pl.read_parquet(holder / "cast.parquet")
    return pl.read_parquet(holder / "taxpayer.parquet").join(cast, on="taxpayer_id")


@pytest.fixture(scope="module")
def addresses(holder):
    return pl.read_parquet(holder / "address_of_record.parquet")


def pairs(people, role):
    both = people.filter(role=role)
    return both.filter(place=0).join(both.filter(place=1), on="household", suffix="_2")


def test_the_tables_are_those_of_the_records(people, addresses):
    assert people.height == 20_000
    assert people["taxpayer_id"].n_unique() == 20_000
    assert addresses.columns == [
        "taxpayer_id", "line1", "line2", "city", "state", "zip", "taxable_period", "source_kind",
        "processed_on", "protected",
    ]  # fmt: skip
    assert addresses.schema["taxable_period"] == pl.Int16
    assert set(addresses["taxable_period"]) == set(range(2018, 2025))
    assert set(addresses["source_kind"]) == {"return", "notice", "information-return", "usps"}
    assert addresses["processed_on"].max() <= date(2025, 6, 20)
    assert set(people["taxpayer_id"]) == set(addresses["taxpayer_id"])


def test_tins_lie_where_none_was_ever_issued(people):
    tin = people["tin"]
    assert tin.str.contains(r"^(?:000|666)[0-9]{6}$|^9[0-9]{2}[0-4][0-9]{5}$").all()
    assert (people["tin_type"] == "ITIN").equals(tin.str.starts_with("9"))
    shared = people.filter(pl.col("tin").is_duplicated())
    assert set(shared["role"]) == {"shared-tin", "borrowed-tin"}


def test_kin_share_what_makes_matching_hard(people):
    for role in ("father-son", "father-son-suffix", "itin-then-ssn", "shared-tin"):
        both = pairs(people, role)
        assert both.height > 10
        assert both.filter(pl.col("given_name") == pl.col("given_name_2")).height == both.height
        assert both.filter(pl.col("family_name") == pl.col("family_name_2")).height == both.height
    assert set(pairs(people, "father-son-suffix")["suffix_2"]) == {"Jr"}
    assert pairs(people, "father-son")["suffix"].null_count() == pairs(people, "father-son").height
    twins = pairs(people, "twins")
    assert (twins["given_name"] == twins["given_name_2"]).all()
    assert (twins["middle_name"] != twins["middle_name_2"]).mean() > 0.8
    assert (pairs(people, "shared-tin")["tin"] == pairs(people, "shared-tin")["tin_2"]).all()


def test_names_of_every_kind_are_there(people):
    family = people["family_name"]
    for pattern in (r"^\S+ \S+$", r"-", r"^(?:de|van|da|dos|do) ", r"[À-ỹ]"):
        assert family.str.contains(pattern).sum() > 20
    assert people["prior_names"].drop_nulls().str.contains(r"^[^|]+\|[^|]*\|[^|]+\|[^|]*$").all()


def test_addresses_of_every_kind_are_there(addresses):
    line = addresses["line1"].str.to_uppercase()
    for pattern in (r"^P\.?O\.? BOX", r"^RR ", r"^HC ", r"^PSC ", r"^GENERAL DELIVERY$", r"CALLE"):
        assert line.str.contains(pattern).sum() > 10
    assert addresses["zip"].str.contains(r"^[0-9]{5}(?:-[0-9]{4})?$").all()
    newest = addresses.sort("processed_on").group_by("taxpayer_id").last()
    assert {"notice", "usps"} <= set(newest["source_kind"])


def test_the_same_seed_gives_the_same_records(holder, tmp_path):
    make_records(tmp_path, 20_000, 11)
    for name in FILES:
        assert pl.read_parquet(tmp_path / name).equals(pl.read_parquet(holder / name))
    make_records(tmp_path / "other", 20_000, 12)
    digest = [
        hashlib.sha256((folder / "taxpayer.parquet").read_bytes()).digest()
        for folder in (tmp_path, tmp_path / "other")
    ]
    assert digest[0] != digest[1]


def test_many_chunks_make_one_population(tmp_path, monkeypatch):
    monkeypatch.setattr(population, "_CHUNK", 700)
    made = make_records(tmp_path, 3_000, 1)
    people = pl.read_parquet(tmp_path / "taxpayer.parquet")
    cast = pl.read_parquet(tmp_path / "cast.parquet")
    assert made.taxpayers == people.height == people["taxpayer_id"].n_unique() == 3_000
    assert cast.filter(pl.struct("household", "place").is_duplicated()).is_empty()
    own = people.join(cast, on="taxpayer_id").filter(~pl.col("role").str.ends_with("-tin"))
    assert own["tin"].is_unique().all()


@pytest.mark.parametrize("number", [0, -1, 10**9])
def test_an_impossible_number_is_refused(tmp_path, number):
    with pytest.raises(Misuse, match="taxpayers"):
        make_records(tmp_path, number, 1)

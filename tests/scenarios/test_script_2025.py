import polars as pl
import pytest

from portcullis.scenarios import compare_naive, plan, run_script_2025


@pytest.fixture(scope="module")
def released(per_person, holder):
    return run_script_2025(per_person.path, holder)


def test_the_script_releases_what_the_truth_says_it_would(released, per_person):
    truth = pl.read_parquet(per_person.truth)
    expected = truth.filter("naive_expected").select("source_row", "request_id")
    assert released.select("source_row", "request_id").equals(expected)


def test_its_releases_are_of_both_paths_and_nearly_all_unlawful(released, per_person):
    truth = pl.read_parquet(per_person.truth)
    naive = compare_naive(truth, released)
    elsewhere = [
        cell.count
        for cell in plan(per_person.rows)
        if cell.standing == "elsewhere" and cell.truth_class.name != "borrowed-tin"
    ]
    assert set(released["route"]) == {"tin", "name-address"}
    assert naive.released == released.height
    assert naive.tin_without_address == sum(elsewhere)
    assert naive.unlawful == naive.reasons["count"].sum()
    assert naive.unlawful > 0.8 * naive.released
    assert naive.reasons["why_unlawful"][0].startswith("The address was none of the taxpayer's")


def test_placeholders_and_junk_beside_five_digits_get_through(released, per_person):
    truth = pl.read_parquet(per_person.truth)
    through = truth.join(released, on="source_row", how="semi")
    assert {"address-placeholder", "address-junk-digits"} <= set(through["truth_class"])
    assert "address-blank" not in set(through["truth_class"])

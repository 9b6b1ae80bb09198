import polars as pl

from portcullis.scenarios import compare

TRUTH = pl.DataFrame(
    {
        "source_row": pl.Series([1, 2, 3, 4, 5], dtype=pl.UInt32),
        "request_id": ["a", "b", "c", "d", None],
        "truth_class": ["lawful-tin", "lawful-tin", "day-90", "impairment-adverse", "malformed"],
        "lawful": [True, True, False, False, False],
        "expected_outcome": ["released", "released", "returned", "held|no_disclosure",
                             "quarantined"],
    }
)  # fmt: skip


def outcomes(*names):
    return pl.DataFrame({"source_row": [1, 2, 3, 4], "outcome": names})


def test_all_as_it_should_be():
    found = compare(TRUTH, outcomes("released", "released", "returned", "held"))
    assert found.mismatches.is_empty()
    assert (found.released, found.lawful, found.unlawful_released) == (2, 2, 0)
    assert found.lawful_released_share == 1.0
    assert found.confusion["count"].sum() == 5
    assert found.confusion.filter(truth_class="malformed")["outcome"].item() == "quarantined"


def test_an_unlawful_release_is_counted_and_named():
    found = compare(TRUTH, outcomes("released", "referred", "released", "no_disclosure"))
    assert found.unlawful_released == 1
    assert found.lawful_released_share == 0.5
    assert found.mismatches["request_id"].to_list() == ["b", "c"]


def test_before_the_release_eligible_means_released():
    found = compare(TRUTH, outcomes("eligible", "eligible", "returned", "held"), ("eligible",))
    assert found.lawful_released_share == 1.0
    assert found.mismatches.is_empty()


def test_nothing_lawful_is_a_share_of_one():
    found = compare(TRUTH.with_columns(lawful=pl.lit(value=False)), outcomes(*["held"] * 4))
    assert found.lawful_released_share == 1.0

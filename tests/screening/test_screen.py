from dataclasses import replace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from portcullis.law import Phase, applicable
from portcullis.screening import explain, measure, screen
from tests.law.cases import BASIS, DAY
from tests.screening.batches import KEY, measured, request, table

ROWS = 20
DEFECTS = [
    {},
    {"statute": "8 USC 1231"},
    {"address_line1": "Failed to Provide", "city": None, "state": None},
    {"address_line1": "Don't Care 12345"},
    {"stay_in_force": "yes"},
    {"charge": "8 USC 1182(a)(6)(A)(i)"},
    {"taxable_periods": None},
    {"given_name": "Unknown", "family_name": "Unknown"},
    {"removal_period_extended": "yes", "finality_date": None},
    {"tin": None},
]


def batch(rows=ROWS):
    return table(request(n, **DEFECTS[n % len(DEFECTS)]) for n in range(rows))


def chunks(frame, size):
    return list(frame.iter_slices(size))


def outcomes(requests, **kwargs):
    found = screen(table(requests), BASIS, measured(requests, **kwargs).measures)
    return found.table["face_outcome"].to_list()


@pytest.mark.parametrize(("size", "rows"), [(1, 12), (7, 40), (10_000, 12_000)])
def test_chunking_changes_nothing(size, rows):
    whole = batch(rows)
    at_once = measure([whole], None, KEY, BASIS, DAY, batch_id="B-1")
    in_parts = measure(chunks(whole, size), None, KEY, BASIS, DAY, batch_id="B-1")
    assert_frame_equal(at_once.measures, in_parts.measures)
    assert_frame_equal(
        at_once.digests.sort(pl.all()), in_parts.digests.sort(pl.all()), check_row_order=True
    )
    found = screen(whole, BASIS, at_once.measures).table
    parts = [screen(part, BASIS, at_once.measures).table for part in chunks(whole, size)]
    assert_frame_equal(found, pl.concat(parts))


def test_every_finding_is_kept():
    found = screen(batch(), BASIS, measured([]).measures).table
    assert found.columns == [
        "row",
        *[each.id for each in applicable(BASIS, Phase.FACE)],
        "face_outcome",
    ]
    assert set(found.dtypes[1:-1]) == {pl.UInt8}
    assert found["row"].to_list() == list(range(ROWS))


def test_each_defect_has_its_outcome():
    assert outcomes([request(n, **defect) for n, defect in enumerate(DEFECTS)]) == [
        "passed",
        "refused",
        "refused",
        "refused",
        "returned",
        "referred",
        "refused",
        "refused",
        "returned",
        "passed",
    ]


def test_without_measures_nothing_passes():
    assert set(screen(table([request(1)]), BASIS, None).table["face_outcome"]) == {"returned"}
    other = measured([request(1)]).measures.with_columns(pl.col("row") + 7)
    assert set(screen(table([request(1)]), BASIS, other).table["face_outcome"]) == {"returned"}


def test_only_the_passed_may_be_looked_up():
    requests = [request(n, **defect) for n, defect in enumerate(DEFECTS)]
    found = screen(table(requests), BASIS, measured(requests).measures)
    assert found.passed().to_list() == [0, 9]


def test_a_stricter_basis_judges_the_same_requests_anew():
    requests = [request(1, taxable_periods="2022;2023")]
    strict = replace(BASIS, thresholds=replace(BASIS.thresholds, max_periods=1))
    measures = measured(requests).measures
    assert screen(table(requests), BASIS, measures).table["face_outcome"].item() == "passed"
    assert screen(table(requests), strict, measures).table["face_outcome"].item() == "returned"


class TestExplain:
    def explained(self, *requests):
        found = screen(table(requests), BASIS, measured(requests).measures)
        return explain(found, table(requests))

    def test_one_row_for_each_finding_and_one_for_a_request_that_passed(self):
        lines = self.explained(
            request(0),
            request(1, statute="8 USC 1231", deceased=None),
            request(2, order_number=None),
        )
        assert lines.columns == ["request_id", "outcome", "element", "citation", "field", "message"]
        assert lines.select("request_id", "outcome", "element").rows() == [
            ("R-0", "passed", ""),
            ("R-1", "refused", "statutory-authority"),
            ("R-1", "refused", "not-deceased"),
            ("R-2", "returned", "order-number"),
        ]
        assert lines.null_count().sum_horizontal().item() == 0

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"address_line1": None, "city": None, "state": None, "zip": None}, "is blank"),
            ({"address_line1": "Failed to Provide"}, "stand where the address should be"),
            ({"address_line1": "00000"}, "Only digits"),
            ({"address_line1": None, "city": None, "state": None}, "ZIP code and no address"),
            ({"address_line1": "In ICE Custody"}, "custody"),
            ({"statute": "8 USC 1231(a)(2)"}, "civil immigration authority"),
            ({"statute": None}, "No statutory authority is given"),
            ({"statute": "26 USC 7201"}, "tax administration"),
            ({"statute": "widget"}, "not known here"),
            ({"taxable_periods": "2031"}, "in the future"),
            ({"taxable_periods": "all"}, "not years"),
            ({"judicial_review_had": None}, "cannot be counted"),
            ({"finality_date": "2025-08-01"}, "have not passed"),
            ({"stay_in_force": "yes"}, "A stay of removal is in force"),
            ({"stay_in_force": None}, "The question stay_in_force has no answer"),
            ({"charge": "8 USC 1182(a)(7)"}, "is for counsel"),
        ],
    )
    def test_the_message_tells_the_cause(self, changes, words):
        messages = self.explained(request(3, **changes))["message"].to_list()
        assert any(words in message for message in messages), messages

    def test_no_message_repeats_a_value(self):
        bent = {"statute": "QQQ 1", "charge": "QQQ 2", "reason": "QQQ", "officers": ";QQQ",
                "taxable_periods": "QQQ", "tin": "QQQ", "items": "QQQ",
                "order_date": "QQQ"}  # fmt: skip
        assert not any(
            "QQQ" in message for message in self.explained(request(4, **bent))["message"]
        )

    def test_it_explains_a_chunk_as_it_explains_the_whole(self):
        whole = batch()
        measures = measure([whole], None, KEY, BASIS, DAY, batch_id="B-1").measures
        parts = [explain(screen(part, BASIS, measures), part) for part in chunks(whole, 7)]
        assert_frame_equal(pl.concat(parts), explain(screen(whole, BASIS, measures), whole))

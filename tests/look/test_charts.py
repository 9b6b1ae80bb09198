"""The dashboards' charts, as data."""

from datetime import date

import pytest

from portcullis.office.web import charts
from portcullis.office.web.charts import Amount


def test_a_funnel_is_on_the_scale_of_what_came_in():
    chart = charts.funnel("Batch", [Amount("Received", 2_000), Amount("Eligible", 500, "good"),
                                    Amount("Held", 0)])  # fmt: skip
    assert [(bar.label, bar.length, bar.value, bar.share) for bar in chart.bars] == [
        ("Received", "100.00%", "2,000", "100.0 %"),
        ("Eligible", "25.00%", "500", "25.0 %"),
        ("Held", "0.00%", "0", "0.0 %"),
    ]
    assert chart.of == "of received"


def test_one_of_very_many_is_seen_and_never_called_none():
    bars = charts.funnel("Batch", [Amount("Received", 1_284_112), Amount("Held", 1)]).bars
    assert bars[1].length == "0.70%"
    assert bars[1].share == "under 0.1 %"
    bars = charts.outcomes("Answers", [Amount("No disclosure", 99_999), Amount("Held", 1)]).bars
    assert bars[0].share == "over 99.9 %"


@pytest.mark.parametrize("chart", [
    charts.funnel("Batch", []), charts.outcomes("Alarms", [Amount("any", 0)]),
    charts.ageing("Waiting", {}), charts.over_time("Rates", []),
    charts.over_time("Rates", [(date(2025, 1, 1), {"met": None})]),
])  # fmt: skip
def test_nothing_is_said_in_words(chart):
    assert chart.empty


def test_ageing_counts_every_wait_once_and_marks_what_is_late():
    waits = {0: 1, 1: 2, 2: 4, 5: 8, 6: 16, 10: 32, 11: 64, 30: 128, 31: 256, 400: 512}
    chart = charts.ageing("Waiting", waits, due=10)
    assert [(bar.label, bar.value, bar.kind) for bar in chart.bars] == [
        ("today", "1", "plain"),
        ("1 day", "2", "plain"),
        ("2 to 5 days", "12", "plain"),
        ("6 to 10 days", "48", "plain"),
        ("11 to 30 days", "192", "bad"),
        ("more than 30 days", "768", "bad"),
    ]


def test_lines_run_from_the_first_day_to_the_last_and_stop_where_nothing_was_measured():
    days = [date(2025, 6, 1), date(2025, 6, 4), date(2025, 6, 11)]
    values = [{"met": 40.0, "held": 1.0}, {"met": None}, {"met": 10.0}]
    chart = charts.over_time("Rates", list(zip(days, values, strict=True)), " %")
    met, held = chart.series
    assert met.points == (("0.00%", "47.2"), ("100.00%", "146.8"))
    assert met.lines == ()
    assert (met.last, held.last) == ("10 %", "1 %")
    assert [word for _, word in chart.up] == ["0 %", "25 %", "50 %"]
    assert chart.across == (("0%", "start", "1 Jun 2025"), ("100%", "end", "11 Jun 2025"))
    assert [[cell.text for cell in row] for row in chart.table.rows] == [
        ["2025-06-01", "40 %", "1 %"],
        ["2025-06-04", "–", "–"],
        ["2025-06-11", "10 %", "–"],
    ]


def test_days_must_rise():
    with pytest.raises(ValueError, match="must rise"):
        charts.over_time("Rates", [(date(2025, 1, 2), {}), (date(2025, 1, 1), {})])


@pytest.mark.parametrize(("highest", "top"), [
    (0.003, "0.005"), (1, "1"), (1.1, "2"), (42, "50"), (50, "50"), (51, "100"),
    (1_284_112, "2,000,000"),
])  # fmt: skip
def test_the_scale_ends_at_a_round_number(highest, top):
    chart = charts.over_time("Counts", [(date(2025, 1, 1), {"n": highest})])
    assert chart.up[-1][1] == top

"""A requester's own check of a file: the same findings, with no records behind them."""

import polars as pl
import pytest

from portcullis.intake import TransmittalRefused
from portcullis.screening import requester_screen
from tests.law.cases import DAY, PACK
from tests.screening.batches import request


def written(folder, requests, name="batch.csv"):
    path = folder / name
    frame = pl.DataFrame(list(requests), schema=dict.fromkeys(PACK.fields, pl.String))
    if path.suffix == ".csv":
        frame.write_csv(path)
    elif path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_ndjson(path)
    return path


@pytest.mark.parametrize("name", ["batch.csv", "batch.jsonl", "batch.parquet"])
def test_it_says_what_would_come_back_and_why(tmp_path, name):
    requests = [
        request(0),
        request(1, statute="8 USC 1231"),
        request(1) | {"request_id": "R-9", "tin": "910-00-0001"},
        request(2, removal_period_extended="yes"),
    ]
    lines = requester_screen(written(tmp_path, requests, name), PACK, DAY)
    assert lines.select("request_id", "outcome", "element").rows() == [
        ("R-0", "passed", ""),
        ("R-1", "refused", "statutory-authority"),
        ("R-9", "returned", "repeat-cited"),
        ("R-2", "referred", "removal-period-extension"),
    ]


def test_what_intake_would_quarantine_is_returned_in_its_place(tmp_path):
    requests = [request(0), request(1, request_id="R-0"), request(2), request(3, request_id=None)]
    lines = requester_screen(written(tmp_path, requests), PACK, DAY)
    assert lines["request_id"].to_list() == ["R-0", "row 2", "R-2", "row 4"]
    assert lines["outcome"].to_list() == ["passed", "returned", "passed", "returned"]
    assert lines["element"].to_list() == ["", "duplicate-request-id", "", "missing-request-id"]
    assert lines["message"].str.len_chars().to_list()[1] > 0


def test_it_tells_its_progress(tmp_path):
    told = []
    path = written(tmp_path, [request(n) for n in range(30)])
    requester_screen(path, PACK, DAY, show=told.append)
    ended = [report for report in told if report.ended]
    assert [report.step for report in ended] == ["Measure the requests", "Screen the requests"]
    size = path.stat().st_size
    assert all((one.done, one.total, one.unit) == (size, size, "bytes") for one in ended)


def test_a_mass_request_by_one_officer_is_halted(tmp_path):
    path = written(tmp_path, [request(n, officers="director") for n in range(120)])
    lines = requester_screen(path, PACK, DAY)
    assert lines.filter(pl.col("element") == "limits-on-a-batch")["request_id"].n_unique() == 120
    assert "passed" not in lines["outcome"].to_list()


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "batch.txt").write_text("nothing")
    with pytest.raises(TransmittalRefused):
        requester_screen(tmp_path / "batch.txt", PACK, DAY)

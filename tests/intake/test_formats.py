"""The four formats: one content gives one table, and every row is accounted for."""

import io
import json
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.intake import (
    TransmittalRefused,
    csv_reader,
    jsonl_reader,
    open_batch,
    open_received,
    parquet_reader,
    raw,
    xlsx_reader,
)
from tests.intake.conftest import FORMATS, write
from tests.thorough import examples


def read(path, pack):
    batch = open_batch(path, pack)
    chunks = list(batch.chunks())
    taken = pl.concat([chunk.taken for chunk in chunks])
    quarantined = pl.concat([chunk.quarantined for chunk in chunks]).sort("source_row")
    assert batch.rows == taken.height + quarantined.height
    numbers = pl.concat([taken["source_row"], quarantined["source_row"]]).sort()
    assert numbers.to_list() == list(range(1, batch.rows + 1))
    assert taken["row"].to_list() == list(range(taken.height))
    assert taken["source_row"].is_sorted()
    return taken, quarantined, batch


def refused(path, pack):
    with pytest.raises(TransmittalRefused) as caught:
        read(path, pack)
    return caught.value


def test_one_content_one_table(tmp_path, pack, rows):
    frame = rows(
        6,
        family_name=["Núñez", "O'Brien", 'de "la" Cruz', "李", "Smith-Jones", "x, y"],
        address_line2=[None, "Apt 4B", " Unit 2 ", "\u00a0", "#5", None],
        zip=["02139", "62701-1234", "627011234", "00000", "10001", "10001"],
        reason=["- a, b; c", '"quoted"', "back\\slash", "a:b", '{"a": "b"}', "- (x)|"],
    )
    read_all = [read(write(frame, tmp_path / f"b.{form}"), pack) for form in FORMATS]
    taken, quarantined, _ = read_all[0]
    assert taken["address_line2"].to_list() == [None, "Apt 4B", "Unit 2", None, "#5"]
    assert quarantined["source_row"].to_list() == [6]
    for other, apart, _ in read_all[1:]:
        assert other.equals(taken)
        assert apart.equals(quarantined)


@pytest.mark.parametrize("form", FORMATS)
def test_unknown_columns_are_dropped_and_named(tmp_path, pack, rows, form):
    frame = rows(2).with_columns(date_of_birth=pl.lit("1980-01-01"), fingerprint=pl.lit("7"))
    taken, _, batch = read(write(frame, tmp_path / f"b.{form}"), pack)
    assert batch.dropped_columns == ("date_of_birth", "fingerprint")
    assert not {"date_of_birth", "fingerprint"} & set(taken.columns)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_a_missing_column_refuses_the_file_by_name(tmp_path, pack, rows, form):
    path = write(rows(2).drop("stay_in_force", "zip", "middle_name"), tmp_path / f"b.{form}")
    error = refused(path, pack)
    assert error.code == "columns"
    assert error.detail == "Missing: zip, stay_in_force."


@pytest.mark.parametrize("form", FORMATS)
def test_columns_may_stand_in_any_order_and_optional_ones_be_left_out(tmp_path, pack, rows, form):
    frame = rows(3, suffix=[None] * 3)
    plain, *_ = read(write(frame, tmp_path / f"a.{form}"), pack)
    turned = frame.drop("suffix").select(
        reversed([name for name in pack.fields if name != "suffix"])
    )
    other, *_ = read(write(turned, tmp_path / f"b.{form}"), pack)
    assert other.equals(plain)


@pytest.mark.parametrize("name", ["b.txt", "b", "b.xls", "absent.csv"])
def test_what_is_no_batch_file_is_refused(tmp_path, pack, name):
    if name != "absent.csv":
        (tmp_path / name).write_text("request_id\n1\n")
    assert refused(tmp_path / name, pack).code == "format"


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"PK\x03\x04", b"PAR1PAR1", b"\n\n"])
def test_rubbish_is_refused(tmp_path, pack, form, data):
    (tmp_path / f"b.{form}").write_bytes(data)
    assert refused(tmp_path / f"b.{form}", pack).code in {"format", "columns"}


def test_csv_takes_a_byte_order_mark_any_line_end_and_blank_lines(tmp_path, pack, rows):
    path = write(rows(3), tmp_path / "a.csv")
    plain, *_ = read(path, pack)
    text = path.read_bytes().replace(b"\r\n", b"\n")
    variants = {
        "bom": b"\xef\xbb\xbf" + text,
        "crlf": text.replace(b"\n", b"\r\n"),
        "cr": text.replace(b"\n", b"\r"),
        "blank": b"\n\n" + text.replace(b"\n", b"\n\n"),
        "no-end": text.rstrip(b"\n"),
        "quoted": b'"' + text.replace(b",", b'","', 43).replace(b"\n", b'"\n', 1),
    }
    for name, data in variants.items():
        (tmp_path / f"{name}.csv").write_bytes(data)
        taken, *_ = read(tmp_path / f"{name}.csv", pack)
        assert taken.equals(plain), name


def test_csv_names_every_bad_row_by_its_number(tmp_path, pack, rows):
    lines = write(rows(9), tmp_path / "a.csv").read_bytes().splitlines()
    lines[2] = b"short,row"
    lines[3] = lines[3] + b",long"
    lines[4] = lines[4].replace(b"Ana", b"An\xff")
    lines[5] = b"short,\xff"
    lines[6] = lines[6].replace(b"Ana", b'"An\na"')
    lines[7] = lines[7].replace(b"Ana", b"An\x00a")
    lines.insert(8, b"")
    path = tmp_path / "b.csv"
    path.write_bytes(b"\n".join(lines) + b'\nR-last,"never closed,\n1,2\n')
    taken, quarantined, batch = read(path, pack)
    assert batch.rows == 10
    assert taken["request_id"].to_list() == ["R-0", "R-7", "R-8"]
    assert taken["source_row"].to_list() == [1, 8, 9]
    assert quarantined.select("source_row", "reason", "field", "request_id").rows() == [
        (2, "ragged", None, None),
        (3, "ragged", None, None),
        (4, "encoding", "given_name", "R-3"),
        (5, "ragged", None, None),
        (6, "control-character", "given_name", "R-5"),
        (7, "control-character", "given_name", "R-6"),
        (10, "ragged", None, None),
    ]


def test_a_quotation_mark_left_open_takes_the_rest_of_the_file(tmp_path, pack, rows, monkeypatch):
    monkeypatch.setattr(csv_reader, "_BLOCK_BYTES", 4096)
    lines = write(rows(40), tmp_path / "a.csv").read_text().splitlines()
    lines[20] = lines[20].replace("Ana", '"Ana')
    (tmp_path / "b.csv").write_text("\n".join(lines))
    taken, quarantined, _ = read(tmp_path / "b.csv", pack)
    assert taken.height >= 19
    assert "ragged" in quarantined["reason"]


def test_a_field_left_open_at_the_very_end_is_not_taken(tmp_path, pack, rows):
    text = write(rows(2), tmp_path / "a.csv").read_text().rstrip("\n")
    cut = text.rpartition(",")[0] + ',"last_known_address'
    (tmp_path / "b.csv").write_text(cut)
    taken, quarantined, _ = read(tmp_path / "b.csv", pack)
    assert taken.height == 1
    assert quarantined["source_row"].to_list() == [2]


def test_our_own_end_mark_in_a_file_is_a_ragged_row_like_any_other(tmp_path, pack, rows):
    text = write(rows(2), tmp_path / "a.csv").read_text()
    for tail in ("\x00end\n", "\x00end\n\x00end", '\x00end\nR-9,"open'):
        (tmp_path / "b.csv").write_text(text + tail)
        taken, quarantined, batch = read(tmp_path / "b.csv", pack)
        assert taken.height == 2
        assert set(quarantined["reason"]) == {"ragged"}
        assert batch.rows == 2 + len(tail.split())


def test_a_doubled_column_refuses_the_file(tmp_path, pack, rows):
    lines = write(rows(1), tmp_path / "a.csv").read_text().splitlines()
    (tmp_path / "b.csv").write_text("\n".join([lines[0] + ",zip", lines[1] + ",10001"]))
    assert refused(tmp_path / "b.csv", pack).detail == "More than once: zip."


def test_json_lines_are_read_one_by_one_where_they_must(tmp_path, pack, rows):
    good = rows(1).row(0, named=True)

    def line(number, **changes):
        return json.dumps(good | {"request_id": f"R-{number}"} | changes, ensure_ascii=False)

    lines = [
        line(1).encode(),
        line(2, zip=62701).encode(),
        line(3, zip=2139.0).encode(),
        line(4, officers=["a"]).encode(),
        line(5)[:-1].encode() + b', "zip": "10001"}',
        b"[1, 2]",
        b'"text"',
        b"{" * 100_000,
        line(8).encode().replace(b"Ana", b"An\xff"),
        line(9).replace("Ana", "\\ud800").encode(),
        line(10).replace("Ana", "An\\u0061").encode(),
        line(11).replace("Ana", "An\\u0000").encode(),
        line(12).replace("Ana", "An\\q").encode(),
        line(13, given_name=True, secret={"a": 1}).encode(),
        line(14, secret="x").encode(),
        b"   ",
        line(15, reason='a "b": "c", \\ d').encode(),
        b"{}",
    ]
    path = tmp_path / "b.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    taken, quarantined, batch = read(path, pack)
    assert taken["request_id"].to_list() == ["R-1", "R-2", "R-10", "R-14", "R-15"]
    assert taken["zip"].to_list()[1] == "62701"
    assert taken["given_name"].to_list() == ["Ana"] * 5
    assert taken["reason"].to_list()[4] == 'a "b": "c", \\ d'
    assert batch.dropped_columns == ("secret",)
    assert dict(quarantined.select("source_row", "reason").iter_rows()) == {
        3: "spreadsheet-mangled",
        4: "malformed",
        5: "malformed",
        6: "malformed",
        7: "malformed",
        8: "malformed",
        9: "encoding",
        10: "encoding",
        12: "control-character",
        13: "malformed",
        14: "malformed",
        17: "missing-request-id",
    }


def test_a_json_line_without_end_is_one_row(tmp_path, pack, rows, monkeypatch):
    monkeypatch.setattr(jsonl_reader, "_BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr(jsonl_reader, "_LINE_BYTES", 1 << 14)
    path = write(rows(2), tmp_path / "b.jsonl")
    path.write_bytes(path.read_bytes() + b'{"request_id": "' + b"x" * 300_000 + b'"}\n{}')
    taken, quarantined, _ = read(path, pack)
    assert taken.height == 2
    assert quarantined["reason"].to_list() == ["oversize", "missing-request-id"]


def test_parquet_writes_numbers_and_dates_as_text(tmp_path, pack, rows):
    frame = rows(2).with_columns(
        zip=pl.lit(62701),
        order_date=pl.lit(date(2024, 5, 1)),
        finality_date=pl.lit(datetime(2024, 5, 31)),  # noqa: DTZ001 - as a sender's frame holds it
        citizen=pl.lit(value=False),
        state=pl.lit("IL").cast(pl.Categorical),
        city=pl.lit(b"Spring\xff"),
    )
    frame.write_parquet(tmp_path / "b.parquet")
    taken, quarantined, _ = read(tmp_path / "b.parquet", pack)
    assert taken.height == 0
    assert quarantined["reason"].to_list() == ["encoding", "encoding"]
    frame.with_columns(city=pl.lit(b"Springfield")).write_parquet(tmp_path / "b.parquet")
    taken, *_ = read(tmp_path / "b.parquet", pack)
    seen = taken.select("zip", "order_date", "finality_date", "citizen", "state", "city").row(0)
    assert seen == ("62701", "2024-05-01", "2024-05-31", "false", "IL", "Springfield")


def test_parquet_with_nested_columns_is_refused(tmp_path, pack, rows):
    rows(1).with_columns(pl.col("officers").str.split(";")).write_parquet(tmp_path / "b.parquet")
    assert refused(tmp_path / "b.parquet", pack).detail == "Not plain text: officers."


def test_a_workbook_tells_errors_dates_and_cells_beyond_the_header(tmp_path, pack, rows):
    frame = rows(5)
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, row in enumerate([frame.columns, *frame.iter_rows()]):
            at = place + (place > 3)  # a blank line in the middle
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write_string(at, column, value)
        column = pack.fields.index
        sheet.write_formula(1, column("zip"), "=1/0", None, "#DIV/0!")
        sheet.write_datetime(2, column("order_date"), datetime(2024, 5, 1), day)  # noqa: DTZ001
        sheet.write_number(2, column("zip"), 62701)
        sheet.write_string(3, len(pack.fields) + 1, "beyond")
        sheet.write_number(5, column("zip"), 2139)
    taken, quarantined, _ = read(path, pack)
    assert taken["request_id"].to_list() == ["R-1", "R-4"]
    assert taken.select("order_date", "zip").row(0) == ("2024-05-01", "62701")
    assert quarantined.select("source_row", "reason", "field").rows() == [
        (1, "spreadsheet-mangled", "zip"),
        (3, "ragged", None),
        (4, "spreadsheet-mangled", "zip"),
    ]


def test_a_workbook_of_two_sheets_is_refused(tmp_path, pack):
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        book.add_worksheet()
        book.add_worksheet()
    assert "more than one sheet" in refused(tmp_path / "b.xlsx", pack).detail


def test_too_many_rows_stop_the_reading(tmp_path, pack, rows):
    small = pack.model_copy(update={"request": pack.request.model_copy(update={"max_rows": 3})})
    path = write(rows(4), tmp_path / "b.csv")
    assert refused(path, small).code == "too-many-rows"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_chunks_change_nothing(  # noqa: PLR0917 - fixtures
    tmp_path, pack, rows, monkeypatch, form, size
):
    ids = ["a", " a", "b", "=c", "b", "d", "a", "=c", "e", "d", "f\n", "g"]
    frame = rows(12, request_id=ids, zip=["2139", *["62701"] * 9, "1", "62701"])
    path = write(frame, tmp_path / f"b.{form}")
    whole = read(path, pack)[:2]
    for module in (raw, csv_reader, parquet_reader, xlsx_reader):
        monkeypatch.setattr(module, "CHUNK_ROWS", size, raising=False)
    monkeypatch.setattr(csv_reader, "_BLOCK_BYTES", 2048)
    monkeypatch.setattr(jsonl_reader, "_BLOCK_BYTES", 512 * size)
    taken, quarantined, _ = read(path, pack)
    assert taken.equals(whole[0])
    assert quarantined.equals(whole[1])
    assert taken["request_id"].to_list() == ["b", "d", "e", "g"]


NASTY = st.one_of(
    st.sampled_from(["2139", "null", "1.2E+08", "=1", "-", "#REF!", "a\x1fb", '","', "\r\n"]),
    st.text(
        st.sampled_from("ab1,;\"'\n\r\t\x00\x1f=+-@#:{}[]\\ \u00a0\u200bé李\ufffd"), max_size=8
    ),
)


@pytest.mark.parametrize("form", FORMATS)
@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(values=st.lists(st.tuples(st.one_of(st.none(), NASTY), NASTY, NASTY), max_size=6))
def test_rows_in_are_rows_accounted_for(tmp_path, pack, rows, form, values):
    ids, names, zips = zip(*values, strict=True) if values else ((), (), ())
    frame = rows(len(values), request_id=ids, family_name=names, zip=zips)
    _, _, batch = read(write(frame, tmp_path / f"b.{form}"), pack)
    assert batch.rows == len(values)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lines=st.lists(
        st.one_of(
            st.binary(max_size=12),
            st.sampled_from(
                [b'"', b"a,b", b'"a\n', b"{}", b'{"request_id": "x"}', b"GOOD", b"\xc3"]
            ),
        ),
        max_size=6,
    )
)
def test_any_bytes_are_accounted_for(tmp_path, pack, rows, form, lines):
    path = write(rows(2), tmp_path / f"b.{form}")
    whole = path.read_bytes()
    good = whole.splitlines()[-1]
    tail = b"\n".join(good if line == b"GOOD" else line for line in lines)
    path.write_bytes(whole + tail)
    taken, _, _ = read(path, pack)
    assert taken.height >= 2


@settings(max_examples=examples(80), deadline=None)
@given(data=st.binary(max_size=60), size=st.integers(1, 9))
def test_what_is_not_utf8_is_replaced_and_nothing_else(data, size):
    stream = csv_reader._Utf8(io.BytesIO(data), b"!")
    pieces = iter(lambda: stream.read(size), b"")
    got = b"".join(pieces)
    assert got.decode() == data.decode(errors="replace") + "!"


@pytest.mark.parametrize("told", [None, 1000])
def test_a_workbook_is_as_large_as_it_unfolds_whatever_it_says(
    tmp_path, pack, rows, monkeypatch, told
):
    path = write(rows(20), tmp_path / "b.xlsx")
    monkeypatch.setattr(xlsx_reader, "_UNFOLDED_BYTES", 20_000)
    if told is not None:
        path.write_bytes(_saying(path, told))
    assert "too large" in refused(path, pack).detail
    monkeypatch.setattr(xlsx_reader, "_UNFOLDED_BYTES", 1 << 20)
    if told is None:
        assert read(path, pack)[0].height == 20


def _saying(path, size: int) -> bytes:
    """Return a ZIP file's bytes, each of whose parts says that it unfolds to ``size`` bytes."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


@pytest.mark.parametrize("form", FORMATS)
def test_each_row_is_known_by_the_line_on_which_it_begins(tmp_path, pack, rows, form):
    path = write(rows(3, city=["Two\nlines", "b", "c"]), tmp_path / f"b.{form}")
    if form == "csv":
        path.write_bytes(b"\r\n" + path.read_bytes().replace(b"\r\nR-1", b"\r\n\r\nR-1"))
    elif form == "jsonl":
        path.write_text("\n" + path.read_text().replace("\n", "\n \n"))
    elif form == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for at, values in zip((1, 2, 4, 5), [pack.fields, *rows(3).iter_rows()], strict=True):
                sheet.write_row(at, 0, values)
    lines = open_received(path, pack).lines()
    wanted = {"csv": [3, 6, 7], "jsonl": [2, 4, 6], "xlsx": [3, 5, 6]}
    assert (lines if lines is None else lines.to_list()) == wanted.get(form)
    assert read(path, pack)[2].rows == 3

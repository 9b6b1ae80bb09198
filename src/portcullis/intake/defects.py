"""What makes a row one for quarantine, told field by field and in plain words.

All rows are first looked at together, by a few patterns over each row's whole text; only those
that could be defective are taken apart. The first defect in the order of ``DEFECTS`` is named,
in the first field that has it.
"""

from collections.abc import Sequence

import polars as pl

from portcullis.agreements import Pack
from portcullis.canonical import SEPARATOR, record_column, sha256_column
from portcullis.intake.raw import Broken

REQUEST_SCHEMA_NAME = "portcullis/request/1"
_RECEIVED = "portcullis/received/1"

DEFECTS: dict[str, str] = {
    "ragged": (
        "The row does not have as many values as the header has columns. "
        "Put values that hold commas, quotation marks or line breaks between quotation marks."
    ),
    "malformed": (
        "The line is not one JSON object of texts, each key once. "
        "Write one object a line, every value as text."
    ),
    "encoding": "The field is not UTF-8 text. Save the file as UTF-8 and send the row again.",
    "formula": (
        "The field begins like a spreadsheet formula (=, +, -, @ or a tab). "
        "Write the value without that sign."
    ),
    "control-character": (
        "The field holds a line break, a NUL or another character that cannot be seen. "
        "Write the value on one line, in visible characters."
    ),
    "oversize": "The field is longer than the agreement allows. Shorten it.",
    "missing-request-id": "The row has no request_id. Give every request one of its own.",
    "spreadsheet-mangled": (
        "A spreadsheet has altered the value (a lost leading zero, 1.23E+08, a date as a number, "
        "#REF!). Format the column as text and fill it again."
    ),
    "duplicate-request-id": (
        "An earlier row has the same request_id. The first was kept; give this one its own."
    ),
}
QUARANTINE_SCHEMA = pl.Schema(
    {
        "source_row": pl.UInt32,
        "request_id": pl.String,
        "reason": pl.String,
        "field": pl.String,
        "message": pl.String,
        "row_digest": pl.Binary,
    }
)

_NOT_TEXT = r"\x{FFFD}"
_UNSEEN = r"[\x00-\x1f\x7f-\x9f\p{Cf}\x{2028}\x{2029}]"
_FORMULA = r"^\p{Zs}*[=@\t\r＝＠]"
_SIGNED = r"^\p{Zs}*[+\-＋－]"
_DASHES = r"^\p{Zs}*-+\p{Zs}*$"
_BULLET = r"^\p{Zs}*[+\-] +\p{L}[^|!=(]*$"
_ERROR = r"(?i)^#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|ERROR!|#{2,})$"
_SCIENTIFIC = r"^[0-9]+(?:[.,][0-9]+)?[Ee][+-][0-9]+$"
_LOST_ZERO = {
    "zip": r"^(?:[0-9]{3,4}|[0-9]{8}|[0-9]{3,4}-[0-9]{4}|[0-9]+\.0*)$",
    "tin": r"^(?:[0-9]{5,8}|[0-9]+\.0*)$",
}
_DAY_NUMBER = r"^[0-9]{5}(?:\.[0-9]*)?$"

# Over a row's canonical text: whatever could be a defect, or needs trimming. Wider than the above.
_SUSPECT = (
    r"[\x00-\x1e\x7f-\x9f\p{Cf}\x{2028}\x{2029}\x{FFFD}]"
    r"|\x1f[\p{Zs}=+\-@＝＋－＠]|\p{Zs}(?:\x1f|$)"
    r"|\x1f#(?i:[A-Z/0]+[!?]|N/A|##)|[0-9][Ee][+-][0-9]+(?:\x1f|$)"
)


def canonical_text(fields: Sequence[str]) -> pl.Expr:
    """Return the expression of a request's canonical text, whose SHA-256 is the request hash.

    ``fields``: the agreement's, in its order.
    """
    return record_column(REQUEST_SCHEMA_NAME, fields)


def is_suspect(pack: Pack, text: pl.Expr) -> pl.Expr:
    """Say of each row whether it must be taken apart; ``text`` is its canonical text."""
    return pl.any_horizontal(
        text.str.contains(_SUSPECT),
        text.str.count_matches(SEPARATOR, literal=True) != len(pack.fields),
        pl.col("request_id").fill_null("") == "",
        *[pl.col(name).str.contains(pattern) for name, pattern in _mangled(pack).items()],
        *[pl.col(rule.name).str.len_bytes() > rule.max_length for rule in pack.request.fields],
    ).fill_null(value=False)


def trimmed(fields: Sequence[str]) -> list[pl.Expr]:
    """Return the fields without blanks at either end; nothing left is null."""
    return [_absent_if_empty(pl.col(name).str.strip_chars()) for name in fields]


def absent_if_empty(fields: Sequence[str]) -> list[pl.Expr]:
    """Return the fields as they are, an empty text as null."""
    return [_absent_if_empty(pl.col(name)) for name in fields]


def _absent_if_empty(value: pl.Expr) -> pl.Expr:
    return pl.when(value != "").then(value)


def examine(rows: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Return the quarantine entries (``QUARANTINE_SCHEMA``) of the defective ones of ``rows``."""
    found = _all_defects(rows, pack)
    illegible = found.filter(field="request_id")["source_row"].implode()
    received = record_column(_RECEIVED, pack.fields).alias("received")
    request_id = _absent_if_empty(pl.col("request_id").str.strip_chars())
    whole = (
        found.sort("source_row", "order", "place")
        .unique("source_row", keep="first", maintain_order=True)
        .join(rows.select("source_row", request_id, received), on="source_row")
        .sort("source_row")
    )
    return whole.select(
        "source_row",
        pl.when(~pl.col("source_row").is_in(illegible)).then("request_id").alias("request_id"),
        "reason",
        "field",
        pl.col("reason").replace_strict(DEFECTS, return_dtype=pl.String).alias("message"),
        sha256_column(whole["received"]).alias("row_digest"),
    )


def _all_defects(rows: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Return source_row, field, its place, reason and its order, a row for each defective field."""
    rules = pack.request.fields
    places = pl.DataFrame(
        [(rule.name, rule.max_length, place) for place, rule in enumerate(rules)],
        schema={"field": pl.String, "limit": pl.UInt32, "place": pl.UInt16},
        orient="row",
    )
    return (
        rows.unpivot(pack.fields, index="source_row", variable_name="field", value_name="value")
        .filter(pl.col("value").is_not_null() | (pl.col("field") == "request_id"))
        .join(places, on="field", how="left")
        .with_columns(_defect(pack).alias("reason"))
        .filter(pl.col("reason").is_not_null())
        .with_columns(order=pl.col("reason").replace_strict(_ORDER, return_dtype=pl.UInt8))
    )


_ORDER = {code: place for place, code in enumerate(DEFECTS)}


def duplicates(rows: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """Return the quarantine entries of ``rows`` whose request_id an earlier row has."""
    return rows.select(
        "source_row",
        pl.lit(None, pl.String).alias("request_id"),
        pl.lit("duplicate-request-id").alias("reason"),
        pl.lit("request_id").alias("field"),
        pl.lit(DEFECTS["duplicate-request-id"]).alias("message"),
        sha256_column(rows.select(record_column(_RECEIVED, fields)).to_series()).alias(
            "row_digest"
        ),
    )


def _mangled(pack: Pack) -> dict[str, str]:
    """Return by field the pattern of what a spreadsheet makes of its values."""
    lost_zero = {name: how for name, how in _LOST_ZERO.items() if name in pack.fields}
    return lost_zero | dict.fromkeys(pack.fields_of("date"), _DAY_NUMBER)


def broken_rows(broken: list[Broken]) -> pl.DataFrame:
    """Return the quarantine entries of rows that could not be read into fields."""
    rows = [(row.source_row, None, row.code, None, DEFECTS[row.code], row.digest) for row in broken]
    return pl.DataFrame(rows, schema=QUARANTINE_SCHEMA, orient="row")


def _defect(pack: Pack) -> pl.Expr:
    """Return the first defect of a long row (field, value, limit), or null."""
    value, field = pl.col("value"), pl.col("field")
    plain = value.str.strip_chars()
    bullet = field.is_in(pack.fields_of("free-text")) & value.str.contains(_BULLET)
    signed = value.str.contains(_SIGNED) & ~value.str.contains(_DASHES) & ~bullet
    mangled = [(field == name) & plain.str.contains(how) for name, how in _mangled(pack).items()]
    tests = {
        "encoding": value.str.contains(_NOT_TEXT),
        "formula": value.str.contains(_FORMULA) | signed,
        "control-character": value.str.contains(_UNSEEN),
        "oversize": plain.str.len_chars() > pl.col("limit"),
        "missing-request-id": (field == "request_id") & (plain.fill_null("") == ""),
        "spreadsheet-mangled": pl.any_horizontal(
            plain.str.contains(_ERROR), plain.str.contains(_SCIENTIFIC), *mangled
        ),
    }
    return pl.coalesce(
        pl.when(test.fill_null(value=False)).then(pl.lit(code)) for code, test in tests.items()
    )

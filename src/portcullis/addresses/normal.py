"""The normal form of an address: the columns every other room compares and counts by."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from portcullis.addresses import absence, lines, locality, routes
from portcullis.addresses.highways import name_roads
from portcullis.addresses.puerto_rico import number_first, split_urbanization
from portcullis.addresses.streets import normal_street, split_number
from portcullis.addresses.units import put_street_first, split_unit
from portcullis.folding import by_distinct, put_where

COLUMNS: dict[str, pl.DataType] = {
    "absent": pl.Boolean(),
    "absent_reason": pl.String(),
    "kind": pl.String(),
    "number": pl.String(),
    "street": pl.String(),
    "unit": pl.String(),
    "box": pl.String(),
    "city": pl.String(),
    "state": pl.String(),
    "zip5": pl.String(),
    "zip4": pl.String(),
    "point": pl.String(),
    "line": pl.String(),
    "unique_point": pl.Boolean(),
}
# Every slice pays for making its patterns ready; a few of them keep every processor busy.
_SLICE_ROWS = 131_072


def normalise(
    frame: pl.DataFrame,
    *,
    line1: str = "address_line1",
    line2: str = "address_line2",
    city: str = "city",
    state: str = "state",
    zip: str = "zip",
    prefix: str = "a_",
) -> pl.DataFrame:
    """Return ``frame`` with the normal form of each row's address added under ``prefix``.

    Row-local and pure: no row's answer depends on another's, so any chunking gives the same. Texts
    that are absent are "", but for `absent_reason` and `point`, which are null. See the room's
    docstring for the columns.
    """
    fields = frame.select(
        line1=pl.col(line1).cast(pl.String),
        line2=pl.col(line2).cast(pl.String),
        city=pl.col(city).cast(pl.String),
        state=pl.col(state).cast(pl.String),
        zip=pl.col(zip).cast(pl.String),
    )
    slices = list(fields.iter_slices(_SLICE_ROWS)) if fields.height else []
    empty = pl.DataFrame(schema=COLUMNS)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        normal = pl.concat([empty, *pool.map(_normalise, slices)])
    return frame.with_columns(normal.select(pl.all().name.prefix(prefix)))


def _normalise(fields: pl.DataFrame) -> pl.DataFrame:
    """Return the normal form of one slice of the five fields."""
    first, second = lines.clean(fields["line1"]), by_distinct(fields["line2"], lines.clean)
    written = (first + " " + second).str.strip_chars().alias("written")
    line = lines.join(first, second, _where(second != "", second, _is_placeholder))
    zip5, zip4 = locality.zip_code(fields["zip"])
    place = pl.DataFrame(
        {
            "city": locality.city(fields["city"]),
            "state": locality.state(fields["state"]),
            "zip5": zip5,
            "zip4": zip4,
        }
    )
    line = lines.cut_care_of(locality.cut(line, place, fields["city"]))
    elements = _elements(line, place)
    words = lines.words(written)
    reason = _absent_reason(fields, words, line, elements, place)
    shared = _where(absence.may_name_institution(words), words, absence.is_shared)
    return _columns(elements, place, reason, shared | lines.has_care_of(written))


def _where(
    where: pl.Series, texts: pl.Series, judge: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Return ``judge`` of the texts ``where`` holds, False elsewhere."""
    return put_where(where, where, judge(texts.filter(where))) if where.any() else where


def _is_placeholder(line: pl.Series) -> pl.Series:
    return absence.is_placeholder(lines.words(line))


def _elements(line: pl.Series, place: pl.DataFrame) -> pl.DataFrame:
    """Return kind, number, street, unit and box of each line."""
    maybe = routes.are(line, place["city"], place["state"])
    rows = place.with_columns(line=line)
    if not maybe.any():  # as of most single requests: their patterns need not be made ready
        return _streets(rows)
    routed = routes.read(rows.filter(maybe))
    is_route = put_where(maybe, maybe, routed["kind"].is_not_null())
    routed = routed.filter(pl.col("kind").is_not_null())
    streets = _streets(rows.filter(~is_route))
    # Back into the order of the rows: routes first in the stack, streets after.
    position = pl.DataFrame({"route": is_route}).select(
        pl.when("route")
        .then(pl.col("route").cum_sum())
        .otherwise((~pl.col("route")).cum_sum() + routed.height)
        - 1
    )
    return pl.concat([routed, streets])[position.to_series()]


def _streets(rows: pl.DataFrame) -> pl.DataFrame:
    line = name_roads(rows["line"])
    line, unit = split_unit(put_street_first(line))
    puerto_rican = (rows["state"] == "PR") | rows["zip5"].str.contains("^00[679]")
    urbanization = pl.Series([], dtype=pl.String)
    if puerto_rican.any():
        some, urbanization = split_urbanization(line.filter(puerto_rican))
        line = put_where(line, puerto_rican, number_first(some))
    number, rest = split_number(line)
    street = by_distinct(rest, normal_street)
    street = put_where(street, puerto_rican, _with_urb(street.filter(puerto_rican), urbanization))
    kind = pl.DataFrame({"number": number, "pr": puerto_rican}).select(
        pl.when(pl.col("number") == "")
        .then(pl.lit("unparsed"))
        .when("pr")
        .then(pl.lit("puerto-rico"))
        .otherwise(pl.lit("street"))
    )
    return pl.DataFrame(
        {
            "kind": kind.to_series(),
            "number": number,
            "street": street,
            "unit": unit,
            "box": pl.repeat("", line.len(), dtype=pl.String, eager=True),
        }
    )


def _with_urb(street: pl.Series, urbanization: pl.Series) -> pl.Series:
    return street.zip_with(urbanization == "", street + " URB " + urbanization)


def _absent_reason(
    fields: pl.DataFrame,
    words: pl.Series,
    line: pl.Series,
    elements: pl.DataFrame,
    place: pl.DataFrame,
) -> pl.Series:
    """Return the code of the first rule each row falls to, null for an address."""
    unparsed = elements["kind"] == "unparsed"
    unnumbered = unparsed & (elements["unit"] == "")
    # "Failed to Provide, Apt 4B": a unit makes no address of a placeholder.
    in_unit = _where(unparsed & (elements["unit"] != ""), elements["street"], _is_placeholder)
    no_way = unnumbered & ~_where(unnumbered, line, absence.names_a_way)
    institution = absence.may_name_institution(words)
    rules = pl.DataFrame(
        {
            "error": _spreadsheet_error(fields),
            "empty": words == "",
            "zip": fields["zip"].str.contains("[0-9]").fill_null(value=False),
            "city": place["city"],
            "state": place["state"],
            "zip5": place["zip5"],
            "digits": ~words.str.contains("[^0-9 ]"),
            "placeholder": _is_placeholder(line) | in_unit,
            "custody": _where(institution, words, absence.is_custody)
            | _custody_city(place["city"]),
            "agency": _where(institution, words, absence.is_agency),
            "no_way": no_way | _only_place(elements, place),
        }
    )
    has_city = (pl.col("city") != "") & (pl.col("state") != "")
    code = (
        pl.when("error")
        .then(pl.lit("spreadsheet-error"))
        .when(pl.col("empty") & (pl.col("city") == "") & pl.col("zip"))
        .then(pl.lit("zip-only"))
        .when(pl.col("empty") & (pl.col("city") == ""))
        .then(pl.lit("blank"))
        .when("empty")
        .then(pl.lit("no-delivery-line"))
        .when("digits")
        .then(pl.lit("digits-only"))
        .when("placeholder")
        .then(pl.lit("placeholder"))
        .when("custody")
        .then(pl.lit("custody"))
        .when("agency")
        .then(pl.lit("agency"))
        .when("no_way")
        .then(pl.lit("no-delivery-line"))
        .when((pl.col("zip5") == "") & ~has_city)
        .then(pl.lit("no-locality"))
    )
    return rules.select(code).to_series()


def _spreadsheet_error(fields: pl.DataFrame) -> pl.Series:
    raw = fields.select(pl.concat_str(pl.all(), separator="\n", ignore_nulls=True)).to_series()
    hint = raw.str.contains("#|[0-9][eE][+-]?[0-9]")
    return _where(hint, raw, absence.is_spreadsheet_error)


def _custody_city(city: pl.Series) -> pl.Series:
    distinct = city.unique()
    return city.is_in(distinct.filter(absence.is_custody(distinct)).implode())


def _only_place(elements: pl.DataFrame, place: pl.DataFrame) -> pl.Series:
    """Say which lines only say the city, state or ZIP Code once more ("Miami FL 33101")."""
    rows = pl.concat([elements.select("number", said="street"), place], how="horizontal")
    said, city, state = pl.col("said"), pl.col("city"), pl.col("state")
    zip_like = pl.col("number").str.contains(r"^(?:[0-9]{5})?$")
    return rows.select(
        zip_like & ((said == city) | (said == state) | (said == city + " " + state))
    ).to_series()


def _columns(
    elements: pl.DataFrame, place: pl.DataFrame, reason: pl.Series, shared: pl.Series
) -> pl.DataFrame:
    """Return the room's columns from what was read, every element of an absent address empty."""
    absent = pl.col("absent_reason").is_not_null()
    rows = pl.concat([elements, place], how="horizontal").with_columns(
        absent_reason=reason, shared=shared
    )
    rows = rows.with_columns(
        pl.when(absent).then(pl.lit("absent")).otherwise("kind").alias("kind"),
        *(
            pl.when(absent).then(pl.lit("")).otherwise(name).alias(name)
            for name in ("number", "street", "unit", "box")
        ),
    )
    whereabouts = (
        pl.when(pl.col("zip5") != "").then("zip5").otherwise(pl.col("city") + "," + pl.col("state"))
    )
    point = pl.concat_str(["kind", "number", "street", "unit", "box", whereabouts], separator="|")
    numbered = (pl.col("kind").is_in(["street", "puerto-rico"])) & (pl.col("number") != "")
    boxed = (pl.col("kind").is_in(["po-box", "rural-route", "highway-contract", "military"])) & (
        pl.col("box") != ""
    )
    return rows.with_columns(
        absent=absent,
        point=pl.when(~absent).then(point),
        line=_line(),
        unique_point=(numbered | boxed) & ~pl.col("shared"),
    ).select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())


def _line() -> pl.Expr:
    """Return the address on one line, "" for an absent one."""

    def given(part: str) -> pl.Expr:
        return pl.when(pl.col(part) != "").then(part)

    delivery = pl.concat_str(
        given("number"),
        pl.col("street"),
        pl.when(pl.col("street") == "PO BOX").then("box").otherwise(pl.lit("BOX ") + given("box")),
        pl.lit("# ") + given("unit"),
        separator=" ",
        ignore_nulls=True,
    )
    last = pl.concat_str(
        given("city"),
        given("state"),
        given("zip5") + (pl.lit("-") + given("zip4")).fill_null(""),
        separator=" ",
        ignore_nulls=True,
    )
    line = pl.concat_str(delivery, last, separator=", ")
    return pl.when(pl.col("kind") != "absent").then(line).otherwise(pl.lit(""))

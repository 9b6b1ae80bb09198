"""Deliveries that are no house on a street: boxes, routes, military posts, general delivery.

Publication 28, sections 238 (military), 24 (rural routes), 25 (highway contract routes),
26 (general delivery) and 28 (post office boxes).
"""

import polars as pl

from portcullis.addresses.units import floors_first, normal
from portcullis.addresses.vocabulary import MILITARY_CITIES, MILITARY_STATES, tells_a_door
from portcullis.folding import put_where

# "164", "A12", "A 12", "164 A" at the line's end, "AB"; never the beginning of a longer word.
_LETTER = "(?: [A-DF-MO-RT-VX-Z]| [NSEW]$)?"  # one that is no directional of a street behind it
_ID = (
    r"(?:(?:#|NO|NUM|NUMBER) )?"
    rf"([A-Z]{{0,3}}[ -]?[0-9][A-Z0-9-]*{_LETTER}|[A-Z]{{1,2}})(?: |$)"
)
_GENERAL = (
    r"(?:^| )(?:GENERAL DELIVERY|GENERAL DEL|GENL DELIVERY|GEN DELIVERY|GEN DEL|LISTA DE CORREOS?"
    r"|ENTREGA GENERAL|POSTE RESTANTE)(?: |$)"
)
_MILITARY = rf"(?:^| )(PSC|CMR|UNIT|OPS|CONSUL|BLDG) (?:# )?0*([0-9]+)(?: (?:BOX|BX) {_ID}|(?: |$))"
_CONTRACT = (
    r"(?:^| )(?:HC|HCR|HWY CONTRACT|HIGHWAY CONTRACT|STAR ROUTE|STAR RTE|STAR RT)"
    r"(?: ROUTE| RTE| RT)?(?: #)?[ -]?0*([0-9]+[A-Z]{0,2})"
    rf"(?: (?:P ?O )?(?:BOX|BX|BUZON) {_ID}|(?: |$))"
)
_RURAL = (
    r"(?:(?:^| )(?:RR|R R|RFD|R F D|RURAL (?:ROUTE|RTE|RT|DELIVERY|DEL))(?: #)?[ -]?"
    r"0*([0-9]+[A-Z]?)"
    rf"(?: (?:P ?O )?(?:BOX|BX|BUZON|#) {_ID}|(?: |$))"
    rf"|^(?:RD|RT|RTE|ROUTE|R) (?:# )?0*([0-9]+[A-Z]?) (?:BOX|BX) {_ID})"
)
_BOX = (
    r"(?:^| )(?:(?:P ?O ?|POST OFFICE |POSTAL |POST |FIRM |APARTADO )"
    r"(?:BOX|BX|B|DRAWER|CALLER|LOCKBOX|BIN|POSTAL) "
    rf"{_ID}|POB {_ID})"
)
# Without "PO" only where the line begins with it: "4674 MARSHALL RD BOX 15" is a street.
_BARE_BOX = (
    r"^(?:BOX|BX|CALLER|DRAWER|LOCK ?BOX|APARTADO)(?: NO)? (?:# )?"
    rf"([A-Z]{{0,2}}-?[0-9][A-Z0-9-]*{_LETTER})(?: |$)"
)
_PATTERNS = {
    "general-delivery": [_GENERAL],
    "military": [_MILITARY, _BOX, _BARE_BOX],
    "highway-contract": [_CONTRACT],
    "rural-route": [_RURAL],
    "po-box": [_BOX, _BARE_BOX],
}
_TELLS_A_DOOR = tells_a_door()
_CUT = "\n"  # stands in no line
_HINT = (
    "(?:^| )(?:BOX|BX|P ?O ?B|DRAWER|CALLER|BIN|APARTADO|GEN|LISTA|POSTE|ENTREGA|PSC|CMR|LOCK|FIRM"
    "|POST|RR|R R|RFD|R F D|RURAL|HC|HWY CONTRACT|HIGHWAY CONTRACT|STAR)"
    "|^(?:RD|RT|RTE|ROUTE|R) (?:# )?[0-9]"
)


def are(line: pl.Series, city: pl.Series, state: pl.Series) -> pl.Series:
    """Say which rows may be such deliveries, cheaply; `read` decides."""
    return _military_post(city, state) | line.str.contains(_HINT)


def _military_post(city: pl.Series, state: pl.Series) -> pl.Series:
    return state.is_in(MILITARY_STATES) | city.is_in(MILITARY_CITIES)


def read(rows: pl.DataFrame) -> pl.DataFrame:
    """Return kind, number, street, unit, box of ``rows`` (line, city, state); no kind: a street."""
    line = pl.col("line")
    military = pl.col("state").is_in(MILITARY_STATES) | pl.col("city").is_in(MILITARY_CITIES)
    found = rows.select(
        "line",
        # "PSC" and "CMR" with a box are military whatever the last line says.
        military=military | line.str.contains(r"(?:^| )(?:PSC|CMR) (?:# )?[0-9]+ (?:BOX|BX) "),
        general=line.str.contains(_GENERAL),
        post=line.str.extract_groups(_MILITARY),
        contract=line.str.extract_groups(_CONTRACT),
        rural=line.str.extract_groups(_RURAL),
        box=line.str.extract_groups(_BOX),
        bare_box=line.str.extract(_BARE_BOX),
    )
    post, contract, rural, box = (
        pl.col(name).struct for name in ("post", "contract", "rural", "box")
    )
    rural_number = pl.coalesce(rural.field("1"), rural.field("3"))
    rural_box = pl.coalesce(rural.field("2"), rural.field("4"))
    box_id = pl.coalesce(box.field("1"), box.field("2"), "bare_box")
    kind = (
        pl.when("general")
        .then(pl.lit("general-delivery"))
        .when(pl.col("military") & (post.field("1").is_not_null() | box_id.is_not_null()))
        .then(pl.lit("military"))
        .when(contract.field("1").is_not_null())
        .then(pl.lit("highway-contract"))
        .when(rural_number.is_not_null())
        .then(pl.lit("rural-route"))
        .when(box_id.is_not_null())
        .then(pl.lit("po-box"))
        .when("military")
        .then(pl.lit("military"))
    )
    street = (
        pl.when(pl.col("kind") == "general-delivery")
        .then(pl.lit("GENERAL DELIVERY"))
        .when((pl.col("kind") == "military") & post.field("1").is_not_null())
        .then(post.field("1") + " " + post.field("2"))
        .when(pl.col("kind") == "highway-contract")
        .then(pl.lit("HC ") + contract.field("1"))
        .when(pl.col("kind") == "rural-route")
        .then(pl.lit("RR ") + rural_number)
        .when(pl.col("kind").is_not_null() & box_id.is_not_null())
        .then(pl.lit("PO BOX"))
        .otherwise("line")
    )
    number = (
        pl.when(pl.col("kind") == "general-delivery")
        .then(pl.lit(""))
        .when((pl.col("kind") == "military") & post.field("1").is_not_null())
        .then(post.field("3"))
        .when(pl.col("kind") == "highway-contract")
        .then(contract.field("2"))
        .when(pl.col("kind") == "rural-route")
        .then(rural_box)
        .when(pl.col("kind").is_not_null())
        .then(box_id)
        .fill_null("")
        # "15-A" and "15 A" are "15A"; "1-11" stays another box than "11-1".
        .str.replace(r"^([0-9]+)[ -]([A-Z]{1,2})$", "${1}${2}")
        .str.replace(r"^([A-Z]{1,3})[ -]([0-9]+)$", "${1}${2}")
        .str.strip_chars_start("0")
    )
    answer = found.with_columns(kind=kind).select(
        "kind", "line", number=pl.lit(""), street=street, unit=pl.lit(""), box=number
    )
    return _with_rest(answer)


def _with_rest(answer: pl.DataFrame) -> pl.DataFrame:
    """Put into the unit what a line says besides its route or box, where it may tell of a door.

    "PO BOX 12 DEPT 4" is not the whole box, and "104 ELM ST PO BOX 4" may be a box of its own. A
    route without box, but with more figures behind it, is none.
    """
    rest = _rest(answer["line"], answer["kind"])
    tells = rest != ""
    unit = put_where(answer["unit"], tells, normal(rest.filter(tells)))
    route = pl.col("kind").is_in(["rural-route", "highway-contract"])
    return answer.with_columns(unit=unit, tells=tells).select(
        pl.when(~(route & (pl.col("box") == "") & pl.col("tells"))).then("kind"),
        "number", "street", "unit", "box",
    )  # fmt: skip


def _rest(line: pl.Series, kind: pl.Series) -> pl.Series:
    """Return what stands before and behind the route or box in each line, where it tells a door."""
    rest = pl.repeat("", line.len(), dtype=pl.String, eager=True)
    for name, patterns in _PATTERNS.items():
        rows = (kind == name).fill_null(value=False)
        some = line.filter(rows)
        left = some
        for pattern in patterns:
            left = left.zip_with(left != some, some.str.replace(pattern, _CUT))
        # A military line without post or box is its own street, whole.
        sides = left.zip_with(left != some, pl.Series([""])).str.splitn(_CUT, 2).struct.unnest()
        before, behind = (
            floors_first(" " + text.fill_null("")).str.strip_chars() for text in sides.get_columns()
        )
        before, behind = (
            text.zip_with(text.str.contains(_TELLS_A_DOOR), pl.Series([""]))
            for text in (before, behind)
        )
        rest = put_where(rest, rows, (before + " " + behind).str.strip_chars())
    return rest

"""pseudopeople as requests and records: what the simulated files are to holder and requester.

*The holder's records.* Everybody in the social security file is a taxpayer, with the name and the
number of that file, and everybody who filed a return, alone or jointly; a name on a return that
differs is a prior name. Whoever is in no social security file bears the number of the earliest
return. Addresses of record are those of the returns of five years, with their noise; a return is
posted to the person who filed it.

*The requests.* The W-2 and 1099 rows of the last year and of two years before: name, address,
and the number stated there, which in this simulation is at times that of somebody else in the
household, by slip or because the worker has none. Every fifth request states no number.

*The truth* is the simulant. The address a request means is of record where a return of that
person was truly filed from it. Lawful it is only where it also sets forth a name and an address
(26 U.S.C. 6103(i)(2)(B)(i)): noise blanked neither part of the name, nor put a placeholder there,
nor left the address without a street or box, or without a locality. ``clean``: no noise touched
the name, number or address in it, and the number is the person's own. Noise in the records stays.

Homes get invented places (``places``), persons numbers that were never issued (``numbers``).
"""

from pathlib import Path

import polars as pl

from benchmarks.accuracy import layout
from benchmarks.accuracy.noise import put_upon
from benchmarks.accuracy.numbers import never_issued, shared
from benchmarks.accuracy.places import placed

_LINES = ("street_number", "street_name", "po_box", "unit_number")
_LOCALITY = ("city", "state", "zipcode")
_STAND_INS = {"city": "Anytown", "state": "WA", "zipcode": "00000"}
_WITHOUT_NUMBER = 5


def make(simulated: Path, folder: Path) -> None:
    """Write the four files of ``layout`` made of the files of ``simulate`` in ``simulated``."""
    returns, w2, security = (
        pl.read_parquet(simulated / f"{name}.parquet")
        for name in ("returns", "w2", "social_security")
    )
    filed = _filed(returns)
    people = _people(security, filed)
    left_out = people.filter(pl.col("true_tin").is_in(shared(people["true_tin"]).implode()))
    people = people.join(left_out, on="taxpayer_id", how="anti")
    filed = filed.join(people, on="taxpayer_id", how="semi")
    asked = _asked(w2, people, filed).join(left_out, on="taxpayer_id", how="anti")
    layout.write(
        folder,
        {
            layout.TAXPAYER: _taxpayers(people, filed),
            layout.ADDRESS: _addresses(filed),
            layout.REQUESTS: asked.select(*layout.REQUEST),
            layout.TRUTH: _truth(asked, people),
        },
    )


def _at_home(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with its mailing address as ``line1, line2, city, state, zip``.

    Added too: ``home``, the address as it truly is; ``touched_address``, whether noise changed it.
    """
    mail = "mailing_address_"
    house = pl.concat_str(
        [pl.col(f"true_{mail}{part}").fill_null("") for part in _LINES[:3]], separator="|"
    )
    frame = frame.with_columns(house.alias("house"))
    frame = frame.with_columns(placed(frame["house"]))
    noised = {
        part: put_upon(frame, f"{mail}{part}", _STAND_INS[part], f"place_{part}")
        for part in ("city", "zipcode")
    }
    state = pl.col(f"{mail}state")
    touched = [
        pl.col(f"{mail}{part}").ne_missing(pl.col(f"true_{mail}{part}"))
        for part in (*_LINES, *_LOCALITY)
    ]
    box = pl.lit("PO Box ") + pl.col(f"{mail}po_box")
    street = pl.concat_str(
        f"{mail}street_number", f"{mail}street_name", separator=" ", ignore_nulls=True
    )
    return frame.with_columns(
        pl.when(pl.col(f"true_{mail}po_box").is_not_null())
        .then(box)
        .otherwise(street.replace("", None))
        .alias("line1"),
        pl.col(f"{mail}unit_number").alias("line2"),
        noised["city"].alias("city"),
        pl.when(state == _STAND_INS["state"]).then("place_state").otherwise(state).alias("state"),
        noised["zipcode"].alias("zip"),
        pl.concat_str(
            "house", pl.col(f"true_{mail}unit_number").fill_null(""), separator="|"
        ).alias("home"),
        pl.any_horizontal(touched).alias("touched_address"),
    )


def _filed(returns: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each person on each return, filer and spouse."""
    home = _at_home(returns)
    same = ("line1", "line2", "city", "state", "zip", "home", "true_tax_year")
    filer = home.select(
        pl.col("simulant_id").alias("taxpayer_id"),
        *_person(""),
        *same,
    )
    spouse = home.filter(
        pl.col("true_spouse_ssn").is_not_null() & pl.col("spouse_simulant_id").is_not_null()
    ).select(pl.col("spouse_simulant_id").alias("taxpayer_id"), *_person("spouse_"), *same)
    return pl.concat([filer, spouse]).with_columns(
        pl.col("true_tax_year").cast(pl.Float64).cast(pl.Int16).alias("year")
    )


def _person(whose: str) -> list[pl.Expr]:
    return [
        pl.col(f"{whose}first_name").alias("given_name"),
        pl.col(f"{whose}middle_initial").alias("middle_name"),
        pl.col(f"{whose}last_name").alias("family_name"),
        pl.col(f"{whose}ssn").alias("tin"),
        pl.col(f"true_{whose}ssn").alias("true_tin"),
    ]


def _people(security: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    """Return each person once: of the social security file, or else of the earliest return."""
    columns = ["taxpayer_id", "given_name", "middle_name", "family_name", "tin", "true_tin"]
    of_security = security.select(
        pl.col("simulant_id").alias("taxpayer_id"),
        pl.col("first_name").alias("given_name"),
        "middle_name",
        pl.col("last_name").alias("family_name"),
        pl.col("ssn").alias("tin"),
        pl.col("true_ssn").alias("true_tin"),
    )
    ordered = pl.concat([of_security, filed.sort("year", maintain_order=True).select(columns)])
    return ordered.unique("taxpayer_id", keep="first", maintain_order=True)


def _taxpayers(people: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    prior = (
        filed.select("taxpayer_id", "given_name", "middle_name", "family_name")
        .unique(maintain_order=True)
        .join(
            people,
            on=["taxpayer_id", "given_name", "middle_name", "family_name"],
            how="anti",
            nulls_equal=True,
        )
        .filter(
            pl.col("given_name").is_not_null() & pl.col("family_name").is_not_null(),
            # The two signs separate the names of one field: a name that noise gave one is not kept.
            ~pl.any_horizontal(pl.col(pl.String).fill_null("").str.contains("[|;]")),
        )
        .group_by("taxpayer_id", maintain_order=True)
        .agg(
            pl.concat_str(
                [
                    pl.col(each).fill_null("")
                    for each in ("given_name", "middle_name", "family_name")
                ]
                + [pl.lit("")],
                separator="|",
            )
            .str.join(";")
            .alias("prior_names")
        )
    )
    return people.join(prior, on="taxpayer_id", how="left", maintain_order="left").select(
        "taxpayer_id",
        never_issued(pl.col("tin")).alias("tin"),
        pl.when(pl.col("true_tin").str.starts_with("9"))
        .then(pl.lit("ITIN"))
        .otherwise(pl.lit("SSN"))
        .alias("tin_type"),
        "given_name",
        "middle_name",
        "family_name",
        pl.lit(None, pl.String).alias("suffix"),
        "prior_names",
    )


def _addresses(filed: pl.DataFrame) -> pl.DataFrame:
    return filed.select(
        "taxpayer_id", "line1", "line2", "city", "state", "zip",
        pl.col("year").alias("taxable_period"),
        pl.lit("return").alias("source_kind"),
        pl.date(pl.col("year").cast(pl.Int32) + 1, 4, 15).alias("processed_on"),
        pl.lit(value=False).alias("protected"),
    )  # fmt: skip


def _asked(w2: pl.DataFrame, people: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    """Return the requests with what is known of them beside."""
    own = people.select("taxpayer_id", pl.col("true_tin").alias("own_tin"))
    homes = (
        filed.select("taxpayer_id", "home")
        .unique()
        .with_columns(pl.lit(value=True).alias("of_record"))
    )
    named = ("first_name", "middle_initial", "last_name")
    asked = (
        _at_home(w2)
        .with_row_index("row")
        .rename({"simulant_id": "taxpayer_id"})
        .join(own, on="taxpayer_id", how="left", maintain_order="left")
        .join(homes, on=["taxpayer_id", "home"], how="left", maintain_order="left")
    )
    numbered = pl.col("row") % _WITHOUT_NUMBER != 0
    stated = pl.when(numbered).then("ssn")
    return asked.with_columns(
        pl.format("R{}", pl.col("row").cast(pl.String).str.zfill(6)).alias("request_id"),
        never_issued(stated).alias("tin"),
        pl.col("first_name").alias("given_name"),
        pl.col("middle_initial").alias("middle_name"),
        pl.col("last_name").alias("family_name"),
        pl.lit(None, pl.String).alias("suffix"),
        pl.col("line1").alias("address_line1"),
        pl.col("line2").alias("address_line2"),
        pl.any_horizontal(pl.col(each).ne_missing(pl.col(f"true_{each}")) for each in named).alias(
            "touched_name"
        ),
        (numbered & pl.col("ssn").ne_missing(pl.col("true_ssn"))).alias("touched_tin"),
        (numbered & pl.col("true_ssn").ne_missing(pl.col("own_tin"))).alias("anothers"),
        numbered.alias("numbered"),
    )


def _truth(asked: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("taxpayer_id").is_in(people["taxpayer_id"].implode())
    lawful = known & pl.col("of_record").fill_null(value=False) & _sets_forth()
    signs = {
        "no number": ~pl.col("numbered"),
        "another's number": pl.col("anothers"),
        "name noised": pl.col("touched_name"),
        "number noised": pl.col("touched_tin"),
        "address noised": pl.col("touched_address"),
    }
    return asked.select(
        "request_id",
        pl.when(known).then("taxpayer_id").alias("taxpayer_id"),
        pl.concat_str(
            [pl.when(sign).then(pl.lit(name)) for name, sign in signs.items()],
            separator=", ",
            ignore_nulls=True,
        )
        .replace("", "as it is")
        .alias("case"),
        lawful.alias("lawful"),
        (
            lawful
            & ~pl.any_horizontal(*[sign for name, sign in signs.items() if name != "no number"])
        ).alias("clean"),
    )


def _sets_forth() -> pl.Expr:
    """Return whether a request still states a name, and an address in a locality."""
    mail = "mailing_address_"
    named = pl.col("given_name").is_not_null() & pl.col("family_name").is_not_null()
    line = pl.col(f"{mail}street_name").is_not_null() | pl.col(f"{mail}po_box").is_not_null()
    town = pl.col("city").is_not_null() & pl.col("state").is_not_null()
    return named & ~pl.col("placeholder") & line & (town | pl.col("zip").is_not_null())

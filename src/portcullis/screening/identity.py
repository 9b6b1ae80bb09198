"""What a request is remembered by: the same person, order, text or place, however written.

Each value is folded before it is digested, so that hyphens, case, spaces, name order, address
abbreviations and leading zeros do not make another person of the same one.
"""

import polars as pl

from portcullis.screening.digests import digest_column

SEPARATOR = "\x1f"

# What a request is recognised as a repeat by.
REPEATS = ("tin", "person", "order")
_DIGESTED = (*REPEATS, "investigation", "reason", "address")
# What is read where the agreement has it; name and address have their normal forms always.
_STATED: dict[str, pl.DataType] = {
    "tin_digits": pl.String(),
    "order_number": pl.String(),
    "investigation_id": pl.String(),
    "reason": pl.String(),
    "supersedes": pl.String(),
    "change": pl.String(),
    "officer_list": pl.List(pl.String()),
}


def identities(requests: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """Return for each request its ``row``, a digest for each of the kinds, and the plain rest.

    ``requests`` as ``prepare`` returns them. What the agreement has no field for is stated by none.
    Columns: ``row``; ``tin, person, order, investigation, reason, address`` Binary, null where
    the request does not state it; ``request`` and ``supersedes`` Binary, the ids of the request and
    of the one cited (no personal data, so in plain); ``changed`` Boolean; ``officers`` String.
    """
    absent = [
        pl.lit(None, kind).alias(name)
        for name, kind in _STATED.items()
        if name not in requests.columns
    ]
    folded = (
        requests.lazy()
        .with_columns(absent)
        .select(
            "row",
            pl.col("tin_digits").alias("tin"),
            _person().alias("person"),
            _number("order_number").alias("order"),
            _number("investigation_id").alias("investigation"),
            _text("reason").alias("reason"),
            pl.col("a_point").alias("address"),
            pl.col("request_id").cast(pl.Binary).alias("request"),
            pl.col("supersedes").cast(pl.Binary),
            pl.col("change").is_not_null().alias("changed"),
            pl.col("officer_list").list.join(";").alias("officers"),
        )
        .collect()
    )
    digested = [digest_column(folded[kind], kind, key) for kind in _DIGESTED]
    return folded.with_columns(*digested)


def _person() -> pl.Expr:
    """Fold name with suffix and address: a father and a son of one name are two persons."""
    known = ~pl.col("n_absent") & ~pl.col("a_absent")
    parts = [pl.col("n_key"), pl.col("n_suffix").fill_null(""), pl.col("a_point")]
    return pl.when(known).then(pl.concat_str(parts, separator=SEPARATOR))


def _number(name: str) -> pl.Expr:
    """Fold a case's number: letters and digits only, upper case, no zeros leading the digits."""
    plain = pl.col(name).str.replace_all(r"[^0-9A-Za-z]", "").str.to_uppercase()
    plain = plain.str.replace(r"^([A-Z]*)0+", "${1}")
    return pl.when(plain.str.len_bytes() > 0).then(plain)


def _text(name: str) -> pl.Expr:
    """Fold a text: lower case, one space between words. Few texts need the second."""
    text = pl.col(name)
    uneven = pl.when(text.str.contains(r"\s\s|[^\S ]")).then(text)
    return uneven.str.replace_all(r"\s+", " ").fill_null(text).str.to_lowercase()

"""The truth of a batch as a table: one row a row of the file, in the file's order."""

import polars as pl

from portcullis.scenarios import malformed
from portcullis.scenarios.truth import BY_NAME, MALFORMED, QUARANTINED, REFERRED, REFUSED, RETURNED
from portcullis.scenarios.variants import AS_FILED, Variant

_CLASS_TABLE = pl.DataFrame(
    {
        "truth_class": [each.name for each in BY_NAME.values()],
        "lawful": [each.lawful for each in BY_NAME.values()],
        "expected_outcome": [each.outcome for each in BY_NAME.values()],
        "expected_element": [each.element for each in BY_NAME.values()],
        "expected_cause": [each.cause for each in BY_NAME.values()],
        "why_unlawful": [each.why for each in BY_NAME.values()],
        "citation": [each.citation for each in BY_NAME.values()],
    },
    schema_overrides={"expected_element": pl.String, "expected_cause": pl.String},
)

# As filed, every named officer signs: nothing is amiss with these but the one officer in all.
_MENDED_AS_FILED = "officer-unsigned"
_ONE_OFFICER = "One officer was named as personally engaged in every case, and one reason given."


def truth_of(identities: pl.DataFrame, variant: Variant) -> pl.DataFrame:
    """Return the truth of the requests, given in the file's order.

    Columns: ``source_row`` (UInt32, from 1), ``request_id``, ``truth_class``, ``standing``,
    ``lawful``, ``expected_outcome`` (several with ``|`` between), ``expected_element``,
    ``expected_cause`` (for malformed rows, the quarantine reason), ``why_unlawful``, ``citation``,
    ``naive_expected`` (the 2025 script would release it), ``address_agrees`` and ``taxpayer_id``
    (whose TIN, or name and address, it gives; null for nobody).
    """
    bad = identities.filter(pl.col("truth_class") == MALFORMED.name).select("position")
    sorts = bad.with_columns(
        pl.Series("quarantine_reason", malformed.reasons(0, bad.height), dtype=pl.String)
    )
    table = (
        identities.select(
            (pl.col("position") + 1).cast(pl.UInt32).alias("source_row"), "position", "request_id",
            "truth_class", "standing", "naive_expected", "address_agrees", "taxpayer_id",
        )
        .join(_CLASS_TABLE, on="truth_class", how="left", maintain_order="left")
        .join(sorts, on="position", how="left", maintain_order="left")
        .with_columns(pl.coalesce("quarantine_reason", "expected_cause").alias("expected_cause"))
    )  # fmt: skip
    judged = _as_filed(table) if variant == AS_FILED else table
    return judged.select(
        "source_row", "request_id", "truth_class", "standing", "lawful", "expected_outcome",
        "expected_element", "expected_cause", "why_unlawful", "citation", "naive_expected",
        "address_agrees", "taxpayer_id",
    )  # fmt: skip


def _as_filed(table: pl.DataFrame) -> pl.DataFrame:
    """Judge the batch as filed: what is not defective on its face, the limits stop; none lawful."""
    on_its_face = pl.col("expected_outcome").is_in([REFUSED, RETURNED, QUARANTINED]) & (
        pl.col("truth_class") != _MENDED_AS_FILED
    )

    def stays(name: str, otherwise: str | None) -> pl.Expr:
        return pl.when(on_its_face).then(name).otherwise(pl.lit(otherwise, pl.String)).alias(name)

    return table.with_columns(
        stays("expected_outcome", REFERRED),
        stays("expected_element", "limits-on-a-batch"),
        stays("expected_cause", None),
        stays("why_unlawful", _ONE_OFFICER),
        stays("citation", "26 U.S.C. § 6103(i)(2)(A)"),
        pl.lit(value=False).alias("lawful"),
    )

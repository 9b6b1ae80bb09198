"""How the requests of each class are spoiled: the one thing that is wrong with each."""

from collections.abc import Callable

import numpy as np
import polars as pl

from portcullis.scenarios.case_facts import QUESTIONS
from portcullis.scenarios.vocabulary import Ints, read

Change = Callable[[pl.DataFrame, np.random.Generator], pl.DataFrame]

# Days since the clock began, for the classes that are about it.
_DAY_91, _DAY_90 = 91, 90

_AS_FILED_REASON = (
    "Subject is under criminal investigation for willful failure to depart under 8 USC 1253(a)(1). "
    "The last known address is relevant to that investigation."
)
_SAME_REASON = (
    "The respondent remained after the final order of removal. The address is relevant to "
    "the criminal investigation of willful failure to depart."
)
_OLDEST_CHECK = 31


def clock_days(classes: pl.Series, random: np.random.Generator) -> Ints:
    """Return, for each request, the days since its clock began, or -1 for any lawful number."""
    days = np.full(len(classes), -1, dtype=np.int64)
    days[(classes == "lawful-day-91").to_numpy()] = _DAY_91
    days[(classes == "day-90").to_numpy()] = _DAY_90
    early = (classes == "within-90-days").to_numpy()
    days[early] = random.integers(5, _DAY_90, int(early.sum()))
    return days


def spoil(requests: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Return ``requests`` (with ``truth_class, position, day``) with each class's defect."""
    concerned = pl.col("truth_class").is_in(list(_CHANGES))
    parts = [requests.filter(~concerned)]
    for part in requests.filter(concerned).partition_by("truth_class", maintain_order=True):
        parts.append(_CHANGES[part["truth_class"][0]](part, random))
    return pl.concat(parts).sort("position")


def as_filed(requests: pl.DataFrame, officer: str) -> pl.DataFrame:
    """Return the requests as they were filed: one officer, and one reason where there is any."""
    own = pl.col("truth_class").is_in(["no-reason", "locate-for-removal-only"])
    return requests.with_columns(
        pl.lit(officer).alias("officers"),
        pl.when(own).then("reason").otherwise(pl.lit(_AS_FILED_REASON)).alias("reason"),
    )


def _set(**values: str | None) -> Change:
    """Return the change that writes one value everywhere."""
    fields = {name: pl.lit(value, pl.String) for name, value in values.items()}
    return lambda rows, _random: rows.with_columns(**fields)


def _one_of(field: str, source: str) -> Change:
    """Return the change that writes one of the texts of ``junk.toml``."""
    texts = pl.Series(read("junk.toml")[source], dtype=pl.String)

    def change(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
        chosen = texts.gather(random.integers(0, len(texts), rows.height))
        return rows.with_columns(chosen.alias(field))

    return change


def _no_address(source: str, *, with_zip: bool, with_city: bool) -> Change:
    """Return the change that puts a text where the address should be."""
    words = _one_of("address_line1", source)

    def change(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
        known = pl.Series(random.random(rows.height) < 0.5) & with_city  # noqa: PLR2004 - half
        return words(rows, random).with_columns(
            pl.lit(None, pl.String).alias("address_line2"),
            *[pl.when(known).then(name).alias(name) for name in ("city", "state")],
            pl.when(pl.lit(with_zip)).then("zip").alias("zip"),
        )

    return change


def _no_name(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    pairs = read("junk.toml")["names"]
    chosen = random.integers(0, len(pairs), rows.height)
    given, family = (
        pl.Series([pair[place] for pair in pairs], dtype=pl.String).gather(chosen)
        for place in (0, 1)
    )
    return rows.with_columns(
        given.alias("given_name"),
        pl.lit(None, pl.String).alias("middle_name"),
        family.alias("family_name"),
    )


def _stale(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    days = pl.lit(pl.Series(random.integers(_OLDEST_CHECK, 400, rows.height)))
    checked = pl.col("day") - pl.duration(days=days)
    return rows.with_columns(checked.cast(pl.String).alias("status_checked_on"))


def _inadmissible(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    charges = pl.Series(["8 USC 1182(a)(6)(A)(i)", "8 USC 1182(a)(7)(A)(i)(I)"], dtype=pl.String)
    return rows.with_columns(charges.gather(random.integers(0, 2, rows.height)).alias("charge"))


def _blank_answers(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Leave ``departed`` blank everywhere, and others besides here and there."""
    others = [name for name in QUESTIONS if name != "departed"]
    blank = {name: pl.Series(random.random(rows.height) < 0.2) for name in others}  # noqa: PLR2004
    return rows.with_columns(
        pl.lit(None, pl.String).alias("departed"),
        *[pl.when(~where).then(name).alias(name) for name, where in blank.items()],
    )


_CHANGES: dict[str, Change] = {
    "address-placeholder": _no_address("placeholders", with_zip=True, with_city=True),
    "address-placeholder-no-zip": _no_address("placeholders", with_zip=False, with_city=True),
    "address-junk-digits": _no_address("digits", with_zip=False, with_city=False),
    "address-custody": _no_address("custody", with_zip=True, with_city=True),
    "address-blank": _set(address_line1=None, address_line2=None, city=None, state=None, zip=None),
    "name-placeholder": _no_name,
    "no-period": _set(taxable_periods=None),
    "invalid-period": _one_of("taxable_periods", "periods"),
    "civil-authority": _one_of("statute", "civil_authorities"),
    "statute-unsupported": _one_of("statute", "unsupported_statutes"),
    "no-reason": _set(reason=None),
    "locate-for-removal-only": _one_of("reason", "reasons"),
    "no-investigation-id": _set(investigation_id=None),
    "no-investigation-stage": _set(investigation_stage=None),
    "stay-in-force": _set(stay_applied_for="yes", stay_in_force="yes"),
    "review-pending": _set(review_pending="yes"),
    "in-custody": _set(nonimmigration_custody_had="yes", custody_released_on=None),
    "supervised": _set(supervision_compliant="yes"),
    "protection-granted": _set(protection_granted="yes"),
    "deferred-action": _set(deferred_action="yes"),
    "removal-impracticable": _set(removal_impracticable="yes"),
    "removal-period-extended": _set(removal_period_extended="yes"),
    "reopened": _set(reopened="yes"),
    "departed": _set(departed="yes"),
    "deceased": _set(deceased="yes"),
    "citizen": _set(citizen="yes"),
    "status-stale": _stale,
    "status-blank": _blank_answers,
    "no-order-number": _set(order_number=None),
    "no-finality": _set(finality_event=None, finality_date=None),
    "no-wilfulness": _set(wilfulness_basis=None),
    "charge-1182": _inadmissible,
    "identical-reasons": _set(reason=_SAME_REASON),
}

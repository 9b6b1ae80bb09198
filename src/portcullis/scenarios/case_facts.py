"""What a request says of the case: order, finality, status, investigation, reason, wilfulness.

Every fact is lawful as drawn here: elements of the offence are met, questions answered, the
reason the case's own. ``defects`` then spoils what a class is about.
"""

from datetime import date

import numpy as np
import polars as pl

from portcullis.scenarios.draws import below, digits, scattered, weighted
from portcullis.scenarios.vocabulary import Ints, read

AS_OF = date(2025, 6, 27)
STATUTE = "8 USC 1253(a)(1)(A)"
ITEMS = "last_known_address"
QUESTIONS = (
    "stay_in_force", "review_pending", "supervision_compliant", "protection_granted",
    "deferred_action", "removal_impracticable", "removal_period_extended", "reopened", "departed",
    "deceased", "citizen",
)  # fmt: skip

_EPOCH = date(1970, 1, 1)
_LAWFUL_FROM = 91
_LONGEST = 2_900
_STATUS_DAYS = 10
_ORDERS, _ORDER_STEP = 99_999_989, 61_803_399

# Finality events (8 CFR 1241.1), their shares, and the days from order to finality.
_EVENTS = (
    ("appeal-dismissed", 0.30, 120, 700),
    ("appeal-waived", 0.15, 0, 0),
    ("appeal-time-expired", 0.20, 30, 30),
    ("certified-decision", 0.02, 200, 500),
    ("in-absentia", 0.28, 0, 0),
    ("voluntary-departure-overstay", 0.05, 60, 120),
)
_COURT, _CUSTODY, _STAY_ASKED = 0.12, 0.05, 0.06
_STAGES = ("investigation", "proceeding-preparation", "grand-jury")
_STAGE_SHARES = np.array([0.80, 0.15, 0.05])
_CHARGES = (
    "8 USC 1227(a)(1)(B)",
    "8 USC 1227(a)(1)(C)(i)",
    "8 USC 1227(a)(1)(A)",
    "8 USC 1227(a)(2)(A)(i)",
    "8 USC 1227(a)(2)(B)(i)",
    "8 USC 1227(a)(2)(A)(iii)",
)
_CHARGE_SHARES = np.array([0.62, 0.18, 0.10, 0.04, 0.04, 0.02])


def draw_facts(
    days: Ints, positions: Ints, random: np.random.Generator, on: date = AS_OF
) -> pl.DataFrame:
    """Return the fields of the case for requests at ``positions`` of the batch (from 0).

    ``on``: the day the requests are of. ``days``: how many days before it the ninety days began to
    run, one a request; a negative number stands for any lawful one.
    """
    size = len(days)
    drawn = _LAWFUL_FROM + 1 + below(random.random(size) ** 1.5, _LONGEST)
    days = np.where(days < 0, drawn, days)
    dates = _dates(days, random, (on - _EPOCH).days)
    order_number = digits(scattered(positions, _ORDERS, _ORDER_STEP), 9)
    frame = pl.DataFrame(
        {
            **dates,
            "number": order_number,
            "year": pl.Series(2019 + below(random.random(size), 6)).cast(pl.String),
            "stage": _chosen(_STAGES, weighted(random.random(size), _STAGE_SHARES)),
            "charge": _chosen(_CHARGES, weighted(random.random(size), _CHARGE_SHARES)),
            "found": _any_of("found", random, size),
            "shows": _any_of("shows", random, size),
            "needed": _any_of("needed", random, size),
            "knew": _any_of("knew", random, size),
            "stay_applied_for": _chosen(("no", "yes"), (random.random(size) < _STAY_ASKED) * 1),
        }
    )
    number = pl.concat_str(
        pl.lit("A"), pl.col("number").str.slice(0, 3), pl.lit("-"),
        pl.col("number").str.slice(3, 3), pl.lit("-"), pl.col("number").str.slice(6),
    )  # fmt: skip
    return frame.select(
        pl.lit(STATUTE).alias("statute"),
        _sentence(
            "found", " ", "shows", " ", "finality_date", ", when the order in ", number,
            " became final. ", "needed", ".",
        ).alias("reason"),
        pl.concat_str(pl.lit("HSI-"), "year", pl.lit("-"), "number").alias("investigation_id"),
        pl.col("stage").alias("investigation_stage"),
        "investigation_opened_on",
        number.alias("order_number"),
        "order_date",
        "finality_event",
        "finality_date",
        "charge",
        _yes_if_dated("judicial_review_final_on").alias("judicial_review_had"),
        "judicial_review_final_on",
        _yes_if_dated("custody_released_on").alias("nonimmigration_custody_had"),
        "custody_released_on",
        "status_checked_on",
        "stay_applied_for",
        *[pl.lit("no").alias(question) for question in QUESTIONS],
        _sentence("knew", " ", "order_date", "; did not depart and says so.").alias(
            "wilfulness_basis"
        ),
        pl.lit(ITEMS).alias("items"),
    )  # fmt: skip


def _sentence(*parts: str | pl.Expr) -> pl.Expr:
    """Return the parts put together: columns by their names, all else as it stands."""
    columns = ("found", "shows", "needed", "knew", "order_date", "finality_date")
    return pl.concat_str(
        part if isinstance(part, pl.Expr) else pl.col(part) if part in columns else pl.lit(part)
        for part in parts
    )


def _dates(days: Ints, random: np.random.Generator, today: int) -> dict[str, pl.Series]:
    """Return the dates of each case; the latest that starts the clock lies ``days`` back."""
    size = len(days)
    start = today - days
    in_court, jailed = random.random(size) < _COURT, random.random(size) < _CUSTODY
    before = 1 + below(random.random(size), 400)
    court = np.where(jailed, start - before, start)
    final = np.where(in_court, court - 30 - below(random.random(size), 370), start)
    final = np.where(jailed & ~in_court, start - before, final)
    event = weighted(random.random(size), np.array([share for _, share, _, _ in _EVENTS]))
    least = np.array([low for _, _, low, _ in _EVENTS])[event]
    most = np.array([high for _, _, _, high in _EVENTS])[event]
    order = final - least - below(random.random(size), most - least + 1)
    opened = np.minimum(today, start + _LAWFUL_FROM)
    opened = opened + below(random.random(size), today - opened + 1)
    checked = today - below(random.random(size), _STATUS_DAYS)
    return {
        "finality_event": _chosen(tuple(name for name, _, _, _ in _EVENTS), event),
        "order_date": _iso(order),
        "finality_date": _iso(final),
        "judicial_review_final_on": _iso(court, in_court),
        "custody_released_on": _iso(start, jailed),
        "investigation_opened_on": _iso(opened),
        "status_checked_on": _iso(checked),
    }


def _iso(days: Ints, where: "np.ndarray | None" = None) -> pl.Series:
    spelled = pl.Series(days.astype(np.int32)).cast(pl.Date).cast(pl.String)
    return spelled if where is None else spelled.set(~pl.Series(where), None)


def _yes_if_dated(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_null()).then(pl.lit("no")).otherwise(pl.lit("yes"))


def _any_of(kind: str, random: np.random.Generator, size: int) -> pl.Series:
    texts: list[str] = read("phrases.toml")[kind]
    return _chosen(tuple(texts), random.integers(0, len(texts), size))


def _chosen(texts: tuple[str, ...], places: Ints) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String).gather(places)

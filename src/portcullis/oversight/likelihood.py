"""How likely two records are one person's: a picture for a reviewer's orientation, never a reason.

Splink's model (Fellegi and Sunter 1969; Linacre et al. 2022), trained once an index version on a
sample of its records, and its waterfall of match weights for one pair. TINs are left out: they are
compared by rule. Nothing that decides imports this module. Splink is slow to load: whoever needs
this imports it where it is used.
"""

import copy
import json
import logging
import math
from collections.abc import Mapping
from typing import Any

import duckdb
import polars as pl
import splink.comparison_library as cl
import vl_convert
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from portcullis.oversight.near_miss import Waterfall, Weight

VERSION = "1"
"""Version of columns, comparisons and training; a change that alters any weight raises it."""

SAMPLE = 5_000
"""Taxpayers whose names and addresses a model is trained on, at most."""

SEED = 6103
_PAIRS = 1_000_000  # random pairs among them, for how often parts agree by chance
# What a sample does not show may be all the same: no kind of slip is rarer among true pairs than
# one in a hundred, and none is impossible by chance.
_FLOORS = {"m_probability": 0.01, "u_probability": 0.0001}
_DIGITS = 6
_PRIOR = 1e-4
_COLUMNS = ("given", "middle", "family", "suffix", "number", "street", "unit", "place")
_NOT_STATED = "Not stated on both sides"
_LABEL, _ID = "person", "unique_id"


def records(names: pl.DataFrame, addresses: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Return every name of a person beside the address of every filing: what is compared.

    ``names``, ``addresses``: ``person`` and the normal forms under ``prefix`` + ``n_``, ``a_``.
    Absent parts are null.
    """
    joined = names.join(addresses, on=_LABEL)
    n, a = f"{prefix}n_", f"{prefix}a_"
    frame = joined.select(
        _LABEL,
        *[pl.col(n + part).alias(part) for part in ("given", "middle", "family", "suffix")],
        (pl.col(a + "number") + pl.col(a + "box")).alias("number"),
        pl.col(a + "street").alias("street"),
        pl.col(a + "unit").alias("unit"),
        pl.when(pl.col(a + "zip5") == "")
        .then(pl.col(a + "city") + " " + pl.col(a + "state"))
        .otherwise(a + "zip5")
        .alias("place"),
    )
    empty = [pl.col(part).str.strip_chars().replace("", None) for part in _COLUMNS]
    return frame.with_columns(empty).sort(_LABEL, *_COLUMNS).with_row_index(_ID)


def train(sample: pl.DataFrame) -> dict[str, Any]:
    """Return a model (Splink's settings) trained on ``sample``, as ``records`` gives it.

    m comes from the different spellings of one person's own filings, u from random pairs. The
    same sample gives the same model. No term frequencies are kept: the model holds no name.
    """
    linker = _linker(sample, _settings())
    linker.training.estimate_u_using_random_sampling(
        max_pairs=_PAIRS, seed=SEED, min_count_per_level=None, num_chunks=1
    )
    if sample.height > sample[_LABEL].n_unique():
        linker.training.estimate_m_from_label_column(_LABEL)
    return _smoothed(linker.misc.save_model_to_json())


def waterfall(model: Mapping[str, Any], left: pl.DataFrame, right: pl.DataFrame) -> Waterfall:
    """Return the match weights of the one row of ``left`` beside the one of ``right``."""
    linker = _linker(pl.concat([left, right]), copy.deepcopy(dict(model)))
    (one,), (other,) = left.to_dicts(), right.to_dicts()
    scored = linker.inference.score_pair(one, {**other, _ID: one[_ID] + 1})
    chart = linker.visualisations.waterfall_chart(
        scored.as_record_list(), filter_nulls=True, remove_sensitive_data=True
    )
    return Waterfall(_weights(chart.chart_data), str(vl_convert.vegalite_to_svg(chart.chart_dict)))


def _linker(frame: pl.DataFrame, settings: SettingsCreator | dict[str, Any]) -> Linker:
    connection = duckdb.connect(":memory:")
    connection.execute("SET threads = 1; SET temp_directory = ''")
    connection.execute("SET enable_external_access = false")
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(frame.to_arrow()), settings)
    # It sets its own level on the way; what a sample does not show is smoothed over, and no news.
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    return linker


def _settings() -> SettingsCreator:
    def name(column: str) -> cl.JaroWinklerAtThresholds:
        return cl.JaroWinklerAtThresholds(column, [0.92, 0.8])

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=_ID,
        comparisons=[
            name("given"),
            cl.ExactMatch("middle"),
            name("family"),
            cl.ExactMatch("suffix"),
            cl.DamerauLevenshteinAtThresholds("number", [1]),
            cl.JaroWinklerAtThresholds("street", [0.9]),
            cl.ExactMatch("unit"),
            cl.DamerauLevenshteinAtThresholds("place", [1]),
        ],
        blocking_rules_to_generate_predictions=[block_on("family", "place")],
        probability_two_random_records_match=_PRIOR,
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )


def _smoothed(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return the model with no impossible level, and its numbers to a few digits."""
    smooth = copy.deepcopy(dict(model)) | {"linker_uid": f"portcullis-{VERSION}"}
    for comparison in smooth["comparisons"]:
        levels = [each for each in comparison["comparison_levels"] if not _is_null(each)]
        for which, floor in _FLOORS.items():
            given = [max(_number(each.get(which)), floor) for each in levels]
            for each, value in zip(levels, given, strict=True):
                each[which] = round(value / sum(given), _DIGITS)
    return dict(json.loads(json.dumps(smooth)))


def _is_null(level: Mapping[str, Any]) -> bool:
    return bool(level.get("is_null_level"))


def _number(value: object) -> float:
    known = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if known else 0.0  # type: ignore[arg-type]


def _weights(rows: list[dict[str, Any]]) -> tuple[Weight, ...]:
    return tuple(
        Weight(
            str(row["column_name"]),
            _NOT_STATED if row["comparison_vector_value"] == -1 else str(row["label_for_charts"]),
            round(float(row["log2_bayes_factor"]), 2),
        )
        for row in rows
    )

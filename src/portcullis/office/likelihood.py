"""The likelihood model of the index in use: trained once, kept under a key, its digest on record.

It serves the picture a reviewer sees and nothing else. It is derived of return information, so it
is kept encrypted, in the holder's home only. Splink is slow to load: loaded where it is asked for.
"""

import json
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from django.db import transaction

from portcullis import records, tables
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.matching import Near
from portcullis.office import entries, locks
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.review_journal import STATUTE
from portcullis.oversight.near_miss import Waterfall

ACT, ENTRY = "model-training", "model-trained"
"""Entered before the index is opened, and once the model is kept."""

_EVER = date.max


@dataclass(frozen=True)
class Model:
    """A trained model (Splink's settings) as the text it is kept as: JSON, keys sorted."""

    text: str

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the text."""
        return sha256_hex([self.text.encode()])

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that Splink is given."""
        return dict(json.loads(self.text))

    def waterfall(self, asked: pl.DataFrame, shown: Near) -> Waterfall:
        """Return the match weights of a request beside the record's best name and address."""
        from portcullis.oversight import likelihood

        own = asked.select(pl.lit(0, pl.UInt32).alias("person"), "^n_.*$", "^a_.*$")
        left = likelihood.records(own, own.select("person", "^a_.*$"), "")
        best = shown.addresses.sort(_by_code(), "number").head(1)
        right = likelihood.records(shown.names.head(1), best, "r_")
        return likelihood.waterfall(self.settings, left, right)


def _by_code() -> pl.Expr:
    return pl.col("code").replace_strict({"same": 0, "near": 1, "unit-missing": 1}, default=2)


def model(home: Home, actor: Actor) -> tuple[Model, str]:
    """Return the model of the current index, and that index's digest.

    Where there is none yet it is trained: that, and by whom, is on the ledger before the index is
    opened. Raises Refused, with the attempt on record, for whom is no reviewer; Misuse as
    ``open_index``.
    """
    check_role(home, actor, ACT)
    info = records.index_in_use(home.index)
    path = _path(home, info)
    with locks.alone(home, home.path / "model.lock"):
        kept = _kept(home, path)
        if kept is None or not _is_on_record(info, kept):
            kept = _trained(home, actor, info)
            tables.write_table(path, pl.DataFrame({"model": [kept.text]}), _key(home))
            _put_on_record(home, actor, ENTRY, {**_facts(info), "model": kept.digest})
    return kept, info.digest


def _trained(home: Home, actor: Actor, info: records.IndexInfo) -> Model:
    """Put the reading on the ledger, then open the index and train on it."""
    _put_on_record(home, actor, ACT, _facts(info))
    with records.open_index(home.index, home.derived_key("index")) as index:
        if index.info != info:
            raise Refused("The records were indexed anew in the meantime.", "Do it again.")
        return _train(index)


def _train(index: records.Index) -> Model:
    """Train on a sample of the index's taxpayers, drawn with a fixed seed."""
    from portcullis.oversight import likelihood

    count = min(likelihood.SAMPLE, index.info.taxpayers)
    drawn = random.Random(likelihood.SEED).sample(range(index.info.taxpayers), count)  # noqa: S311 - a sample, not a secret
    pairs = pl.DataFrame({"person": sorted(drawn)}, {"person": pl.UInt32}).with_row_index("row")
    pairs = pairs.with_columns(pl.col("row").cast(pl.UInt32))
    named, placed = index.names(pairs), index.addresses(pairs, _EVER)
    settings = likelihood.train(likelihood.records(named, placed, "r_"))
    return Model(json.dumps(settings, sort_keys=True))


def _kept(home: Home, path: Path) -> Model | None:
    """Return the model kept at ``path``, or None where there is none that can be read."""
    try:
        return Model(str(tables.read_table(path, _key(home))["model"][0]))
    except Misuse:
        return None


def _is_on_record(info: records.IndexInfo, kept: Model) -> bool:
    said = (entries.body(entry) for entry in Entry.objects.filter(kind=ENTRY))
    return any((each["index"], each["model"]) == (info.digest, kept.digest) for each in said)


def _facts(info: records.IndexInfo) -> dict[str, Any]:
    """Return which taxpayers are read: of which index, how many, drawn with which seed."""
    from portcullis.oversight import likelihood

    return {
        "index": info.digest,
        "version": likelihood.VERSION,
        "taxpayers": min(likelihood.SAMPLE, info.taxpayers),
        "seed": likelihood.SEED,
        "statute": STATUTE,
    }


def _put_on_record(home: Home, actor: Actor, kind: str, facts: dict[str, Any]) -> None:
    with transaction.atomic():
        sign_act(home, actor, kind, facts)
    entries.integrate(home)


def _path(home: Home, info: records.IndexInfo) -> Path:
    from portcullis.oversight import likelihood

    return home.path / "models" / f"{info.digest}-{likelihood.VERSION}.tbl"


def _key(home: Home) -> bytes:
    return home.derived_key("likelihood")

"""The picture of a recall: how far each lot is, and each place that holds some of it."""

from portcullis.oversight import words
from portcullis.oversight.charts import BAD, GOOD, PRIMARY, TRACK, Bar, Picture, bars
from portcullis.oversight.recall import (
    ASKED,
    DISPOSED,
    FROZEN,
    LISTED,
    SEQUESTERED,
    STAGES,
    Lot,
    Recall,
    Standing,
)

MOST_LOTS, MOST_PLACES = 12, 8
"""Lots drawn, and places under each; the least far first. The rest is one row in words."""

_COLOURS = {LISTED: BAD, ASKED: BAD, FROZEN: PRIMARY, SEQUESTERED: "#8a6d1f", DISPOSED: GOOD}
_LAST = len(STAGES) - 1


def recall_picture(recall: Recall) -> Picture:
    """Return a bar for every lot and place: the fuller, the nearer to disposal."""
    return bars(_rows(recall))


def standalone(recall: Recall) -> str:
    """Return the picture as a file of its own: on white, whatever it is opened in."""
    white = '<svg style="background:#ffffff" '
    return recall_picture(recall).wide.replace("<svg ", white, 1)


def spoken(recall: Recall) -> str:
    """Return the picture in one sentence, for those who hear it."""
    counted = "; ".join(
        f"{words.count(number)} {stage}" for stage, number in recall.by_stage().items() if number
    )
    return f"Recall {recall.id}, {words.count(recall.disclosures)} disclosures: {counted}."


def _rows(recall: Recall) -> list[Bar]:
    lots = sorted(recall.lots.values(), key=lambda lot: (_rank(recall.stage_of(lot.id)), _big(lot)))
    rows = []
    for lot in lots[:MOST_LOTS]:
        rows.append(_lot_bar(recall, lot))
        places = sorted(recall.of_lot(lot.id), key=lambda each: (_rank(each.stage), each.place))
        rows += [_place_bar(each) for each in places[:MOST_PLACES]]
        rows += _rest(len(places) - MOST_PLACES, "places", places[MOST_PLACES:])
    rest = [recall.stage_of(lot.id) for lot in lots[MOST_LOTS:]]
    if rest:
        rows.append(_bar(f"and {len(rest):,} more lots", rest[0], "at least this far"))
    return rows


def _rest(count: int, what: str, left: list[Standing]) -> list[Bar]:
    if count <= 0:
        return []
    return [_bar(f"\N{EM DASH} and {count:,} more {what}", left[0].stage, left[0].stage)]


def _lot_bar(recall: Recall, lot: Lot) -> Bar:
    who = f", {lot.custodian}" if lot.custodian else ""
    count = words.count(lot.disclosures)
    label = f"Lot {lot.id}: {count} of {lot.source}{who}"
    stage = recall.stage_of(lot.id)
    return _bar(label, stage, stage)


def _place_bar(standing: Standing) -> Bar:
    where = standing.place
    return _bar(f"\N{EM DASH} {where.place} ({where.custodian})", standing.stage, standing.stage)


def _bar(label: str, stage: str, value: str) -> Bar:
    far = _rank(stage)
    # A sliver of what is not even begun, so that its colour is seen.
    done = max(float(far), 0.1)
    return Bar(label, ((done, _COLOURS[stage]), (_LAST - done, TRACK)), value)


def _rank(stage: str) -> int:
    return STAGES.index(stage)


def _big(lot: Lot) -> tuple[int, int]:
    return -lot.disclosures, int(lot.id)

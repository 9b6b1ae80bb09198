"""The noise of a stand-in word, put upon the word it stands for.

The sample of pseudopeople has one city and one ZIP code for everybody. Each home is given a place
of its own; what noise did to the stand-in is done to the real word at the same letters.
"""

from itertools import takewhile

import polars as pl


def put_upon(frame: pl.DataFrame, noised: str, stand_in: str, word: str) -> pl.Series:
    """Return column ``word`` with the edits that made column ``noised`` out of ``stand_in``.

    A blank stays a blank. Where nothing was done the word is unchanged.
    """
    forms = frame[noised].drop_nulls().unique(maintain_order=True).to_list()
    edits = pl.DataFrame(
        [(form, *_edit(stand_in, form)) for form in forms],
        schema={noised: pl.String, "kept": pl.UInt32, "middle": pl.String, "rest": pl.UInt32},
        orient="row",
    )
    edited = pl.concat_str(
        pl.col(word).str.slice(0, pl.col("kept")),
        "middle",
        pl.col(word).str.slice(pl.col("rest")),
    )
    return (
        frame.select(noised, word)
        .join(edits, on=noised, how="left", maintain_order="left")
        .select(pl.when(pl.col(noised).is_not_null()).then(edited).alias(word))
        .to_series()
    )


def _edit(before: str, after: str) -> tuple[int, str, int]:
    """Return how many letters stay in front, what comes then, and where the old word goes on."""
    if before == after:
        return len(before), "", len(before)
    kept = _in_common(before, after)
    room = min(len(before), len(after)) - kept
    tail = min(room, _in_common(before[::-1], after[::-1]))
    return kept, after[kept : len(after) - tail], len(before) - tail


def _in_common(one: str, other: str) -> int:
    """Return how many letters the two begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))

"""Counting: what a side released, to whom, and what may be said of it.

The bound is Clopper and Pearson's (Biometrika 26, 1934, 404): exact, and one-sided here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields

import polars as pl
from scipy.stats import beta

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Counts:
    """What one side did with the requests of one or more cases.

    ``wrong``: released to somebody else than the request is about, or about nobody of record.
    ``elsewhere``: released to the right person, whose address of record the request does not give.
    ``lawful`` and ``clean``: so many requests are (see ``layout.KNOWN``); ``found`` and
    ``clean_found``: of these, released to the right person.
    """

    requests: int
    released: int
    wrong: int
    elsewhere: int
    lawful: int
    found: int
    clean: int
    clean_found: int
    referred: int

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts))
        )

    @property
    def bound(self) -> float:
        """With 95 % confidence no more than this share of the released is to the wrong person."""
        return upper_bound(self.wrong, self.released)

    @property
    def recall(self) -> float:
        """Of the lawful requests, the share released to the right person."""
        return _share(self.found, self.lawful)

    @property
    def clean_recall(self) -> float:
        """The same of those written without a slip."""
        return _share(self.clean_found, self.clean)

    @property
    def referred_share(self) -> float:
        """Of all requests, the share that goes to a person."""
        return _share(self.referred, self.requests)


def upper_bound(found: int, drawn: int, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided upper bound of a share of which ``found`` in ``drawn`` were seen.

    1.0 where nothing was drawn: nothing is known then. Raises ValueError where more were found
    than drawn.
    """
    if not 0 <= found <= drawn:
        raise ValueError("no more can be found than were drawn")
    if found == drawn:
        return 1.0
    return float(beta.ppf(confidence, found + 1, drawn - found))


def count(truth: pl.DataFrame, answers: pl.DataFrame, route: str | None = None) -> Counts:
    """Count ``answers`` (``layout.ANSWER``) against ``truth`` (``layout.KNOWN``).

    With ``route`` only what was released by that route counts as released or found; the requests
    stay all of them, so that the shares of the routes add up.
    """
    by_route = pl.lit(value=True) if route is None else pl.col("route") == route
    released = (pl.col("taxpayer_id_answer").is_not_null() & by_route).fill_null(value=False)
    right = (pl.col("taxpayer_id_answer") == pl.col("taxpayer_id")).fill_null(value=False)
    found = released & right
    lawful, clean = pl.col("lawful"), pl.col("lawful") & pl.col("clean")
    row = (
        truth.join(answers, on="request_id", how="left", suffix="_answer")
        .select(
            requests=pl.len(),
            released=released.sum(),
            wrong=(released & ~right).sum(),
            elsewhere=(found & ~lawful).sum(),
            lawful=lawful.sum(),
            found=(found & lawful).sum(),
            clean=clean.sum(),
            clean_found=(found & clean).sum(),
            referred=pl.col("referred").fill_null(value=False).sum(),
        )
        .row(0, named=True)
    )
    return Counts(**{name: int(value) for name, value in row.items()})


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of ``counts``."""
    return sum(counts, Counts(0, 0, 0, 0, 0, 0, 0, 0, 0))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

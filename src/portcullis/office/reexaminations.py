"""What re-examinations came to: counted, and as files for whoever sends the demands.

A result's file never changes, so it is counted once. Counts are return information in sum, and the
lists name requests: for those inside the office who may see re-examinations.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from portcullis import oversight, tables
from portcullis.errors import Misuse
from portcullis.office import entries, erased
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, History, Reexamination
from portcullis.office.reexamining import Reexamined, demands, result_file

_KEPT = 128  # results counted; each holds a few hundred numbers
_ROWS = 50_000  # of a list, in one piece of its file
_COLUMNS = ["source", "verdict", "left", "unmet", "changed"]


@dataclass(frozen=True)
class Counted:
    """One re-examination, counted.

    ``judged``: requests of each source. ``verdicts``: requests by source and verdict (``same`` left
    out); ``unlawful``: disclosures that should not have been made, by source. ``elements``: of each
    verdict that changes, ``element, requests, newly, alone`` (``oversight.by_element``).
    """

    judged: Mapping[str, int]
    verdicts: Mapping[tuple[str, str], int]
    unlawful: Mapping[str, int]
    elements: Mapping[str, pl.DataFrame]

    def of(self, verdict: str, source: str = "") -> int:
        """Return how many requests of ``source`` ("": of all) came to ``verdict``."""
        sources = [source] if source else list(self.judged)
        others = sum(
            number
            for (of, each), number in self.verdicts.items()
            if of in sources and verdict in {each, oversight.SAME}
        )
        if verdict == oversight.SAME:
            return sum(self.judged[of] for of in sources) - others
        return others


def find(number: int) -> Reexamination:
    """Return the re-examination of that number. Raises Misuse where there is none."""
    found = Reexamination.objects.filter(number=number).select_related("act").first()
    if found is None:
        raise Misuse("There is no re-examination of that number.", "See the list of them.")
    return found


def sources_of(row: Reexamination) -> list[str]:
    """Return the ids of the batches and histories that were judged again."""
    return [str(each) for each in entries.body(row.act.entry)["sources"]]


def counted(home: Home, row: Reexamination) -> Counted:
    """Return what it came to. Raises Refused where its result was erased."""
    key = erased.file_key(home, Erasable.reexamination(row.number), row.wrapped_key)
    path = result_file(home, row.number)
    found = _counted(path, path.stat().st_mtime_ns, key)
    sources = sources_of(row)
    taken = {
        **dict(Batch.objects.filter(id__in=sources).values_list("id", "taken")),
        **dict(History.objects.filter(id__in=sources).values_list("id", "taken")),
    }
    return Counted({each: taken[each] for each in sources if each in taken}, *found)


def facts_of(home: Home, done: Reexamined) -> dict[str, Any]:
    """Return what a re-examination came to, as facts: counts, ids and days."""
    return {
        "number": done.number,
        "agreement_version": done.pack.version,
        "readings": list(done.readings),
        "on": home.today().isoformat(),
        "judged": sum(done.counts.values()),
        **{verdict.replace("-", "_"): count for verdict, count in done.counts.items()},
        "should_not_have_left": done.unlawful.height,
        "closes_by_element": done.by_element(oversight.CLOSES).to_dicts(),
        "opens_by_element": done.by_element(oversight.OPENS).to_dicts(),
        "sources": done.judged.to_dicts(),
        "erased": [
            {"kind": each.kind, "source": each.subject, "on": each.on.isoformat()}
            for each in done.erased
        ],
    }


def files(
    home: Home, done: Reexamined, facts: Mapping[str, Any]
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the files of a re-examination: the name of each, and its bytes in pieces.

    ``unlawful.csv`` has the disclosures that should not have been made, ``changes.csv`` all that is
    not the same, ``summary.json`` the ``facts``; and for each recipient there is the draft of a
    recall demand.
    """
    yield "unlawful.csv", _csv(done.unlawful.drop("row", "left", "verdict"))
    yield "changes.csv", _csv(done.others.drop("row"))
    yield "summary.json", [(json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()]
    for number, draft in enumerate(demands(home, done).values(), start=1):
        yield f"recall-demand-{number}.md", [draft.encode()]


def write(home: Home, done: Reexamined, facts: Mapping[str, Any], folder: Path) -> None:
    """Write the files of a re-examination to ``folder``."""
    for name, pieces in files(home, done, facts):
        with tables.whole(folder / name) as part, part.open("wb") as out:
            out.writelines(pieces)


def _csv(frame: pl.DataFrame) -> Iterator[bytes]:
    yield frame.head(0).write_csv().encode()
    for piece in frame.iter_slices(_ROWS):
        yield piece.write_csv(include_header=False).encode()


@lru_cache(maxsize=_KEPT)
def _counted(
    path: Path, _written: int, key: bytes
) -> tuple[dict[tuple[str, str], int], dict[str, int], dict[str, pl.DataFrame]]:
    others = tables.read_table(path, key, _COLUMNS)
    verdicts = {
        (source, verdict): number
        for source, verdict, number in others.group_by("source", "verdict").len().iter_rows()
    }
    gone = others.filter(pl.col("left"), verdict=oversight.CLOSES)
    unlawful = dict(gone.group_by("source").len().iter_rows())
    elements = {
        verdict: oversight.by_element(others, verdict)
        for verdict in (oversight.CLOSES, oversight.OPENS)
    }
    return verdicts, unlawful, elements

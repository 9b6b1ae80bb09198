"""The check before sending: what would come back, of which row, and how it is mended."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import transaction

from portcullis import progress
from portcullis.agreements import Person
from portcullis.errors import Refused
from portcullis.office.requesting import acts, drafts
from portcullis.office.requesting.models import Draft
from portcullis.office.requesting.sheets import SHEET_ROWS
from portcullis.screening import REFUSED, RETURNED, requester_findings

if TYPE_CHECKING:
    from portcullis.office.requesting.home import RequesterHome

AT_ONCE = 5_000
"""Requests that are checked while the preparer waits; more are checked in the background."""

COMES_BACK = (RETURNED, REFUSED)
"""What screening says of a request that would come back on its face."""


def check(
    home: "RequesterHome", draft: Draft, person: Person, *, show: progress.Show = progress.unseen
) -> None:
    """Check the draft's requests as the holder will, before any record; keep what was found.

    Where nothing comes back, it is checked. Raises Refused for a draft past changing.
    """
    acts.check_may(home, person, "prepare")
    with drafts.held(home, draft):
        if draft.state not in drafts.OPEN or not draft.rows:
            raise Refused("There is nothing to check.", "Put requests into the batch first.")
        _check(home, draft, show)


def _check(home: "RequesterHome", draft: Draft, show: progress.Show) -> None:
    on = home.now().date()
    with drafts.as_file(home, draft) as path:
        found = requester_findings(path, home.pack, on, home.roster, show=show)
    listed = found.filter(pl.col("element").fill_null("") != "")
    if listed.height:
        places = _places(home, draft)
        listed = listed.join(places, on="source_row", how="left", maintain_order="left")
    drafts.sheets(home, draft, drafts.FINDINGS).write([listed])
    outcomes = found.unique("source_row").group_by("outcome").len().sort("outcome")
    with transaction.atomic():
        drafts.keep(
            draft,
            found=dict(outcomes.iter_rows()),
            elements=_by_element(listed),
            findings=[listed.height, listed["source_row"].gather_every(SHEET_ROWS).to_list()],
            checked_on=on,
            checked_under=home.pack.version,
        )
        if not comes_back(draft) and draft.state == "draft":
            acts.move(home, draft, "checked")
        elif comes_back(draft) and draft.state == "checked":
            acts.move(home, draft, "draft")


def lapsed(home: "RequesterHome", draft: Draft) -> str:
    """Return why what the check found may not hold today; empty where it does."""
    if draft.checked_on is None:
        return "The batch is not checked since it was changed."
    if draft.checked_on != home.now().date():
        return (
            f"The batch was checked as of {draft.checked_on}; what was so then may not be so today."
        )
    if draft.checked_under != home.pack.version:
        return "The batch was checked under another version of the agreement."
    return ""


def comes_back(draft: Draft) -> int:
    """Return how many of the draft's requests would come back on their face."""
    return sum(int(draft.found.get(each, 0)) for each in COMES_BACK)


def said(draft: Draft) -> str:
    """Return what the check came to, in words."""
    back = comes_back(draft)
    return f"Checked: {f'{back:,} of {draft.rows:,}' if back else 'none'} would come back."


def findings(home: "RequesterHome", draft: Draft, first: int, count: int) -> list[dict[str, Any]]:
    """Return ``count`` findings from the one in place ``first`` on, in the order of the rows."""
    found = drafts.sheets(home, draft, drafts.FINDINGS).read(first, count)
    return [] if found is None else found.to_dicts()


def findings_of(home: "RequesterHome", draft: Draft, at: int) -> list[dict[str, Any]]:
    """Return the findings of row ``at`` (from 0)."""
    if not draft.findings:
        return []
    source_row = at + 1
    sheet = max(bisect_right(draft.findings[1], source_row - 1) - 1, 0)
    found = drafts.sheets(home, draft, drafts.FINDINGS).read(sheet * SHEET_ROWS, 2 * SHEET_ROWS)
    return [] if found is None else found.filter(source_row=source_row).to_dicts()


def as_csv(home: "RequesterHome", draft: Draft) -> Iterator[str]:
    """Yield every finding of the last check as lines of CSV, a sheet at a time."""
    columns = ["source_row", drafts.LINE, "outcome", "element", "citation", "field", "message"]
    yield ",".join(["source_row", "line", *columns[2:]]) + "\n"
    if draft.checked_on is not None:
        for sheet in drafts.sheets(home, draft, drafts.FINDINGS).frames():
            # Checked before their lines were kept, the findings have none.
            lines = [] if drafts.LINE in sheet.columns else [pl.lit(None).alias(drafts.LINE)]
            yield sheet.with_columns(lines).select(columns).write_csv(include_header=False)


def rows_that_come_back(home: "RequesterHome", draft: Draft, generation: str) -> list[int]:
    """Return the rows (from 0) that would come back on their face.

    Raises Refused where the draft is not as it was in ``generation``, or was changed since it was
    checked: then nobody knows.
    """
    if str(draft.generation) != generation:
        raise Refused("The batch was changed since you looked.", "Look at what the check found.")
    if draft.checked_on is None:
        raise Refused("The batch was changed since it was checked.", "Check it first.")
    found: set[int] = set()
    for sheet in drafts.sheets(home, draft, drafts.FINDINGS).frames():
        back = sheet.filter(pl.col("outcome").is_in(COMES_BACK))
        found |= {row - 1 for row in back["source_row"].to_list()}
    return sorted(found)


def _places(home: "RequesterHome", draft: Draft) -> pl.DataFrame:
    """Return where each of the draft's rows (``source_row``, from 1) stood in the file."""
    sheets = [each.select(drafts.FILE_ROW, drafts.LINE) for each in drafts.rows_of(home, draft)]
    return pl.concat(sheets).with_row_index("source_row", offset=1)


def _by_element(listed: pl.DataFrame) -> list[list[object]]:
    """Return element, citation, outcome and how many requests, the most frequent first."""
    counted = (
        listed.group_by("element", "citation", "outcome")
        .agg(pl.col("source_row").n_unique().alias("requests"))
        .sort("requests", "element", descending=[True, False])
    )
    return [list(row) for row in counted.iter_rows()]

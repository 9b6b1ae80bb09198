"""Long lists, a page at a time: by ``after``, what the last page ended with, and ``limit``."""

from collections.abc import Sequence
from typing import Any

from ninja import Query, Schema
from pydantic import Field

MOST = 1000


class Page(Schema):
    """Where to go on, and how far."""

    after: str = Field("", max_length=200, description="`next` of the page before.")
    limit: int = Field(100, ge=1, le=MOST, description="Items on the page at most.")


Paged = Query[Page]


def cut(items: Sequence[dict[str, Any]], page: Page, name: str) -> dict[str, Any]:
    """Return one page of ``items``, which were read up to one more than the limit.

    ``name``: the member that the next page goes on after.
    """
    shown = list(items[: page.limit])
    more = len(items) > page.limit
    return {"items": shown, "next": str(shown[-1][name]) if more and shown else None}

"""The service keys that signed for the holder before the one in force, as the ledger has them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portcullis.office.models import Entry

KIND = "service-key-rotate"


@dataclass(frozen=True)
class Change:
    """A change of the service key: the public halves (JWK) of the new and the former; when."""

    key: dict[str, str]
    former: dict[str, str]
    at: datetime


def changes() -> list[Change]:
    """Return every change that the ledger has, in its order."""
    rows = Entry.objects.filter(kind=KIND).order_by("position").values_list("body", flat=True)
    return [_change(json.loads(bytes(body))) for body in rows]


def formers() -> list[dict[str, str]]:
    """Return the public halves (JWK) of the service keys that are out of force."""
    made = changes()
    every = [jwk for one in made for jwk in (one.former, one.key)]
    return [jwk for at, jwk in enumerate(every) if jwk not in (*every[:at], made[-1].key)]


def _change(said: dict[str, Any]) -> Change:
    return Change(said["key"], said["former"], datetime.fromisoformat(said["at"]))

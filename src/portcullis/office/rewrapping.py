"""What the database holds under the home's root key, brought under another: keys of files, singles.

Each row's file key lies wrapped under the root and the secret of the one thing erasable that it
belongs to (``keystore``). What was erased has no secret, and is left as it is: nobody can read it.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.db.models import Model, QuerySet

from portcullis import progress, tables
from portcullis.errors import Misuse, Refused
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, History, Package, Reexamination, SingleRequest
from portcullis.office.rootkey import SINGLES, RootKey

_BULK = 2000
Row = TypeVar("Row", bound=Model)

_Wrapped = tuple[QuerySet[Any], str, Callable[[Any], Erasable]]


def rewrap(home: Home, new: RootKey, show: progress.Show) -> None:
    """Bring every row under ``new``. Run inside the transaction that changes the root key.

    Raises Refused where a file key cannot be read although nobody erased it: it would be lost.
    """
    kinds = _kinds()
    total = sum(rows.count() for rows, _, _ in kinds)
    with progress.step(show, "Wrap the file keys anew", total, "keys") as advance:
        for rows, column, owner in kinds:
            _rewrap_rows(home, new, rows, column, owner, advance)
    _singles(home.root, new)


def _kinds() -> list[_Wrapped]:
    """Return the rows that have a wrapped key, in which column, and whose it is."""
    return [
        (Batch.objects.exclude(wrapped_key=b""), "wrapped_key", lambda row: Erasable.batch(row.id)),
        (
            Package.objects.exclude(wrapped_half=None).order_by("batch_id"),
            "wrapped_half",
            lambda row: Erasable.batch(row.batch_id),
        ),
        (
            History.objects.exclude(wrapped_key=b""),
            "wrapped_key",
            lambda row: Erasable.history(row.id),
        ),
        (
            Reexamination.objects.exclude(wrapped_key=b""),
            "wrapped_key",
            lambda row: Erasable.reexamination(row.number),
        ),
    ]


def _rewrap_rows(  # noqa: PLR0917 - whose, under what, which rows, whom is told
    home: Home,
    new: RootKey,
    rows: QuerySet[Any],
    column: str,
    owner: Callable[[Any], Erasable],
    advance: progress.Advance,
) -> None:
    former = home.root
    keys: dict[Erasable, tuple[bytes, bytes]] = {}
    for some in _some(rows):
        for row in some:
            what = owner(row)
            if what not in keys:
                name, secret = what.name, _secret(home, what)
                keys = {what: (former.wrapping(name, secret), new.wrapping(name, secret))}
            setattr(row, column, _anew(*keys[what], bytes(getattr(row, column)), what))
        rows.model.objects.bulk_update(some, [column])
        advance(len(some))


def _some(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """Yield the rows, some at a time, in an order that what is done to them does not change."""
    ids = list(rows.order_by(*rows.query.order_by, "pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _BULK):
        found = rows.in_bulk(ids[start : start + _BULK])
        yield [found[each] for each in ids[start : start + _BULK]]


def _secret(home: Home, what: Erasable) -> bytes:
    try:
        return home.secrets.read(what)
    except Misuse:
        raise _unreadable(what) from None


def _anew(old: bytes, new: bytes, wrapped: bytes, what: Erasable) -> bytes:
    try:
        return aes_key_wrap(new, aes_key_unwrap(old, wrapped))
    except (InvalidUnwrap, ValueError):
        raise _unreadable(what) from None


def _unreadable(what: Erasable) -> Refused:
    return Refused(
        f"The key of the {what.kind} {what.id} cannot be read, and nobody erased it. Nothing was "
        "changed.",
        "Put keys/erasable back from the backups' folder erasable-keys first.",
    )


def _singles(old: RootKey, new: RootKey) -> None:
    before, after = old.derived(SINGLES), new.derived(SINGLES)
    for some in _some(SingleRequest.objects.exclude(sealed=b"")):
        for row in some:
            content = tables.unseal(before, bytes(row.sealed), row.manifest_digest)
            row.sealed = tables.seal(after, content, row.manifest_digest)
        SingleRequest.objects.bulk_update(some, ["sealed"])

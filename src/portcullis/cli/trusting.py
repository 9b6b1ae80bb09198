"""Whom a verification trusts, and where the ledger lies: options that the verifying verbs share."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from portcullis.errors import Misuse
from portcullis.progress import Show, unseen

PlaceOption = Annotated[
    str,
    Parameter(
        name="--home",
        env_var="PORTCULLIS_HOME",
        help="The ledger: a home, a copy of one, or its address (http, https).",
    ),
]
PolicyOption = Annotated[
    Path | None, Parameter(help="Whom to trust: a policy file (c2sp.org/tlog-policy).")
]
KeysOption = Annotated[
    Path | None,
    Parameter(help="Whom to trust: the holder's public.json; else what the home itself says."),
]


_POLICY, _PUBLIC = "policy", "public.json"


@dataclass(frozen=True)
class Trust:
    """The log's vkeys, the witnesses' vkeys, and how many of these must have cosigned."""

    vkeys: list[str]
    witnesses: list[str]
    k: int


def trusted(place: str, policy: Path | None, keys: Path | None) -> Trust:
    """Return whom to trust: what ``policy`` or ``keys`` says, else the home itself.

    Raises Misuse where both are given, or neither for an address: a ledger does not vouch for
    itself.
    """
    from portcullis.ledger import Policy

    if policy and keys:
        raise Misuse("A policy and a key file were both named.", "Name one of them.")
    if policy is None and keys is None:
        if is_address(place):
            raise Misuse(
                "A ledger somewhere else does not say itself which keys are its own.",
                "Get the policy or public.json by a way you trust; name it: --policy or --keys.",
            )
        # Its own words on its keys, as either file has them; the smaller is read at once.
        policy, keys = Path(place) / _POLICY, Path(place) / _PUBLIC
        policy = policy if policy.is_file() else None
    if policy is not None:
        said = Policy.read(policy)
        return Trust(list(said.logs), list(said.witnesses), said.k)
    from portcullis.office.public import read_public

    public = read_public(keys or Path(place) / _PUBLIC)
    return Trust(list(public.ledger), list(public.witnesses), public.k)


def is_address(place: str) -> bool:
    """Whether ``place`` is an address and no folder."""
    return "://" in place


@contextlib.contextmanager
def at_hand(place: str, *, trees: bool, show: Show = unseen) -> Iterator[Path]:
    """Give the folder that holds ``ledger`` (and ``trees``): of an address, a passing copy.

    Raises as ``ledger.mirror``.
    """
    if not is_address(place):
        if not (Path(place) / "ledger").is_dir():
            raise Misuse(
                f"There is no ledger in the folder {place}.",
                "Name a home, a copy of one, or its address.",
            )
        yield Path(place)
        return
    from portcullis.ledger import mirror

    with tempfile.TemporaryDirectory(prefix="portcullis-") as copy:
        mirror(place, Path(copy), trees=trees, show=show)
        yield Path(copy)

"""The holder's notices that the recipient keeps: what each says, and what it lists for whom.

The newest of each order or hold is kept. It may list a million disclosures: these lie in a table
beside what the notice says, so that nobody reads more of them than is shown.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.keys import thumbprint
from portcullis.standing import read_notice
from portcullis.standing.notices import FREEZE, LIFTED, PRESERVE, attestation, digest
from portcullis.tables import publish, whole

_SCHEMA = pl.Schema(
    {
        "custodian": pl.String,
        "source": pl.String,
        "request_id": pl.String,
        "package": pl.String,
        "delivered_at": pl.String,
        "opened": pl.Boolean,
    }
)


@dataclass(frozen=True)
class Listed:
    """How many disclosures a notice lists for a custodian, and by what the holder knows the list.

    What was disclosed without packages is the custodian ``agency``'s.
    """

    custodian: str
    list: str
    disclosures: int


@dataclass(frozen=True)
class Notice:
    """A notice kept: what it ``said``, its digest, and what it lists; ``name`` is its file's.

    ``digest`` is "" of one that was kept by an earlier version: it is to be kept again before
    anybody attests to it.
    """

    name: str
    said: Mapping[str, Any]
    digest: str
    listed: tuple[Listed, ...]
    _table: pl.LazyFrame

    @property
    def of(self) -> str:
        """The id of the order or hold."""
        return str(self.said["of"]["id"])

    @property
    def says(self) -> str:
        """What it says: freeze, preserve or lifted."""
        return str(self.said["says"])

    @property
    def asks(self) -> bool:
        """Whether it asks anything of anybody: a lift does not."""
        return self.says != LIFTED

    def of_custodian(self, custodian: str) -> Listed | None:
        """Return what it lists for a custodian, if anything."""
        return next((each for each in self.listed if each.custodian == custodian), None)

    def disclosures(self, custodian: str, first: int, count: int) -> list[dict[str, Any]]:
        """Return ``count`` of the disclosures listed for a custodian, from the place ``first``."""
        mine = self._table.filter(pl.col("custodian") == custodian)
        return mine.slice(first, count).collect().to_dicts()

    def among(self, packages: Sequence[str]) -> list[str]:
        """Return which of ``packages`` it lists."""
        listed = self._table.filter(pl.col("package").is_in(list(packages))).select("package")
        return listed.unique().collect()["package"].to_list()

    def attestation(self, by: str, custodian: str, at: datetime) -> dict[str, Any]:
        """Return what ``by`` signs to attest for ``custodian``. Raises Refused as the notice asks.

        Likewise where it is not whole here.
        """
        if not self.digest:
            raise Refused(
                "The notice was kept by an earlier version, and cannot be attested to.",
                "Keep it again: ask the holder for it.",
            )
        lists = [{"custodian": each.custodian, "list": each.list} for each in self.listed]
        said = {**self.said, "custodians": lists}
        return attestation(said, self.digest, by, custodian=custodian, at=at)


class Notices:
    """The notices kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(
        self, notice: str, holder_jwk: Mapping[str, str], former: Sequence[Mapping[str, str]] = ()
    ) -> Notice:
        """Keep the holder's notice in the place of the last of its order or hold; return it.

        ``former``: the holder's service keys of before, one of which may have signed the last one.

        Raises Refused where another than the holder of ``holder_jwk`` signed it, or the last one;
        and where the last one is newer: a notice of a lift is undone by none that came before.
        """
        said = read_notice(notice, holder_jwk)
        path = self._folder / f"{sha256_hex([str(said['of']['id']).encode()])}.json"
        last = json.loads(path.read_bytes()) if path.exists() else {}
        if last:
            _check_follows(last, said, [holder_jwk, *former])
        table = self._table(digest(notice))
        self._folder.mkdir(parents=True, exist_ok=True)
        with whole(table) as part:
            _disclosures(said).write_parquet(part)
        counts = [{**each, "disclosures": len(each["disclosures"])} for each in said["custodians"]]
        kept = {
            "holder": thumbprint(holder_jwk),
            "notice": digest(notice),
            "said": {**said, "custodians": counts},
        }
        publish(path, json.dumps(kept).encode())
        if last.get("notice", kept["notice"]) != kept["notice"]:
            self._table(last["notice"]).unlink(missing_ok=True)
        return self._read(path)

    def every(self) -> list[Notice]:
        """Return each kept notice, the newest of each order or hold, in the order of issue."""
        found = [self._read(path) for path in self._folder.glob("*.json")]
        return sorted(found, key=lambda each: (str(each.said["issued_at"]), each.name))

    def find(self, name: str) -> Notice:
        """Return the notice of that name. Raises Misuse where there is none."""
        path = self._folder / f"{name}.json"
        if not name.isalnum() or not path.is_file():
            raise Misuse("There is no such notice in this home.", "The custodian keeps it first.")
        return self._read(path)

    def kept_back(self, packages: Iterable[str], *says: str) -> dict[str, str]:
        """Return which of ``packages`` a notice that says one of ``says`` lists, and what it says.

        A notice of a lift takes the place of the one before it.
        """
        wanted = list(packages)
        found: dict[str, str] = {}
        for each in self.every():
            if each.says in says:
                found |= dict.fromkeys(each.among(wanted), each.says)
        return found

    def check_open(self, packages: Iterable[str]) -> None:
        """Raise Refused where an order freezes one of ``packages``."""
        if self.kept_back(packages, FREEZE):
            raise Refused(
                "A court's order freezes this package: nobody opens or uses it.",
                "Wait for the holder's notice that the order is lifted; the custodian keeps it.",
            )

    def check_disposable(self, packages: Iterable[str]) -> None:
        """Raise Refused where a hold preserves or an order freezes one of ``packages``."""
        if self.kept_back(packages, FREEZE, PRESERVE):
            raise Refused(
                "A hold preserves, or an order freezes, one of these packages: it is neither "
                "returned nor destroyed.",
                "Certify the others; or keep the holder's notice of the lift first.",
            )

    def _read(self, path: Path) -> Notice:
        kept = json.loads(path.read_bytes())
        said, named = kept["said"], str(kept.get("notice", ""))
        # An earlier version kept the lists with the rest, and not by what notice they are.
        table = pl.scan_parquet(self._table(named)) if named else _disclosures(said).lazy()
        listed = tuple(
            Listed(each["custodian"], each["list"], _count(each["disclosures"]))
            for each in said["custodians"]
        )
        return Notice(path.stem, said, named, listed, table)

    def _table(self, notice: str) -> Path:
        return self._folder / f"{notice}.parquet"


def _check_follows(
    last: Mapping[str, Any], said: Mapping[str, Any], holder: Iterable[Mapping[str, str]]
) -> None:
    if last["holder"] not in map(thumbprint, holder):
        raise Refused(
            "The last notice of that order or hold is another holder's.",
            "Name the public keys of the holder that sent it.",
        )
    times = [datetime.fromisoformat(each["issued_at"]) for each in (last["said"], said)]
    if times[0] > times[1]:
        raise Refused("A newer notice is kept.", "Keep the newest; ask the holder for it.")


def _disclosures(said: Mapping[str, Any]) -> pl.DataFrame:
    rows = [
        {"custodian": each["custodian"], **one}
        for each in said["custodians"]
        for one in each["disclosures"]
    ]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _count(disclosures: int | list[Any]) -> int:
    return disclosures if isinstance(disclosures, int) else len(disclosures)

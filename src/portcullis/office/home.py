"""A home: the folder in which one deployment keeps its keys, state and files.

Two kinds exist, with nothing in common but this module: the holder's, and the requester's (who
becomes the recipient). A demonstration's home is marked when it is made and stays so for ever;
only there may the date be set, and only there do several people's keys lie together.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from portcullis import keys
from portcullis.agreements import Pack, Roster, load_pack, load_roster
from portcullis.errors import Misuse
from portcullis.office.keystore import Erasable, KeyStore
from portcullis.office.rootkey import RootKey
from portcullis.tables import publish

FORMAT = "portcullis-home/1"
MARK = "home.json"


@dataclass(frozen=True)
class Home:
    """The holder's home at ``path``."""

    path: Path

    @classmethod
    def find(cls, path: Path) -> "Home":
        """Return the home at ``path``; raise Misuse where there is none or of a later format."""
        home = cls(path.resolve())
        if not (home.path / MARK).is_file():
            raise Misuse(
                f"There is no home in the folder {path}.",
                "Make one with `portcullis init`, or name it with --home or PORTCULLIS_HOME.",
            )
        if home._mark().get("format") != FORMAT:
            raise Misuse("This home was made by another version.", "Upgrade it first.")
        return home

    def _mark(self) -> dict[str, object]:
        path = self.path / MARK
        return dict(_mark(path, _state(path.stat())))

    @property
    def demo(self) -> bool:
        """Whether this home belongs to a demonstration and can never become real."""
        return bool(self._mark().get("demo"))

    def today(self) -> date:
        """Return the date acts are done on: the day in UTC; in a demonstration, the set date."""
        return self.now().date()

    def now(self) -> datetime:
        """Return the time acts are done at, in UTC, without fractions of a second."""
        clock = datetime.now(UTC).replace(microsecond=0)
        mark = self._mark()
        set_date = mark.get("date") if mark.get("demo") else None
        if set_date is None:
            return clock
        return datetime.combine(date.fromisoformat(str(set_date)), clock.timetz())

    @property
    def date_is_set(self) -> bool:
        """Whether this is a demonstration whose date somebody has set: then it is no clock."""
        return self.demo and self._mark().get("date") is not None

    def set_date(self, day: date) -> None:
        """Set a demonstration's date. Raises Misuse in a real home."""
        if not self.demo:
            raise Misuse("Only a demonstration's date can be set.")
        publish(self.path / MARK, json.dumps({**self._mark(), "date": day.isoformat()}).encode())

    @cached_property
    def pack(self) -> Pack:
        """The agreement this home carries out."""
        return load_pack(self.path / "pack")

    @property
    def versions(self) -> Path:
        """The folder of other versions of the agreement, kept for re-examination."""
        return self.path / "versions"

    @property
    def people(self) -> Path:
        """The roster's file."""
        return self.path / "people.json"

    @property
    def roster(self) -> Roster:
        """The people enrolled, with their public keys, as they stand now."""
        try:
            found = self.people.stat()
        except OSError:
            return load_roster(self.people)
        return _roster(self.people, _state(found))

    @property
    def ledger(self) -> Path:
        """The folder of the append-only log."""
        return self.path / "ledger"

    @property
    def trees(self) -> Path:
        """The folder of the batches' own trees, beside the log."""
        return self.path / "trees"

    @property
    def witness(self) -> Path:
        """The local witness's own store."""
        return self.path / "witness"

    @property
    def index(self) -> Path:
        """The folder of the finder index over the holder's records."""
        return self.path / "index"

    @property
    def outgoing(self) -> Path:
        """Where answers and packages stand for the recipient to fetch."""
        return self.path / "outgoing"

    @property
    def gate_lock(self) -> Path:
        """The file of the gate lock."""
        return self.path / "gate.lock"

    def batch(self, batch_id: str) -> Path:
        """Return the folder of one batch's files."""
        return self.path / "batches" / batch_id

    def service_key(self) -> keys.ECKey:
        """Return the holder's service key, which signs receipts, answers and tokens."""
        return keys.load_private(self.path / "keys" / "service.pem")

    @property
    def root(self) -> RootKey:
        """The home's own key. Raises Misuse where it is missing."""
        return RootKey.read(self.path / "keys")

    def derived_key(self, purpose: str) -> bytes:
        """Return the 32-byte key for ``purpose``, made of the home's own key (``rootkey``)."""
        return self.root.derived(purpose)

    @property
    def secrets(self) -> KeyStore:
        """The secrets without which working data cannot be read, one for each thing erasable."""
        return KeyStore(self.path / "keys" / "erasable")

    def wrap(self, key: bytes, what: Erasable) -> bytes:
        """Wrap a file's or package's key of ``what`` for the database (AES key wrap, RFC 3394).

        Raises Misuse where ``what`` has no secret: none was drawn, or it was erased.
        """
        return aes_key_wrap(self._wrapping_key(what), key)

    def unwrap(self, wrapped: bytes, what: Erasable) -> bytes:
        """Undo ``wrap``. Raises Misuse where the home's key does not fit or the key was erased."""
        try:
            return aes_key_unwrap(self._wrapping_key(what), wrapped)
        except (InvalidUnwrap, ValueError):
            raise Misuse("A stored key cannot be read.", "It was erased, or is damaged.") from None

    def _wrapping_key(self, what: Erasable) -> bytes:
        """Return the key made of the home's root key and of the secret of ``what``."""
        return self.root.wrapping(what.name, self.secrets.read(what))


def _state(found: os.stat_result) -> tuple[int, ...]:
    """Return what tells a file that was published anew from the one before."""
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=4)
def _mark(path: Path, _state: tuple[int, ...]) -> dict[str, object]:
    """Return what the home's mark says, read once for each state of the file. To be copied."""
    try:
        return dict(json.loads(path.read_text()))
    except ValueError:
        raise Misuse(f"{MARK} in the home is damaged.", "Restore it from a backup.") from None


@lru_cache(maxsize=4)
def _roster(path: Path, _state: tuple[int, ...]) -> Roster:
    """Return the roster at ``path``, read once for each state of the file."""
    return load_roster(path)


def make(path: Path, pack: Path, people: Path, *, demo: bool, day: date | None) -> Home:
    """Make a holder's home at ``path`` with fresh keys, the agreement pack and the roster.

    The database and the ledger are made by ``portcullis.office.setup.start``. Raises Misuse
    where the folder holds something already.
    """
    if path.exists() and any(path.iterdir()):
        raise Misuse(f"The folder {path} is not empty.", "Name a new folder for the home.")
    load_pack(pack)
    load_roster(people)
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    for source in sorted(pack.iterdir()):
        if source.is_file():
            publish(path / "pack" / source.name, source.read_bytes())
    publish(path / "people.json", people.read_bytes())
    RootKey.draw().write(path / "keys")
    keys.save_private(keys.generate(), path / "keys" / "service.pem")
    mark: dict[str, object] = {"format": FORMAT, "role": "holder", "demo": demo}
    if demo and day is not None:
        mark["date"] = day.isoformat()
    publish(path / MARK, json.dumps(mark).encode())
    return Home(path.resolve())

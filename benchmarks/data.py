"""The batch both sides are given: synthetic records, and requests that all pass screening.

Made once for a size and a seed, in ``bench-work/``. The requests are about persons of the records,
written as requests are: a part without TIN, names and addresses spelt otherwise, old addresses
among them. Dated so that the demonstration home's set day can judge them.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

WORK = Path("bench-work")


@dataclass(frozen=True)
class Data:
    """Where everything of one benchmark lies, and who adjudicates."""

    folder: Path
    requests: int
    taxpayers: int
    batch_id: str
    batch_name: str
    truth_name: str
    specialist: str

    @property
    def records(self) -> Path:
        """The holder's records: taxpayer.parquet and address_of_record.parquet."""
        return self.folder / "records"

    @property
    def batch(self) -> Path:
        """The requests, beside their signed manifest."""
        return self.folder / self.batch_name

    @property
    def truth(self) -> Path:
        """``request_id``, ``taxpayer_id`` of the person each request is about."""
        return self.folder / self.truth_name

    @property
    def home(self) -> Path:
        """The holder's home."""
        return self.folder / "home"

    @property
    def specialist_key(self) -> Path:
        """The key of the specialist who adjudicates."""
        return self.key(self.specialist)

    def key(self, person: str) -> Path:
        """Return the key file of a person of the holder's."""
        return self.folder / "keys" / f"{person}.pem"

    @classmethod
    def load(cls, folder: Path) -> "Data":
        """Read what ``make`` noted in ``folder``."""
        facts = json.loads((folder / "data.json").read_text(encoding="utf-8"))
        return cls(folder=folder, **facts)

    def note(self) -> None:
        """Note the facts in the folder: written last, so that a part-made folder is made again."""
        facts = {name: value for name, value in asdict(self).items() if name != "folder"}
        (self.folder / "data.json").write_text(json.dumps(facts), encoding="utf-8")


def folder_of(requests: int, taxpayers: int, seed: int) -> Path:
    """Return the folder of one size and seed."""
    return WORK / f"{requests}-{taxpayers}-{seed}"

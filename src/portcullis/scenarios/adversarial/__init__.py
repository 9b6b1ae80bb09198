"""The adversarial set: people who are easily taken for each other, and requests with known truth.

Each case of ``CASES`` plays families one after another: relatives, namesakes, lodgers, misspelt
or borrowed particulars, and persons in no record whose lookalike is. What no evidence could tell
apart is left out: a request about one who is in no record by that name, all of whose words, number
included, are true of another's record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.scenarios.adversarial import dwellings, kin, numbers, spellings
from portcullis.scenarios.adversarial.cast import Cast
from portcullis.scenarios.population import ADDRESSES, TAXPAYERS

REQUESTS, TRUTH = "requests.parquet", "truth.parquet"

CASES: dict[str, tuple[Callable[[Cast], None], int]] = {
    "plain": (numbers.plain, 150),
    "father-and-son": (kin.father_and_son, 60),
    "twins": (kin.twins, 60),
    "spouses-of-one-surname": (kin.spouses_of_one_surname, 60),
    "shared-number": (kin.shared_number, 60),
    "many-at-one-point": (kin.many_at_one_point, 25),
    "borrowed-number": (numbers.borrowed_number, 60),
    "mistyped-number": (numbers.mistyped_number, 100),
    "itin-to-ssn": (numbers.itin_to_ssn, 80),
    "married-name": (spellings.married_name, 60),
    "double-surname": (spellings.double_surname, 50),
    "particle": (spellings.particle, 50),
    "transliteration": (spellings.transliteration, 80),
    "noise": (spellings.noise, 60),
    "one-building": (dwellings.one_building, 50),
    "unit": (dwellings.unit, 40),
    "moved": (dwellings.moved, 60),
    "address-range": (dwellings.address_range, 60),
}
"""Case -> what plays one family of it, and how many families there are at scale 1."""


@dataclass(frozen=True)
class Adversarial:
    """Where the set lies, and how many taxpayers and requests it has."""

    folder: Path
    taxpayers: int
    requests: int


def make_adversarial(folder: Path, seed: int = 0, scale: float = 1.0) -> Adversarial:
    """Write the set to ``folder``: the records' two tables, the requests and their truth.

    ``requests.parquet``: ``request_id, tin, given_name, middle_name, family_name, suffix,
    address_line1, address_line2, city, state, zip``. ``truth.parquet``, in the same order:
    ``request_id``, ``taxpayer_id`` of whom the request is really about (null for one in no
    record), ``case``, ``variant`` and ``lawful``: the address given really is an address of record
    of that person, however it is written. ``scale`` multiplies the families of each case; the
    same seed and scale give the same rows. Raises Misuse for a scale of nothing.
    """
    if not scale > 0:
        raise Misuse("A scale of nothing makes no families.", "Ask for more than 0.")
    cast = Cast(seed)
    for case, (play, families) in CASES.items():
        cast.case = case
        for _ in range(max(1, round(families * scale))):
            play(cast)
    folder.mkdir(parents=True, exist_ok=True)
    taxpayers, addresses = cast.tables()
    requests, truth = cast.requests()
    for name, table in (
        (TAXPAYERS, taxpayers), (ADDRESSES, addresses), (REQUESTS, requests), (TRUTH, truth),
    ):  # fmt: skip
        table.write_parquet(folder / name)
    return Adversarial(folder, taxpayers.height, requests.height)

"""The defects of 2025, R1 to R16, walked through the office whole: the build fails if one gets out.

Each case gets a small world of its own inside one batch: the TINs, given names and ZIP codes of the
world are changed alike in its request and in its records, so that the cases, which ask several
times about one person, do not meet each other in the window's measures.
"""

from dataclasses import dataclass

import polars as pl
import pytest

from portcullis.agreements import builtin_pack, load_pack
from portcullis.scenarios import r_cases
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import switch

CASES = r_cases()
OFFICER, NEVER_ATTESTED = "officer-1", "ice-assistant-director"


@dataclass
class Walked:
    world: worlds.World
    outcomes: dict[str, str]
    answers: dict[str, str]
    released: set[str]


def letters(number: int) -> str:
    return "q" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:02d}")


def of_its_own(number: int, zip_code: str) -> list[pl.Expr]:
    """Return the expressions that move a person of the small world into case ``number``'s own."""
    return [
        pl.col("tin").str.replace(r"^(...)...", f"${{1}}{number:03d}"),
        pl.concat_str("given_name", pl.lit(letters(number))).alias("given_name"),
        pl.col(zip_code).str.replace(r"^(..)...", f"${{1}}{number:03d}"),
        town(number),
    ]


def town(number: int) -> pl.Expr:
    """A town of its own: two of one name in one street of one town are taken for each other."""
    return pl.concat_str("city", pl.lit(f" {letters(number)}"))


def requests() -> pl.DataFrame:
    rows = [
        CASES.requests[number].with_columns(of_its_own(number, "zip"))
        for number in range(CASES.requests.height)
    ]
    officers = pl.col("officers").str.replace("ice-officer-0001", OFFICER)
    return pl.concat(rows).with_columns(officers).select(load_pack(builtin_pack()).fields)


def write_records(world: worlds.World) -> None:
    numbers = range(CASES.requests.height)
    own_id = [
        pl.concat_str("taxpayer_id", pl.lit(f"-{number}")).alias("taxpayer_id")
        for number in numbers
    ]
    taxpayers = pl.concat(
        CASES.taxpayers.with_columns(own_id[number], *of_its_own(number, "tin")[:2])
        for number in numbers
    )
    addresses = pl.concat(
        CASES.addresses.with_columns(
            own_id[number], pl.col("zip").str.replace(r"^(..)...", f"${{1}}{number:03d}")
        )
        for number in numbers
    )
    taxpayers.write_parquet(world.folder / "records" / "taxpayer.parquet")
    addresses.write_parquet(world.folder / "records" / "address_of_record.parquet")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    world = worlds.build(tmp_path_factory.mktemp("r-cases") / "world", requests=requests())
    write_records(world)
    switch(world.home_path)
    worlds.make_home(world)
    # On the roster, with a key, but never asked to attest.
    acts.enrol(world, NEVER_ATTESTED, ["officer"], agency="ICE")
    acts.receive(world)
    acts.adjudicate(world)
    worlds.approve(world, world.home())
    acts.release(world)
    ids = list(acts.outcomes(world))
    delivered = {ids[package.row] for package in acts.packages(world, state="delivered")}
    return Walked(world, acts.outcomes(world), acts.answered(world), delivered)


def id_of(number: int) -> str:
    return str(CASES.requests["request_id"][number])


@pytest.mark.parametrize("number", range(CASES.requests.height))
def test_each_case_lands_in_its_outcome(walked: Walked, number: int) -> None:
    case = CASES.requests.row(number, named=True)
    told = f"{case['case']}: {case['what']}"
    expected = case["expected_outcome"]
    assert walked.outcomes[id_of(number)] == expected, told
    assert (id_of(number) in walked.released) == (expected == "released"), told
    assert walked.answers[id_of(number)] == {
        "released": "disclosed",
        "refused": "returned",
        "returned": "returned",
    }.get(expected, "no disclosure"), told


def test_exactly_the_lawful_controls_leave(walked: Walked) -> None:
    lawful = CASES.requests.filter(expected_outcome="released")
    assert set(lawful["case"]) == {"R11"}
    assert walked.released == set(lawful["request_id"])
    switch(walked.world.home_path)
    home = walked.world.home()
    checks.released_once(home, worlds.BATCH, lawful.height)
    checks.nothing_out_without_its_entry(home, worlds.BATCH)
    checks.ledger_verifies(home)


def test_every_case_of_the_statute_book_is_asked() -> None:
    assert set(CASES.requests["case"]) == {
        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R11", "R16",
    }  # fmt: skip

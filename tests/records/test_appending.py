"""New filings appended: the index then answers as one built anew over everything."""

import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import addresses, matching, names
from portcullis.errors import Misuse
from portcullis.records import append_to_index, blocks, build_index, open_index
from tests.records.small import KEY, address, taxpayer, write

GIVEN, FAMILY = ("Ana", "Juan", "Eva"), ("Lopez", "Garcia", "Braun")
LINES = ("12 Oak St", "7 Elm Ave Apt 2", "7 Elm Ave Apt 3", "PO Box 9", "300 Birch Rd", "Unknown")


class Day:
    as_of = date(2025, 6, 1)


def _place(chance: random.Random) -> dict[str, object]:
    return address(
        chance.choice(LINES),
        taxable_period=chance.randint(2018, 2023),
        processed_on=date(chance.randint(2019, 2024), 4, chance.randint(1, 3)),
        source_kind=chance.choice(("return", "notice", "information-return", "usps")),
        protected=chance.random() < 0.1,
    )


def _person(chance: random.Random, number: int) -> dict[str, object]:
    name = f"{chance.choice(GIVEN)}||{chance.choice(FAMILY)}"
    tin = chance.choice([f"000-12-{number:04d}", f"000-12-{chance.randint(0, 12):04d}", None])
    places = [_place(chance) for _ in range(chance.randint(1, 3))]
    return taxpayer(f"t{number:02d}", name, tin, *places)


def _married(person: dict[str, object], chance: random.Random) -> dict[str, object]:
    """The row as the holder writes it after a change of name: the name before is a prior one."""
    before = f"{person['given_name']}||{person['family_name']}|"
    return {**person, "family_name": chance.choice(FAMILY), "prior_names": before, "addresses": []}


def _requests() -> pl.DataFrame:
    rows = [
        {"row": 0, "tin": tin, "given_name": given, "middle_name": None, "family_name": family,
         "suffix": None, "line1": line, "line2": None, "city": "Springfield", "state": "IL",
         "zip": "62701"}
        for tin in ("000120003", None)
        for given in GIVEN for family in FAMILY for line in (*LINES, "12 Oak Sq")
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(("middle_name", "line2"), pl.String))
    frame = frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    placed = addresses.normalise(names.normalise(frame), line1="line1", line2="line2")
    return placed.with_columns(periods=pl.lit(list(range(2018, 2024)), pl.List(pl.Int64)))


REQUESTS = _requests()


def _answers(folder: Path) -> pl.DataFrame:
    with open_index(folder, KEY) as index:
        return matching.match(REQUESTS, index, Day())


@pytest.mark.long
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6), block=st.sampled_from((4, 100)))
def test_it_answers_as_one_built_over_everything(
    tmp_path_factory: pytest.TempPathFactory, seed: int, block: int
) -> None:
    _grown_answers_as_whole(tmp_path_factory, seed, block)


@pytest.mark.long
@pytest.mark.timeout(1800)  # two indexes built for each of a hundred worlds
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), block=st.sampled_from((1, 3, 100)))
def test_it_always_answers_as_one_built_over_everything(
    tmp_path_factory: pytest.TempPathFactory, seed: int, block: int
) -> None:
    _grown_answers_as_whole(tmp_path_factory, seed, block)


def _grown_answers_as_whole(
    tmp_path_factory: pytest.TempPathFactory, seed: int, block: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test draw
    folder = tmp_path_factory.mktemp("appending")
    first = [_person(chance, number) for number in range(0, 16, 2)]
    came = [_person(chance, number) for number in range(1, 8, 2)]
    changed = [_married(person, chance) for person in first if chance.random() < 0.4]
    moved = {person["taxpayer_id"]: [_place(chance)] for person in first if chance.random() < 0.5}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_TAXPAYERS", block)
        build_index(write(first, folder / "first"), folder / "grown", KEY)
        news = _news(came, changed, moved, folder / "news")
        appended = append_to_index(news, folder / "grown", KEY)
        everything = _everything(first, came, changed, moved)
        whole = build_index(write(everything, folder / "all"), folder / "whole", KEY)
    assert (appended.taxpayers, appended.addresses) == (whole.taxpayers, whole.addresses)
    assert _answers(folder / "grown").equals(_answers(folder / "whole"))


def _news(
    came: list[dict[str, object]],
    changed: list[dict[str, object]],
    moved: dict[object, list[dict[str, object]]],
    folder: Path,
) -> Path:
    """Write the new taxpayers, the changed rows, and the filings of those known before."""
    write([*came, *changed], folder)
    filed = [{"taxpayer_id": who, **place} for who, places in moved.items() for place in places]
    path = folder / "address_of_record.parquet"
    rows = pl.read_parquet(path)
    pl.concat([rows, pl.DataFrame(filed, schema=rows.schema)]).write_parquet(path)
    return folder


def _everything(
    first: list[dict[str, object]],
    came: list[dict[str, object]],
    changed: list[dict[str, object]],
    moved: dict[object, list[dict[str, object]]],
) -> list[dict[str, object]]:
    rows = {person["taxpayer_id"]: person for person in first}
    for person in changed:
        rows[person["taxpayer_id"]] = {
            **person, "addresses": rows[person["taxpayer_id"]]["addresses"]
        }  # fmt: skip
    for who, places in moved.items():
        rows[who] = {**rows[who], "addresses": [*rows[who]["addresses"], *places]}  # type: ignore[misc]
    return [*rows.values(), *came]


def test_the_versions_before_stay_and_segments_are_shared(tmp_path: Path) -> None:
    people = [taxpayer("t1", "Ana||Lopez", "000-12-3456")]
    before = build_index(write(people, tmp_path / "a"), tmp_path / "index", KEY)
    more = [taxpayer("t2", "Eva||Braun", "000-12-3457")]
    after = append_to_index(write(more, tmp_path / "b"), tmp_path / "index", KEY)
    assert (before.version, after.version) == ("000001", "000002")
    assert before.digest != after.digest
    assert (after.taxpayers, after.addresses) == (2, 2)
    assert sorted(path.name for path in (tmp_path / "index" / "segments").iterdir()) == [
        "000001", "000002",
    ]  # fmt: skip
    (tmp_path / "index" / "current").write_text("000001\n")
    with open_index(tmp_path / "index", KEY) as index:
        assert index.info == before


def test_an_address_of_nobody_is_refused_and_the_version_before_stays(tmp_path: Path) -> None:
    people = [taxpayer("t1", "Ana||Lopez", "000-12-3456")]
    before = build_index(write(people, tmp_path / "a"), tmp_path / "index", KEY)
    stray = write([taxpayer("t9", "Eva||Braun", None)], tmp_path / "b")
    pl.read_parquet(stray / "taxpayer.parquet").clear().write_parquet(stray / "taxpayer.parquet")
    with pytest.raises(Misuse, match="1 addresses that belong to no taxpayer"):
        append_to_index(stray, tmp_path / "index", KEY)
    with open_index(tmp_path / "index", KEY) as index:
        assert index.info == before


def test_there_must_be_something_to_append_to(tmp_path: Path) -> None:
    source = write([taxpayer("t1", "Ana||Lopez", None)], tmp_path / "a")
    with pytest.raises(Misuse, match="no index to append to"):
        append_to_index(source, tmp_path / "index", KEY)

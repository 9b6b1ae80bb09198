"""No guessing: another request about the same person, in whatever batch or form, is found."""

import json
from pathlib import Path

import polars as pl
import pytest

from portcullis import agreements
from tests.office import acts, checks
from tests.office import world as worlds

SECOND = "batch-2"


def template() -> dict[str, str | None]:
    pack = agreements.load_pack(agreements.builtin_pack())
    return agreements.template_rows(pack, worlds.BATCH_DAY).row(0, named=True)


def again(number: int, **changes: str | None) -> dict[str, str | None]:
    """Ask about person ``number`` again: another form, file and reason, and another address."""
    asked = worlds.request(template(), number)
    return (
        asked
        | {
            "request_id": f"AGAIN-{number:05d}",
            "tin": str(asked["tin"]).replace("-", ""),
            "address_line1": f"{700 + number} Probing Ave",
            "investigation_id": f"INV-9{number:04d}",
            "order_number": f"A001-000-{number:03d}",
            "reason": f"{asked['reason']} Seen again in file {number} of another batch.",
        }
        | changes
    )


def send(world: worlds.World, rows: list[dict[str, str | None]], batch: str = SECOND) -> None:
    """Send a second batch as JSON Lines, and decide it."""
    path: Path = world.folder / "requester" / f"{batch}.jsonl"
    lines = [json.dumps({k: v for k, v in row.items() if v is not None}) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    worlds.sign(world, path, batch)
    acts.receive(world, path)
    acts.adjudicate(world, batch=batch)


def looked_up(world: worlds.World, batch: str = SECOND) -> set[str]:
    """Return the ids of the requests of the batch that reached the records."""
    from portcullis.office import files

    home = world.home()
    found = files.find_batch(batch)
    if not (home.batch(batch) / files.LOOKUPS).exists():
        return set()
    ids = files.read_step(home, found, files.REQUESTS, ["row", "request_id"])
    rows = files.read_step(home, found, files.LOOKUPS)
    return set(ids.join(rows, on="row")["request_id"])


def reasons(world: worlds.World, request_id: str, batch: str = SECOND) -> list[str]:
    from portcullis.office import files

    table = files.read_step(world.home(), files.find_batch(batch), files.DETERMINATIONS)
    return str(table.filter(request_id=request_id)["reasons"].item()).split(";")


def test_asked_again_uncited_is_returned_and_cited_goes_to_a_person(stage) -> None:
    world = stage("determined")
    send(
        world,
        [
            again(1),
            again(2, supersedes="REQ-00002", change="A new lease shows another address."),
            worlds.request(template(), 2001),
        ],
    )
    outcomes = acts.outcomes(world, SECOND)
    assert outcomes["AGAIN-00001"] == "returned"
    assert outcomes["AGAIN-00002"] == "referred"
    # The one about somebody new is looked up, and it alone; nobody knows that person here.
    assert looked_up(world) == {"REQ-02001"}
    assert outcomes["REQ-02001"] == "no_disclosure"
    from portcullis.office import files

    matches = files.read_step(world.home(), files.find_batch(SECOND), files.MATCHES)
    assert matches.height == 1


@pytest.mark.parametrize("given", [{"supersedes": "REQ-00001"}, {"change": "A new lease."}])
def test_half_a_citation_is_none(stage, given: dict[str, str]) -> None:
    world = stage("determined")
    send(world, [again(1, **given)])
    assert acts.outcomes(world, SECOND) == {"AGAIN-00001": "returned"}
    assert looked_up(world) == set()
    assert not [
        entry for _, entry in checks.of_kind(world.home(), "looked-up") if entry["batch"] == SECOND
    ]


@pytest.mark.parametrize(
    "disguise",
    [
        # The person by name and address; by the order of removal; by the TIN under another name.
        {"tin": None, "address_line1": "101 SPECIMEN STREET"},
        {"tin": None, "order_number": "A000-000-001"},
        {"given_name": "Zebulon", "family_name": "Quackenbush"},
        {"tin": " 900-00-0001 ", "given_name": "GIVENB"},
    ],
)
def test_a_person_in_disguise_is_the_same_person(stage, disguise: dict[str, str | None]) -> None:
    world = stage("determined")
    send(world, [again(1, **disguise)])
    assert acts.outcomes(world, SECOND) == {"AGAIN-00001": "returned"}
    assert looked_up(world) == set()


def test_probing_goes_on_being_found_however_often(stage) -> None:
    """Ten addresses tried for one person over five batches: not one reaches the records."""
    world = stage("determined")
    for number in range(5):
        send(
            world,
            [
                again(
                    1,
                    request_id=f"TRY-{number}-{other}",
                    address_line1=f"{100 + 7 * number + other} Specimen St",
                    order_number=f"A002-{number:03d}-{other:03d}",
                    investigation_id=f"INV-8{number}{other}",
                )
                for other in (1, 2)
            ],
            f"probe-{number}",
        )
        assert set(acts.outcomes(world, f"probe-{number}").values()) == {"returned"}
        assert looked_up(world, f"probe-{number}") == set()


def test_a_request_refused_on_its_face_counts_as_asked(stage) -> None:
    """R1's person was never looked up; asking again with an address is still asking again."""
    world = stage("determined")
    send(world, [again(1001)])
    assert acts.outcomes(world, SECOND) == {"AGAIN-01001": "returned"}


def test_the_window_ends_and_holds_no_tin_in_clear(stage) -> None:
    world = stage("determined")
    home = world.home()
    (path,) = (home.path / "window").glob("*.tbl")
    from portcullis import tables
    from portcullis.office import files

    window = tables.read_table(path, files.batch_key(home, files.find_batch(worlds.BATCH)))
    assert set(window["on"]) == {worlds.BATCH_DAY}
    hidden = window.filter(~pl.col("kind").is_in(["officer", "volume"]))["digest"]
    assert {len(digest) for digest in hidden} == {16}
    assert not any(b"90000000" in digest for digest in hidden)
    from datetime import timedelta

    pack = home.pack
    worlds.attest(world, worlds.BATCH_DAY + timedelta(days=pack.thresholds.window_days + 1))
    day = home.today() - timedelta(days=2)
    send(world, [again(1, status_checked_on=day.isoformat())])
    assert acts.outcomes(world, SECOND) == {"AGAIN-00001": "no_disclosure"}
    assert looked_up(world) == {"AGAIN-00001"}


def test_answers_tell_the_requester_which_was_returned_only(stage) -> None:
    """What is returned depends on the window and the face of requests, not on any record."""
    world = stage("determined")
    known = again(1)
    unknown = again(1003, tin="900001003")
    send(world, [known, unknown])
    assert set(acts.outcomes(world, SECOND).values()) == {"returned"}
    assert reasons(world, "AGAIN-00001") == reasons(world, "AGAIN-01003")

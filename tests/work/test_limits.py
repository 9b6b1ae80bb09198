"""What one person may take of the office: its workers, its disk; and what signing in remembers."""

from collections.abc import Callable

from tests.work.office import Office

At = Callable[[str], Office]


def test_nobody_takes_the_office_from_the_others(office: At) -> None:
    came = office("received").play("limits")
    signed_work_does_not_wait_for_one_persons_transmittals(**came["work"])
    one_person_has_so_many_files_and_the_disk_keeps_room(**came["files"])
    what_signing_in_remembers_is_no_pickle(**came["marks"])


def signed_work_does_not_wait_for_one_persons_transmittals(
    refused: list[str], first: str, begun: int
) -> None:
    assert refused[0] == refused[1]
    assert refused[0].startswith("“Take in a transmittal”: as many as you may begin")
    assert refused[2].startswith("“Look at all that the home needs”")
    assert first == "adjudicate"
    assert begun == 3


def one_person_has_so_many_files_and_the_disk_keeps_room(refused: list[str], kept: int) -> None:
    much, many, room = refused
    assert much == many
    assert much.startswith("You have sent as much as one person may have here")
    assert room == "There is no room on the office's disk."
    assert kept == 4, "of what is refused nothing stays"


def what_signing_in_remembers_is_no_pickle(  # noqa: PLR0917 - what was seen
    made: list[bool], kept: list, over: list, named: bool, left: int, tables: list[str]
) -> None:
    assert made == [True, False]
    assert kept == ["y", [2.5, 1.5], 7]
    assert over == [None, True]
    assert not named, "a mark says for whom it is"
    assert (left, tables) == (0, [])

"""What one person may take of the office: its workers, its disk; and what signing in remembers."""

from collections.abc import Callable

from tests.work.office import Office

At = Callable[[str], Office]


def test_one_persons_transmittals_do_not_keep_signed_work_waiting(office: At) -> None:
    came = office("received").play("limits")
    assert came["refused"][0] == came["refused"][1]
    assert came["refused"][0].startswith("“Take in a transmittal”: as many as you may begin")
    assert came["refused"][2].startswith("“Look at all that the home needs”")
    assert came["first"] == "adjudicate"
    assert came["begun"] == 3


def test_one_person_has_so_many_files_here_and_the_disk_keeps_room_for_the_record(
    office: At,
) -> None:
    came = office("new").play("sending")
    much, many, room = came["refused"]
    assert much == many
    assert much.startswith("You have sent as much as one person may have here")
    assert room == "There is no room on the office's disk."
    assert came["kept"] == 4, "of what is refused nothing stays"


def test_what_signing_in_remembers_is_no_pickle_and_gives_way_to_nothing(office: At) -> None:
    came = office("new").play("marks")
    assert came["made"] == [True, False]
    assert came["kept"] == ["y", [2.5, 1.5], 7]
    assert came["over"] == [None, True]
    assert not came["named"], "a mark says for whom it is"
    assert (came["left"], came["tables"]) == (0, [])

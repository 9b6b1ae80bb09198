"""The recipient's word on what it holds, played: statuses, certificates of destruction.

Each officer signs for their own packages, the custodian for what is destroyed, with their own keys.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from portcullis.custody import DESTROYED, Certificate, Status
from portcullis.custody.statements import MOST, NONE, PROCEEDING, sign
from portcullis.scenarios import CUSTODIAN, People

if TYPE_CHECKING:
    from portcullis.office import Home

UNTIL_NEXT = timedelta(days=31)
METHOD = "media-destroyed"


def state_cases(home: "Home", people: People, silent: Collection[str] = ()) -> int:
    """Let every officer but the ``silent`` state what is due by next month; return how many cases.

    Of the officers, in the order of their ids, every other one's cases go on; of the rest nothing
    came, so that what they hold is to be disposed of.
    """
    from portcullis.office import owed, statements

    by_officer: dict[str, list[str]] = defaultdict(list)
    for duty in owed.duties_of(home):
        due = duty.due_on <= home.today() + UNTIL_NEXT
        if duty.what == "status" and due and duty.officer not in silent:
            by_officer[duty.officer].append(duty.package_id)
    for officer, packages in by_officer.items():
        goes_on = people.officers.index(officer) % 2 == 0
        status = PROCEEDING if goes_on else NONE
        for first in range(0, len(packages), MOST):
            part = tuple(sorted(packages[first : first + MOST]))
            said = Status(packages=part, by=officer, status=status, at=home.now())
            statements.enter(home, sign(said, people.key(officer)))
    return sum(map(len, by_officer.values()))


def certify_destroyed(home: "Home", people: People) -> int:
    """Let the custodian certify the destruction of what is to be disposed of; return how many."""
    from portcullis.office import owed, statements

    due = sorted(duty.package_id for duty in owed.duties_of(home) if duty.what == "disposal")
    for first in range(0, len(due), MOST):
        said = Certificate(
            packages=tuple(due[first : first + MOST]),
            by=CUSTODIAN,
            kind=DESTROYED,
            method=METHOD,
            at=home.now(),
        )
        statements.enter(home, sign(said, people.key(CUSTODIAN)))
    return len(due)

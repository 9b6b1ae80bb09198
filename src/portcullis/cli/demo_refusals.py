"""What a scenario's people try in vain: the words of each refusal, kept for the report."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from portcullis.cli.demo_meanwhile import open_package
from portcullis.cli.demo_player import Player
from portcullis.errors import Refused
from portcullis.oversight.order_facts import Attempt

if TYPE_CHECKING:
    from portcullis.office.models import Package


class Refusals:
    """The attempts of a scenario, in their order."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []

    def refused(self, what: str, act: Callable[[], object]) -> None:
        """Do what is to be refused, and keep the words of the refusal."""
        self.attempts.append(Attempt(what, refusal(act)))

    def openings(self, what: str, player: Player, packages: "Iterable[Package]") -> None:
        """Ask for a token for each, as its officer; each is refused, and the first is told."""
        asking = [
            partial(open_package, player.home, player.batch.people.keys, package)
            for package in packages
        ]
        answers = [refusal(each) for each in asking]
        self.attempts += [Attempt(what, answer) for answer in answers[:1]]


def refusal(act: Callable[[], object]) -> str:
    """Do ``act``, which must be refused, and return the words of the refusal."""
    try:
        act()
    except Refused as refused:
        return refused.message
    raise RuntimeError("something was allowed that the scenario says is refused")

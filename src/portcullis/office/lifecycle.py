"""What a thing may become, from what, by whose act: data, from which the diagrams are drawn.

Every state that is not final owes an act, and whoever the table of permissions lets do that act
owns the state: so nothing stands where nobody may move it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portcullis.agreements import PERMISSIONS, Role
from portcullis.errors import Refused


@dataclass(frozen=True)
class State:
    """Where a thing stands. ``says``: what that means; ``owes``: the act that is to come next.

    ``next``: what somebody at the command line does now. A final state owes nothing.
    """

    says: str
    owes: str = ""
    next: str = ""


@dataclass(frozen=True)
class Move:
    """One way from state ``of`` to state ``to``, by ``act``. ``of`` is empty where it begins."""

    of: str
    act: str
    to: str


@dataclass(frozen=True)
class Lifecycle:
    """All states of one kind of thing, in the order of its life, and all ways between them.

    ``name``: as in "the batch". Raises ValueError where it is not whole: where a state owes an act
    that leads nowhere from it, cannot be reached, or an act is in no table.
    """

    name: str
    states: Mapping[str, State]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        for move in self.moves:
            named = {move.to} | ({move.of} if move.of else set())
            if move.act not in PERMISSIONS or not named <= set(self.states):
                raise ValueError(f"{self.name}: {move} names an act or a state that is none")
        for name, state in self.states.items():
            if not any(move.to == name for move in self.moves):
                raise ValueError(f"{self.name}: nothing becomes {name}")
            ways = {move.act for move in self.moves if move.of == name and move.to != name}
            if state.owes not in (ways or {""}):
                raise ValueError(f"{self.name}: {name} owes {state.owes!r}, which does not move it")

    def owners(self, state: str) -> tuple[Role, ...]:
        """Return the roles whose turn it is in ``state``: any of them; nobody's where it is final.

        Raises KeyError for a state that is none.
        """
        owes = self.states[state].owes
        return PERMISSIONS[owes].roles if owes else ()

    def ways(self, state: str) -> tuple[str, ...]:
        """Return what a thing in ``state`` may become, each once."""
        return tuple(dict.fromkeys(move.to for move in self.moves if move.of == state))

    def check(self, of: str, to: str) -> None:
        """Raise Refused where no way leads from one state to the other."""
        if to not in self.ways(of):
            raise Refused(f"A {self.name} that is {of} cannot become {to}.")

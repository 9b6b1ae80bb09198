"""Who acts on a draft, and what is kept of it; whose it is not is denied, on the record."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from portcullis.agreements import Person
from portcullis.errors import Refused
from portcullis.office.permissions import PERMISSIONS, may
from portcullis.office.requesting.stages import DRAFT

if TYPE_CHECKING:
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome
    from portcullis.office.requesting.models import Draft, DraftAct


def check_may(home: "RequesterHome", person: Person, act: str) -> None:
    """Deny ``person`` the act unless the table lets them do it today."""
    if not may(person, act, home.now().date()):
        deny(home, person, act, f"That person does not hold the role {PERMISSIONS[act].held_by}.")


def check_apart(home: "RequesterHome", person: Person, act: str, draft: "Draft") -> None:
    """Deny ``person`` the act on a draft of which they did what must be another's."""
    if person.id in apart(draft, act):
        deny(home, person, act, "Whoever prepared a batch, or a part of it, does not sign it.")


def apart(draft: "Draft", act: str) -> set[str]:
    """Return who did something to the draft by which they may not do ``act`` to it."""
    done = draft.acts.filter(kind__in=PERMISSIONS[act].apart)
    return set(done.values_list("person", flat=True))


def deny(home: "RequesterHome", person: Person, act: str, message: str) -> NoReturn:
    """Log the denied attempt and raise Refused."""
    home.denied(person.id, act)
    raise Refused(message, "The attempt is on the record.")


def note(  # noqa: PLR0917 - what is kept of an act
    home: "RequesterHome",
    draft: "Draft",
    person: Person,
    kind: str,
    what: str,
    signature: str = "",
    reason: str = "",
) -> "DraftAct":
    """Keep that ``person`` did ``what`` to the draft."""
    from portcullis.office.requesting.models import DraftAct

    return DraftAct.objects.create(
        draft=draft,
        kind=kind,
        what=what,
        person=person.id,
        at=home.now(),
        signature=signature,
        note=reason,
    )


def signed(home: "RequesterHome", actor: "Actor", statement: Mapping[str, Any]) -> str:
    """Return the actor's signature over ``statement``, by what is in force today.

    Raises Refused where something else was signed.
    """
    token = actor.sign(statement)
    if home.roster.person(actor.id).verify(token, on=home.now().date()) != dict(statement):
        raise Refused("What was signed is something else.", "Sign what is shown, as it stands.")
    return token


def statement(
    home: "RequesterHome", actor: "Actor", draft: "Draft", what: str, **facts: str
) -> dict[str, Any]:
    """Return what is signed for an act that has no statement of its own in the manifest."""
    at = actor.moment or home.now()
    return {
        "act": what,
        "person": actor.id,
        "at": at.isoformat(),
        "batch": draft.id,
        "home": home.name,
        **facts,
    }


def move(home: "RequesterHome", draft: "Draft", to: str) -> None:
    """Bring the draft to the state ``to``. Raises Refused where no way leads there from its own.

    Whoever moved it in the meantime was first.
    """
    DRAFT.check(draft.state, to)
    at = home.now()
    here = type(draft).objects.filter(id=draft.id, state=draft.state, generation=draft.generation)
    if not here.update(state=to, since=at):
        raise Refused("The batch was changed in the meantime.", "Look at it again.")
    draft.state, draft.since = to, at

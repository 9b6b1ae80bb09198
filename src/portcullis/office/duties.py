"""Who may do what to a batch: two people, by key (design, floor 9).

Who must be another is in the table of permissions (``apart``). ``check_apart`` records the denied
attempt and raises Refused with a sentence.
"""

from portcullis.agreements import Person
from portcullis.office.home import Home
from portcullis.office.models import Act, Batch
from portcullis.office.people import Actor, check_role, deny
from portcullis.office.permissions import PERMISSIONS, may

_DOER = {
    "adjudicate": "prepared the list",
    "review": "reviewed near misses",
    "impairment": "recorded the (i)(6) findings",
    "sample": "drew the sample",
    "examine": "examined the sample",
    "approve": "approved the list",
    "transmit": "transmitted it",
}


def check_apart(home: Home, actor: Actor, act: str, batch: Batch) -> None:
    """Deny ``actor`` the act without its role, or after one that must be another's."""
    check_role(home, actor, act, batch=batch.id)
    earlier = done_before(actor.person, act, batch)
    if earlier is not None:
        deny(
            home,
            act,
            actor.id,
            "two-people",
            f"The person who {_DOER[earlier]} of this batch may not also do this.",
            batch=batch.id,
        )


def may_now(home: Home, person: Person, act: str, batch: Batch) -> bool:
    """Say whether ``check_apart`` would let ``person`` do ``act``; nothing is recorded."""
    return may(person, act, home.today()) and done_before(person, act, batch) is None


def done_before(person: Person, act: str, batch: Batch) -> str | None:
    """Return what ``person`` did to the batch that keeps ``act`` from them, or None."""
    done = Act.objects.filter(batch=batch.id, person=person.id, kind__in=PERMISSIONS[act].apart)
    return done.values_list("kind", flat=True).first()

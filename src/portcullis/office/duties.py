"""Who may do what to a batch: two people, by key (design, floor 9).

Each ``check_*`` records the denied attempt and raises Refused with a sentence.
"""

from portcullis.office.home import Home
from portcullis.office.models import Act, Batch
from portcullis.office.people import Actor, check_role, deny

ROLES: dict[str, str] = {
    "adjudicate": "specialist",
    "review": "reviewer",
    "impairment": "impairment-official",
    "sample": "sampler",
    "examine": "sampler",
    "approve": "approver",
    "transmit": "transmitter",
}

# The acts whose doer must not do the act named first, on the same batch.
APART: dict[str, tuple[str, ...]] = {
    "adjudicate": ("review", "impairment", "sample", "examine", "approve", "transmit"),
    "review": ("adjudicate", "impairment", "sample", "examine", "approve", "transmit"),
    "impairment": ("adjudicate", "review", "approve"),
    "sample": ("adjudicate", "review", "approve", "transmit"),
    "examine": ("adjudicate", "review", "approve", "transmit"),
    "approve": ("adjudicate", "review", "impairment", "sample", "examine", "transmit"),
    "transmit": ("adjudicate", "review", "sample", "examine", "approve"),
}

_DOER = {
    "adjudicate": "prepared the list",
    "review": "reviewed near misses",
    "impairment": "recorded the (i)(6) findings",
    "sample": "drew the sample",
    "examine": "examined the sample",
    "approve": "approved the list",
    "transmit": "transmitted it",
}


def check_apart(home: Home, actor: Actor, kind: str, batch: Batch) -> None:
    """Deny ``actor`` the act ``kind`` without its role, or after one that must be another's."""
    check_role(home, actor, ROLES[kind], kind, batch=batch.id)
    done = Act.objects.filter(batch=batch.id, person=actor.id, kind__in=APART[kind])
    earlier = done.values_list("kind", flat=True).first()
    if earlier is not None:
        deny(
            home,
            kind,
            actor.id,
            "two-people",
            f"The person who {_DOER[earlier]} of this batch may not also do this.",
            batch=batch.id,
        )

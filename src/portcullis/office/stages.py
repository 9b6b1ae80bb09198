"""What a batch may become, and from what. The transitions are data; nothing else moves a state."""

from portcullis.errors import Refused
from portcullis.office.models import Batch

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "received": ("determined", "held"),
    "held": ("determined", "held"),
    "determined": ("sampled", "answered"),
    "sampled": ("examined", "unapprovable"),
    "examined": ("approved", "unapprovable"),
    "unapprovable": ("answered",),
    "approved": ("releasing",),
    "releasing": ("answered",),
    "answered": (),
    "lost": (),
}

NEXT_STEP: dict[str, str] = {
    "received": "Next: `portcullis adjudicate`.",
    "held": "The recipient may not receive now; mend its safeguard record, then adjudicate again.",
    "determined": (
        "Next: reviewers look at near misses with `portcullis referral`; then "
        "`portcullis impairment` and `portcullis sample`."
    ),
    "sampled": "Next: the sampler examines the sample.",
    "examined": "Next: `portcullis approve`.",
    "unapprovable": (
        "The sample held an unlawful item, or the approver sent the list back; it can never be "
        "approved. "
        "`portcullis release` answers the batch and releases nothing."
    ),
    "approved": "Next: `portcullis release`.",
    "releasing": "Run `portcullis release` again to finish it.",
    "answered": "The batch is finished.",
    "lost": (
        "It was lost when the home was put back from a backup, and two people accepted the loss. "
        "Its requests are sent again under another id."
    ),
}


def check_state(batch: Batch, *allowed: str) -> None:
    """Raise Refused unless the batch stands in one of the ``allowed`` states."""
    if batch.state not in allowed:
        raise Refused(
            f"The batch is {batch.state}; this step needs it {' or '.join(allowed)}.",
            NEXT_STEP[batch.state],
        )


def move(batch: Batch, state: str) -> None:
    """Move the batch to ``state`` and save it. Raises Refused where the table has no such way."""
    if state != batch.state and state not in TRANSITIONS[batch.state]:
        raise Refused(f"A batch that is {batch.state} cannot become {state}.")
    batch.state = state
    batch.save(update_fields=["state", "held_reason"])

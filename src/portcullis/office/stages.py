"""What a batch may become, from what, by whose act. Nothing else moves a batch."""

from portcullis.errors import Refused
from portcullis.office.lifecycle import Lifecycle, Move, State
from portcullis.office.models import Batch

BATCH = Lifecycle(
    "batch",
    {
        "received": State(
            "taken in, its receipt signed", "adjudicate", "Next: `portcullis adjudicate`."
        ),
        "held": State(
            "nobody of it may be looked up now",
            "adjudicate",
            "The recipient may not receive now; mend its safeguard record, then adjudicate again.",
        ),
        "determined": State(
            "its list is on the ledger",
            "sample",
            "Next: reviewers look at near misses with `portcullis referral`; then "
            "`portcullis impairment` and `portcullis sample`.",
        ),
        "sampled": State(
            "its sample is drawn", "examine", "Next: the sampler examines the sample."
        ),
        "examined": State(
            "every sampled request was found lawful", "approve", "Next: `portcullis approve`."
        ),
        "unapprovable": State(
            "the sample held an unlawful item, or the approver sent the list back",
            "transmit",
            "The sample held an unlawful item, or the approver sent the list back; it can never be "
            "approved. `portcullis release` answers the batch and releases nothing.",
        ),
        "approved": State(
            "its list is approved until a day", "transmit", "Next: `portcullis release`."
        ),
        "releasing": State(
            "its packages leave one by one",
            "transmit",
            "Run `portcullis release` again to finish it.",
        ),
        "answered": State("every request of it is answered", next="The batch is finished."),
        "lost": State(
            "lost with a home that was restored",
            next=(
                "It was lost when the home was put back from a backup, and two people accepted the "
                "loss. Its requests are sent again under another id."
            ),
        ),
    },
    (
        Move("", "take-in", "received"),
        Move("received", "adjudicate", "held"),
        Move("received", "adjudicate", "determined"),
        Move("held", "adjudicate", "held"),
        Move("held", "adjudicate", "determined"),
        Move("determined", "sample", "sampled"),
        # With no eligible request there is nothing to sample.
        Move("determined", "transmit", "answered"),
        Move("sampled", "examine", "examined"),
        Move("sampled", "examine", "unapprovable"),
        Move("examined", "approve", "approved"),
        Move("examined", "send-back", "unapprovable"),
        Move("unapprovable", "transmit", "answered"),
        Move("approved", "transmit", "releasing"),
        Move("releasing", "transmit", "answered"),
        Move("", "accept-loss", "lost"),
    ),
)


def check_state(batch: Batch, *allowed: str) -> None:
    """Raise Refused unless the batch stands in one of the ``allowed`` states.

    That is no denied attempt: whoever asks may do the act, in another state.
    """
    if batch.state not in allowed:
        raise Refused(
            f"The batch is {batch.state}; this step needs it {' or '.join(allowed)}.",
            BATCH.states[batch.state].next,
        )


def move(batch: Batch, state: str) -> None:
    """Move the batch to ``state`` and save it. Raises Refused where the table has no such way.

    Of two acts that move one batch at once, one moves it; the other is refused.
    """
    BATCH.check(batch.state, state)
    as_read = Batch.objects.filter(id=batch.id, state=batch.state)
    if not as_read.update(state=state, held_reason=batch.held_reason):
        raise Refused(
            f"The batch is {batch.state} no more: somebody else has acted on it meanwhile.",
            "See where it stands with `portcullis batches`.",
        )
    batch.state = state

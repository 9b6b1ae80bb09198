"""Where a batch stands: asked before an act, and moved on by it. Nothing else moves a batch."""

from portcullis.errors import Refused
from portcullis.office.lifecycles import BATCH
from portcullis.office.models import Batch


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

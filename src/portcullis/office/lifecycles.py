"""The lives of the holder's things: batches, packages, near misses, orders, readings, recalls.

A batch's and a package's state is a row's. That of the rest is folded from rows or from the
ledger's own entries; the functions below name it.
"""

from portcullis.office.lifecycle import Lifecycle, Move, State
from portcullis.oversight import incidents, recall
from portcullis.oversight.incidents import Incident, Register

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
            "the sample held an unlawful item",
            "transmit",
            "The sample held an unlawful item; the list can never be approved. "
            "`portcullis release` answers the batch and releases nothing.",
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
        Move("determined", "review", "determined"),
        Move("determined", "adjudicate", "determined"),
        *(Move(state, "impairment", state) for state in ("determined", "sampled", "examined")),
        Move("determined", "sample", "sampled"),
        # With no eligible request there is nothing to sample.
        Move("determined", "transmit", "answered"),
        Move("sampled", "examine", "examined"),
        Move("sampled", "examine", "unapprovable"),
        Move("examined", "approve", "approved"),
        Move("unapprovable", "transmit", "answered"),
        Move("approved", "transmit", "releasing"),
        Move("releasing", "transmit", "answered"),
        Move("", "accept-loss", "lost"),
    ),
)

PACKAGE = Lifecycle(
    "package",
    {
        "authorised": State("its release is on the ledger, nothing is sealed", "transmit"),
        "sealed": State("it is sealed with its proof, and stands in the house", "transmit"),
        "delivered": State("it left, and that is on the ledger"),
        "not-sent": State("it did not leave and never will, and that is on the ledger"),
    },
    (
        Move("", "transmit", "authorised"),
        Move("authorised", "transmit", "sealed"),
        Move("authorised", "transmit", "not-sent"),
        Move("sealed", "transmit", "delivered"),
        Move("sealed", "transmit", "not-sent"),
        # What waits is judged again when a reading changes.
        Move("authorised", "reading", "not-sent"),
        Move("sealed", "reading", "not-sent"),
    ),
)

DISCLOSURE = Lifecycle(
    "disclosure",
    {
        "in-use": State("delivered; its officer owes a status, again and again", "state"),
        "ended": State("its case has ended; the custodian owes its disposal", "certify"),
        "continued": State("kept under certified safeguards, to be renewed", "certify"),
        "gone": State("certified as returned or destroyed"),
    },
    (
        Move("", "transmit", "in-use"),
        Move("in-use", "state", "in-use"),
        Move("in-use", "state", "ended"),
        Move("in-use", "certify", "continued"),
        Move("in-use", "certify", "gone"),
        Move("ended", "certify", "continued"),
        Move("ended", "certify", "gone"),
        Move("continued", "certify", "continued"),
        Move("continued", "certify", "gone"),
    ),
)

NEAR_MISS = Lifecycle(
    "near miss",
    {
        "open": State("nobody has found anything of it", "review"),
        "found": State("a reviewer found it; another is to confirm", "review"),
        "confirmed": State("two reviewers found it; it waits for its list", "adjudicate"),
        "refused": State("a second reviewer refused the finding", "review"),
        "listed": State("it stands on a supplementary list as eligible"),
        "ended": State("its batch went on without it: it is not disclosed"),
    },
    (
        Move("", "adjudicate", "open"),
        Move("open", "review", "found"),
        Move("found", "review", "confirmed"),
        Move("found", "review", "refused"),
        Move("refused", "review", "found"),
        Move("confirmed", "adjudicate", "listed"),
        *(
            Move(state, act, "ended")
            for state in ("open", "found", "refused")
            for act in ("impairment", "sample")
        ),
    ),
)

ORDER = Lifecycle(
    "order",
    {
        "standing": State("filed; the gate is closed in its scope", "lift"),
        "half-lifted": State("one of counsel approved its lift; another is to", "lift"),
        "lifted": State("two of counsel lifted it"),
    },
    (
        Move("", "order-file", "standing"),
        Move("standing", "lift", "half-lifted"),
        Move("half-lifted", "lift", "lifted"),
    ),
)

HOLD = Lifecycle(
    "hold",
    {
        "standing": State("placed; nothing in its scope is destroyed", "lift"),
        "half-lifted": State("one of counsel approved its lift; another is to", "lift"),
        "lifted": State("two of counsel lifted it"),
    },
    (
        Move("", "hold-file", "standing"),
        Move("standing", "lift", "half-lifted"),
        Move("half-lifted", "lift", "lifted"),
    ),
)

READING = Lifecycle(
    "change of a reading",
    {
        "proposed": State("one of counsel approved it; another is to, by its day", "reading"),
        "decided": State("two of counsel approved it; it holds from its day on"),
    },
    (Move("", "reading", "proposed"), Move("proposed", "reading", "decided")),
)

RECALL = Lifecycle(
    "recall",
    {
        recall.LISTED: State("what it covers is known; its packages are closed", "recall-demand"),
        recall.ASKED: State("the custodians were asked", "recall-attest"),
        recall.FROZEN: State("everything of it is frozen", "recall-attest"),
        recall.SEQUESTERED: State("everything of it is set apart", "recall-attest"),
        recall.DISPOSED: State("everything of it is disposed of", "recall-close"),
        "closed": State("it is closed"),
    },
    (
        Move("", "recall", recall.LISTED),
        Move(recall.LISTED, "recall-demand", recall.ASKED),
        *(
            # A lot is as far as its place least far; a custodian named later begins at the first.
            Move(of, "recall-attest", to)
            for of in (recall.LISTED, recall.ASKED, recall.FROZEN, recall.SEQUESTERED)
            for to in (recall.ASKED, recall.FROZEN, recall.SEQUESTERED, recall.DISPOSED)
            if of != to
        ),
        Move(recall.DISPOSED, "recall-attest", recall.ASKED),
        Move(recall.DISPOSED, "recall-close", "closed"),
    ),
)

INCIDENT = Lifecycle(
    "incident",
    {
        "to-report": State("suspected; its report is to be made, or completed", "incident-report"),
        "to-tell": State(
            "the Office of Safeguards or TIGTA is still to be told", "incident-notice"
        ),
        "to-notify": State("a person is to be told under 26 U.S.C. § 7431(e)", "notice-7431e"),
        "to-close": State("nothing of it is still to be told", "incident-close"),
        "closed": State("it is closed"),
    },
    (
        Move("", "incident", "to-report"),
        *(
            Move(of, act, to)
            for of, act, ways in (
                ("to-report", "incident-report", ("to-tell", "to-notify", "to-close")),
                ("to-tell", "incident-notice", ("to-notify", "to-close")),
                ("to-tell", "incident-report", ("to-report",)),
                ("to-notify", "notice-7431e", ("to-close",)),
                ("to-notify", "incident-report", ("to-report",)),
                ("to-close", "incident-report", ("to-report",)),
                ("to-close", "notice-7431e", ("to-notify",)),
                ("to-close", "incident-close", ("closed",)),
            )
            for to in ways
        ),
    ),
)

LIFECYCLES = (BATCH, PACKAGE, DISCLOSURE, NEAR_MISS, ORDER, HOLD, READING, RECALL, INCIDENT)
"""Every one of the holder's, in the order in which the documents have them."""


def state_of_incident(register: Register, incident: Incident) -> str:
    """Return the state of INCIDENT an incident is in: the first thing still to be done."""
    if incident.closed_on is not None:
        return "closed"
    if not incident.reports or incident.unknown:
        return "to-report"
    if any(incident.first_told(whom) is None for whom in incidents.AT_ONCE):
        return "to-tell"
    notices = (each for each in register.notices.values() if each.incident == incident.id)
    return "to-notify" if any(each.given is None for each in notices) else "to-close"


def state_of_recall(found: recall.Recall) -> str:
    """Return which state of RECALL a recall is in: as far as its lot least far, or closed."""
    return "closed" if found.closed_on is not None else found.stage

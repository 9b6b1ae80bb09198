"""What a requester's draft of a batch may become, from what, by whose act."""

from portcullis.office.lifecycle import Lifecycle, Move, State

DRAFT = Lifecycle(
    "draft",
    {
        "draft": State("its requests are gathered; findings are still to be mended", "prepare"),
        "checked": State("nothing on the face of its requests comes back", "prepare"),
        "prepared": State("its manifest is made and signed by its preparer", "sign"),
        "signed": State("the signatory has signed it; its officers attest", "attest"),
        "attested": State("every officer it names has attested", "send"),
        "sent": State(
            "its transmittal left for the holder; its answers are awaited", "answers-keep"
        ),
        "answered": State("its answers are here"),
        "refused": State("the holder did not take it in; it is made anew"),
        "withdrawn": State("it was taken back before it was sent"),
    },
    (
        Move("", "prepare", "draft"),
        Move("draft", "prepare", "checked"),
        # A change of a request is checked again.
        Move("checked", "prepare", "draft"),
        Move("checked", "prepare", "prepared"),
        Move("prepared", "sign", "signed"),
        Move("signed", "attest", "attested"),
        # Nobody waits for an officer who does not attest: the requests naming only them come back.
        Move("signed", "send", "sent"),
        Move("attested", "send", "sent"),
        Move("sent", "answers-keep", "answered"),
        Move("sent", "answers-keep", "refused"),
        # The signatory who does not sign sends it back; a preparer takes back what is not sent.
        Move("prepared", "sign", "draft"),
        *(Move(state, "prepare", "draft") for state in ("prepared", "signed", "attested")),
        *(
            Move(state, "prepare", "withdrawn")
            for state in ("draft", "checked", "prepared", "signed", "attested")
        ),
    ),
)

"""The holder's policy layer: limits on what is asked, and the holder's own acts.

None of these refuses in the statute's name. The measures (``m_`` columns) are taken over the
batch and the rolling window before any element is judged.
"""

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.fields import CHANGE, OFFICERS, REASON, REQUEST_ID, SUPERSEDES
from portcullis.law.provision import Provision

TEXT = """\
Nobody asks for a population, guesses at a person, or carries a batch alone; a court's order closes
the gate; an authorised official approves in writing what leaves."""


def _within(measure: str, limit: int) -> pl.Expr:
    """Met up to the limit, for a person beyond it, and not met where nothing was measured."""
    return met_or_for_a_person(pl.col(measure) <= limit, pl.col(measure) > limit)


def _repeats(_basis: Basis) -> pl.Expr:
    declared = pl.col("supersedes").is_not_null() | pl.col("change").is_not_null()
    alone = (pl.col("m_repeat") == 0) & ~declared
    cited_none = (pl.col("m_repeat") == 0) & pl.col("supersedes").is_not_null()
    cites = pl.col("change").is_not_null() & (pl.col("m_repeat_cited") | cited_none)
    return met_or_for_a_person(alone, cites)


OFFICER_LOAD = Element(
    id="officer-load",
    citation="Agreement, thresholds.officer_load; 26 U.S.C. § 6103(i)(2)(A)",
    statement="No named officer carries more requests than one can be personally engaged in.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="officers",
    test=lambda basis: _within("m_officer_load_max", basis.thresholds.officer_load),
    message="The officers' load was not measured.",
    for_a_person=(
        "A named officer stands in more than {officer_load} requests of the window. A person looks "
        "whether that officer can be personally and directly engaged; name the officers who are."
    ),
    requirements=(11, 29),
)

IDENTICAL_REASONS = Element(
    id="identical-reasons",
    citation="Agreement, thresholds.identical_reasons; 26 U.S.C. § 6103(i)(2)(B)(iv)",
    statement="The reason is this request's own, not one text for many.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="reason",
    test=lambda basis: _within("m_identical_reasons", basis.thresholds.identical_reasons),
    message="Identical reasons were not measured.",
    for_a_person=(
        "More than {identical_reasons} requests of the window give this very reason. A "
        "person looks "
        "whether it is specific; write what is particular to each case."
    ),
    requirements=(9, 29),
)

SHARED_ADDRESS = Element(
    id="shared-address",
    citation="Agreement, thresholds.shared_address; 26 U.S.C. § 6103(i)(2)(B)(i)",
    statement="The address is not repeated over more persons than live at one.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="address_line1",
    test=lambda basis: _within("m_shared_address", basis.thresholds.shared_address),
    message="Shared addresses were not measured.",
    for_a_person=(
        "More than {shared_address} persons are asked for at this address in the window. A person "
        "looks whether it is anyone's address or a repeated dummy value."
    ),
    requirements=(5, 29),
)

REPEAT_CITED = Element(
    id="repeat-cited",
    citation="Policy against guessing; 26 U.S.C. § 6103(i)(2)(B)",
    statement="Another request about the same person cites the earlier one and what changed.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="supersedes",
    test=_repeats,
    message=(
        "There is an earlier request about the same person. Name it in supersedes and say in "
        "change "
        "what is different; a person then looks at it."
    ),
    for_a_person=(
        "The request repeats an earlier one and says what changed. A person decides before "
        "anything "
        "is looked up."
    ),
    requirements=(3, 29),
)

LIMITS_ON_A_BATCH = Element(
    id="limits-on-a-batch",
    citation="Agreement, thresholds.batch_halt_officer_share and batch_halt_reason_share; "
    "26 U.S.C. § 6103(i)(2)(A), (B)(iv)",
    statement="No one officer and no one reason carries the batch.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="officers",
    test=lambda _basis: met_or_for_a_person(~pl.col("m_batch_halt"), pl.col("m_batch_halt")),
    message="The batch was not measured.",
    for_a_person=(
        "One officer stands in more than the share {batch_halt_officer_share} of the batch, or one "
        "reason in more than {batch_halt_reason_share}. The whole batch is halted for a person; "
        "nothing in it is looked up."
    ),
    requirements=(9, 11, 29),
)

WINDOW_VOLUME = Element(
    id="window-volume",
    citation="Agreement, thresholds.batch_volume and window_days",
    statement="The requests of the window are not those of a whole population.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="request_id",
    test=lambda basis: _within("m_window_volume", basis.thresholds.batch_volume),
    message="The volume was not measured.",
    for_a_person=(
        "More than {batch_volume} requests were made in {window_days} days. A person looks before "
        "anything is looked up."
    ),
    requirements=(29,),
)

NO_ORDER_IN_SCOPE = Element(
    id="no-order-in-scope",
    citation="Orders of court on file",
    statement="No order of a court in force has this disclosure in its scope.",
    layer=Layer.POLICY,
    phase=Phase.STANDING,
    field="",
    time_dependent=True,
    test=lambda _basis: met_if(~pl.col("order_in_scope")),
    message="An order of a court in force reaches this disclosure.",
    requirements=(30,),
)

NOT_PROTECTED = Element(
    id="not-protected",
    citation="Policy on protected addresses",
    statement="The address is not one the holder protects.",
    layer=Layer.POLICY,
    phase=Phase.MATCH,
    field="",
    test=lambda _basis: met_if(~pl.col("protected")),
    message="The address is protected and withheld.",
    requirements=(20,),
)

APPROVED = Element(
    id="approved",
    citation="IRS Delegation Order 11-2",
    statement="An authorised official, neither preparer nor transmitter, approved in writing.",
    layer=Layer.POLICY,
    phase=Phase.OFFICIAL,
    field="",
    test=lambda _basis: met_if(pl.col("approved")),
    message="No authorised official has approved the list.",
    requirements=(26,),
)

APPROVAL_IN_DATE = Element(
    id="approval-in-date",
    citation="Agreement, thresholds.approval_days",
    statement="The approval has not expired.",
    layer=Layer.POLICY,
    phase=Phase.OFFICIAL,
    field="",
    time_dependent=True,
    test=lambda basis: met_if(pl.col("approval_expires_on") >= basis.as_of),
    message="The approval has expired.",
    requirements=(26,),
)

PROVISION = Provision(
    id="policy",
    citation="The holder's policy",
    title="Limits on what is asked, and the holder's own acts",
    text=TEXT,
    source="Design of this gateway: the floor that no agreement loosens",
    fields=(REQUEST_ID, SUPERSEDES, CHANGE, REASON, OFFICERS),
    elements=(
        OFFICER_LOAD,
        IDENTICAL_REASONS,
        SHARED_ADDRESS,
        REPEAT_CITED,
        LIMITS_ON_A_BATCH,
        WINDOW_VOLUME,
        NO_ORDER_IN_SCOPE,
        NOT_PROTECTED,
        APPROVED,
        APPROVAL_IN_DATE,
    ),
)

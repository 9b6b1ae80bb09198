"""The drafts of a recall's demands: one for each recipient, for counsel to settle and send."""

import polars as pl

from portcullis import law, oversight, tables
from portcullis.law import Basis
from portcullis.office import erased, recall_steps, recalls, reexamining, unsealing
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Reexamination
from portcullis.office.people import Actor, check_role
from portcullis.oversight import Demand
from portcullis.oversight.recall import Recall

_WHY = {
    "reading": "Disclosed under a reading of the law that does not hold ({})",
    "agreement-version": "Disclosed under version {} of the agreement, which was faulty",
    "incident": "A possible incident ({}) reaches what was disclosed",
}
_WHY_NAMED = {
    "unlawful-disclosure": "What should not have been disclosed",
    "reading-changed": "Disclosed under a reading of the law that has changed",
    "order": "An order of a court reaches what was disclosed",
    "incident": "A possible incident reaches what was disclosed",
}


def drafts(home: Home, actor: Actor, recall_id: str) -> dict[str, str]:
    """Return the draft of the demand to each recipient of what a recall covers.

    It lists the requests by their own ids, tells of standing preservation holds, how many
    rows of an imported file could not be read, and of a re-examination the readings and the
    elements not met. That ``actor`` reads the list goes on the ledger. Raises Refused where there
    is no such recall, or no role of theirs lets them read it.
    """
    check_role(home, actor, unsealing.RECALL_DRAFTS)
    found = recalls.find(recall_id)
    unsealing.record(home, actor, unsealing.RECALL_DRAFTS, recall_id)
    _, covered = recalls.covered_by(home, found)
    holds = [f"{one.id} ({one.court} {one.docket})" for one in recall_steps.holds_over(home, found)]
    unread = recalls.unread_rows(found)
    texts = {}
    for (recipient,), part in sorted(covered.group_by("recipient"), key=lambda group: group[0]):
        readings, grounds = _grounds(home, found, part)
        texts[str(recipient)] = oversight.demand_text(
            Demand(
                holder=home.pack.agreement.holder.name,
                recipient=str(recipient),
                agreement=home.pack.agreement.title,
                drafted_on=home.today(),
                due_on=found.due_on,
                requests=part["request_id"].unique().sort().to_list(),
                readings=readings,
                grounds=grounds,
                why=_why(found),
                recall=found.id,
                holds=holds,
                unread=sum(unread.get(source, 0) for source in part["source"].unique()),
            )
        )
    return texts


def _why(found: Recall) -> str:
    kind, of = found.ground["kind"], found.ground["of"]
    if kind == "reexamination":
        return ""
    return _WHY_NAMED[of] if kind == "named" else _WHY[kind].format(of)


def _grounds(
    home: Home, found: Recall, part: pl.DataFrame
) -> tuple[list[law.Reading], list[law.Element]]:
    """Return under which readings a re-examination judged ``part``, and what it does not meet."""
    if found.ground["kind"] != "reexamination":
        return [], []
    row = Reexamination.objects.get(number=int(found.ground["of"]))
    basis = Basis.from_json(row.basis)
    key = erased.file_key(home, Erasable.reexamination(row.number), row.wrapped_key)
    results = tables.read_table(reexamining.result_file(home, row.number), key)
    mine = results.join(part.select("source", "row").unique(), on=["source", "row"], how="semi")
    elements = {each.id: each for each in law.applicable(basis)}
    unmet = oversight.by_element(mine, oversight.CLOSES)["element"]
    return [law.reading(each) for each in basis.readings], [
        elements[name] for name in unmet if name in elements
    ]

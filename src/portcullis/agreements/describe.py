"""An agreement in plain words, and an example of a request that would be complete under it."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from portcullis import law
from portcullis.agreements.pack import Agreement, Pack


def describe(pack: Pack) -> str:
    """Return the agreement in words: parties, who signed under what authority, limits, items."""
    agreement, request = pack.agreement, pack.request
    return "\n".join(
        [
            f"{agreement.title}",
            f"Pack {pack.id}, version {pack.version}, digest {pack.digest}.",
            "",
            f"State: {agreement.state}, {_span(agreement.in_force_from, agreement.in_force_to)}.",
            f"Legal basis: {agreement.legal_basis}.",
            f"Holder: {agreement.holder.name} ({agreement.holder.agency}).",
            f"Requester: {agreement.requester.name} ({_requester(agreement)}).",
            "",
            f"Signed on {agreement.signed_on.isoformat()} by",
            *[
                f"- {person.name}, {person.office}, for the {person.party}; "
                f"authority: {person.authority}."
                for person in agreement.signatories
            ],
            "",
            _delegation(pack),
            f"Statutes that may be cited: {', '.join(request.statutes)}.",
            f"What may be disclosed: {', '.join(pack.disclosure.items)}. Nothing else.",
            f"A batch holds at most {request.max_rows:,} requests; "
            f"columns a file must have: {', '.join(request.required)}.",
            "Readings in force: "
            + _list(f"{r.id} ({_span(r.in_force_from, r.in_force_to)})" for r in pack.readings),
            "",
            "Limits:",
            *[f"- {key}: {value}" for key, value in pack.thresholds.model_dump().items()],
            "",
            "Before anything is received:",
            *[f"- {item.statement} ({item.source})" for item in pack.safeguards.conditions],
            "",
            f"Checkpoints carry the cosignatures of at least {pack.witnesses.k} of: "
            f"{', '.join(pack.witnesses.names)}.",
            f"Working data is kept {pack.retention.working_data_days:,} days after a batch was "
            "answered; the accounting for ever.",
            f"A batch is answered {pack.answers.answer_days} days after receipt, whole.",
        ]
    )


def template_rows(pack: Pack, on: date | None = None) -> pl.DataFrame:
    """Return one complete example request (all fields, text), its dates set for the day ``on``.

    Without ``on`` the day is the agreement's first in force. The person is invented; the TIN
    lies in a range never issued.
    """
    day = on or pack.agreement.in_force_from
    known = law.fields(pack.provisions)
    example = {name: _example(known[name], pack, day) for name in pack.fields}
    return pl.DataFrame([example], schema=dict.fromkeys(pack.fields, pl.String))


def _example(field: law.Field, pack: Pack, day: date) -> str | None:
    if field.name == law.STATUTE.name:
        return pack.request.statutes[0]
    if field.name == law.ITEMS.name:
        return ";".join(pack.disclosure.items)
    if field.kind is law.Kind.YEARS:
        return f"{day.year - 2};{day.year - 1}"
    if isinstance(field.example, int):
        return (day - timedelta(days=field.example)).isoformat()
    return field.example


def _requester(agreement: Agreement) -> str:
    party = agreement.requester
    return ", ".join([party.agency, *(f"with {component}" for component in party.components)])


def _delegation(pack: Pack) -> str:
    agreement, offices = pack.agreement, ", ".join(pack.signing_authorities)
    determination = agreement.delegation_determination
    if not agreement.accept_delegation or determination is None:
        return (
            f"A batch is signed by one of the requester's of these offices: {offices}; "
            "a delegate's signature is not accepted."
        )
    return (
        "A delegate of the head may sign a batch, under the determination of "
        f"{determination.by}, {determination.on.isoformat()}, {determination.citation}."
    )


def _span(first: date, last: date | None) -> str:
    return f"from {first.isoformat()}" + (f" to {last.isoformat()}" if last else "")


def _list(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"

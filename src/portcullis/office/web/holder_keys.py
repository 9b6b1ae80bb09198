"""The holder's public keys, as the custodian's and the signatory's desks show and change them."""

import re
from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from portcullis.errors import Misuse
from portcullis.office.people import Actor
from portcullis.office.requesting import RequesterHome, holder_keys
from portcullis.office.requesting.holder_keys import HolderKeys
from portcullis.office.web import acts, pages
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import visitor_of

TITLE = "The holder’s public keys"
_LEDE = (
    "Receipts, answers, packages, notices and tokens are checked with these. Two people put them "
    "in force, and each compares the fingerprint with what the holder said by another way."
)
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_BETWEEN = re.compile(r"[\s:-]")
_AS_SENT = "The holder reads it out: the SHA-256 of public.json, as sha256sum prints it."


def _propose(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    holder_keys.propose(here.requester, actor, str(data["public"]), str(data["fingerprint"]))
    return acts.Done(str(data["back"]), "The keys are proposed. Another person puts them in force.")


def _accept(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    proposed = UUID(str(data["proposed"]))
    holder_keys.accept(here.requester, actor, proposed, str(data["fingerprint"]))
    return acts.Done(str(data["back"]), "The holder's keys are in force.")


acts.register(
    acts.WebAct(
        holder_keys.PROPOSE, holder_keys.PROPOSE, "Propose the holder's public keys", _propose
    )
)
acts.register(
    acts.WebAct(holder_keys.ACCEPT, holder_keys.ACCEPT, "Put the holder's keys in force", _accept)
)


NO_HOLDER_KEYS = (
    "The holder’s public keys are not here",
    "Without them no receipt, answer, package or notice can be checked. The custodian or the "
    "signatory proposes them, and another of them puts them in force.",
)


def has_holder_keys(home: RequesterHome) -> bool:
    """Say whether keys of the holder that can be read are in force."""
    try:
        return holder_keys.in_force(home) is not None
    except Misuse:
        return False


class CompareForm(pages.Form):
    """The fingerprint that the holder gave by another way."""

    fingerprint = forms.CharField(
        label="Fingerprint that the holder told you",
        max_length=200,
        help_text=f"{_AS_SENT} Take it by another way than the file: by telephone, or in person.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_fingerprint(self) -> str:
        """Return it as 64 digits; raise ValidationError where it is none."""
        said = _BETWEEN.sub("", self.cleaned_data["fingerprint"]).lower()
        if not _FINGERPRINT.fullmatch(said):
            raise forms.ValidationError("A fingerprint has 64 characters of 0 to 9 and a to f.")
        return said


class ProposeForm(CompareForm):
    """The holder's public.json, and its fingerprint."""

    public = TextFileField(label="The holder’s public.json", help_text="As the holder gave it.")
    field_order = ("public", "fingerprint")


def urls(desk: str) -> list[URLPattern]:
    """Return the addresses of the holder's keys at ``desk``."""

    @require_http_methods(["GET", "POST"])
    @at_desk(desk)
    def shown(request: HttpRequest) -> HttpResponse:
        return _shown(request, desk)

    @require_http_methods(["GET", "POST"])
    @at_desk(desk)
    def proposed(request: HttpRequest, proposed_id: UUID) -> HttpResponse:
        return _proposed(request, desk, proposed_id)

    @require_POST
    @at_desk(desk)
    def decline(request: HttpRequest, proposed_id: UUID) -> HttpResponse:
        return _decline(request, desk, proposed_id)

    return [
        path("holder/", shown, name="holder-keys"),
        path("holder/<uuid:proposed_id>/", proposed, name="proposed-keys"),
        path("holder/<uuid:proposed_id>/decline/", decline, name="proposed-keys-decline"),
    ]


def _shown(request: HttpRequest, desk: str) -> HttpResponse:
    """Show the keys in force and those that wait; on POST, begin to propose others."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    rows = [
        (
            Cell(each.fingerprint, url=reverse(f"{desk}:proposed-keys", args=[each.id])),
            each.by,
            f"{each.at:%Y-%m-%d %H:%M}",
        )
        for each in holder_keys.waiting()
    ]
    columns = ("Fingerprint", "Proposed by", "At (UTC)")
    waits = table("Waiting for a second person", columns, rows, empty="No keys wait.", stacked=True)
    parts = [_in_force(home), Part(table=waits), Part("Propose the holder’s keys")]
    form = ProposeForm(request.POST or None, request.FILES or None)
    back = {"back": reverse(f"{desk}:holder-keys")}
    head = Head(desk, TITLE, _LEDE)
    return pages.ask(request, head, form, holder_keys.PROPOSE, back, parts=parts)


def _proposed(request: HttpRequest, desk: str, proposed_id: UUID) -> HttpResponse:
    """Show what proposed keys would change; on POST, begin to put them in force."""
    visitor = visitor_of(request)
    found = holder_keys.find(proposed_id)
    back = reverse(f"{desk}:holder-keys")
    head = Head(desk, "Proposed keys of the holder", up=[(back, TITLE)])
    new = holder_keys.read(found.text.encode())
    said = f"Proposed by {found.by}, {found.at:%Y-%m-%d %H:%M} (UTC)."
    decline = reverse(f"{desk}:proposed-keys-decline", args=[found.id])
    parts = [
        Part(text=said, table=_changes(visitor.deployment.requester, new)),
        Part(text="If it is not what the holder told you:", post=decline, submit="Decline them"),
    ]
    if found.by == visitor.person.id:
        return pages.page(request, head, [*parts, Part(text="Another person puts them in force.")])
    form = CompareForm(request.POST or None)
    fixed = {"proposed": str(found.id), "back": back}
    return pages.ask(request, head, form, holder_keys.ACCEPT, fixed, parts=parts)


def _decline(request: HttpRequest, desk: str, proposed_id: UUID) -> HttpResponse:
    """Decline proposed keys."""
    visitor = visitor_of(request)
    holder_keys.decline(visitor.deployment.requester, visitor.person, proposed_id)
    visitor.tell(request, "Those keys are declined. The keys in force stay.")
    return redirect(f"{desk}:holder-keys")


def _in_force(home: RequesterHome) -> Part:
    heading = "In force"
    try:
        now = holder_keys.in_force(home)
    except Misuse as error:
        return Part(heading, f"What is there cannot be read. {error}")
    if now is None:
        return Part(heading, "No keys of the holder are here: nothing of theirs can be checked.")
    return Part(heading, facts=[(words, _cell(said)) for words, said in _said(now)])


def _said(found: HolderKeys) -> list[tuple[str, Sequence[str]]]:
    """Return the keys in words: what each is, and by what it is known."""
    public = found.public
    return [
        ("Fingerprint of the file (SHA-256)", [found.fingerprint]),
        ("The holder’s own key (thumbprint)", [found.holder]),
        ("The ledger’s keys", [_short(each) for each in public.ledger]),
        ("Witnesses", [_short(each) for each in public.witnesses] or ["none"]),
        ("How many witnesses must have cosigned", [str(public.k)]),
    ]


def _changes(home: RequesterHome, new: HolderKeys) -> Table:
    try:
        now = holder_keys.in_force(home)
    except Misuse:
        now = None
    before = dict(_said(now)) if now else {}
    rows = [
        (words, _cell(before.get(words, ["none"])), _cell(said), _compared(before.get(words), said))
        for words, said in _said(new)
    ]
    columns = ("What", "In force", "Proposed", "Compared")
    return table("What is in force, and what is proposed", columns, rows, stacked=True)


def _compared(before: Sequence[str] | None, said: Sequence[str]) -> Cell:
    if before == said:
        return Cell("the same", tag="plain")
    return Cell("new" if before is None else "another", tag="warn")


def _cell(said: Sequence[str]) -> Cell:
    return Cell(", ".join(said), mono=True)


def _short(vkey: str) -> str:
    """Return a verifier key's name and the digest that it bears (signed-note)."""
    return "+".join(vkey.split("+")[:2])

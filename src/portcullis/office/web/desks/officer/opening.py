"""Opening a package for a purpose, in the officer's own browser, by a token of the holder.

The request and the token go between the two homes as files. The officer signs the request; when
its token is here, the office checks and logs the opening, and hands out what is still sealed:
``open.js`` unseals it with the key that only that browser holds, and clears it after two minutes.
"""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portcullis.custody import LABEL, Visit
from portcullis.office.people import Actor
from portcullis.office.requesting import received
from portcullis.office.requesting.network import AskToken
from portcullis.office.web import acts, network, packages, signing
from portcullis.office.web.answering import answering
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.officer.attesting import DESK
from portcullis.office.web.desks.officer.keeping import PurposeForm
from portcullis.office.web.downloads import attachment
from portcullis.office.web.visitors import visitor_of

_LONGEST = 65_536  # bytes of a token


class TokenForm(forms.Form):
    """The holder's answer to the opening request."""

    def clean_token(self) -> str:
        """Return the file's text; whether it is the holder's token shows when it is used."""
        text = self.cleaned_data["token"].read(_LONGEST).decode("utf-8", "replace").strip()
        if not text.isascii() or not text.isprintable():
            raise forms.ValidationError("That is no token. Take in the file that the holder gave.")
        return str(text)

    token = forms.FileField(
        label="The holder's token", help_text="Good for a few minutes, and for this opening only."
    )


def _ask(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    asked = received.ask(here.requester, actor, dict(data["statement"]))
    return acts.Done(f"/officer/openings/{asked.id}/", "Your request to open it is signed.")


ASK = acts.register(
    acts.WebAct("package-ask", "ask", "Ask to open a package", _ask, stands_for=packages.stands_for)
)


@require_POST
@at_desk(DESK)
@packages.visiting
def ask(request: HttpRequest, visited: Visit, package_id: str) -> HttpResponse:
    """Begin to ask for the opening of a package, for the purpose chosen."""
    visitor = visitor_of(request)
    form = PurposeForm(visitor.deployment.pack.authority.purposes, request.POST)
    if not form.is_valid():
        visitor.tell(request, "Choose the purpose first; nothing was signed.")
        return redirect("officer:package", package_id)
    said = visited.opening_statement(package_id, form.cleaned_data["purpose"])
    return signing.begin(request, ASK.name, {"statement": said})


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def opening(request: HttpRequest, _visited: Visit, opening_id: UUID) -> HttpResponse:
    """Show how far an opening is; on POST, the holder's token is taken in."""
    visitor = visitor_of(request)
    asked = received.opening(visitor.deployment.requester, visitor.person, opening_id)
    form = TokenForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        asked.token = form.cleaned_data["token"]
        asked.save(update_fields=["token"])
        return redirect("officer:opening", asked.id)
    context = {
        "title": "Opening a package",
        "asked": asked,
        "purpose": asked.statement["purpose"],
        "label": LABEL,
        "form": form,
        "thumbprint": visitor.thumbprint,
        "relay": network.shown(visitor),
        "facts": [
            ("Package", asked.package),
            ("Purpose", asked.statement["purpose"]),
            ("Asked at (UTC)", asked.statement["at"]),
        ],
    }
    return render(request, "office/officer/opening.html", context)


@require_GET
@at_desk(DESK)
def request_file(request: HttpRequest, opening_id: UUID) -> HttpResponse:
    """Give the signed opening request, to be carried to the holder."""
    visitor = visitor_of(request)
    asked = received.opening(visitor.deployment.requester, visitor.person, opening_id)
    return attachment(asked.request, "opening.jws")


@require_POST
@at_desk(DESK)
@answering
def statement(request: HttpRequest, opening_id: UUID) -> JsonResponse:
    """Give the statement that the token was given for, to be signed by who is here now."""
    visitor = visitor_of(request)
    asked = received.opening(visitor.deployment.requester, visitor.person, opening_id)
    return JsonResponse({"statement": asked.statement})


@require_POST
@at_desk(DESK)
@answering
def package(request: HttpRequest, opening_id: UUID) -> JsonResponse:
    """Check and log the opening, then hand out the sealed package and the wrapped half."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    asked = received.opening(visitor.deployment.requester, visitor.person, opening_id)
    visited = received.visit(home, visitor.person)
    signed = str(request.POST.get("request", ""))
    data, opened = received.hand_out(home, visited, asked, signed, visitor.person)
    return JsonResponse({"package": data, "half": opened.half})


@require_POST
@at_desk(DESK)
@answering
def failed(request: HttpRequest, opening_id: UUID) -> JsonResponse:
    """Log that what was handed out could not be shown."""
    visitor = visitor_of(request)
    asked = received.opening(visitor.deployment.requester, visitor.person, opening_id)
    visited = received.visit(visitor.deployment.requester, visitor.person)
    visited.not_shown(asked.package, str(request.POST.get("nonce", "")))
    return JsonResponse({})


@require_POST
@at_desk(DESK)
@answering
def ask_holder(request: HttpRequest, opening_id: UUID) -> JsonResponse:
    """Do the next step of asking the holder's office for the token of an opening."""
    visitor = visitor_of(request)
    asked = received.opening(visitor.deployment.requester, visitor.person, opening_id)
    here = reverse("officer:opening", args=[asked.id])
    return network.step(
        request, f"token {asked.id}", lambda _state: AskToken(asked), lambda _e: here
    )

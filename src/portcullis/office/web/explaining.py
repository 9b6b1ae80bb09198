"""An explanation of one request, asked for and shown once: reading it is an act on the ledger."""

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.errors import PortcullisError
from portcullis.law import Explained, Result
from portcullis.law.quotation import paragraphs
from portcullis.office import explanations
from portcullis.office.models import Batch
from portcullis.office.people import Actor
from portcullis.office.web import signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.oversight import Explanation, words

NAME = "explain"
TAGS = {
    Result.MET: "good",
    Result.NOT_MET: "bad",
    Result.FOR_A_PERSON: "warn",
}


class ExplainForm(forms.Form):
    """Which request is to be explained."""

    request_id = forms.CharField(
        label="Request id",
        max_length=200,
        help_text="As the requester wrote it; or “row 12” for a row without a legible id.",
    )
    batch = forms.ChoiceField(label="Batch", required=False)

    def __init__(
        self, data: Mapping[str, Any] | None, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        ids = Batch.objects.filter(lists__number=1).order_by("-received_on", "id")
        named = [(each, each) for each in ids.values_list("id", flat=True)]
        self.fields["batch"].choices = [("", "Whichever it stands in"), *named]  # type: ignore[attr-defined]


def asking(name: str, template: str) -> Callable[[HttpRequest], HttpResponse]:
    """Return a desk's view that asks which request to explain, and begins the act.

    ``name``: of its address; ``template``: its page.
    """

    def ask(request: HttpRequest) -> HttpResponse:
        form = ExplainForm(request.POST or None, initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            wanted = {
                "request": form.cleaned_data["request_id"].strip(),
                "batch": form.cleaned_data["batch"],
                "back": reverse(name),
            }
            try:
                return signing.begin(request, NAME, wanted)
            except PortcullisError as error:
                form.add_error("request_id", str(error))
        return render(request, template, {"form": form}, status=400 if form.errors else 200)

    return ask


def _perform(deployment: Deployment, actor: Actor, data: Data) -> Done:
    explained = explanations.explain_request(
        deployment.holder, data["request"], actor, data["batch"] or None
    )

    def show(request: HttpRequest) -> HttpResponse:
        return render(request, "office/batches/explained.html", _context(explained, data["back"]))

    return Done(data["back"], "The explanation was read.", show)


def _context(it: Explanation, back: str) -> dict[str, Any]:
    counted = Counter(line.result for line in it.lines)
    return {
        "it": it,
        "outcome": words.outcome(it.outcome) if it.outcome != "passed" else "Passed on its face",
        "back": back,
        "counts": [
            {"label": str(result), "value": counted[result], "kind": TAGS.get(result, "plain")}
            for result in Result
            if counted[result]
        ],
        "sections": [
            (
                provision,
                paragraphs(provision.text),
                [(line, _tag(line)) for line in lines],
            )
            for provision, lines in _by_provision(it)
        ],
    }


def _tag(line: Explained) -> str:
    return TAGS.get(line.result, "plain")


def _by_provision(it: Explanation) -> list[tuple[Any, list[Any]]]:
    grouped = (list(lines) for _, lines in groupby(it.lines, key=lambda line: line.provision.id))
    return [(lines[0].provision, lines) for lines in grouped]


register(WebAct(NAME, "explain", "Read the explanation of a request", _perform, browser_only=True))

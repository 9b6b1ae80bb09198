"""Judging the past again: under which readings and which version of the agreement, of what."""

from collections.abc import Mapping
from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pydantic import Field

from portcullis import law
from portcullis.errors import Refused
from portcullis.office import readings, versions, work
from portcullis.office.models import Batch, History
from portcullis.office.people import Actor
from portcullis.office.web import pages, past, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head
from portcullis.office.web.said import Among, Ids, Said
from portcullis.office.web.visitors import visitor_of

ACT = "reexamine"
_NAMED = 5  # lines that name nothing, told at once


class Reexamine(Said):
    """Under what the past is judged again, and how much of it."""

    readings: Annotated[
        list[Annotated[str, Among.of(each.id for each in law.READINGS)]],
        Field(max_length=100, description="Beside those in force."),
    ]
    version: Annotated[
        str | None,
        Field(max_length=80, description="Of the agreement; null: the one in force."),
    ] = None
    batches: Annotated[Ids | None, Field(description="Null, of both: all there are.")] = None
    histories: Annotated[Ids | None, Field(description="Null, of both: all there are.")] = None


class ReexamineForm(pages.Form):
    """Under what, and of what."""

    readings = forms.MultipleChoiceField(
        label="Readings to judge under, beside those in force",
        required=False,
        choices=[(each.id, each.id) for each in law.READINGS],
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.ChoiceField(label="Version of the agreement", required=False)
    named = forms.CharField(
        label="Only these batches and histories",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids, one on each line. Left empty: everything that was judged or imported.",
    )

    def __init__(self, known: list[str], *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        self.fields["version"].choices = [  # type: ignore[attr-defined]
            ("", "The one in force"),
            *((each, each) for each in known),
        ]

    def clean_named(self) -> list[str]:
        """Return the ids named; raise ValidationError where a line names none."""
        lines = [line.strip() for line in self.cleaned_data["named"].splitlines()]
        wanted = list(dict.fromkeys(filter(None, lines)))
        known = {*_known(Batch, wanted), *_known(History, wanted)}
        off = [str(at) for at, line in enumerate(lines, start=1) if line and line not in known]
        if off:
            raise forms.ValidationError(
                f"No batch or history of the id on line {', '.join(off[:_NAMED])} is here. Mend it."
            )
        return wanted


@at_desk("counsel")
def reexamine(request: HttpRequest) -> HttpResponse:
    """Ask under what, and of what, the past is judged again; on POST, go on to sign it."""
    home = visitor_of(request).deployment.holder
    form = ReexamineForm(versions.known(home), request.POST or None)
    head = Head(
        "counsel",
        "Judge the past again",
        "Every stored request is judged from what is stored; nobody is looked up, and nothing that "
        "was decided changes. Its lists and the drafts of demands are for you, and kept a week.",
        [(reverse("counsel:reexaminations"), past.REEXAMINATIONS)],
    )
    fixed: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        fixed = _of(form.cleaned_data.pop("named"))
        form.cleaned_data["version"] = form.cleaned_data["version"] or None
    return pages.ask(request, head, form, ACT, fixed)


def _of(named: list[str]) -> dict[str, list[str] | None]:
    """Return which batches and which histories are named; None of both where nothing is."""
    if not named:
        return {"batches": None, "histories": None}
    imported = set(_known(History, named))
    return {
        "batches": [each for each in named if each not in imported],
        "histories": [each for each in named if each in imported],
    }


def _known(model: type[Batch] | type[History], ids: list[str]) -> list[str]:
    return list(model.objects.filter(id__in=ids).values_list("id", flat=True))


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed; refuse, before it is, what cannot be judged under."""
    home = deployment.holder
    versions.pack_of(home, data["version"])
    readings.basis_on(home, deployment.today()).re_examined(data["readings"])
    for model in (Batch, History):
        wanted = data["batches" if model is Batch else "histories"] or []
        if len(_known(model, wanted)) != len(set(wanted)):
            raise Refused("A batch or history that is named is not here.", "Name those that are.")
    return work.ordering("", data)


def _reexamine(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return working.begin(deployment, actor, ACT, "", data, reverse("counsel:reexaminations"))


register(WebAct(ACT, ACT, "Judge the past again", _reexamine, _ordering, Reexamine))

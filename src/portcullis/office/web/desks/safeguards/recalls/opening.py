"""Opening a recall: on a ground that says itself what it covers, or of things named."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from portcullis import law
from portcullis.errors import Refused
from portcullis.office import acting, incidents, recalls
from portcullis.office.models import Batch, History, Reexamination
from portcullis.office.people import Actor
from portcullis.office.recall_cover import CAUSES, Ground, Named, cover
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.desks.safeguards.recalls.showing import RECALLS
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import visitor_of

OPEN = "recall"
_CAUSES = {
    "unlawful-disclosure": "It should not have been disclosed",
    "reading-changed": "The reading of the law has changed",
    "order": "An order of a court reaches it",
    "incident": "A possible incident reaches it",
}
_LONGEST = 20_000


class OpenForm(pages.Form):
    """What is recalled, and why: a ground that says itself what it covers, or things named."""

    id = forms.CharField(label="Id", max_length=80, help_text="A short name. Name no person.")
    why = forms.ChoiceField(
        label="Ground", help_text="A re-examination, reading or version says itself what it covers."
    )
    batches = forms.CharField(
        label="Batches and imported histories",
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids, one on each line: all that a batch delivered, all of a history.",
    )
    packages = forms.CharField(
        label="Packages",
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids of delivered packages, one on each line.",
    )

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        open_ = [each for each in incidents.register().incidents.values() if not each.closed_on]
        self.fields["why"].choices = [  # type: ignore[attr-defined]
            *((f"named {cause}", _CAUSES[cause]) for cause in CAUSES),
            *((f"incident {one.id}", f"Incident {one.id}") for one in open_),
            *(
                (f"reexamination {number}", f"What re-examination {number} found unlawful")
                for number in Reexamination.objects.values_list("number", flat=True)
            ),
            *(
                (f"reading {one.id}", f"All made under the reading {one.id}")
                for one in law.READINGS
            ),
            *(
                (f"agreement-version {one}", f"All made under version {one} of the agreement")
                for one in sorted(set(Batch.objects.values_list("agreement_version", flat=True)))
            ),
        ]

    def clean_batches(self) -> list[str]:
        """Return the ids named, one of each."""
        return _lines(self.cleaned_data["batches"])

    def clean_packages(self) -> list[str]:
        """Return the ids named, one of each."""
        return _lines(self.cleaned_data["packages"])


@at_desk(HERE)
def open_(request: HttpRequest) -> HttpResponse:
    """Open a recall of all that a ground covers."""
    visitor = visitor_of(request)
    form = OpenForm(request.POST or None)
    fixed: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        fixed = _asked(form)
    head = Head(
        HERE,
        "Open a recall",
        "From your signature on no package of it can be opened. The recipient is to dispose of it "
        f"within {visitor.deployment.pack.safeguards.disposal_days} days.",
        RECALLS.up(HERE),
    )
    return pages.ask(request, head, form, OPEN, fixed)


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))


def _asked(form: forms.Form) -> dict[str, Any]:
    """Take apart what is asked: the ground and its object, batches, histories and packages."""
    said = form.cleaned_data
    kind, _, of = said.pop("why").partition(" ")
    named = said.pop("batches")
    histories = set(History.objects.filter(id__in=named).values_list("id", flat=True))
    known = histories | set(Batch.objects.filter(id__in=named).values_list("id", flat=True))
    off = [str(at) for at, each in enumerate(named, start=1) if each not in known]
    if off:
        form.add_error(
            "batches", f"No batch or history of the id on line {', '.join(off[:5])} is here."
        )
    return {
        "kind": kind,
        "of": of,
        "batches": [each for each in named if each not in histories],
        "histories": sorted(histories),
        "packages": said.pop("packages"),
    }


def _ground(data: Data) -> Ground:
    return Ground(data["kind"], data["of"])


def _things(data: Data) -> Named:
    return Named(tuple(data["packages"]), tuple(data["batches"]), tuple(data["histories"]))


def _open(deployment: Deployment, actor: Actor, data: Data) -> Done:
    signed_for = int(acting.ordered(actor)["disclosures"])
    asked = recalls.Asked(data["id"], _ground(data), _things(data), signed_for)
    found = recalls.open_recall(deployment.holder, actor, asked)
    told = f"{found.disclosures:,} disclosures are recalled; none of them can be opened any more."
    return Done(RECALLS.url(HERE, found.id), told)


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: all that is asked, and how many disclosures it covers now.

    The list of them is made, with its random bytes, after; it is refused where it has grown.
    """
    recall_id = str(data["id"])
    incidents.check_id("id", recall_id)
    if recall_id in recalls.every():
        raise Refused("The field id has the id of another recall.", "Give it another.")
    named = ("id", "kind", "of", "batches", "histories", "packages")
    covered = cover(deployment.holder, _ground(data), _things(data))
    return "", {**{name: data[name] for name in named}, "disclosures": covered.height}


register(WebAct(OPEN, OPEN, "Open a recall", _open, _ordering, says.RecallOpening))

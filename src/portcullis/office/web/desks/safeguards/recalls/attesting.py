"""What the custodian of one place certifies of recalled lots; and the closing of a recall."""

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from portcullis.office import recall_steps
from portcullis.office.people import Actor
from portcullis.office.recall_steps import ATTESTED_AS, Attestation
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.desks.safeguards.recalls.showing import RECALLS, STAGES
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.pages import Head
from portcullis.oversight.recall import METHODS, Place, Recall

ATTEST, CLOSE = "recall-attest", "recall-close"
_METHODS = {
    "returned": "Returned",
    "destroyed": "Destroyed",
    "made-undisclosable": "Made undisclosable",
    "nothing-held": "Nothing was held",
}
_NOBODY, _NAMED = "nobody", "named"
_RANGE = re.compile(r"([0-9]{1,9})(?:[-–]([0-9]{1,9}))?")
_LONGEST = 20_000


class AttestForm(pages.Form):
    """What the custodian of one place certifies."""

    custodian = forms.CharField(
        label="Custodian", max_length=80, help_text="The id of an office or of the roster."
    )
    place = forms.CharField(
        label="Place", max_length=80, help_text="The id of the system it is kept in."
    )
    lots = forms.CharField(
        label="Lots held there",
        max_length=_LONGEST,
        help_text="Their numbers, as on the recall’s page: 1-40, 57. Or “all”.",
    )
    stage = forms.ChoiceField(
        label="It is", choices=[(each, STAGES[each][0]) for each in ATTESTED_AS]
    )
    method = forms.ChoiceField(
        label="How it was disposed of",
        required=False,
        choices=[("", "Not disposed of"), *((each, _METHODS[each]) for each in METHODS)],
    )
    copies = forms.IntegerField(label="Copies", min_value=0, help_text="There are, or were; or 0.")
    derived = forms.IntegerField(label="Records made from it", min_value=0)
    actions = forms.IntegerField(label="Actions that rested on it", min_value=0)
    passed = forms.ChoiceField(
        label="It was passed on",
        choices=[(_NOBODY, "To nobody"), (_NAMED, "To those named below")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was passed on: the signed paper does."},
    )
    onward = forms.CharField(
        label="Onward recipients",
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line, as CUSTODIAN:PLACE: ids, no names. Each is then a place that "
        "attests itself.",
    )
    document = DocumentField(label="The signed attestation", help_text="Only its SHA-256 is kept.")

    def __init__(self, found: Recall, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        self._lots = list(found.lots)

    def clean_lots(self) -> list[str]:
        """Return the lots named; raise ValidationError where what is written names none."""
        written = self.cleaned_data["lots"].replace(" ", "").lower()
        if written == "all":
            return self._lots
        named: set[int] = set()
        for part in written.split(","):
            ends = _RANGE.fullmatch(part)
            if ends is None:
                raise forms.ValidationError("Write numbers of lots, as 1-40, 57; or “all”.")
            first, last = int(ends[1]), int(ends[2] or ends[1])
            if not 1 <= first <= last <= len(self._lots):
                told = f"The recall’s lots have the numbers 1 to {len(self._lots):,}. Mend it."
                raise forms.ValidationError(told)
            named.update(range(first, last + 1))
        return [str(each) for each in sorted(named)]

    def clean_onward(self) -> list[str]:
        """Return the places named; raise ValidationError where a line names none."""
        written = (line.strip() for line in self.cleaned_data["onward"].splitlines())
        lines = list(dict.fromkeys(filter(None, written)))
        off = [str(at) for at, line in enumerate(lines, start=1) if not _is_place(line)]
        if off:
            told = f"Line {', '.join(off[:5])} is not written CUSTODIAN:PLACE. Mend it."
            raise forms.ValidationError(told)
        return lines

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError where what is said of onward recipients contradicts itself."""
        said = self.cleaned_data
        passed, onward = said.get("passed"), said.get("onward")
        if passed == _NAMED and not onward and "onward" not in self.errors:
            self.add_error("onward", "Nobody is named. Name them, or say that there is nobody.")
        if passed == _NOBODY and onward:
            self.add_error("passed", "Somebody is named below. Say so, or take them out.")
        return said


@at_desk(HERE)
def attest(request: HttpRequest) -> HttpResponse:
    """Enter what the custodian of one place certifies."""
    found = RECALLS.asked(request)
    head = Head(
        HERE,
        f"Attestation for {found.id}",
        "What the custodian of one place has signed. A disposal is refused while a preservation "
        "hold reaches it that counsel has not cleared.",
        RECALLS.up(HERE, found.id),
    )
    form = AttestForm(found, request.POST or None, request.FILES or None)
    return pages.ask(request, head, form, ATTEST, {"recall": found.id})


close = RECALLS.beginning(HERE, CLOSE)


def _is_place(line: str) -> bool:
    custodian, _, place = line.partition(":")
    return bool(custodian and place)


def _place(line: str) -> Place:
    custodian, _, place = line.partition(":")
    return Place(custodian, place)


def _attest(deployment: Deployment, actor: Actor, data: Data) -> Done:
    said = Attestation(
        place=Place(data["custodian"], data["place"]),
        lots=data["lots"],
        stage=data["stage"],
        copies=data["copies"],
        derived_records=data["derived"],
        actions_taken=data["actions"],
        document=data["document"],
        onward=[_place(each) for each in data["onward"]],
        method=data["method"],
    )
    recall_steps.attest(deployment.holder, actor, data["recall"], said)
    return Done(RECALLS.url(HERE, data["recall"]), "The attestation is entered.")


def _close(deployment: Deployment, actor: Actor, data: Data) -> Done:
    recall_steps.close(deployment.holder, actor, data["recall"])
    return Done(RECALLS.url(HERE, data["recall"]), "The recall is closed.")


register(WebAct(ATTEST, ATTEST, "Enter an attestation", _attest, takes=says.RecallAttestation))
register(WebAct(CLOSE, CLOSE, "Close a recall", _close, takes=says.OfRecall))

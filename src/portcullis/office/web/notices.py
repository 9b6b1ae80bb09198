"""The holder's notices, as the desks of those who hold what was disclosed show and attest to them.

An officer sees what is listed for them; the custodian and the signatory see what is listed for
everybody. A signatory attests for any of them, the agency too.
"""

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.custody import Listed, Notice
from portcullis.office.people import Actor
from portcullis.office.requesting import notices
from portcullis.office.requesting.home import PLACE
from portcullis.office.requesting.notices import FOR_ANOTHER, OWN
from portcullis.office.web import acts, pages
from portcullis.office.web import drafting as shown
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing.notices import FREEZE, LIFTED, PRESERVE

TITLE = "Notices of the holder"
LEDE = (
    "An order freezes what was disclosed, a hold preserves it. Whoever holds it attests that this "
    "is done; the attestation is carried to the holder."
)
SAYS = {
    FREEZE: ("freeze", "warn"),
    PRESERVE: ("preserve", "warn"),
    LIFTED: ("lifted", "good"),
}
_ALL = "see-all-notices"


def _attest(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    notices.attest(here.requester, actor, str(data["notice"]), str(data["custodian"]))
    return acts.Done(str(data["back"]), "The attestation is signed. Carry it to the holder.")


acts.register(acts.WebAct(OWN, OWN, "Attest to a notice of the holder", _attest))
acts.register(
    acts.WebAct(FOR_ANOTHER, FOR_ANOTHER, "Attest to a notice for another custodian", _attest)
)


class AttestForm(pages.Form):
    """For whom is attested."""

    def __init__(self, custodians: Sequence[str], request: HttpRequest) -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        choices = [(each, each) for each in custodians]
        one = len(choices) == 1
        self.fields["custodian"] = forms.ChoiceField(
            label="Custodian",
            choices=choices if one else [("", "Choose one"), *choices],
            help_text="You attest for what this custodian holds. “agency” holds what was disclosed "
            "without packages.",
            widget=forms.HiddenInput if one else forms.Select,
            initial=custodians[0] if one else "",
        )


def listed(visitor: Visitor, desk: str) -> Table:
    """Return the notices that the visitor may see, each linked to its page at ``desk``."""
    seen = [(each, _seen(visitor, each)) for each in _kept(visitor)]
    rows = [
        (
            Cell(one.of, url=reverse(f"{desk}:notice", args=[one.name])),
            _says(one),
            str(one.said["of"].get("court", "–")),
            str(one.said["of"].get("docket", "–")),
            _at(str(one.said["issued_at"])),
            sum(each.disclosures for each in lists),
            _state(one, lists),
        )
        for one, lists in reversed(seen)
        if lists
    ]
    columns = (
        "Order or hold", "What it says", "Court", "Docket", "Issued at (UTC)", "Disclosures",
        "Attested",
    )  # fmt: skip
    return table(
        "Notices kept: the newest of each", columns, rows, stacked=True, empty="No notice is kept."
    )


def preserved(visitor: Visitor) -> int:
    """Return how many disclosures the holds that stand list."""
    holds = (each for each in _kept(visitor) if each.says == PRESERVE)
    return sum(each.disclosures for hold in holds for each in hold.listed)


def waiting(visitor: Visitor) -> int:
    """Return how many attestations wait that the visitor may give."""
    own = "" if visitor.may(FOR_ANOTHER) else visitor.person.id
    return len(notices.outstanding(visitor.deployment.requester, own))


def one(request: HttpRequest, desk: str, name: str) -> HttpResponse:
    """Show a notice and what it lists; on POST, begin to attest to it.

    The look is in the FTI log.
    """
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    notice = home.recipient.notices.find(name)
    lists = _seen(visitor, notice)
    if not lists:
        visitor.deployment.deny(_ALL, visitor.person, "That notice lists nothing for you.")
    home.recipient.viewed(visitor.person.id, "notice", at=home.now(), place=PLACE)
    back = reverse(f"{desk}:notices")
    head = Head(desk, f"Notice of {notice.of}", str(notice.said["words"]), up=[(back, TITLE)])
    parts = [
        Part(facts=_facts(notice)),
        _custodians(notice, lists),
        _disclosures(request, lists, notice),
    ]
    custodians = _may_attest(visitor, notice, lists)
    if not custodians:
        return pages.page(request, head, parts)
    form = AttestForm(custodians, request)
    act = notices.act_for(visitor.person, str(request.POST.get("custodian", "")))
    fixed = {"notice": name, "back": back}
    mine = custodians == [visitor.person.id]
    submit = "Go on to attest for what you hold" if mine else "Go on to attest"
    return pages.ask(request, head, form, act, fixed, parts=parts, submit=submit)


def _kept(visitor: Visitor) -> list[Notice]:
    return visitor.deployment.requester.recipient.notices.every()


def _seen(visitor: Visitor, notice: Notice) -> list[Listed]:
    """Return what of a notice's lists the visitor may see."""
    every = visitor.may(_ALL)
    return [each for each in notice.listed if every or each.custodian == visitor.person.id]


def _may_attest(visitor: Visitor, notice: Notice, lists: Sequence[Listed]) -> list[str]:
    """Return for whom the visitor may attest to the notice, of those who have not."""
    given = notices.attested(notice)
    return [
        each.custodian
        for each in lists
        if notice.asks
        and notice.digest
        and each.custodian not in given
        and visitor.may(notices.act_for(visitor.person, each.custodian))
    ]


def _facts(notice: Notice) -> list[tuple[str, object]]:
    of = notice.said["of"]
    return [
        ("Order or hold", notice.of),
        ("What it says", _says(notice)),
        ("Court", str(of.get("court", "–"))),
        ("Docket", str(of.get("docket", "–"))),
        ("Issued at (UTC)", _at(str(notice.said["issued_at"]))),
        ("Digest of the notice", notice.digest or "none: keep the notice again"),
    ]


def _custodians(notice: Notice, lists: Sequence[Listed]) -> Part:
    given = notices.attested(notice)
    rows = [
        (
            Cell(each.custodian, url=f"?list={number}"),
            each.disclosures,
            _given(given.get(each.custodian), notice),
        )
        for number, each in enumerate(lists, start=1)
    ]
    columns = ("Custodian", "Disclosures", "Attested")
    return Part(table=table("What it lists, and for whom", columns, rows, stacked=True))


def _disclosures(request: HttpRequest, lists: Sequence[Listed], notice: Notice) -> Part:
    """Return the disclosures of one list: of the number that is asked for, else the first."""
    number = shown.page_of(len(lists), request.GET.get("list"), 1).number
    mine = lists[number - 1]
    page = shown.page_of(mine.disclosures, request.GET.get("page"))
    rows = [
        (
            Cell(each["request_id"] or "–", note=each["package"] or ""),
            str(each["source"]),
            _at(each["delivered_at"] or ""),
            bool(each["opened"]),
        )
        for each in notice.disclosures(mine.custodian, shown.begins(page), shown.A_PAGE)
    ]
    columns = ("Request, package", "Batch or history", "Delivered at (UTC)", "Opened by then")
    caption = f"What it lists for {mine.custodian}"
    listed_here = table(caption, columns, rows, stacked=True)
    return Part(table=listed_here, page=page, query=f"list={number}")


def _state(notice: Notice, lists: Sequence[Listed]) -> Cell:
    """Return how many of those custodians have attested."""
    if not notice.asks:
        return Cell("nothing is asked")
    given = notices.attested(notice)
    left = sum(each.custodian not in given for each in lists)
    if left:
        return Cell(f"{left} of {len(lists)} outstanding", tag="bad")
    return Cell("all", tag="good")


def _given(given: notices.Attested | None, notice: Notice) -> Cell:
    if not notice.asks:
        return Cell("nothing is asked")
    if given is None:
        return Cell("not yet", tag="bad")
    return Cell("attested", tag="good", note=f"by {given.by}, {_at(given.at)}")


def _says(notice: Notice) -> Cell:
    words, tag = SAYS.get(notice.says, (notice.says, "plain"))
    return Cell(words, tag=tag)


def _at(moment: str) -> str:
    return moment[:16].replace("T", " ") or "–"

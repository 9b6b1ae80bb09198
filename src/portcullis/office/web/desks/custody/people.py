"""The people of this side, and their accounts: given, or a lost one anew."""

from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portcullis.errors import PortcullisError
from portcullis.office.people import Actor
from portcullis.office.web import acts, signing
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.custody.keeping import DESK
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.signin.invitations import ACTS, done, invite
from portcullis.office.web.visitors import Visitor, visitor_of


class InviteForm(forms.Form):
    """Whom to give an account."""

    person = forms.CharField(
        label="Person's id on the roster",
        help_text="Whoever used an account already loses its password and second factors, once a "
        "second person says so too, here in the same way.",
        max_length=80,
    )


def _invite(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    return done("/custody/people/", invite(here, actor, str(data["person"])))


INVITE = acts.register(
    acts.WebAct(
        "requester-invite",
        ACTS["requester"],
        "Give a person an account",
        _invite,
        browser_only=True,
    )
)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def listed(request: HttpRequest) -> HttpResponse:
    """Show this side's people; on POST, begin to give a person an account."""
    visitor = visitor_of(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return signing.begin(request, INVITE.name, form.cleaned_data)
        except PortcullisError as error:
            form.add_error("person", str(error))
    context = {"title": "People and accounts", "form": form, "people": _people(visitor)}
    return render(request, "office/custody/people.html", context)


def _people(visitor: Visitor) -> Table:
    accounts = set(User.objects.values_list("username", flat=True))
    here = visitor.deployment
    rows = [
        (
            Cell(person.id, note=person.name),
            person.agency,
            ", ".join(person.roles),
            Cell("has one", tag="good") if person.id in accounts else Cell("none", tag="plain"),
            len([each for each in person.passkeys if each.in_force(visitor.today)]),
        )
        for person in here.roster.people
        if here.member(person.id) is not None
    ]
    columns = ("Person", "Agency", "Roles", "Account", "Passkeys in force")
    return table("Who is enrolled on this side and in force today", columns, rows)

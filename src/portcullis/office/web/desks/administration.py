"""The desk: Administrator."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from portcullis.errors import PortcullisError
from portcullis.office.people import Actor
from portcullis.office.web import acts, signing
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.signin.invitations import ACTS, done, invite


class InviteForm(forms.Form):
    """Whom to give an account."""

    person = forms.CharField(
        label="Person's id on the roster",
        help_text="Whoever used an account already loses its password and second factors, once a "
        "second person says so too, here in the same way.",
        max_length=80,
    )


def _invite(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    return done("/administration/", invite(here, actor, str(data["person"])))


INVITE = acts.register(
    acts.WebAct(
        "account-invite", ACTS["holder"], "Give a person an account", _invite, browser_only=True
    )
)


@at_desk("administration")
def first(request: HttpRequest) -> HttpResponse:
    """Show the desk; on POST, begin to give a person an account."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return signing.begin(request, INVITE.name, form.cleaned_data)
        except PortcullisError as error:
            form.add_error("person", str(error))
    context = {"title": "Administrator", "form": form}
    return render(request, "office/administration.html", context)


urlpatterns = [path("", first, name="first")]

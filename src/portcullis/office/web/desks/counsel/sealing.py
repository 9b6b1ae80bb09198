"""Persons under seal whose digests a restored home has lost: given again, or everybody is reached.

It is no act: what is kept is what the ledger names by its digest, and nothing else is taken.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portcullis.errors import PortcullisError
from portcullis.office import persons
from portcullis.office.models import Placed
from portcullis.office.web import pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel.orders import UP, named
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import Visitor, visitor_of


class PersonsForm(pages.Form):
    """The very file that an order or hold was filed with."""

    persons = forms.FileField(
        label="Persons under seal", help_text="The very CSV file that it was filed with."
    )


@at_desk("counsel")
def again(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Keep again the digests of the persons that an order or hold names."""
    visitor, row = visitor_of(request), named(placed_id)
    url = reverse("counsel:order", args=[row.id])
    form = PersonsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _kept(visitor, row, form):
        visitor.tell(request, "They are kept again, and it reaches them alone.")
        return redirect(url)
    head = Head(
        "counsel",
        f"The persons of {row.id}",
        "This home has lost their digests, so it reaches every request. Give the same persons "
        "again: they are compared with what the ledger names.",
        [(reverse("counsel:orders"), UP), (url, row.id)],
    )
    context = {"head": head, "form": form, "parts": (), "submit": "Keep them again"}
    return render(request, "office/desks/asked.html", context, status=400 if form.errors else 200)


def _kept(visitor: Visitor, row: Placed, form: forms.Form) -> bool:
    home, sent = visitor.deployment.holder, form.cleaned_data["persons"]
    found = persons.digested(home, row.id, bytes(sent.read(persons.LONGEST + 1)))
    try:
        persons.seal_again(home, row.id, found)
    except PortcullisError as error:
        form.add_error("persons", str(error))
        return False
    return True

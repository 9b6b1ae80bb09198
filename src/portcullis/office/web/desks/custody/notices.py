"""The custodian's notices: kept here first, then attested to by whoever holds what they list."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portcullis.custody import Visit
from portcullis.errors import PortcullisError
from portcullis.office.requesting import notices as kept
from portcullis.office.requesting import work
from portcullis.office.web import long_work, notices, packages, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.custody.keeping import DESK
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import visitor_of
from portcullis.office.work import uploads


class NoticeForm(pages.Form):
    """A notice of the holder."""

    notice = forms.FileField(
        label="The holder's notice",
        help_text="Of a court order, or of a hold that preserves. Its signature is checked.",
    )


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def listed(request: HttpRequest, _visited: Visit) -> HttpResponse:
    """Show the notices kept; on POST, keep one more: a long one in the background."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    form = NoticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["notice"]
        name, by = str(sent.name or "file"), visitor.person.id
        upload = uploads.receive(home.path, name, sent.chunks(), person=by)
        if sent.size > long_work.LARGE_FILE:
            here = reverse("custody:notices")
            return long_work.begin(request, work.NOTICE, "", here, **upload.as_json())
        try:
            path = uploads.path_of(home.path, upload.id, upload.name)
            notice = kept.keep(home, visitor.person, path)
        except PortcullisError as error:
            form.add_error("notice", str(error))
        else:
            visitor.tell(request, f"The notice is kept; it says: {notice.says}.")
            return redirect("custody:notice", notice.name)
        finally:
            uploads.remove(home.path, upload.id)
    preserved = notices.preserved(visitor)
    said = f"Disclosures that a hold preserves: {preserved:,}. They are not returned or destroyed."
    parts = [Part(text=said), Part(table=notices.listed(visitor, DESK)), Part("Keep a notice")]
    head = Head(DESK, notices.TITLE, notices.LEDE)
    return pages.asked(request, head, form, "Keep it", parts=parts)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def one(request: HttpRequest, _visited: Visit, name: str) -> HttpResponse:
    """Show a notice; on POST, begin to attest to it for oneself."""
    return notices.one(request, DESK, name)

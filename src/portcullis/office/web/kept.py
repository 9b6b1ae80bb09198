"""A form that was sent when its session had ended: kept, encrypted, until its person is back.

They see it once they open its page again, and send it or throw it away. No file is kept, and no
signature: those are given anew.
"""

from datetime import timedelta
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from portcullis.errors import Misuse
from portcullis.office.web.models import KeptForm
from portcullis.office.web.visitors import visitor_of

LASTS = timedelta(hours=12)
"""How long a form is given back; a worker removes it."""
_LONGEST = 256 << 10  # bytes
_LEFT_OUT = ("csrfmiddlewaretoken", "token")
_NEVER = ("//", "/accounts/", "/api/", "/banner/", "/sign/", "/kept/", "/stay/")


def keep(request: HttpRequest) -> bool:
    """Keep the form that ``request`` sends, for its person; return whether it was one to be kept.

    What was sent from elsewhere, by another site, is not kept: it would be shown as theirs.
    """
    if not _is_form(request) or _is_forged(request):
        return False
    try:
        sent = request.body.decode()
    except UnicodeDecodeError:
        return False
    pairs = parse_qsl(sent, keep_blank_values=True, encoding="utf-8", errors="replace")
    person = request.user.get_username()
    KeptForm.objects.filter(person=person, path=request.path).delete()
    kept = KeptForm(person=person, path=request.path)
    kept.fields = [(name, value) for name, value in pairs if name not in _LEFT_OUT]
    kept.save()
    return True


def of(person: str, path: str) -> KeptForm | None:
    """Return the form that is kept for the person at that address; None where there is none.

    One that the deployment's key opens no more is none.
    """
    since = timezone.now() - LASTS
    found = KeptForm.objects.filter(person=person, path=path, at__gte=since).first()
    try:
        _ = found and found.fields
    except Misuse:
        return None
    return found


def newest(person: str) -> str:
    """Return the address of the form that was kept last for the person; empty where none is."""
    found = KeptForm.objects.filter(person=person, at__gte=timezone.now() - LASTS)
    return found.order_by("-at").values_list("path", flat=True).first() or ""


def page(request: HttpRequest, kept: KeptForm) -> HttpResponse:
    """Return the page of a kept form: what was typed, to be sent or thrown away."""
    fields = kept.fields
    context = {
        "kept": kept,
        "fields": fields,
        "facts": [(name, value or "–") for name, value in fields],
    }
    return render(request, "office/kept.html", context)


@require_POST
def throw_away(request: HttpRequest, kept_id: str) -> HttpResponse:
    """Throw a kept form of the person's away, and go on to its page."""
    visitor = visitor_of(request)
    found = KeptForm.objects.filter(id=kept_id, person=visitor.person.id).first()
    if found is None:
        return redirect("home")
    found.delete()
    visitor.tell(request, "What you had typed was thrown away.")
    return redirect(found.path)


@require_POST
def stay(_request: HttpRequest) -> HttpResponse:
    """Say nothing: whoever asks is here, and their session goes on."""
    return HttpResponse(status=204)


def _is_form(request: HttpRequest) -> bool:
    return (
        request.method == "POST"
        and request.content_type == "application/x-www-form-urlencoded"
        and int(request.META.get("CONTENT_LENGTH") or 0) <= _LONGEST
        and not request.path.startswith(_NEVER)
    )


def _is_forged(request: HttpRequest) -> bool:
    check = CsrfViewMiddleware(lambda _request: HttpResponse())
    return check.process_view(request, throw_away, (), {}) is not None

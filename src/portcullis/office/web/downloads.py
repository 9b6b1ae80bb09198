"""Small files that a person takes away: signed statements, requests."""

from django.http import HttpResponse


def attachment(text: str, name: str) -> HttpResponse:
    """Return ``text`` as a file to be saved, kept in no cache."""
    response = HttpResponse(text, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response

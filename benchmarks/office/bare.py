"""The floor: a Django page with one view and no database, served as the office is.

python -m benchmarks.office.bare DESCRIPTOR     on a socket that listens already
"""

import socket
import sys

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

PAGE = "<!doctype html><title>Bare</title><p>A page of a framework that does nothing else.</p>"


def page(_request: HttpRequest) -> HttpResponse:
    """Answer with a page."""
    return HttpResponse(PAGE)


urlpatterns = [path("", page)]


def main() -> None:
    """Serve until stopped."""
    settings.configure(ALLOWED_HOSTS=["localhost"], ROOT_URLCONF=__name__, SECRET_KEY="none")  # noqa: S106 - nothing is signed with it
    django.setup()
    from portcullis.cli.hosting import serve_at

    place = socket.socket(fileno=int(sys.argv[1]))
    serve_at(place, get_wsgi_application(), most_bytes=1 << 20)


if __name__ == "__main__":
    main()

"""How long a request may be, told from its head, before its body is read.

A long body lies on the home's disk before anybody looks at it. So it is read only of who signed in,
or signed the request; and the longest only where a file of requests is sent.
"""

import logging
import re
from collections.abc import Mapping
from importlib import import_module
from io import BytesIO

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest

from portcullis.errors import place_of
from portcullis.office.api.signatures import NotSigned, signer
from portcullis.office.web.deployment import deployment
from portcullis.office.work import uploads

_LOG = logging.getLogger("portcullis.web")

FILES = 512 << 20
"""Bytes of a request that brings a file of requests: of 1.28 million it has some 400 MB."""
FORMS = 64 << 20
"""Bytes of any other form of who signed in: a document, packages."""
CALLS = 20 << 20
"""Bytes of any other request of the API: a little more than it takes, so that it says so."""

_API = "/api/"
_FILES = re.compile(
    r"/api/v1/uploads|/specialist/intake/|/prepare/new/|/prepare/[^/]+/(file|answers)/"
    r"|/(officer|custody)/take-in/|/counsel/histories/import/"
)


def most_bytes(method: str, path: str, query: str, headers: Mapping[str, str]) -> int:
    """Return the most bytes that the body of a request with this head may have; 0: no such body.

    ``path`` as WSGI has it; ``headers`` by their names in capitals. It records nothing.
    """
    try:
        if not _is_known(_request(method, path, query, headers)):
            return 0
    except Exception as error:
        # What goes wrong here lets nothing in; the database may be away.
        _LOG.warning("No long request is read (%s in %s).", type(error).__name__, place_of(error))
        return 0
    finally:
        close_old_connections()
    if _FILES.fullmatch(path):
        return FILES
    return CALLS if path.startswith(_API) else FORMS


def has_room() -> bool:
    """Say whether the home's disk has more left than what people send may take."""
    return uploads.has_room(settings.HOME)


def _is_known(request: HttpRequest) -> bool:
    """Say whether somebody enrolled signed the request, or signed in."""
    if request.path_info.startswith(_API):
        try:
            signer(request, deployment(), whole_body=False)
        except NotSigned:
            return False
        return True
    store = import_module(settings.SESSION_ENGINE).SessionStore
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return bool(key) and SESSION_KEY in store(key)


def _request(method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpRequest:
    return WSGIRequest(
        {
            **{f"HTTP_{name}": value for name, value in headers.items()},
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": headers.get("CONTENT_TYPE", ""),
            "CONTENT_LENGTH": headers.get("CONTENT_LENGTH", ""),
            "wsgi.input": BytesIO(),
        }
    )

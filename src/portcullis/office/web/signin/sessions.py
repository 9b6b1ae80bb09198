"""When a session ends: after some time without a sign of life, and after a working day at most."""

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from portcullis.office.web.signin import configured

IDLE = 15 * 60
WARNED = IDLE - 2 * 60
"""Seconds after which whoever has a page open is told that the session is about to end."""
LONGEST = 12 * 3600
"""Seconds; NIST SP 800-63B (AAL2) allows 30 minutes and 12 hours, Publication 1075 asks for 15
minutes of inactivity."""
_BETWEEN = 30  # seconds between two notes of life: each is a write to the database
_BEGAN, _SEEN = "began", "seen"


def alive(request: HttpRequest) -> bool:
    """Say whether the session may go on, and note that it did."""
    now = time.time()
    began = float(request.session.setdefault(_BEGAN, now))
    seen = float(request.session.setdefault(_SEEN, now))
    if now - began > LONGEST or now - seen > IDLE:
        return False
    if now - seen > _BETWEEN and not _polling(request):
        request.session[_SEEN] = now
    return True


def strong(request: HttpRequest) -> bool:
    """Say whether a second factor was shown in this session, here or at the site's provider."""
    methods = {record["method"] for record in get_authentication_records(request, request.user)}
    if "mfa" in methods:
        return True
    oidc = configured.read(settings.HOME).oidc
    return "socialaccount" in methods and oidc is not None and oidc.multi_factor


def _polling(request: HttpRequest) -> bool:
    """Say whether a page asks by itself: nobody need sit before it."""
    return bool(getattr(request, "htmx", False)) and request.method == "GET"

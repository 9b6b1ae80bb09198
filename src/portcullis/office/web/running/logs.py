"""The service's log: one JSON object a line, for machines. No person, address or id is in it.

A request is logged by the name of its page, its status and milliseconds. An error of ours is logged
by its kind; one that is not foreseen by its kind and place, never by its words, which may hold a
value.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from portcullis.errors import place_of
from portcullis.office.web.running.metrics import name_of

Respond = Callable[[HttpRequest], HttpResponse]
_LOG = logging.getLogger("portcullis.web")
_FACTS = ("page", "method", "status", "ms")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.startswith("portcullis"):
            said["event"] = record.getMessage()
        said |= {name: getattr(record, name) for name in _FACTS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            said |= {"error": type(error).__name__, "place": place_of(error)}
        return json.dumps(said)


class Logged:
    """Logs each request that was answered."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and log it."""
        began = time.monotonic()
        response = self._respond(request)
        facts = {
            "page": name_of(request),
            "method": request.method,
            "status": response.status_code,
            "ms": round(1000 * (time.monotonic() - began)),
        }
        _LOG.info("answered", extra=facts)
        return response


def configured() -> dict[str, Any]:
    """Return the logging set-up, as Django's LOGGING takes it: everything to standard error."""
    handler = {"class": "logging.StreamHandler", "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{__name__}.JsonLines"}},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "portcullis": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            # An answer of 4xx or 5xx is in our own line; its words and address are not.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
        },
    }

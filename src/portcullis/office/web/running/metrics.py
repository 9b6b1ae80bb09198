"""Metrics in Prometheus' text form: how much there is of what, and how long requests took.

Counts and seconds only: no label is a person, a batch, a request or an address. What the database
knows is counted when it is asked for, so that it is the same whichever process answers; what this
process measured bears its own name (``process``).
"""

import hmac
import os
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portcullis.office.web.deployment import deployment

TOKEN = "keys/metrics.token"  # noqa: S105 - a file's name
"""A file of the home: who knows its content may read the metrics from another machine, or at all
where the office is served beyond its own."""

_LOOPBACK = ("127.0.0.1", "::1")
_OURSELVES = ("localhost", *_LOOPBACK)
_REGISTRY = CollectorRegistry()
_REQUESTS = Counter(
    "portcullis_http_requests",
    "Requests answered, by the name of the page and the class of the status.",
    ["process", "page", "status"],
    registry=_REGISTRY,
)
_SECONDS = Histogram(
    "portcullis_http_seconds",
    "Seconds a request took, by the name of the page.",
    ["process", "page"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    registry=_REGISTRY,
)

Respond = Callable[[HttpRequest], HttpResponse]


class Measured:
    """Counts each request and its seconds, under the name of its page."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response
        self._process = str(os.getpid())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and count it."""
        began = time.monotonic()
        response = self._respond(request)
        page = name_of(request)
        _SECONDS.labels(self._process, page).observe(time.monotonic() - began)
        _REQUESTS.labels(self._process, page, f"{response.status_code // 100}xx").inc()
        return response


def name_of(request: HttpRequest) -> str:
    """Return the name of a request's page: never its address, which may hold an id."""
    match = request.resolver_match
    return match.view_name if match and match.view_name else "none"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the metrics, to this machine or to whoever has the token; to others there is no page."""
    if not _from_here(request) and not _has_token(request):
        raise Http404
    return HttpResponse(generate_latest(_REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _from_here(request: HttpRequest) -> bool:
    """Say whether this machine itself asks; a proxy on it asks for somebody else."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    behind = forwarded or settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0
    served_out = urlsplit(settings.ORIGIN).hostname not in _OURSELVES
    return not behind and not served_out and request.META.get("REMOTE_ADDR") in _LOOPBACK


def _has_token(request: HttpRequest) -> bool:
    path = deployment().path / TOKEN
    wanted = path.read_text().strip() if path.is_file() else ""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())


class _Counted(Collector):
    """What the database knows of the holder's office, counted now."""

    def collect(self) -> Iterator[Metric]:
        """Yield each count; the requester's office has none of these."""
        if deployment().role != "holder":
            return
        from portcullis.office import denials, models

        yield _by_state("batches", "Batches", models.Batch)
        yield _by_state("packages", "Packages", models.Package)
        yield _by_state("single_requests", "Single requests", models.SingleRequest)
        standing = models.Placed.objects.filter(standing=True)
        yield _gauge("orders_standing", "Orders and holds that stand", standing.count())
        yield _gauge("denied", "Denied attempts, ever", denials.total())
        waiting = models.Entry.objects.filter(integrated=False).count()
        yield _gauge("entries_waiting", "Entries not yet in a published checkpoint", waiting)
        newest = models.Checkpoint.objects.order_by("-size").first()
        yield _gauge(
            "ledger_size", "Entries the newest checkpoint covers", newest.size if newest else 0
        )


class _Working(Collector):
    """How much long work there is, of either side."""

    def collect(self) -> Iterator[Metric]:
        """Yield the tasks by state."""
        from portcullis.office.work.models import Task

        yield _by_state("tasks", "Long work", Task)


def _by_state(name: str, what: str, model: type) -> Metric:
    from django.db.models import Count

    family = GaugeMetricFamily(f"portcullis_{name}", f"{what}, by state.", labels=["state"])
    counted = model.objects.values("state").annotate(count=Count("pk"))  # type: ignore[attr-defined]
    for row in counted.order_by("state"):
        family.add_metric([row["state"]], row["count"])
    return family


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"portcullis_{name}", f"{what}.", value=value)


_REGISTRY.register(_Counted())
_REGISTRY.register(_Working())

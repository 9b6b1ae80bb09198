"""The addresses of the API, version 1, and its OpenAPI document."""

from django.core.cache import caches
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle

from portcullis.office.api import acting, answering, problems, reporting, submitting, working
from portcullis.office.api.fitting import Api
from portcullis.office.api.parsing import Plain
from portcullis.office.api.people import Signed, sender
from portcullis.office.web import desks

RATE = "500/s"
"""Requests that one person's key may send to one process."""


class EachPerson(SimpleRateThrottle):
    """Limits how much one person's key may send; told apart in this process's own memory."""

    cache = caches["rates"]
    scope = "person"

    def get_cache_key(self, request: HttpRequest) -> str:
        """Return the name under which the sender's requests are counted."""
        return f"api {sender(request).id}"


api = Api(
    title="Portcullis",
    version="1",
    description="The holder's office over HTTP. Every request is signed (RFC 9421).",
    urls_namespace="api-1",
    docs_url=None,
    auth=Signed(),
    throttle=[EachPerson(RATE)],
    parser=Plain(),
)
api.add_router("", submitting.router)
api.add_router("", answering.router)
desks.load("holder")
acting.offer()
api.add_router("", acting.router)
api.add_router("", working.router)
api.add_router("", reporting.router)
problems.handle(api)

urls = api.urls
"""The addresses with their namespace, as Django's ``path`` takes them."""

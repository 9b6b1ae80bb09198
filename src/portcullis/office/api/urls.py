"""The addresses of the API, version 1, and its OpenAPI document."""

from portcullis.office.api import acting, answering, problems, reporting, submitting, working
from portcullis.office.api.fitting import Api
from portcullis.office.api.parsing import Plain
from portcullis.office.api.people import Signed
from portcullis.office.api.rates import EachPerson
from portcullis.office.web import desks

MOST = 500
"""Requests a second that one person may send to one process."""

api = Api(
    title="Portcullis",
    version="1",
    description="The holder's office over HTTP. Every request is signed (RFC 9421).",
    urls_namespace="api-1",
    docs_url=None,
    auth=Signed(),
    throttle=[EachPerson(MOST)],
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

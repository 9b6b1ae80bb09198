"""Single requests: what came over the API, and the day's order to adjudicate them as they come."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portcullis.errors import Misuse
from portcullis.office import acting, singles
from portcullis.office.models import SingleRequest, SinglesOrder
from portcullis.office.people import Actor
from portcullis.office.web import signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.said import Nothing
from portcullis.office.web.visitors import visitor_of

ORDER = "singles-order"
_SAID = {
    SingleRequest.WAITING: "wait to be taken in",
    SingleRequest.TAKEN: "taken in",
    SingleRequest.QUARANTINED: "quarantined",
    SingleRequest.REFUSED: "refused",
}


@at_desk("specialist")
@require_http_methods(["GET", "POST"])
def every(request: HttpRequest) -> HttpResponse:
    """Show what came; on POST, begin the order of the day."""
    here = visitor_of(request).deployment
    if request.method == "POST":
        return signing.begin(request, ORDER, {})
    counted = dict(
        SingleRequest.objects.values_list("state").annotate(count=Count("pk")).order_by()
    )
    order = SinglesOrder.objects.filter(day=here.today()).first()
    context = {
        "stats": [{"label": said, "value": counted.get(state, 0)} for state, said in _SAID.items()],
        "order": order,
        "said": f"{order.person} ordered it." if order else "",
    }
    return render(request, "office/specialist/singles.html", context)


def _facts(here: Deployment, _data: Data) -> tuple[str, Mapping[str, Any]]:
    return "", singles.ordered(here.holder)


def _order(here: Deployment, actor: Actor, _data: Data) -> Done:
    if not isinstance(actor.signer, acting.Ordered) or actor.moment is None:
        raise Misuse("This is ordered by a signature of its own.", "Begin it again from its desk.")
    singles.order(here.holder, actor.person, actor.moment, actor.signer.token)
    return Done(
        reverse("specialist:singles"),
        "The single requests received today are adjudicated as they come.",
    )


register(
    WebAct(ORDER, "adjudicate", "Have today's single requests adjudicated", _order, _facts, Nothing)
)

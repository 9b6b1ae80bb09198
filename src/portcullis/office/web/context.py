"""What every page knows: whose office it is, who is here, and which desks are theirs."""

from typing import Any

from django.http import HttpRequest

from portcullis.office.web import desks
from portcullis.office.web.deployment import deployment
from portcullis.office.web.signin import sessions
from portcullis.office.web.visitors import known


def office(request: HttpRequest) -> dict[str, Any]:
    """Return the template's ``office``."""
    here = deployment()
    facts: dict[str, Any] = {
        "role": here.role,
        "home_name": here.pack.agreement.title if here.role else "",
        "demo": here.demo,
        "today": here.today(),
    }
    visitor = known(request)
    if visitor is not None:
        facts |= {
            "person": {
                "id": visitor.person.id,
                "name": visitor.person.name,
                "roles": visitor.person.roles,
            },
            "desks": desks.menu(visitor, request.path),
            "warned": sessions.WARNED,
        }
    return {"office": facts}

"""The addresses of the office's pages: those both sides have, and the desks of this one's."""

from django.urls import URLPattern, URLResolver, include, path

from portcullis.office.web import accounts, banner, desks, home, kept, ownkeys, signing
from portcullis.office.web.deployment import deployment
from portcullis.office.web.running import health, metrics


def holders() -> list[URLPattern | URLResolver]:
    """Return the addresses of pages of the holder's office that are of no one desk."""
    if deployment().role != "holder":
        return []
    from portcullis.office.web import losses

    return [path("losses/", losses.every, name=losses.PAGE)]


def api() -> list[URLPattern | URLResolver]:
    """Return the addresses of the API, which the holder's office has."""
    if deployment().role != "holder":
        return []
    from portcullis.office.api.urls import urls

    return [path("api/v1/", urls)]


urlpatterns = [
    *api(),  # first: the most that is asked of an office is asked here
    path("", home.home, name="home"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("health/metrics", metrics.metrics, name="metrics"),
    path("banner/", banner.banner, name="banner"),
    path("kept/<uuid:kept_id>/throw-away/", kept.throw_away, name="kept-throw-away"),
    path("stay/", kept.stay, name="stay"),
    path("sign/<uuid:pending_id>/", signing.sign, name="sign"),
    path("keys/", include(ownkeys.urlpatterns)),
    path("people/accounts/", accounts.every, name=accounts.PAGE),
    path("accounts/", include("portcullis.office.web.signin.urls")),
    path("", include("portcullis.office.work.urls")),
    *desks.urlpatterns(deployment().role),
    *holders(),
]

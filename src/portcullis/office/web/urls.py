"""The addresses of the office's pages: those both sides have, and the desks of this one's."""

from django.urls import include, path

from portcullis.office.web import banner, desks, home, signing
from portcullis.office.web.deployment import deployment

urlpatterns = [
    path("", home.home, name="home"),
    path("banner/", banner.banner, name="banner"),
    path("sign/<uuid:pending_id>/", signing.sign, name="sign"),
    path("accounts/", include("portcullis.office.web.signin.urls")),
    path("", include("portcullis.office.work.urls")),
    *desks.urlpatterns(deployment().role),
]

"""The addresses that allauth's pages name."""

from django.urls import include, path

urlpatterns = [path("accounts/", include("allauth.urls"))]

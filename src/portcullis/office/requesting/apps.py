"""The Django application of the requester's deployment."""

from django.apps import AppConfig


class RequestingConfig(AppConfig):
    """Names the application for Django."""

    name = "portcullis.office.requesting"
    label = "requesting"
    default_auto_field = "django.db.models.BigAutoField"

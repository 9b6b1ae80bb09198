"""The Django application of the office's pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the application for Django."""

    name = "portcullis.office.web"
    label = "office_web"
    default_auto_field = "django.db.models.BigAutoField"

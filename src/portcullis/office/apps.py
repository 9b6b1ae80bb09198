"""The Django application that holds the office's state."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Names the application for Django."""

    name = "portcullis.office"
    label = "office"
    default_auto_field = "django.db.models.BigAutoField"

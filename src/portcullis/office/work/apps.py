"""The Django application of background work."""

from django.apps import AppConfig
from django.conf import settings


class WorkConfig(AppConfig):
    """Names the application for Django, and makes the kinds of work of this side known."""

    name = "portcullis.office.work"
    label = "office_work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what the holder's office does in the background."""
        from portcullis.office.web.marks import role_of
        from portcullis.office.work import holder

        if role_of(settings.HOME) == "holder":
            holder.register()

"""The Django application of the requester's deployment."""

from django.apps import AppConfig
from django.conf import settings


class RequestingConfig(AppConfig):
    """Names the application for Django, and makes the kinds of work of this side known."""

    name = "portcullis.office.requesting"
    label = "requesting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what the requester's office does in the background; without a home, nothing."""
        from portcullis.office.home import MARK
        from portcullis.office.requesting import work
        from portcullis.office.web.marks import role_of

        if (settings.HOME / MARK).is_file() and role_of(settings.HOME) == "requester":
            work.register()

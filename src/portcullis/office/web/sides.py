"""Each side's database has its own side's tables only."""

from django.conf import settings

from portcullis.office.web.marks import role_of

_ONLY = {"office": "holder", "requesting": "requester"}


class Sides:
    """Django's database router: no table of one side is made in the other's database."""

    def allow_migrate(self, _db: str, app_label: str, **_hints: object) -> bool | None:
        """Return False for the other side's tables; None, no opinion, for all others."""
        side = _ONLY.get(app_label)
        return None if side is None or side == role_of(settings.HOME) else False

"""What signing in remembers for a while: counts of attempts, and codes that were used.

It stands where Django has its cache, for django-allauth asks there. Each mark is a row, so that
every process of a deployment knows; it holds JSON, for what a database holds is read and never run;
and none gives way to others before its time. A name may say who tries, or a code: its digest is
kept.
"""

from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db.models import QuerySet
from django.utils import timezone

from portcullis.canonical import sha256_hex
from portcullis.office.web.models import Mark

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class Marks(BaseCache):
    """Django's cache in rows of the pages' own; values are what JSON holds."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - Django's
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Make a mark where none stands; say whether it was made. Of many at once, one makes it."""
        name, until = self._name(key, version), self._until(timeout)
        if Mark.objects.filter(name=name, until__lte=timezone.now()).update(
            value=value, until=until
        ):
            return True
        _, made = Mark.objects.get_or_create(name=name, defaults={"value": value, "until": until})
        return made

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:  # noqa: ANN401
        """Return the value of a mark that stands; else ``default``."""
        found = self._standing(key, version).first()
        return default if found is None else found.value

    def set(
        self,
        key: str,
        value: Any,  # noqa: ANN401 - Django's
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Make a mark, in the place of one of that name."""
        one = Mark(name=self._name(key, version), value=value, until=self._until(timeout))
        Mark.objects.bulk_create(
            [one],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["value", "until"],
        )

    def touch(
        self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Have a mark that stands stand for longer; say whether there was one."""
        return bool(self._standing(key, version).update(until=self._until(timeout)))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove a mark; say whether there was one."""
        return bool(Mark.objects.filter(name=self._name(key, version)).delete()[0])

    def clear(self) -> None:
        """Remove every mark."""
        Mark.objects.all().delete()

    def _standing(self, key: str, version: int | None) -> QuerySet[Mark]:
        return Mark.objects.filter(name=self._name(key, version), until__gt=timezone.now())

    def _name(self, key: str, version: int | None) -> str:
        return sha256_hex([self.make_key(key, version).encode()])

    def _until(self, timeout: float | None) -> datetime:
        seconds = self.get_backend_timeout(timeout)
        return _FOR_EVER if seconds is None else datetime.fromtimestamp(seconds, UTC)

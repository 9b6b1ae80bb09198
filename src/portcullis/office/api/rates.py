"""How much one person may send: counted by the second, in this process's own memory."""

import threading
import time

from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from portcullis.office.api.people import sender


class EachPerson(BaseThrottle):
    """Lets each person send ``most`` requests a second, whichever thread answers them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._sent: dict[str, tuple[int, int]] = {}

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request, and say whether its sender may send it within this second."""
        person, second = sender(request).id, int(time.monotonic())
        with self._lock:
            last, number = self._sent.get(person, (second, 0))
            number = number + 1 if last == second else 1
            self._sent[person] = (second, number)
        return number <= self._most

    def wait(self) -> float:
        """Return the seconds after which as many may be sent again."""
        return 1.0

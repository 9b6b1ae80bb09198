"""The collector of single requests: takes in what waits, and adjudicates it by the day's order.

One worker at a time does it, whatever number there is. It takes what came while it took in the
last: a moment's requests where nothing else is being done, more of them under load.
"""

import logging
import time
from contextlib import ExitStack

from django.db import connection

from portcullis.errors import Refused, place_of
from portcullis.office import locks, singles
from portcullis.office.home import Home

EVERY = 0.5  # seconds between two looks for requests that wait
_AFTER_A_FAILURE = 5.0  # seconds
_SHORT = 0.1  # seconds to wait for another worker that does it

_LOG = logging.getLogger("portcullis.work")


def keep_gathering(home: Home) -> None:
    """Take in single requests as they come, until the process ends."""
    while True:
        time.sleep(EVERY)
        try:
            if singles.is_due():
                gather(home)
        except Exception as error:
            # Whatever it was, nothing is lost: they wait, and are taken in when it is well again.
            _LOG.warning("Single requests wait (%s in %s).", type(error).__name__, place_of(error))
            connection.close()
            time.sleep(_AFTER_A_FAILURE)


def gather(home: Home) -> list[str]:
    """Take in what waits and adjudicate what is ordered; return the ids of the batches made.

    Another worker that does it already is left to it.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locks.alone(home, home.path / "singles.lock", _SHORT))
        except Refused:
            return []
        made = singles.collect(home)
        singles.adjudicate_waiting(home)
        return made

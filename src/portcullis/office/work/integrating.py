"""Denied attempts, put into the published ledger: the threads that answer people wait for none."""

import logging
import time

from django.db import connection

from portcullis.errors import place_of
from portcullis.office import denials
from portcullis.office.home import Home

EVERY = 2.0  # seconds between two looks for what waits
_AFTER_A_FAILURE = 10.0  # seconds

_LOG = logging.getLogger("portcullis.work")


def keep_integrating(home: Home) -> None:
    """Enter and integrate what was denied, until the process ends.

    Every worker does it; of two at once one does, and the other finds it done.
    """
    while True:
        time.sleep(EVERY)
        try:
            denials.settle(home)
        except Exception as error:
            # Whatever it was, nothing is lost: the entries wait, and any act integrates them too.
            _LOG.warning("Denied attempts wait (%s in %s).", type(error).__name__, place_of(error))
            connection.close()
            time.sleep(_AFTER_A_FAILURE)

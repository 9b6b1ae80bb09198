"""The office: the shell round the rooms. It keeps the state and records every act with its entry.

Open a home first (``open_office``); the other modules of this room hold Django models and may be
imported only after that.
"""

from portcullis.office.home import Home, make
from portcullis.office.setup import begin, open_office, start

__all__ = ["Home", "begin", "make", "open_office", "start"]

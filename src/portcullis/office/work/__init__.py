"""Long work, done in the background by workers: begun once, watched, stopped, resumed after a kill.

Desks and the API ``begin`` a task and look at it; ``portcullis work`` does it. A task is done in
the name of the person who signed the order to do it, and acts once however often it is run.
"""

from portcullis.office.work.kinds import ordering
from portcullis.office.work.tasks import begin, cancel, find, of_batch

__all__ = ["begin", "cancel", "find", "of_batch", "ordering"]

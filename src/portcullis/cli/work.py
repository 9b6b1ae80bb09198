"""``portcullis work``: a worker, which does the office's long work beside its pages."""

import os
import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

from cyclopts import App, Parameter

from portcullis.cli.beside import end_with_the_first
from portcullis.cli.options import DEFAULT_HOME, HomeOption
from portcullis.cli.output import say

# For the command's own use: to do one attempt, and to end with the process that began this one.
AttemptOption = Annotated[str, Parameter(show=False)]
BesideOption = Annotated[bool, Parameter(show=False, negative="")]

_AFTER_PEOPLE = 10  # nice(2): a tenth of the processor where pages and the API want all of it


def register(app: App) -> None:
    """Add this verb."""
    app.command(work)


def work(
    *, home: HomeOption = DEFAULT_HOME, attempt: AttemptOption = "", beside: BesideOption = False
) -> None:
    """Do the long work that people begin in the office, one task after another, until stopped.

    Several may run for one home. `serve --role` starts one by itself.
    """
    from portcullis.office.web import serving
    from portcullis.office.web.marks import role_of

    # Whoever looks at a page, or sends a request, goes before what may take minutes anyway.
    os.nice(_AFTER_PEOPLE)
    serving.prepare(home, role_of(home), "http://localhost")
    if attempt:
        _do(UUID(attempt))
        return
    from portcullis.office.web.deployment import deployment
    from portcullis.office.work import worker

    if beside:
        end_with_the_first()
    say("Working (stop with Ctrl-C).")
    worker.run(deployment().home, _command(home))


def _command(home: Path) -> list[str]:
    """Return the command that does one attempt; the id of its message comes after it."""
    return [sys.executable, "-m", "portcullis.cli", "work", "--home", str(home), "--attempt"]


def _do(message: UUID) -> None:
    from portcullis.office.work.attempts import carry_out

    carry_out(message)

"""The command line: ``portcullis VERB``, one module a noun.

Exit codes: 0 success, 1 the answer is "no", 2 misuse, or stopped before the end. Bad input never
shows a traceback.
"""

import sys
from typing import TYPE_CHECKING

from portcullis.cli import cancelling

if TYPE_CHECKING:
    from cyclopts import App

_UNEXPECTED = 70


def main() -> None:
    """Run the command line and exit with the code it answers with."""
    cancelling.begin()
    try:
        try:
            _command()(exit_on_error=False, print_error=False)
        finally:
            cancelling.over()
    except (Exception, KeyboardInterrupt) as error:
        sys.exit(_told(error))


def _told(error: BaseException) -> int:
    """Say on stderr what ended the command, and return its exit code."""
    # An interrupted query, or a call back out of one, may end in any error.
    if cancelling.asked() or isinstance(error, KeyboardInterrupt):
        cancelling.tell()
        return cancelling.EXIT
    from cyclopts import CycloptsError

    from portcullis.cli.output import complain
    from portcullis.errors import PortcullisError, place_of

    if isinstance(error, CycloptsError):
        complain(f"{error}", "See `portcullis --help`.")
        return 2
    if isinstance(error, PortcullisError):
        complain(error.message, error.remedy)
        return error.exit_code
    if _is_of_the_database(error):
        complain(
            "The database did not answer, or not in time. What was not on record by then was not "
            "done.",
            "Run it again; if it goes on, see whether the database is well, and what "
            "DATABASE_URL says.",
        )
        return 1
    complain(
        f"Something in Portcullis itself failed ({type(error).__name__} in {place_of(error)}).",
        "Nothing was released by this. Please report it; the place holds no taxpayer data.",
    )
    return _UNEXPECTED


def _is_of_the_database(error: BaseException) -> bool:
    """Whether the database could not be reached, or another kept it too long."""
    django = sys.modules.get("django.db")
    return django is not None and isinstance(error, django.OperationalError)


def _command() -> "App":
    """Return the command with all its verbs."""
    from cyclopts import App

    from portcullis import __version__
    from portcullis.cli import (
        accounts,
        acts,
        agreements,
        backups,
        custody,
        demo,
        determinations,
        doctor,
        duties,
        erasure,
        explanations,
        histories,
        home_keys,
        homes,
        incidents,
        law,
        ledger_keys,
        ledgers,
        orders,
        packages,
        people,
        proofs,
        readings,
        recalls,
        records,
        referrals,
        reports,
        requests,
        serve,
        sign_in,
        watching,
        witness,
        work,
    )

    app = App(
        name="portcullis",
        help="A statutory disclosure gateway: nothing passes unless every element the law sets is "
        "met.",
        version=__version__,
        suppress_keyboard_interrupt=False,
    )
    for noun in (
        demo,
        homes,
        agreements,
        records,
        requests,
        determinations,
        referrals,
        explanations,
        packages,
        custody,
        duties,
        people,
        orders,
        readings,
        histories,
        recalls,
        incidents,
        erasure,
        home_keys,
        ledger_keys,
        ledgers,
        proofs,
        acts,
        backups,
        reports,
        accounts,
        doctor,
        serve,
        sign_in,
        witness,
        watching,
        law,
        work,
    ):
        noun.register(app)
    return app

"""The command line: ``portcullis VERB``, one module a noun.

Exit codes: 0 success, 1 the answer is "no", 2 misuse. Bad input never shows a traceback.
"""

import sys

from cyclopts import App, CycloptsError

from portcullis import __version__
from portcullis.cli.output import complain
from portcullis.errors import PortcullisError

_UNEXPECTED = 70

app = App(
    name="portcullis",
    help="A statutory disclosure gateway: nothing passes unless every element the law sets is met.",
    version=__version__,
)


def main() -> None:
    """Run the command line and exit with the code it answers with."""
    _register()
    try:
        answer = app(exit_on_error=False, print_error=False)
    except CycloptsError as error:
        complain(f"{error}", "See `portcullis --help`.")
        sys.exit(2)
    except PortcullisError as error:
        complain(error.message, error.remedy)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("Stopped.", "Run the same command again; it goes on where it stopped.")
        sys.exit(2)
    except Exception as error:
        complain(
            f"Something in Portcullis itself failed ({type(error).__name__} in {_where(error)}).",
            "Nothing was released by this. Please report it; the place holds no taxpayer data.",
        )
        sys.exit(_UNEXPECTED)
    sys.exit(answer if isinstance(answer, int) else 0)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def _register() -> None:
    from portcullis.cli import (
        agreements,
        backups,
        demo,
        determinations,
        doctor,
        erasure,
        explanations,
        histories,
        homes,
        law,
        ledger_keys,
        ledgers,
        orders,
        packages,
        proofs,
        readings,
        records,
        referrals,
        requests,
        serve,
        witness,
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
        orders,
        readings,
        histories,
        erasure,
        ledger_keys,
        ledgers,
        proofs,
        backups,
        doctor,
        serve,
        witness,
        law,
    ):
        noun.register(app)

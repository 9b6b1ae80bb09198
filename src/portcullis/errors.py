"""The one family of errors a user may be shown.

Every message is a sentence a lawyer can read; the remedy says what to do about it.
Neither may hold personal data: name the row, the field and the rule, never the value.
"""


class PortcullisError(Exception):
    """An error with a message for a person and the way to mend it.

    ``exit_code`` is what the command line answers with.
    """

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """Message and remedy as one line."""
        return f"{self.message} {self.remedy}".strip()


class Misuse(PortcullisError):  # noqa: N818 - read as a sentence: "raise Misuse(...)"
    """The command, file or argument cannot be used as given (exit code 2)."""

    exit_code = 2


class Refused(PortcullisError):  # noqa: N818 - read as a sentence: "raise Refused(...)"
    """The answer is "no": a defective transmittal, a closed gate, a failed check (exit code 1)."""

    exit_code = 1


def place_of(error: BaseException) -> str:
    """Return where in the program an error came from: module and line, and no data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"

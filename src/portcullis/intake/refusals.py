"""Why a transmittal is refused whole: the codes, and what each says to the sender."""

from portcullis.errors import Refused

REFUSALS: dict[str, tuple[str, str]] = {
    "format": (
        "The file cannot be read.",
        "Send CSV (UTF-8), JSON Lines, Parquet or XLSX, whole and under its proper suffix.",
    ),
    "columns": (
        "The columns are not those of the agreement.",
        "Start from `portcullis agreement template`.",
    ),
    "manifest": (
        "There is no readable manifest beside the file.",
        "Make it with `portcullis transmittal` and send both files.",
    ),
    "agreement": (
        "The manifest was made under another agreement or another version of it.",
        "Make the manifest again under the agreement in force.",
    ),
    "not-in-force": (
        "The agreement is not in force on this day.",
        "Nothing can be taken in under it until it is.",
    ),
    "unknown-signer": (
        "A signer is not on the roster in force for this act.",
        "Enrol the person and key first, in the role and for the days in question.",
    ),
    "not-agency-head": (
        "The signatory holds no office of the requesting agency under which a batch may be signed.",
        "Have one of those sign whom the authority of the agreement lists.",
    ),
    "prepared-by-signatory": (
        "The preparer and the signatory are one person.",
        "Two people are needed: have another prepare the batch.",
    ),
    "signature": (
        "A signature does not verify.",
        "Sign the manifest again, unchanged, with the enrolled key.",
    ),
    "digest": (
        "The file is not the one the manifest was signed for.",
        "Send the file as it was signed, or sign the changed one.",
    ),
    "count": (
        "The file does not hold as many requests as the manifest says.",
        "Make the manifest again from the file that is sent.",
    ),
    "root": (
        "The requests in the file are not those that were signed.",
        "Make the manifest again from the file that is sent.",
    ),
    "reserved": (
        "The batch bears a name that the holder gives to batches of its own.",
        "Choose an identifier that does not begin with `singles-`, and sign the manifest again.",
    ),
    "replay": (
        "This batch has been received before.",
        "A batch is sent once; ask again under a new batch identifier, citing the earlier one.",
    ),
    "too-many-rows": (
        "The batch holds more requests than the agreement allows.",
        "A request for a whole population is no request: send what the cases need.",
    ),
}


class TransmittalRefused(Refused):
    """The whole transmittal is refused; ``code`` is one of ``REFUSALS``.

    ``detail`` names what is concerned (a column, a role, an identifier), never a request's value.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        words, remedy = REFUSALS[code]
        super().__init__(f"{words} {detail}".strip(), remedy)
        self.code = code
        self.detail = detail

"""Documents and texts that people send with a form: of a document its digest is kept, no more."""

import base64
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from portcullis import tables
from portcullis.canonical import sha256_hex
from portcullis.office.home import Home

_PENDING = "pending-act"
_LONGEST = 1 << 20  # bytes of a text: a record, a report, a request


class DocumentField(forms.FileField):
    """The source document of an act. Its value is the document's SHA-256 (hex)."""

    def clean(self, data: Any, initial: Any = None) -> Any:  # noqa: ANN401 - Django's
        """Return the digest; "" where nothing was sent and nothing need be."""
        sent = super().clean(data, initial)
        return sha256_hex(sent.chunks()) if isinstance(sent, UploadedFile) else ""


class TextFileField(forms.FileField):
    """A file of UTF-8 text. Its value is the text; "" where nothing was sent and need not be."""

    def clean(self, data: Any, initial: Any = None) -> Any:  # noqa: ANN401 - Django's
        """Return the text; raise ValidationError where it is none, or longer than any such is."""
        sent = super().clean(data, initial)
        if not isinstance(sent, UploadedFile):
            return ""
        if (sent.size or 0) > _LONGEST:
            raise forms.ValidationError("The file is longer than a megabyte. Send the right one.")
        try:
            return sent.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "The file is not UTF-8 text. Save it as UTF-8 and send it again."
            ) from None


def sealed(home: Home, text: str) -> str:
    """Return a text as it waits for its signature in the database: encrypted.

    It may say anything, and an act that nobody signs stays there.
    """
    return base64.b64encode(
        tables.seal(home.derived_key(_PENDING), text.encode(), _PENDING)
    ).decode()


def opened(home: Home, kept: str) -> str:
    """Undo ``sealed``."""
    return tables.unseal(home.derived_key(_PENDING), base64.b64decode(kept), _PENDING).decode()

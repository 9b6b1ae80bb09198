"""A text that is read once, in answer to a signature: shown on a page and given as a file there.

It is kept nowhere; the file lies in the page itself, so that taking it away is no second reading.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portcullis.office.web.pages import Head

_MARKS = re.compile(r"^#+ |\*\*")


@dataclass(frozen=True)
class Text:
    """One text under its ``heading``, in Markdown; ``name``: of its file."""

    heading: str
    name: str
    text: str

    @property
    def paragraphs(self) -> list[list[str]]:
        """The text’s paragraphs, each as its lines, without the marks of Markdown."""
        return [
            [_MARKS.sub("", line) for line in part.splitlines()]
            for part in self.text.split("\n\n")
            if part.strip()
        ]

    @property
    def file(self) -> str:
        """The file, as an address that holds it."""
        held = base64.b64encode(self.text.encode()).decode()
        return f"data:text/markdown;charset=utf-8;base64,{held}"


def page(
    request: HttpRequest,
    head: Head,
    texts: Sequence[Text],
    facts: Sequence[tuple[str, object]] = (),
) -> HttpResponse:
    """Return the page of ``texts``, under ``facts`` that were read with them."""
    context = {"head": head, "texts": texts, "facts": facts}
    return render(request, "office/desks/shown.html", context)

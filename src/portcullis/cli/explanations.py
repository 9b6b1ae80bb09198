"""One request explained: ``explain``."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from portcullis.cli.options import DEFAULT_HOME, HomeOption, actor, office, pack_of
from portcullis.cli.output import say
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.oversight import Explanation


def register(app: App) -> None:
    """Add this verb."""
    app.command(explain)


def explain(
    request: str,
    *,
    file: Annotated[Path | None, Parameter(help="Your own batch file, before sending it.")] = None,
    batch: Annotated[str | None, Parameter(help="The batch, where the id is in several.")] = None,
    as_: Annotated[str, Parameter(name="--as", help="The id of the person who reads.")] = "",
    key: Annotated[Path | None, Parameter(help="That person's own key file.")] = None,
    format: Literal["text", "json", "html"] = "text",
    out: Annotated[Path | None, Parameter(help="Where to write it; else it is printed.")] = None,
    home: HomeOption = DEFAULT_HOME,
) -> int:
    """Explain one request: each element with its citation, what it rests on, and what mends it.

    A stored request takes --as and --key, and the reading goes on the ledger; a request of your own
    FILE takes neither. Never shows an answer's value. Exits 1 where an element is not met.
    """
    explained = _own(file, request, home) if file else _stored(request, batch, as_, key, home)
    text = {"text": explained.as_text, "json": explained.as_json, "html": explained.as_html}[
        format
    ]()
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError:
            raise Misuse(f"{out.name} cannot be written.", "Name a file of your own.") from None
        say(f"Written to {out}.")
    return 1 if explained.defective else 0


def _own(file: Path, request: str, home: Path) -> "Explanation":
    from portcullis.oversight import explain_before_sending

    return explain_before_sending(file, pack_of(home), request, datetime.now(UTC).date())


def _stored(
    request: str, batch: str | None, person: str, key: Path | None, home: Path
) -> "Explanation":
    if not person or key is None:
        raise Misuse(
            "A stored request is explained to a person who says who they are.",
            "Add --as PERSON --key KEY; or name your own batch with --file.",
        )
    opened = office(home)
    from portcullis.office.explanations import ACT, explain_request

    return explain_request(opened, request, actor(opened, person, key, ACT), batch)
